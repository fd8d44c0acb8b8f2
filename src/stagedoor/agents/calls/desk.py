"""Where the calls of both doors are run: many at once, by one thread.

It takes all of them on by one step, and again: what they read is read by one transaction, what
they have to decide and to write down is done in one, requests to TikTok go out on the event loop,
and what may take long gets a thread of its own. A thread for each call would spend more time on
taking turns than on calls.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import httpx2

from stagedoor.client import MemoryTokens
from stagedoor.client.client import TIMEOUT
from stagedoor.client.driver_async import AsyncDriver
from stagedoor.client.effects import Machine, Send, Sleep
from stagedoor.client.transport import opened
from stagedoor.connector.errors import Unavailable

from ..decisions.recording import Call, End
from .flow import Apart, Effect, Flow, Place

if TYPE_CHECKING:
    from stagedoor.connector.database import Database
    from stagedoor.connector.limits.pacer import DatabasePacer

    from ..decisions.gate import Gate

AT_ONCE = 100
"""Calls under way; more of them wait for their turn."""
_TOGETHER = 64
"""Entries of one transaction."""
_APART = 32

logger = logging.getLogger("stagedoor.agents")

T = TypeVar("T")


class _Running(Generic[T]):
    """A call under way: what it waits for, what came of it, and who waits for its end."""

    __slots__ = ("came", "effect", "machine", "waiting")

    def __init__(self, flow: Flow[T], waiting: asyncio.Future[T]) -> None:
        self.machine = Machine(flow)
        self.waiting = waiting
        self.effect: Effect | None = None
        """None: it has ended, and `came` is its result or its error."""
        self.came: Any = None
        """What comes of the effect; an exception is raised into the flow."""

    def step(self) -> None:
        """Go on to the next effect, or to the end."""
        came, machine = self.came, self.machine
        machine.error = came if isinstance(came, BaseException) else None
        machine.result = None if isinstance(came, BaseException) else came
        try:
            self.effect = machine.next()
            self.came = machine.value if self.effect is None else None
        except BaseException as error:
            self.effect, self.came = None, error

    def tell(self) -> None:
        """On the event loop: who waits goes on, unless it has gone away."""
        if self.waiting.done():
            return
        if isinstance(self.came, BaseException):
            self.waiting.set_exception(self.came)
        else:
            self.waiting.set_result(self.came)


class Desk:
    """Works while `live` runs; its end waits for calls that are under way."""

    def __init__(self, database: Database, gate: Gate, pacer: DatabasePacer) -> None:
        self._database = database
        self._gate = gate
        self._pacer = pacer
        self._inbox: SimpleQueue[_Running[Any] | None] = SimpleQueue()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._open = False
        self._under_way = 0
        self._idle = asyncio.Event()
        self._free: list[AsyncDriver] = []
        self._requests: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self._idle.set()
        thread = threading.Thread(target=self._serve, name="desk", daemon=True)
        async with AsyncExitStack() as self._opened:
            with ThreadPoolExecutor(_APART, "apart") as self._apart:
                thread.start()
                self._open = True
                try:
                    yield
                finally:
                    self._open = False
                    await self._idle.wait()
                    self._inbox.put(None)
                    await asyncio.to_thread(thread.join)

    async def run(self, flow: Flow[T]) -> T:
        """The end of a call, to which it comes also where nobody waits for it any more."""
        await self._room.acquire()
        if not self._open:
            self._room.release()
            raise Unavailable("The service is stopping.")
        waiting: asyncio.Future[T] = self._loop.create_future()
        self._under_way += 1
        self._idle.clear()
        self._inbox.put(_Running(flow, waiting))
        return await waiting

    # the desk's own thread

    def _serve(self) -> None:
        recorded: list[_Running[Any]] = []
        while (ready := self._ready(recorded)) is not None:
            recorded = self._round(ready)

    def _ready(self, ready: list[_Running[Any]]) -> list[_Running[Any]] | None:
        """Who can go on, of whom there is one at least. None: it is to end."""
        try:
            while True:
                running = self._inbox.get(block=not ready)
                if running is None:
                    return None
                ready.append(running)
        except Empty:
            return ready

    def _round(self, ready: Sequence[_Running[Any]]) -> list[_Running[Any]]:
        """One step for everybody. Whom that brought to something that is done here and now is
        given back, to go on."""
        self._step(ready)
        told, away, refused = [], [], list[_Running[Any]]()
        places: list[tuple[_Running[Any], Place]] = []
        records: list[tuple[_Running[Any], Call | End]] = []
        for running in ready:
            match running.effect:
                case None:
                    told.append(running)
                case Call() | End() as entry:
                    records.append((running, entry))
                case Place() as place:
                    places.append((running, place))
                case Apart() as apart:
                    refused += self._set_apart(running, apart)
                case Send() | Sleep() as sent:
                    away.append((running, sent))
        if told or away:
            self._loop.call_soon_threadsafe(self._go_on, told, away)
        if places:
            self._reserve(places)
        for begin in range(0, len(records), _TOGETHER):
            self._record(records[begin : begin + _TOGETHER])
        return [*refused, *(running for running, _ in (*places, *records))]

    def _step(self, ready: Sequence[_Running[Any]]) -> None:
        try:
            with self._database.glance():
                for running in ready:
                    running.step()
        except Exception:
            # each has gone on: the end of what they read by says nothing about them
            logger.exception("a look at the database did not end")

    def _set_apart(self, running: _Running[Any], apart: Apart) -> list[_Running[Any]]:
        """Given back at once: there is no thread for it."""
        try:
            self._apart.submit(self._work, running, apart)
        except RuntimeError as error:
            running.came = error
            return [running]
        return []

    def _reserve(self, places: Sequence[tuple[_Running[Any], Place]]) -> None:
        try:
            found: Sequence[Any] = self._pacer.reserve_all(
                [(place.key, place.limit) for _, place in places]
            )
        except Exception as error:
            found = [error] * len(places)
        for (running, _), came in zip(places, found, strict=True):
            running.came = came

    def _record(self, records: Sequence[tuple[_Running[Any], Call | End]]) -> None:
        found = self._gate.answers([entry for _, entry in records])
        for (running, _), came in zip(records, found, strict=True):
            running.came = came

    def _work(self, running: _Running[Any], apart: Apart) -> None:
        try:
            running.came = apart.work()
        except BaseException as error:
            running.came = error
        self._inbox.put(running)

    # the event loop

    def _go_on(
        self,
        told: Sequence[_Running[Any]],
        away: Sequence[tuple[_Running[Any], Send | Sleep]],
    ) -> None:
        for running in told:
            running.tell()
            self._room.release()
        self._under_way -= len(told)
        if not self._under_way:
            self._idle.set()
        for running, effect in away:
            task = self._loop.create_task(self._perform(running, effect))
            self._requests.add(task)
            task.add_done_callback(self._requests.discard)

    async def _perform(self, running: _Running[Any], effect: Send | Sleep) -> None:
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
        """For one request at a time: of a client that has several under way, the HTTP library
        looks at every connection for each request, which takes longer than the rest of a call."""
        http = await self._opened.enter_async_context(opened(httpx2.AsyncClient, TIMEOUT))
        return AsyncDriver(http, None, MemoryTokens())
