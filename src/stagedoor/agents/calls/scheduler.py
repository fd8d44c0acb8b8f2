"""The scheduler of the calls of both entrances: many calls at once, on one thread.

In each round the scheduler steps every call that can go on. The reads of a round share one
snapshot, its decisions and settlements are one transaction, and its slots of TikTok's rate limits
are reserved together. Requests to TikTok run on the event loop; slow work runs in threads. One
thread for each call would spend more time on context switches than on calls.

Each organisation and each agent has a share of the calls under way and of the threads. Slow work
(fetching a URL, reading whole files) has a thread pool of its own, and its call releases its slot
meanwhile. While a call does slow work or sleeps, it is decided again every few seconds: if the
agent may not make it any more, the work is cancelled, whichever process made the change. A request
that has reached TikTok runs to completion.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

import httpx2

from stagedoor.client import MemoryTokens
from stagedoor.client.base import TIMEOUT
from stagedoor.client.driver_async import AsyncDriver
from stagedoor.client.effects import Machine, Send, Sleep
from stagedoor.client.transport import opened
from stagedoor.connector.cancellation import Cancellation, Interrupted, cancel_all
from stagedoor.connector.database import Database
from stagedoor.connector.errors import ApiError, ServiceUnavailable
from stagedoor.connector.fair_pool import FairPool
from stagedoor.connector.fair_queue import Owner, Shares
from stagedoor.connector.limits.pacer import DatabasePacer
from stagedoor.connector.slots import Slot, Slots

from ..decisions.decision import Allow, Ask
from ..decisions.gate import DecisionGate
from ..decisions.request import DecisionRequest, Settlement
from ..identity.service import AgentCaller
from .flow import Effect, Flow, RateSlot, RunInThread

AT_ONCE = Shares(total=100, org=60, agent=40, waiting=400)
"""Limits of calls under way; further calls wait in a queue."""
_TOGETHER = 64
"""Entries per transaction (group commit)."""
_APART = Shares(total=32, org=16, agent=12, waiting=400)
SLOW = Shares(total=24, org=8, agent=6, waiting=100)
"""Limits of threads for slow work."""
WATCH_SECONDS = 2.0
_NOBODY = Owner("")
"""The owner of calls without an agent's key."""

logger = logging.getLogger("stagedoor.agents")

T = TypeVar("T")


class _Running(Generic[T]):
    """A call under way: its current effect, the effect's result, and the future of its caller."""

    __slots__ = (
        "_cancellation",
        "call",
        "came",
        "counted",
        "effect",
        "machine",
        "slot",
        "waiting",
    )

    def __init__(self, flow: Flow[T], waiting: asyncio.Future[T], slot: Slot) -> None:
        self.machine = Machine(flow)
        self.waiting = waiting
        self.slot = slot
        self._cancellation: Cancellation | None = None
        self.call: DecisionRequest | None = None
        """The call as it was last decided; None after a denial."""
        self.counted: float | None = None
        """The time at which the call was counted against the minute and the day, if it was."""
        self.effect: Effect | None = None
        """None: the call has ended, and `came` is its result or its error."""
        self.came: Any = None
        """The result of the effect; an exception is raised into the flow."""

    @property
    def cancellation(self) -> Cancellation:
        """Created on first use: most calls end before anything could cancel them."""
        if self._cancellation is None:
            self._cancellation = Cancellation()
        return self._cancellation

    def step(self) -> None:
        """Run to the next effect, or to the end."""
        came, machine = self.came, self.machine
        machine.error = came if isinstance(came, BaseException) else None
        machine.result = None if isinstance(came, BaseException) else came
        try:
            self.effect = machine.next()
            self.came = machine.value if self.effect is None else None
        except BaseException as error:
            self.effect, self.came = None, error

    def tell(self) -> None:
        """Hand the result to the caller, unless it has gone away. Runs on the event loop."""
        if self.waiting.done():
            return
        if isinstance(self.came, BaseException):
            self.waiting.set_exception(self.came)
        else:
            self.waiting.set_result(self.came)


def _came(running: _Running[Any], future: Future[Any]) -> None:
    """Store the result or the error of work in a thread."""
    try:
        running.came = future.result()
    except CancelledError:
        running.came = Interrupted()
    except BaseException as error:
        running.came = error


