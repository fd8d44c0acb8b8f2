"""Many calls on one scheduler: each has the result that it has alone, and none delays another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import pytest

from stagedoor.agents.calls import scheduler as module
from stagedoor.agents.calls.errors import Denied
from stagedoor.agents.calls.flow import Flow, RunInThread
from stagedoor.agents.calls.request import CallAnswer
from stagedoor.agents.calls.scheduler import Scheduler
from stagedoor.agents.decisions.decision import Allow, Decision, Deny
from stagedoor.agents.decisions.gate import DecisionGate
from stagedoor.agents.decisions.request import DecisionRequest, Settlement
from stagedoor.connector.errors import ServiceUnavailable
from stagedoor.connector.fair_queue import Shares
from tests.agents.conftest import AgentFixture
from tests.agents.test_calls import call_request
from tests.support.local import Local

READ = {"resource": "videos", "level": "read"}
FIELDS = {"fields": ["id"]}
SECONDS = 30.0

T = TypeVar("T")


def scheduler_of(agent: AgentFixture) -> Scheduler:
    services = agent.agents.services
    return Scheduler(services.database, agent.agents.gate, services.pacer)


def on_scheduler(agent: AgentFixture, does: Callable[[Scheduler], Awaitable[T]]) -> T:
    async def opened() -> T:
        scheduler = scheduler_of(agent)
        async with asyncio.timeout(SECONDS), scheduler.live():
            return await does(scheduler)

    return asyncio.run(opened())


def together(agent: AgentFixture, flows: Sequence[Flow[Any]]) -> list[Any]:
    """The outcome of each flow, run by a scheduler that has all of them at once."""

    async def run(scheduler: Scheduler) -> list[Any]:
        return await asyncio.gather(*map(scheduler.run, flows), return_exceptions=True)

    return on_scheduler(agent, run)


def test_each_gets_its_own_answer(agent: AgentFixture, local: Local) -> None:
    agent.given(READ)
    caller, flow = agent.caller, agent.agents.calls.flow
    asked = [
        flow(caller, call_request(agent, name, FIELDS))
        for name in ("display.video_list", "display.user_info") * 15
    ]
    before = len(local.calls("display.user_info"))  # as the account was connected
    found = together(agent, asked)
    assert all(isinstance(one, CallAnswer) for one in found[::2])
    assert all(isinstance(one, Denied) for one in found[1::2])
    rows = agent.rows(limit=100)
    assert sorted((row["decision"], row["outcome"]) for row in rows) == sorted(
        [("allowed", "done"), ("denied", None)] * 15
    )
    seen = local.calls("display.video_list")
    assert {row["logId"] for row in rows if row["logId"]} == {call["log_id"] for call in seen}
    assert len(local.calls("display.user_info")) == before
    assert agent.agents.audit.verify("acme").problems == ()


def test_what_comes_at_once_is_recorded_together(
    agent: AgentFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.given(READ)
    sizes: list[int] = []
    answers = DecisionGate.answers

    def noted(gate: DecisionGate, items: Sequence[DecisionRequest | Settlement]) -> list[Any]:
        sizes.append(len(items))
        return answers(gate, items)

    monkeypatch.setattr(DecisionGate, "answers", noted)
    monkeypatch.setattr(module, "_TOGETHER", 10)
    call = DecisionRequest(agent.caller, "display.video_list", agent.account, FIELDS)

    def asks() -> Flow[Decision]:
        decision: Decision = yield call
        return decision

    found = together(agent, [asks() for _ in range(40)])
    assert all(isinstance(one, Allow) for one in found)
    assert sum(sizes) == 40
    assert 1 < max(sizes) <= 10


def test_a_minute_has_exactly_its_calls_in_the_scheduler_too(agent: AgentFixture) -> None:
    agent.given(READ)
    agent.service.api("PATCH", f"/api/agents/{agent.id}", {"callsPerMinute": 7})
    call = DecisionRequest(agent.caller, "display.video_list", agent.account, FIELDS)

    def asks() -> Flow[Decision]:
        decision: Decision = yield call
        return decision

    found = together(agent, [asks() for _ in range(20)])
    assert sum(isinstance(one, Allow) for one in found) == 7
    assert {one.rule for one in found if isinstance(one, Deny)} == {"too-many-calls"}


def test_what_takes_long_holds_nobody_up(agent: AgentFixture) -> None:
    came = threading.Event()

    def slow() -> Flow[str]:
        yield RunInThread(lambda: came.wait(SECONDS))
        return "slow"

    def quick() -> Flow[str]:
        yield DecisionRequest(agent.caller, "display.video_list", agent.account, FIELDS)
        return "quick"

    async def run(scheduler: Scheduler) -> list[str]:
        first = asyncio.create_task(scheduler.run(slow()))
        found = [await scheduler.run(quick()) for _ in range(3)]
        assert not first.done()
        came.set()
        return [*found, await first]

    assert on_scheduler(agent, run) == ["quick", "quick", "quick", "slow"]


def test_what_goes_wrong_is_told_to_whose_it_is(agent: AgentFixture) -> None:
    def breaks(number: int) -> Flow[int]:
        try:
            yield RunInThread(lambda: 1 // (number % 2))
        except ZeroDivisionError:
            if number % 4:
                raise
        return number

    def at_once() -> Flow[int]:
        raise LookupError("before anything")
        yield  # it is a flow all the same

    found = together(agent, [*(breaks(number) for number in range(4)), at_once()])
    assert found[0] == 0
    assert (found[1], found[3]) == (1, 3)
    assert isinstance(found[2], ZeroDivisionError)
    assert isinstance(found[4], LookupError)


def test_who_goes_away_leaves_its_call_to_come_to_its_end(agent: AgentFixture) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(SECONDS)

    def flow() -> Flow[None]:
        yield RunInThread(work)
        ended.set()

    async def run(scheduler: Scheduler) -> None:
        waiting = asyncio.create_task(scheduler.run(flow()))
        await asyncio.to_thread(begun.wait, SECONDS)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        asyncio.get_running_loop().call_later(0.1, go_on.set)

    on_scheduler(agent, run)  # its end waits
    assert ended.is_set()


def test_more_than_there_is_room_for_wait_for_their_turn(
    agent: AgentFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", Shares(3, 3, 3, 100))
    lock, inside, most = threading.Lock(), 0, 0

    def work() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.01)
        with lock:
            inside -= 1

    def flow() -> Flow[None]:
        yield RunInThread(work)

    assert together(agent, [flow() for _ in range(20)]) == [None] * 20
    assert most == 3


def test_nothing_is_begun_once_the_service_stops(agent: AgentFixture) -> None:
    def flow() -> Flow[None]:
        yield RunInThread(lambda: None)

    async def run() -> None:
        scheduler = scheduler_of(agent)
        async with scheduler.live():
            await scheduler.run(flow())
        with pytest.raises(ServiceUnavailable):
            await scheduler.run(flow())

    asyncio.run(run())


def test_a_look_that_fails_leaves_the_others_theirs(agent: AgentFixture) -> None:
    database = agent.agents.services.database

    def looks(statement: str) -> Flow[Any]:
        yield RunInThread(lambda: None)
        with database.read() as connection:
            return connection.exec_driver_sql(statement).scalar()

    statements = ["SELECT 1", "SELECT * FROM nowhere", "SELECT 2", "SELECT 3"]
    found = together(agent, [looks(one) for one in statements])
    assert (found[0], *found[2:]) == (1, 2, 3)
    assert isinstance(found[1], Exception)


def test_when_nothing_can_be_recorded_everybody_is_denied_and_it_goes_on(
    agent: AgentFixture, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.given(READ)
    recorder, flow = agent.agents.gate._log, agent.agents.calls.flow
    seen = len(local.calls("display.video_list"))
    asked = call_request(agent, "display.video_list", FIELDS)

    def broken(_: Any) -> Any:
        raise RuntimeError("away")

    async def run(scheduler: Scheduler) -> list[Any]:
        with monkeypatch.context() as patch:
            patch.setattr(recorder, "record", broken)
            calls = [scheduler.run(flow(agent.caller, asked)) for _ in range(5)]
            denied = await asyncio.gather(*calls, return_exceptions=True)
        return [*denied, await scheduler.run(flow(agent.caller, asked))]

    *denied, done = on_scheduler(agent, run)
    assert [one.decision.rule for one in denied] == ["unavailable"] * 5
    assert isinstance(done, CallAnswer)
    assert len(local.calls("display.video_list")) == seen + 1


def test_without_a_place_in_the_rate_limit_nothing_is_sent(
    agent: AgentFixture, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.given(READ)
    seen = len(local.calls("display.video_list"))

    def broken(_: Any) -> Any:
        raise ServiceUnavailable("away")

    monkeypatch.setattr(agent.agents.services.pacer, "reserve_all", broken)
    asked = call_request(agent, "display.video_list", FIELDS)
    found = together(agent, [agent.agents.calls.flow(agent.caller, asked) for _ in range(3)])
    assert all(isinstance(one, ServiceUnavailable) for one in found)
    assert [row["outcome"] for row in agent.rows()] == ["failed"] * 3
    assert len(local.calls("display.video_list")) == seen


def test_without_a_thread_for_it_one_call_fails_and_the_scheduler_goes_on(
    agent: AgentFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flow() -> Flow[str]:
        yield RunInThread(lambda: None)
        return "done"

    def no_thread(*_: Any) -> Any:
        raise RuntimeError("can't start new thread")

    async def run(scheduler: Scheduler) -> list[Any]:
        with monkeypatch.context() as patch:
            patch.setattr(scheduler._apart, "submit", no_thread)
            [failed] = await asyncio.gather(scheduler.run(flow()), return_exceptions=True)
        return [failed, await scheduler.run(flow())]

    failed, done = on_scheduler(agent, run)
    assert isinstance(failed, RuntimeError)
    assert done == "done"
