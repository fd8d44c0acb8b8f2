"""The emulator in process: one world, and the ASGI application over it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from types import TracebackType

from . import registry
from .beginning import Beginning, begin
from .bodies import Receive, Scope, Send
from .gate import CallGate
from .world import World
from .world.seed import READY_MADE

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Emulator:
    """An emulator: `asgi` is the ASGI application, `world` has the state.

    Timers (processing, webhooks) run during the ASGI lifespan, or inside `async with emulator`, or
    from the first request on if a test transport runs no lifespan. `hosts` are host names that the
    control routes accept, besides loopback and the emulator's own address. `now` (Unix seconds) is
    where the clock begins: with the same `seed` and `now`, two emulators are the same. `videos` and
    `content` are those of a `Beginning`. `allow_scripts` switches the Virtual Compute Environment
    on, which runs what it is sent as this user.
    """

    def __init__(
        self,
        seed: int = 1,
        webhook: str | None = None,
        hosts: Iterable[str] = (),
        *,
        now: float | None = None,
        videos: int | None = None,
        content: str = "",
        allow_scripts: bool = False,
    ) -> None:
        self.hosts = tuple(hosts)
        self.world = World(seed, registry.declared)
        self.world.clock.learn = partial(registry.timer_handlers, self.world)
        self._webhook = webhook
        self._allow_scripts = allow_scripts
        self._clock: asyncio.Task[None] | None = None
        self._gate = CallGate(self.world, self._pages)
        self.asgi = _asgi(self, self._gate)
        self._first = self.beginning = Beginning(seed, now, videos, content)
        try:
            self.reset()
        except BaseException:
            self.close()
            raise

    def reset(self, beginning: Beginning | None = None) -> None:
        """Return to the initial state, default settings, and the clock's beginning.

        With another `beginning`, later resets return to that one. Raises `WorldFileError` for
        wrong content; then nothing has changed.
        """
        chosen = self.beginning if beginning is None else beginning
        begin(self.world, chosen)
        self.beginning = chosen
        self.world.allow_scripts = self._allow_scripts
        self._gate.windows.clear()
        self._hear()

    def restart(self) -> None:
        """Return to the state with which the emulator was made."""
        self.reset(self._first)

    def adopt(self) -> None:
        """Continue from loaded entities, where the run that saved them ended."""
        self._hear()
        registry.resume(self.world)

    def _hear(self) -> None:
        """Set the callback URL of the ready-made apps."""
        if self._webhook is not None:
            for key in READY_MADE:
                if key in self.world.apps:
                    self.world.apps[key].webhook_url = self._webhook

    def _pages(self) -> Application:
        from .pages import Pages

        return Pages(self.world, self, self.hosts)

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
        """Start the clock's task in the running event loop, unless it runs already."""
        if self._clock is None or self._clock.done():
            self._clock = asyncio.create_task(self.world.clock.run(), name="emulator clock")

    def close(self) -> None:
        """Close the world; deletes the received media."""
        self.world.close()


def _asgi(emulator: Emulator, gate: CallGate) -> Application:
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
