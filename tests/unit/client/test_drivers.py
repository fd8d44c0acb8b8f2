"""The drivers: effects performed, errors raised into the flow, and no flow left open."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import httpx2
import pytest

from stagedoor import FileTokens, MemoryTokens, Pacer, Progress, Stage, Tokens
from stagedoor.client.driver_async import AsyncDriver
from stagedoor.client.driver_sync import SyncDriver
from stagedoor.client.effects import (
    Acquire,
    Blocking,
    Emit,
    Exclusive,
    Flow,
    Items,
    LoadTokens,
    Report,
    SaveTokens,
    Send,
    Sleep,
)
from stagedoor.client.errors import AnswerLost, NotSent
from stagedoor.platform.operation import LimitKey, RateLimit
from tests.support.site import Site, running_site

LIMIT = RateLimit(1, 0.2, LimitKey.USER_TOKEN)
PAIR = Tokens(access_token="act.1")


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as found:
        yield found


@pytest.fixture
def sync_driver() -> Iterator[SyncDriver]:
    with httpx2.Client(trust_env=False) as http:
        yield SyncDriver(http, Pacer(), MemoryTokens())


@pytest.fixture(params=["asyncio", "trio"])
def loop(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def on_loop(loop: str, work: Callable[[AsyncDriver], Any]) -> None:
    """Run `work` with an async driver on one of the event loops."""

    async def main() -> None:
        async with httpx2.AsyncClient(trust_env=False) as http:
            await work(AsyncDriver(http, Pacer(), MemoryTokens()))

    anyio.run(main, backend=loop)


def everything(url: str, told: list[Progress]) -> Flow[list[Any]]:
    """Each effect once, and what the driver answered."""
    seen: list[Any] = [(yield LoadTokens())]
    yield SaveTokens(PAIR)
    seen.append((yield LoadTokens()))
    seen.append((yield Blocking(divmod, (7, 2))))
    yield Report(Progress(Stage.INIT), told.append)
    yield Report(Progress(Stage.DONE), None)
    yield Acquire("key", LIMIT)
    begun = time.monotonic()
    yield Acquire("key", LIMIT)
    yield Sleep(0.1)
    seen.append(time.monotonic() - begun >= 0.3)
    reply = yield Send("GET", f"{url}/page", {"x-asked": "yes"})
    seen.append((reply.status, reply.body))
    seen.append((yield Exclusive(locked())))
    return seen


def locked() -> Flow[str]:
    yield Sleep(0)
    return "alone"


EXPECTED = [None, PAIR, (3, 1), True, (200, b"hello"), "alone"]


def test_the_sync_driver_performs_every_effect(sync_driver: SyncDriver, site: Site) -> None:
    site.pages["/page"] = b"hello"
    told: list[Progress] = []
    assert sync_driver.run(everything(site.url, told)) == EXPECTED
    assert [moment.stage for moment in told] == [Stage.INIT]
    assert site.got[0].headers["x-asked"] == "yes"


def test_the_async_driver_performs_every_effect(loop: str, site: Site) -> None:
    site.pages["/page"] = b"hello"
    told: list[Progress] = []

    async def work(driver: AsyncDriver) -> None:
        assert await driver.run(everything(site.url, told)) == EXPECTED

    on_loop(loop, work)
    assert [moment.stage for moment in told] == [Stage.INIT]


def unreachable() -> Flow[str]:
    """A flow that lives on after an effect failed."""
    try:
        yield Send("GET", "http://127.0.0.1:9/secret?token=hush", {})
    except NotSent as error:
        return str(error)
    return "nothing was raised"


def test_a_failure_is_raised_into_the_flow(sync_driver: SyncDriver) -> None:
    told = sync_driver.run(unreachable())
    assert told.startswith("GET http://127.0.0.1:9/secret: not reached")
    assert "hush" not in told


def test_a_failure_is_raised_into_the_flow_on_a_loop(loop: str) -> None:
    async def work(driver: AsyncDriver) -> None:
        assert (await driver.run(unreachable())).startswith("GET http://127.0.0.1:9/secret: not")

    on_loop(loop, work)


def test_a_connection_cut_in_the_middle_of_the_answer_is_a_lost_answer(
    sync_driver: SyncDriver,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def cut() -> None:
            connection, _ = server.accept()
            connection.recv(1_000)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
            connection.close()

        thread = threading.Thread(target=cut)
        thread.start()

        def flow() -> Flow[None]:
            yield Send("GET", f"http://127.0.0.1:{server.getsockname()[1]}/", {})

        with pytest.raises(AnswerLost, match="It may have been done"):
            sync_driver.run(flow())
        thread.join()


class Log:
    """The steps of a flow that is closed."""

    def __init__(self) -> None:
        self.events: list[str] = []

    @contextmanager
    def file(self) -> Iterator[None]:
        self.events.append("opened")
        try:
            yield
        finally:
            self.events.append("closed")

    def waiting(self, effect: Any) -> Flow[None]:
        with self.file():
            yield effect

    def numbers(self) -> Items[int]:
        with self.file():
            for number in range(100):
                yield Emit(number)
        return None


def test_ctrl_c_closes_the_flow(sync_driver: SyncDriver) -> None:
    log = Log()

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync_driver.run(log.waiting(Blocking(interrupted)))
    assert log.events == ["opened", "closed"]


def test_ctrl_c_closes_what_is_done_alone_and_frees_the_turn(sync_driver: SyncDriver) -> None:
    log = Log()

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync_driver.run(log.waiting(Exclusive(log.waiting(Blocking(interrupted)))))
    assert log.events == ["opened", "opened", "closed", "closed"]
    assert sync_driver.run(locked_turn()) == "alone"


def locked_turn() -> Flow[str]:
    return (yield Exclusive(locked()))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "effect",
    [
        lambda: Sleep(30),
        lambda: Exclusive(_sleeping()),
        lambda: Send("GET", "{site}/slow", {}),
    ],
    ids=["sleeping", "alone", "sending"],
)
def test_cancelling_closes_the_flow(loop: str, site: Site, effect: Callable[[], Any]) -> None:
    site.pages["/slow"] = b"never read to the end"
    site.hold = threading.Event()
    log, asked = Log(), effect()
    if isinstance(asked, Send):
        asked.url = asked.url.format(site=site.url)

    async def work(driver: AsyncDriver) -> None:
        with anyio.move_on_after(0.1) as tenant:
            await driver.run(log.waiting(asked))
        assert tenant.cancelled_caught
        assert log.events == ["opened", "closed"]
        assert await driver.run(locked_turn()) == "alone"

    on_loop(loop, work)


def _sleeping() -> Flow[None]:
    yield Sleep(30)


def test_a_walk_that_is_left_early_closes_the_flow(sync_driver: SyncDriver) -> None:
    log = Log()
    walk = sync_driver.walk(log.numbers())
    assert [next(walk), next(walk)] == [0, 1]
    assert log.events == ["opened"]
    assert isinstance(walk, Generator)
    walk.close()
    assert log.events == ["opened", "closed"]


def test_a_walk_that_is_dropped_closes_the_flow(sync_driver: SyncDriver) -> None:
    log = Log()
    for number in sync_driver.walk(log.numbers()):
        if number == 3:
            break
    assert log.events == ["opened", "closed"]


def test_an_async_walk_that_is_left_early_closes_the_flow(loop: str) -> None:
    log = Log()

    async def work(driver: AsyncDriver) -> None:
        walk = driver.walk(log.numbers())
        assert isinstance(walk, AsyncGenerator)
        async with aclosing(walk):
            async for number in walk:
                if number == 3:
                    break
        assert log.events == ["opened", "closed"]

    on_loop(loop, work)


def test_only_one_task_at_a_time_refreshes(loop: str) -> None:
    inside, most = 0, 0

    def counted() -> Flow[None]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        yield Sleep(0.01)
        inside -= 1

    async def work(driver: AsyncDriver) -> None:
        async def one() -> None:
            def turn() -> Flow[None]:
                yield Exclusive(counted())

            await driver.run(turn())

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(one)

    on_loop(loop, work)
    assert most == 1


def test_only_one_thread_at_a_time_refreshes(sync_driver: SyncDriver) -> None:
    inside, most = 0, 0

    def counted() -> Flow[None]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        yield Sleep(0.01)
        inside -= 1

    def turn() -> Flow[None]:
        yield Exclusive(counted())

    threads = [threading.Thread(target=lambda: sync_driver.run(turn())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_store_whose_methods_are_coroutines_is_awaited(loop: str) -> None:
    class Database:
        def __init__(self) -> None:
            self.tokens: Tokens | None = None

        async def load(self) -> Tokens | None:
            await anyio.lowlevel.checkpoint()
            return self.tokens

        async def save(self, tokens: Tokens) -> None:
            await anyio.lowlevel.checkpoint()
            self.tokens = tokens

    def flow() -> Flow[Any]:
        yield SaveTokens(PAIR)
        return (yield LoadTokens())

    async def work(driver: AsyncDriver) -> None:
        assert await driver.with_store(Database()).run(flow()) == PAIR

    on_loop(loop, work)


def test_reading_a_file_does_not_hold_up_the_loop(loop: str) -> None:
    ticked = threading.Event()

    def flow() -> Flow[bool]:
        return (yield Blocking(ticked.wait, (5,)))  # type: ignore[no-any-return]

    async def work(driver: AsyncDriver) -> None:
        async def tick() -> None:
            await anyio.sleep(0.05)
            ticked.set()

        async with anyio.create_task_group() as group:
            group.start_soon(tick)
            assert await driver.run(flow()), "the loop stood still"

    on_loop(loop, work)


def test_a_turn_that_was_cancelled_while_another_process_had_it_is_not_kept(
    loop: str, tmp_path: Path
) -> None:
    store = FileTokens(tmp_path / "tokens.json")
    elsewhere = contextlib.ExitStack()
    elsewhere.enter_context(FileTokens(store.path).exclusive())
    taken: list[str] = []

    async def work(driver: AsyncDriver) -> None:
        sharing = driver.with_store(store)

        async def attempt() -> None:
            taken.append(await sharing.run(locked_turn()))

        async with anyio.create_task_group() as group:
            group.start_soon(attempt)
            await anyio.sleep(0.2)
            group.cancel_scope.cancel()
            elsewhere.close()
        assert taken == []
        with anyio.fail_after(20):
            await attempt()

    on_loop(loop, work)
    assert taken == ["alone"]
    with store.exclusive():
        pass
