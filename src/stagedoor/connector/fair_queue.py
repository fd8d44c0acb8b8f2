"""Fair shares of a limited number of slots: who has one, who waits, and whose turn is next.

Pure bookkeeping, without threads or waiting. The fronts wait in their own way and hold their own
locks: `fair_pool.py` for work in threads, `slots.py` for coroutines, `media/blocking_slots.py` for
threads that block.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from .errors import ApiError

T = TypeVar("T")

_LATER = (1.0, 60.0)
"""The least and the most seconds after which a refused caller may come again."""
_NEWS = 0.25
"""The part of the newest measurement in the mean of the times that slots are held."""


class Owner(NamedTuple):
    """The organisation, and the agent if any, that work is done for."""

    org: str
    agent: str = ""


class TooManyAtOnce(ApiError):
    """So much work of the owner is queued already that more would only wait longer."""

    code, http, retryable = "rate_limited", 429, True

    def __init__(self, retry_after: float) -> None:
        super().__init__(
            "So many calls of this organisation or agent are under way that no more can wait: "
            "let some of them end first.",
            retry_after=retry_after,
        )


@dataclass(frozen=True, slots=True)
class Shares:
    """The number of slots, and how many of them one organisation and one agent can have; `waiting`
    is how many more of an organisation may be queued. The `last` slots are for organisations that
    have none: however many a few of them take, another one needn't wait for them."""

    total: int
    org: int
    agent: int
    waiting: int
    last: int = 0


@dataclass(eq=False, slots=True)
class Ticket(Generic[T]):
    """A slot, or a place in the queue for one. `item` is for the front: what it does when the
    ticket gets its slot."""

    owner: Owner
    item: T
    since: float = 0.0
    """The time at which it got its slot."""
    has_slot: bool = False


@dataclass(eq=False, slots=True)
class _Member:
    limit: int
    slots: int = 0
    turn: int | None = None
    """The number of slots under which it waits for its turn; None: it doesn't."""


M = TypeVar("M", bound=_Member)


class _Turns(Generic[M]):
    """Members that wait and may have one more slot of their share, by the slots that they have;
    those with the same number have their turns in the order in which they came to it."""

    __slots__ = ("_by_slots",)

    def __init__(self) -> None:
        self._by_slots: dict[int, OrderedDict[M, None]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_slots)

    def first(self) -> M:
        """The member whose turn it is. The cost goes by the size of a share, not by how many
        wait."""
        return next(iter(self._by_slots[min(self._by_slots)]))

    def update(self, member: M, waits: bool) -> None:
        """Follow a change of the member. It keeps its turn if it has as many slots as before."""
        turn = member.slots if waits and member.slots < member.limit else None
        if turn == member.turn:
            return
        if member.turn is not None:
            fellows = self._by_slots[member.turn]
            del fellows[member]
            if not fellows:
                del self._by_slots[member.turn]
        if turn is not None:
            self._by_slots.setdefault(turn, OrderedDict())[member] = None
        member.turn = turn


@dataclass(eq=False, slots=True)
class _Agent(_Member, Generic[T]):
    waiting: OrderedDict[Ticket[T], None] = field(default_factory=OrderedDict)


@dataclass(eq=False, slots=True)
class _Org(_Member, Generic[T]):
    waiting: int = 0
    agents: dict[str, _Agent[T]] = field(default_factory=dict)
    turns: _Turns[_Agent[T]] = field(default_factory=_Turns)


