"""The emulator on a port, in a thread of this process: for tests and for `stagedoor demo`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .app import Emulator
from .server import DEFAULT_HOST, Server, address, configured, listen
from .world import World

_START_SECONDS = 15


class Running:
    """A running emulator. `url` is the base address; read `world` freely, but change it by HTTP."""

    def __init__(self, url: str, emulator: Emulator, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self._emulator = emulator
        self._loop = loop

    @property
    def world(self) -> World:
        return self._emulator.world

    def reset(self) -> None:
        """Return to the initial state; blocks until the reset is done."""

        async def reset() -> None:
            self._emulator.reset()

        asyncio.run_coroutine_threadsafe(reset(), self._loop).result(_START_SECONDS)


@contextmanager
def running(
    seed: int = 1, port: int = 0, host: str = DEFAULT_HOST, webhook: str | None = None
) -> Iterator[Running]:
    """Context manager that runs an emulator. Port 0: any free port."""
    emulator = Emulator(seed, webhook)
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
