"""The emulator in a thread of this process, on a port or without one: for tests and the demo."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, Unpack

from .app import Application, Emulator
from .beginning import Options
from .server import DEFAULT_HOST, Server, address, configured, listen
from .world import World

T = TypeVar("T")
_START_SECONDS = 15
_RESET_SECONDS = 600
"""A world of a million videos takes minutes."""
_HOST = "tiktok.localhost"
"""The host of an emulator without a port."""


class Running:
    """A running emulator. `url` is the base address; read `world` freely, but change it by HTTP."""

    def __init__(self, url: str, emulator: Emulator, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self._emulator = emulator
        self.loop = loop

    @property
    def world(self) -> World:
        return self._emulator.world

    @property
    def application(self) -> Application:
        """The ASGI application, which runs on `loop`."""
        return self._emulator.asgi

    def reset(self) -> None:
        """Return to the state with which it was started; blocks until the reset is done."""
        self.on_loop(self._emulator.restart, _RESET_SECONDS)

    def allow_scripts(self) -> None:
        """Switch the Virtual Compute Environment on, until the next reset."""

        def allow() -> None:
            self.world.allow_scripts = True

        self.on_loop(allow)

    def on_loop(self, function: Callable[[], T], seconds: float = _START_SECONDS) -> T:
        """Call a function between two requests, and return its result."""

        async def call() -> T:
            return function()

        return self._run(call(), seconds)

    def _run(self, work: Coroutine[Any, Any, T], seconds: float = _START_SECONDS) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)


@contextmanager
def running(
    seed: int = 1,
    port: int = 0,
    host: str = DEFAULT_HOST,
    webhook: str | None = None,
    **beginning: Unpack[Options],
) -> Iterator[Running]:
    """Context manager that runs an emulator. Port 0: any free port."""
    emulator = Emulator(seed, webhook, **beginning)
    bound = listen(host, port)
    started = threading.Event()
    server = Server(configured(emulator), started.set)
    loops: list[asyncio.AbstractEventLoop] = []

    async def main() -> None:
        loops.append(asyncio.get_running_loop())
        try:
            await server.serve(sockets=[bound])
        finally:
            started.set()

    def run() -> None:
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(main())

    thread = threading.Thread(target=run, name="emulator", daemon=True)
    thread.start()
    try:
        if not started.wait(_START_SECONDS) or not server.started:
            raise RuntimeError("The emulator did not start; its log says why.")
        yield Running(address(host, bound), emulator, loops[0])
    finally:
        server.should_exit = True
        thread.join(_START_SECONDS)
        bound.close()
        emulator.close()


@contextmanager
def without_port(
    seed: int = 1, webhook: str | None = None, **beginning: Unpack[Options]
) -> Iterator[Running]:
    """Context manager that runs an emulator without a port: `application` takes the requests, on
    the event loop `loop`."""
    emulator = Emulator(seed, webhook, hosts=(_HOST,), **beginning)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="emulator", daemon=True)
    thread.start()
    made = Running(f"http://{_HOST}", emulator, loop)
    try:
        made._run(emulator.__aenter__())
        yield made
    finally:
        made._run(emulator.__aexit__(None, None, None))
        made._run(loop.shutdown_default_executor())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_START_SECONDS)
        loop.close()
        emulator.close()