class Scheduler:
    """Runs calls while `live` is open; closing it waits for the calls under way."""

    def __init__(
        self,
        database: Database,
        gate: DecisionGate,
        pacer: DatabasePacer,
        slow: FairPool | None = None,
        reaches: Iterable[str] = (),
    ) -> None:
        self._reaches = tuple(reaches)
        self._database = database
        self._gate = gate
        self._pacer = pacer
        self._inbox: SimpleQueue[_Running[Any] | None] = SimpleQueue()
        self._slots = Slots(AT_ONCE)
        self._apart = FairPool("apart", _APART)
        self._slow = slow or FairPool("slow", SLOW)
        self._long: set[_Running[Any]] = set()
        """Calls that do slow work or sleep."""
        self._open = False
        self._under_way = 0
        self._idle = asyncio.Event()
        self._free: list[AsyncDriver] = []
        self._requests: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self._idle.set()
        thread = threading.Thread(target=self._serve, name="scheduler", daemon=True)
        async with AsyncExitStack() as self._opened:
            thread.start()
            watch = asyncio.create_task(self._watch())
            self._open = True
            try:
                yield
            finally:
                self._open = False
                await self._idle.wait()
                watch.cancel()
                self._inbox.put(None)
                await asyncio.to_thread(thread.join)
                for pool in (self._apart, self._slow):
                    await asyncio.to_thread(pool.close)

    async def run(self, flow: Flow[T], caller: AgentCaller | None = None) -> T:
        """Run a call to completion, even if its caller disconnects, in one of the caller's
        slots. Raises `TooManyAtOnce`."""
        owner = _NOBODY if caller is None else Owner(caller.org, caller.agent_id)
        slot = await self._slots.take(owner)
        if not self._open:
            self._slots.leave(slot)
            raise ServiceUnavailable("The service is stopping.")
        waiting: asyncio.Future[T] = self._loop.create_future()
        self._under_way += 1
        self._idle.clear()
        self._inbox.put(_Running(flow, waiting, slot))
        return await waiting

    # the scheduler's own thread

    def _serve(self) -> None:
        recorded: list[_Running[Any]] = []
        while (ready := self._ready(recorded)) is not None:
            recorded = self._round(ready)

    def _ready(self, ready: list[_Running[Any]]) -> list[_Running[Any]] | None:
        """Return the calls that can go on, at least one. None: the scheduler stops."""
        try:
            while True:
                running = self._inbox.get(block=not ready)
                if running is None:
                    return None
                ready.append(running)
        except Empty:
            return ready

    def _round(self, ready: Sequence[_Running[Any]]) -> list[_Running[Any]]:
        """Step each call once. Returns the calls whose effect completed synchronously."""
        self._step(ready)
        told, away, refused = [], [], list[_Running[Any]]()
        reservations: list[tuple[_Running[Any], RateSlot]] = []
        records: list[tuple[_Running[Any], DecisionRequest | Settlement]] = []
        for running in ready:
            match running.effect:
                case None:
                    told.append(running)
                case DecisionRequest() | Settlement() as entry:
                    records.append((running, entry))
                case RateSlot() as reserved:
                    reservations.append((running, reserved))
                case RunInThread() as apart:
                    refused += self._set_apart(running, apart)
                case Send() | Sleep() as sent:
                    away.append((running, sent))
        if told or away:
            self._loop.call_soon_threadsafe(self._go_on, told, away)
        if reservations:
            self._reserve(reservations)
        for begin in range(0, len(records), _TOGETHER):
            self._record(records[begin : begin + _TOGETHER])
        return [*refused, *(running for running, _ in (*reservations, *records))]

    def _step(self, ready: Sequence[_Running[Any]]) -> None:
        try:
            with self._database.shared_read():
                for running in ready:
                    running.step()
        except Exception:
            # each call has been stepped: a failed end of the shared read says nothing about them
            logger.exception("a look at the database did not end")

    def _set_apart(self, running: _Running[Any], apart: RunInThread) -> list[_Running[Any]]:
        """Start work in a thread. Returns the call again if no thread is available for it."""
        try:
            if apart.slow:
                future = self._slow.submit(running.slot.owner, apart.work, running.cancellation)
                self._loop.call_soon_threadsafe(self._leave, running, future)
            else:
                future = self._apart.submit(running.slot.owner, apart.work)
                future.add_done_callback(partial(self._worked, running))
        except (ApiError, RuntimeError) as error:
            running.came = error
            return [running]
        return []

    def _reserve(self, reservations: Sequence[tuple[_Running[Any], RateSlot]]) -> None:
        try:
            found: Sequence[Any] = self._pacer.reserve_all(
                [(reserved.key, reserved.limit) for _, reserved in reservations]
            )
        except Exception as error:
            found = [error] * len(reservations)
        for (running, _), came in zip(reservations, found, strict=True):
            running.came = came

    def _record(
        self, records: Sequence[tuple[_Running[Any], DecisionRequest | Settlement]]
    ) -> None:
        found = self._gate.answers([entry for _, entry in records])
        for (running, entry), came in zip(records, found, strict=True):
            running.came = came
            if isinstance(entry, DecisionRequest):
                running.call = entry if isinstance(came, Allow | Ask) else None
                running.counted = self._gate.now() if isinstance(came, Allow) else None

    def _worked(self, running: _Running[Any], future: Future[Any]) -> None:
        _came(running, future)
        self._inbox.put(running)

    # the event loop

    def _go_on(
        self,
        told: Sequence[_Running[Any]],
        away: Sequence[tuple[_Running[Any], Send | Sleep]],
    ) -> None:
        for running in told:
            running.tell()
            self._slots.leave(running.slot)
        self._under_way -= len(told)
        if not self._under_way:
            self._idle.set()
        for running, effect in away:
            if isinstance(effect, Sleep):
                self._start(self._sleep(running, effect))
            else:
                self._start(self._perform(running, effect))

    def _leave(self, running: _Running[Any], future: Future[Any]) -> None:
        """Release the call's slot while it does slow work."""
        self._slots.leave(running.slot)
        self._long.add(running)
        forget = running.cancellation.on_cancel(future.cancel)

        def come_back(done: Future[Any]) -> None:
            forget()
            _came(running, done)
            self._loop.call_soon_threadsafe(self._come_back, running)

        future.add_done_callback(come_back)

    def _come_back(self, running: _Running[Any]) -> None:
        self._long.discard(running)
        self._start(self._with_slot_again(running))

    async def _with_slot_again(self, running: _Running[Any]) -> None:
        running.slot = await self._slots.take(running.slot.owner, back=True)
        self._inbox.put(running)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _watch(self) -> None:
        """Cancel calls that their agents may not make any more."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if self._long:
                looked_at = [one for one in self._long if one.call is not None]
                ended = await asyncio.to_thread(self._ended, looked_at)
                cancel_all(running.cancellation for running in ended)

    def _ended(self, looked_at: Sequence[_Running[Any]]) -> list[_Running[Any]]:
        ended: list[_Running[Any]] = []
        rest = list(looked_at)
        while True:
            denied = [one for one in rest if self._is_denied(one)]
            if not denied:
                return ended
            # calls that were checked just before the change are checked again
            ended += denied
            rest = [one for one in rest if one not in denied]

    def _is_denied(self, running: _Running[Any]) -> bool:
        if running.call is None:
            return False
        return self._gate.denial_now(running.call, running.counted) is not None

    async def _sleep(self, running: _Running[Any], effect: Sleep) -> None:
        """Sleep until the time is over or the call is cancelled."""
        task = asyncio.current_task()

        def wake() -> None:
            if task is not None:
                self._loop.call_soon_threadsafe(task.cancel)

        self._long.add(running)
        try:
            with running.cancellation.stopping(wake):
                await asyncio.sleep(effect.seconds)
        except asyncio.CancelledError:
            running.came = Interrupted()
        finally:
            self._long.discard(running)
        self._inbox.put(running)

    async def _perform(self, running: _Running[Any], effect: Send) -> None:
        try:
            driver = self._free.pop() if self._free else await self._driver()
            try:
                running.came = await driver.perform(effect)
            finally:
                self._free.append(driver)
        except BaseException as error:
            running.came = error
        self._inbox.put(running)

    async def _driver(self) -> AsyncDriver:
        """Return a driver for one request at a time: with several requests on one client, the
        HTTP library scans every connection for each request, which takes longer than the rest of
        a call."""
        http = await self._opened.enter_async_context(
            opened(httpx2.AsyncClient, TIMEOUT, reaches=self._reaches)
        )
        return AsyncDriver(http, None, MemoryTokens())
