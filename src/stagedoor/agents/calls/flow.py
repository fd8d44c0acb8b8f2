"""What a call asks for on its way: it is written once, as a generator that yields these.

A call does nothing itself that takes long or has to be durable; brief looks at the database are
its own. `here` runs one in the caller's thread, a `Desk` runs many together.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from stagedoor.client.driver_sync import SyncDriver
from stagedoor.client.effects import Acquire, Blocking, Exclusive, Machine, Send, Sleep
from stagedoor.client.effects import Flow as ClientFlow
from stagedoor.connector.apps.limits import PacedByApp
from stagedoor.connector.limits.pacer import DatabasePacer
from stagedoor.platform.operation import RateLimit

from ..decisions.gate import Gate
from ..decisions.recording import Call, End

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Apart:
    """Work in a thread, so that nobody else waits for it; its result comes back.

    `slow` work depends on somebody else's server, or reads whole files: it gets no thread that
    other work shares.
    """

    work: Callable[[], Any]
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place in TikTok's rate limit; the result is the seconds until it comes."""

    key: Hashable
    limit: RateLimit


Effect = Call | End | Apart | Place | Send | Sleep
"""`Call` gives a decision, `End` nothing, `Send` TikTok's reply."""

Flow = Generator[Effect, Any, T]
"""A call that ends with a T."""


def through(driver: SyncDriver, flow: ClientFlow[T]) -> Flow[T]:
    """A client's call as part of one here: its requests and its waits are left to who runs it."""
    pacer = driver.pacer
    with Machine(flow) as machine:
        while (effect := machine.next()) is not None:
            try:
                match effect:
                    case Send(into=None) | Sleep():
                        machine.result = yield effect
                    case Acquire(key, limit) if isinstance(pacer, PacedByApp):
                        seconds = yield Place(key, pacer.own(key, limit))
                        if seconds > 0:
                            yield Sleep(seconds)
                    case Send() | Acquire() | Exclusive() | Blocking():
                        machine.result = yield Apart(partial(driver.perform, effect))
                    case _:
                        machine.result = driver.perform(effect)
            except Exception as error:
                machine.error = error
        return machine.value


def here(flow: Flow[T], gate: Gate, pacer: DatabasePacer, driver: SyncDriver) -> T:
    """Run a call to its end in this thread; `driver` sends and sleeps."""
    with Machine(flow) as machine:
        while (effect := machine.next()) is not None:
            try:
                machine.result = _performed(effect, gate, pacer, driver)
            except Exception as error:
                machine.error = error
        return machine.value


def _performed(effect: Effect, gate: Gate, pacer: DatabasePacer, driver: SyncDriver) -> Any:
    match effect:
        case Call() | End():
            [answer] = gate.answers([effect])
            if isinstance(answer, BaseException):
                raise answer
            return answer
        case Apart(work):
            return work()
        case Place(key, limit):
            return pacer.reserve(key, limit)
        case _:
            return driver.perform(effect)
