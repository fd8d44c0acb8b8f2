"""Where the calls of both doors are run: many at once, by one thread.

What several of them have to decide or to write down is done in one transaction, requests to
TikTok go out on the event loop, and what takes long gets a thread of its own. A thread for each
call would spend more time on taking turns than on calls.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import httpx2

from stagedoor.client import MemoryTokens
from stagedoor.client.client import TIMEOUT
from stagedoor.client.driver_async import AsyncDriver
from stagedoor.client.effects import Send, Sleep
from stagedoor.client.transport import tls

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
_PER_LANE = 4

logger = logging.getLogger("stagedoor.agents")

T = TypeVar("T")


@dataclass(slots=True)
class _Lane:
    """Some connections to TikTok. The HTTP library looks at each that is open for each request:
    with all of them in one place that would take longer than the rest of a call."""

    driver: AsyncDriver
    busy: int = 0


class _Running(Generic[T]):
    """A call under way: what it gets back next, and who waits for its end."""

    __slots__ = ("answer", "effect", "flow", "waiting")

    def __init__(self, flow: Flow[T], waiting: asyncio.Future[T]) -> None:
        self.flow = flow
        self.waiting = waiting
        self.answer: Any = None
        """An exception is raised into the flow."""
        self.effect: Effect | None = None

    def step(self) -> bool:
        """Go on to the next effect. False: it has ended, and `answer` is its result or error."""
        answer, self.answer = self.answer, None
        try:
            if isinstance(answer, BaseException):
                self.effect = self.flow.throw(answer)
            else:
                self.effect = self.flow.send(answer)
        except StopIteration as stop:
            self.answer = stop.value
            return False
        except BaseException as error:
            self.answer = error
            return False
        return True

    def tell(self) -> None:
        """On the event loop: who waits goes on, unless it has gone away."""
        if self.waiting.done():
            return
        if isinstance(self.answer, BaseException):
            self.waiting.set_exception(self.answer)
        else:
            self.waiting.set_result(self.answer)


class Desk:
    """Works while `live` runs; its end waits for calls that are under way."""

    def __init__(self, database: Database, gate: Gate, pacer: DatabasePacer) -> None:
        self._database = database
        self._gate = gate
        self._pacer = pacer
        self._inbox: SimpleQueue[_Running[Any] | None] = SimpleQueue()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._under_way = 0
        self._idle = asyncio.Event()
        self._requests: set[asyncio.Task[None]] = set()
        self._lanes: list[_Lane] = []

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self._idle.set()
        async with AsyncExitStack() as self._opened:
            with ThreadPoolExecutor(_APART, "apart") as self._apart:
                thread = threading.Thread(target=self._serve, name="desk", daemon=True)
                thread.start()
                try:
                    yield
                finally:
                    await self._idle.wait()
                    self._inbox.put(None)
                    await asyncio.to_thread(thread.join)

    async def run(self, flow: Flow[T]) -> T:
        """The end of a call, to which it comes also where nobody waits for it any more."""
        async with self._room:
            running = _Running(flow, self._loop.create_future())
            self._under_way += 1
            self._idle.clear()
            self._inbox.put(running)
            return await running.waiting

    # the desk's own thread

    def _serve(self) -> None:
        recorded: list[_Running[Any]] = []
        while (ready := self._ready(recorded)) is not None:
            try:
                recorded = self._round(ready)
            except BaseException:
                logger.exception("the desk failed")
                raise

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
        """Everybody goes on as far as the next effect; who has its result by the end is given."""
        over, away, recording, places = [], [], [], []
        with self._database.glance():
            for running in ready:
                if not running.step():
                    over.append(running)
                    continue
                match running.effect:
                    case Call() | End():
                        recording.append(running)
                    case Place():
                        places.append(running)
                    case Apart():
                        self._apart.submit(self._work, running)
                    case _:
                        away.append(running)
        if over or away:
            self._loop.call_soon_threadsafe(self._go_on, over, away)
        self._reserve(places)
        while recording:
            batch, recording = recording[:_TOGETHER], recording[_TOGETHER:]
            answers = self._gate.answers([one.effect for one in batch])
            for running, running.answer in zip(batch, answers, strict=True):
                places.append(running)
        return places

    def _reserve(self, places: Sequence[_Running[Any]]) -> None:
        if not places:
            return
        asked = [(one.effect.key, one.effect.limit) for one in places]
        try:
            answers: Sequence[Any] = self._pacer.reserve_all(asked)
        except Exception as error:
            answers = [error] * len(asked)
        for running, running.answer in zip(places, answers, strict=True):
            pass

    def _work(self, running: _Running[Any]) -> None:
        effect: Any = running.effect
        try:
            running.answer = effect.work()
        except BaseException as error:
            running.answer = error
        self._inbox.put(running)

    # on the event loop

    def _go_on(self, over: Sequence[_Running[Any]], away: Sequence[_Running[Any]]) -> None:
        for running in over:
            running.tell()
        self._under_way -= len(over)
        if not self._under_way:
            self._idle.set()
        for running in away:
            task = self._loop.create_task(self._perform(running))
            self._requests.add(task)
            task.add_done_callback(self._requests.discard)

    async def _perform(self, running: _Running[Any]) -> None:
        effect: Any = running.effect
        try:
            lane = await self._lane()
            lane.busy += 1
            try:
                running.answer = await lane.driver.perform(effect)
            finally:
                lane.busy -= 1
        except BaseException as error:
            running.answer = error
        self._inbox.put(running)

    async def _lane(self) -> _Lane:
        for lane in self._lanes:
            if lane.busy < _PER_LANE:
                return lane
        http = httpx2.AsyncClient(timeout=TIMEOUT, verify=tls())
        lane = _Lane(AsyncDriver(http, None, MemoryTokens()))
        self._lanes.append(lane)
        await self._opened.enter_async_context(http)
        return lane
