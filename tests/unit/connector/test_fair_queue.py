"""Slots are shared fairly whatever comes in whatever order, and each request costs little."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from stagedoor.connector.fair_pool import FairPool
from stagedoor.connector.fair_queue import FairQueue, Owner, Shares, Ticket, TooManyAtOnce
from stagedoor.connector.slots import Slots

OWNERS = st.builds(Owner, st.sampled_from("abcd"), st.sampled_from(["", "x", "y", "z"]))


@st.composite
def _shares(draw: st.DrawFn) -> Shares:
    total = draw(st.integers(1, 6))
    org = draw(st.integers(1, total))
    return Shares(
        total,
        org,
        agent=draw(st.integers(1, org)),
        waiting=draw(st.integers(0, 5)),
        last=draw(st.integers(0, total - 1)),
    )


class Model(RuleBasedStateMachine):
    """The queue beside a model that walks everything."""

    tickets = Bundle("tickets")

    @initialize(shares=_shares())
    def begin(self, shares: Shares) -> None:
        self.shares = shares
        self.now = 0.0
        self.queue: FairQueue[None] = FairQueue(shares, real=lambda: self.now)
        self.holding: list[Ticket[None]] = []
        self.waiting: list[Ticket[None]] = []
        self.overtaken: dict[tuple[str, ...], Counter[str]] = {}
        """How often others got a slot while an organisation, or an agent of one, waited without."""

    # the model

    def slots(self, *owner: str) -> int:
        """The slots of an organisation, or of one of its agents."""
        return sum(one.owner[: len(owner)] == owner for one in self.holding)

    def may_have_one(self, owner: Owner) -> bool:
        shares, whole = self.shares, self.slots(owner.org)
        kept = shares.last if whole else 0
        return (
            len(self.holding) < shares.total - kept
            and whole < shares.org
            and self.slots(*owner) < (shares.agent if owner.agent else shares.org)
        )

    def got(self, ticket: Ticket[None]) -> None:
        org, agent = ticket.owner
        waiting = {one.owner for one in self.waiting}
        for name in {one.org for one in waiting} - {org}:
            if not self.slots(name):
                self.overtaken.setdefault((name,), Counter())[org] += 1
        for other in waiting - {ticket.owner}:
            if other.org == org and not self.slots(*other):
                self.overtaken.setdefault(other, Counter())[agent] += 1
        self.overtaken.pop((org,), None)
        self.overtaken.pop(ticket.owner, None)
        self.holding.append(ticket)

    # what happens

    @rule(target=tickets, owner=OWNERS, back=st.sampled_from([False, False, True]))
    def enter(self, owner: Owner, back: bool) -> Ticket[None] | None:
        free = self.may_have_one(owner)
        full = sum(one.owner.org == owner.org for one in self.waiting) >= self.shares.waiting
        if full and not free and not back:
            with pytest.raises(TooManyAtOnce) as refused:
                self.queue.enter(owner, None)
            assert 1.0 <= (refused.value.retry_after or 0.0) <= 60.0
            return None
        ticket = self.queue.enter(owner, None, back=back)
        assert ticket.has_slot is free
        if free:
            self.got(ticket)
        else:
            self.waiting.append(ticket)
        return ticket

    @rule(ticket=tickets)
    def end(self, ticket: Ticket[None] | None) -> None:
        """By the end of the work, a cancellation, or both: a ticket may be ended again."""
        if ticket is None:
            return
        given = self.queue.end(ticket)
        assert not ticket.has_slot
        for kept in (self.holding, self.waiting):
            if ticket in kept:
                kept.remove(ticket)
        waiting = {one.owner for one in self.waiting}
        for gone in [*self.overtaken]:
            if gone not in waiting and gone not in {(one.org,) for one in waiting}:
                del self.overtaken[gone]
        for one in given:
            assert one.has_slot
            ready = [other for other in self.waiting if self.may_have_one(other.owner)]
            assert one in ready
            org = one.owner.org
            assert self.slots(org) == min(self.slots(other.owner.org) for other in ready)
            fellows = [other for other in ready if other.owner.org == org]
            assert self.slots(*one.owner) == min(self.slots(*other.owner) for other in fellows)
            assert one is next(other for other in fellows if other.owner == one.owner)
            self.waiting.remove(one)
            self.got(one)

    @rule(seconds=st.floats(0.0, 1e6))
    def let_time_pass(self, seconds: float) -> None:
        self.now += seconds

    # what always holds

    @invariant()
    def no_share_is_exceeded(self) -> None:
        shares = self.shares
        assert len(self.holding) <= shares.total
        for org, agent in {one.owner for one in self.holding}:
            assert self.slots(org) <= shares.org
            assert not agent or self.slots(org, agent) <= shares.agent

    @invariant()
    def nobody_waits_for_a_slot_that_is_free(self) -> None:
        assert not [one for one in self.waiting if self.may_have_one(one.owner)]

    @invariant()
    def nobody_is_overtaken_again_and_again(self) -> None:
        assert not [one for one in self.overtaken.values() if max(one.values()) > 1]

    @invariant()
    def each_waits_where_it_is_counted(self) -> None:
        counted = Counter(one.owner.org for one in self.waiting)
        assert {org: self.queue.waiting(org) for org in "abcd"} == {
            org: counted[org] for org in "abcd"
        }

    def teardown(self) -> None:
        """However it goes on, everybody gets a slot, and nothing is left."""
        if not hasattr(self, "queue"):
            return
        while self.holding:
            self.end(self.holding[0])
        assert self.waiting == []
        assert self.queue._orgs == {}
        assert not self.queue._turns
        assert self.queue._taken == 0


TestFairQueue = Model.TestCase


def test_who_comes_late_overtakes_a_queue_that_one_organisation_filled() -> None:
    queue: FairQueue[int] = FairQueue(Shares(total=1, org=1, agent=1, waiting=500))
    tickets = [queue.enter(Owner("greedy", str(number % 7)), number) for number in range(400)]
    late = queue.enter(Owner("late"), -1)
    assert queue.end(tickets[0]) == [late]


def test_an_organisation_that_goes_on_asking_keeps_its_turn() -> None:
    queue: FairQueue[None] = FairQueue(Shares(total=1, org=1, agent=1, waiting=9))
    held = queue.enter(Owner("held"), None)
    first = queue.enter(Owner("first"), None)
    second = queue.enter(Owner("second"), None)
    more = queue.enter(Owner("first", "other agent"), None)
    assert queue.end(held) == [first]
    assert queue.end(first) == [second]
    assert queue.end(second) == [more]


def steps(does: Callable[[], object]) -> int:
    """The lines of Python that a call runs through."""
    counted, before = 0, sys.gettrace()

    def trace(*_: Any) -> Any:
        nonlocal counted
        counted += 1
        return trace

    sys.settrace(trace)
    try:
        does()
    finally:
        sys.settrace(before)
    return counted


@pytest.mark.parametrize("agents", [1, 900])
def test_what_a_request_costs_does_not_go_by_how_many_wait(agents: int) -> None:
    def cost(waiting: int) -> int:
        queue: FairQueue[None] = FairQueue(Shares(total=4, org=2, agent=2, waiting=1000))
        for org in range(3 + waiting // 100):
            for number in range(waiting):
                queue.enter(Owner(f"greedy {org}", str(number % agents)), None)

        def comes_and_goes() -> None:
            first, second = (queue.enter(Owner("other"), None) for _ in range(2))
            queue.end(second)
            queue.end(first)

        return steps(comes_and_goes)

    assert cost(900) == cost(10)


def test_a_pool_whose_queue_is_full_begins_and_refuses_as_cheaply() -> None:
    def cost(waiting: int) -> int:
        pool = FairPool("test", Shares(total=1, org=1, agent=1, waiting=waiting))
        queue = pool._queue
        queue.enter(Owner("held"), None)  # type: ignore[arg-type]
        for _ in range(waiting):
            pool.submit(Owner("greedy"), lambda: None)

        def refused() -> None:
            pool.submit(Owner("other"), lambda: None).cancel()
            with pytest.raises(TooManyAtOnce):
                pool.submit(Owner("greedy"), lambda: None)

        return steps(refused)

    assert cost(900) == cost(10)


async def _settled() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def test_a_call_that_is_cancelled_gives_its_slot_and_its_place_on() -> None:
    async def run() -> None:
        slots = Slots(Shares(total=1, org=1, agent=1, waiting=2))
        held = await slots.take(Owner("a"))
        waits = [asyncio.ensure_future(slots.take(Owner("a"))) for _ in range(2)]
        await _settled()
        with pytest.raises(TooManyAtOnce):
            await slots.take(Owner("a"))
        waits[0].cancel()
        await _settled()
        waits.append(asyncio.ensure_future(slots.take(Owner("a"))))  # its place is free
        await _settled()
        slots.leave(held)
        waits[1].cancel()  # in the same moment as it gets its slot
        slot = await asyncio.wait_for(waits[2], 5.0)
        last = asyncio.ensure_future(slots.take(Owner("b")))
        await _settled()
        last.cancel()
        slots.leave(slot)  # for a call that is about to leave
        await _settled()
        assert slots._queue._orgs == {}
        slots.leave(slot)
        async with asyncio.timeout(5.0), slots.taken(Owner("c")):
            pass

    asyncio.run(run())


def test_a_call_that_comes_back_is_not_refused() -> None:
    async def run() -> None:
        slots = Slots(Shares(total=1, org=1, agent=1, waiting=0))
        held = await slots.take(Owner("a"))
        with pytest.raises(TooManyAtOnce):
            await slots.take(Owner("a"))
        back = asyncio.ensure_future(slots.take(Owner("a"), back=True))
        await _settled()
        slots.leave(held)
        assert (await asyncio.wait_for(back, 5.0)).has_slot

    asyncio.run(run())