class FairQueue(Generic[T]):
    """The slots and the queue. A free slot goes to the organisation with the fewest slots, and
    there to the agent with the fewest; those with the same number have their turns. Not
    thread-safe. `real` is the time by which it measures how long slots are held.

    So while an organisation waits without a slot, each other one gets at most one more, and the
    same holds for the agents of an organisation.
    """

    def __init__(self, shares: Shares, real: Callable[[], float] = time.monotonic) -> None:
        self._shares = shares
        self._real = real
        self._taken = 0
        self._orgs: dict[str, _Org[T]] = {}
        """Organisations that have a slot or wait."""
        self._turns: _Turns[_Org[T]] = _Turns()
        self._mean = 0.0
        """Seconds for which a slot is held."""

    def enter(self, owner: Owner, item: T, *, back: bool = False) -> Ticket[T]:
        """Take a slot, or a place in the queue where none is free for the owner. Raises
        `TooManyAtOnce` if no more may wait, unless the ticket is for work that had a slot before
        and comes `back`."""
        ticket = Ticket(owner, item)
        org = self._orgs.get(owner.org) or _Org(self._shares.org)
        agent = org.agents.get(owner.agent) or _Agent(self._agent_limit(owner))
        free = agent.slots < agent.limit and org.slots < org.limit and self._is_free(org)
        if not free and not back and org.waiting >= self._shares.waiting:
            raise TooManyAtOnce(self.retry_after(owner.org))
        self._orgs[owner.org] = org
        org.agents[owner.agent] = agent
        if free:
            self._give(ticket, org, agent)
        else:
            agent.waiting[ticket] = None
            org.waiting += 1
        self._update(owner, org, agent)
        return ticket

    def end(self, ticket: Ticket[T]) -> list[Ticket[T]]:
        """Give the slot back, or leave the queue; nothing happens if it did so before. Returns the
        tickets that have got a slot by it."""
        owner = ticket.owner
        org = self._orgs.get(owner.org)
        agent = org.agents.get(owner.agent) if org else None
        if org is None or agent is None:
            return []
        if ticket.has_slot:
            ticket.has_slot = False
            self._measure(self._real() - ticket.since)
            self._taken -= 1
            org.slots -= 1
            agent.slots -= 1
        elif ticket in agent.waiting:
            del agent.waiting[ticket]
            org.waiting -= 1
        self._update(owner, org, agent)
        return self._hand_out()

    def waiting(self, org: str) -> int:
        """The number of tickets of an organisation in the queue."""
        known = self._orgs.get(org)
        return known.waiting if known else 0

    def retry_after(self, org: str) -> float:
        """The seconds after which the organisation's tickets in the queue will probably have had
        their slots."""
        least, most = _LATER
        seconds = math.ceil(self.waiting(org) / self._shares.org * self._mean)
        return min(most, max(least, seconds))

    def _agent_limit(self, owner: Owner) -> int:
        return self._shares.agent if owner.agent else self._shares.org

    def _is_free(self, org: _Org[T]) -> bool:
        """Whether a slot is free for an organisation, its share aside."""
        kept = self._shares.last if org.slots else 0
        return self._taken < self._shares.total - kept

    def _hand_out(self) -> list[Ticket[T]]:
        given: list[Ticket[T]] = []
        while self._turns and self._is_free(org := self._turns.first()):
            agent = org.turns.first()
            ticket, _ = agent.waiting.popitem(last=False)
            org.waiting -= 1
            self._give(ticket, org, agent)
            self._update(ticket.owner, org, agent)
            given.append(ticket)
        return given

    def _give(self, ticket: Ticket[T], org: _Org[T], agent: _Agent[T]) -> None:
        ticket.since = self._real()
        ticket.has_slot = True
        self._taken += 1
        org.slots += 1
        agent.slots += 1

    def _update(self, owner: Owner, org: _Org[T], agent: _Agent[T]) -> None:
        """Put the organisation and its agent where they belong after a change; forget those that
        have nothing here any more."""
        org.turns.update(agent, bool(agent.waiting))
        self._turns.update(org, bool(org.turns))
        if not agent.slots and not agent.waiting:
            del org.agents[owner.agent]
        if not org.agents:
            del self._orgs[owner.org]

    def _measure(self, held: float) -> None:
        self._mean += (held - self._mean) * (_NEWS if self._mean else 1.0)
