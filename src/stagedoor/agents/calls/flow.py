"""The effects that a call yields to the code that runs it.

A call itself does nothing slow and writes nothing durable; it reads the database briefly.
`run_inline` runs a call in the caller's thread, a `Scheduler` runs many calls together.
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

from ..decisions.gate import DecisionGate
from ..decisions.request import DecisionRequest, Settlement

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RunInThread:
    """Run work in a thread, so that no other call waits for it; the call gets its result.

    `slow` work depends on a third-party server, or reads whole files: it runs in a thread pool
    of its own, apart from other work.
    """

    work: Callable[[], Any]
    slow: bool = False


@dataclass(frozen=True, slots=True)
class RateSlot:
    """Reserve a slot in TikTok's rate limit; yields the seconds until the slot begins."""

    key: Hashable
    limit: RateLimit


Effect = DecisionRequest | Settlement | RunInThread | RateSlot | Send | Sleep
"""`DecisionRequest` yields a decision, `Settlement` nothing, `Send` TikTok's reply."""

Flow = Generator[Effect, Any, T]
"""A call that returns a T."""


def delegate(driver: SyncDriver, flow: ClientFlow[T]) -> Flow[T]:
    """Run a client's flow as part of a call: its requests and waits become the call's effects."""
    pacer = driver.pacer
    with Machine(flow) as machine:
        while (effect := machine.next()) is not None:
            try:
                match effect:
                    case Send(into=None) | Sleep():
                        machine.result = yield effect
                    case Acquire(key, limit) if isinstance(pacer, PacedByApp):
                        seconds = yield RateSlot(key, pacer.own(key, limit))
                        if seconds > 0:
                            yield Sleep(seconds)
                    case Send() | Acquire() | Exclusive() | Blocking():
                        machine.result = yield RunInThread(partial(driver.perform, effect))
                    case _:
                        machine.result = driver.perform(effect)
            except Exception as error:
                machine.error = error
        return machine.value


def run_inline(flow: Flow[T], gate: DecisionGate, pacer: DatabasePacer, driver: SyncDriver) -> T:
    """Run a call to completion in this thread; `driver` sends requests and sleeps."""
    with Machine(flow) as machine:
        while (effect := machine.next()) is not None:
            try:
                machine.result = _performed(effect, gate, pacer, driver)
            except Exception as error:
                machine.error = error
        return machine.value


def _performed(effect: Effect, gate: DecisionGate, pacer: DatabasePacer, driver: SyncDriver) -> Any:
    match effect:
        case DecisionRequest() | Settlement():
            [answer] = gate.answers([effect])
            if isinstance(answer, BaseException):
                raise answer
            return answer
        case RunInThread(work):
            return work()
        case RateSlot(key, limit):
            return pacer.reserve(key, limit)
        case _:
            return driver.perform(effect)
