"""The emulator in process: one world, and the ASGI application over it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from types import TracebackType

from . import registry
from .bodies import Receive, Scope, Send
from .gate import Gate
from .world import World
from .world.seed import READY_MADE
from .world.seed import seed as seed_shared

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Emulator:
    """`asgi` takes HTTP calls, `world` holds everything that exists.

    Time-driven work (processing, webhooks) runs while the ASGI lifespan does, or inside
    `async with emulator`, or from the first request on where a test transport runs no lifespan.
    `hosts` are names that the control routes answer to, besides loopback and its own address.
    """

    def __init__(
        self, seed: int = 1, webhook: str | None = None, hosts: Iterable[str] = ()
    ) -> None:
        self.hosts = tuple(hosts)
        self.world = World(seed, registry.declared)
        self.world.clock.learn = partial(registry.timer_handlers, self.world)
        self._webhook = webhook
        self._clock: asyncio.Task[None] | None = None
        self._gate = Gate(self.world, self._pages)
        self.asgi = _asgi(self, self._gate)
        self.reset()

    def reset(self, seed: int | None = None) -> None:
        """As new: seeded entities, default settings, real time."""
        if seed is not None:
            self.world.seed = seed
        self.world.clear()
        self._gate.windows.clear()
        seed_shared(self.world)
        registry.seed(self.world)
        self._hear()

    def adopt(self) -> None:
        """Get ready for entities that were loaded: go on where the run that saved them ended."""
        self._hear()
        registry.resume(self.world)

    def _hear(self) -> None:
        """Have the ready-made apps get their webhooks."""
        if self._webhook is not None:
            for key in READY_MADE:
                if key in self.world.apps:
                    self.world.apps[key].webhook_url = self._webhook

    def _pages(self) -> Application:
        from .pages import Pages

        return Pages(self.world, self.reset, self.hosts)

    async def __aenter__(self) -> Emulator:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        task, self._clock = self._clock, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self.world.clock.halt()

    def start(self) -> None:
        """Let time pass, in the event loop that runs now; nothing if it does already."""
        if self._clock is None or self._clock.done():
            self._clock = asyncio.create_task(self.world.clock.run(), name="emulator clock")

    def close(self) -> None:
        """Delete the media that was received."""
        self.world.close()


def _asgi(emulator: Emulator, gate: Gate) -> Application:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            emulator.start()
            await gate(scope, receive, send)
        elif scope["type"] == "lifespan":
            await receive()
            async with emulator:
                await send({"type": "lifespan.startup.complete"})
                await receive()
            await send({"type": "lifespan.shutdown.complete"})

    return application
