"""The emulator on a port, for the command `stagedoor emulator`."""

from __future__ import annotations

import logging
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Unpack

import uvicorn

from stagedoor.platform.masking import WithoutSecrets
from stagedoor.platform.records import frozen

from .app import Emulator
from .beginning import Options
from .beginning import options as options
from .tls import Certificate, certificate
from .world import StateError as StateError
from .world import WorldFileError as WorldFileError

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8701

_WITHOUT_SECRETS = WithoutSecrets()
_KEEP_ALIVE_SECONDS = 75
_SHUTDOWN_SECONDS = 2


@frozen
class Ready:
    """The address of the emulator. `certificate` is that of a run with TLS."""

    url: str
    certificate: Certificate | None = None

    @property
    def ca_file(self) -> Path | None:
        """The authority that a client must trust."""
        return self.certificate.ca if self.certificate else None


class Server(uvicorn.Server):
    """A server that reports when it has started."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell()


def listen(host: str, port: int) -> socket.socket:
    """Bind a socket; OSError when the port is taken. Port 0: any free port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    bound.set_inheritable(True)
    return bound


def address(host: str, bound: socket.socket, secure: bool = False) -> str:
    port = bound.getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{name}:{port}"


def configured(emulator: Emulator, certificate: Certificate | None = None) -> uvicorn.Config:
    logging.getLogger("uvicorn.error").addFilter(_WITHOUT_SECRETS)
    return uvicorn.Config(
        emulator.asgi,
        lifespan="on",
        ws="none",
        interface="asgi3",
        proxy_headers=False,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )


def serve(
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    *,
    seed: int = 1,
    state: Path | None = None,
    webhook: str | None = None,
    tls: bool = False,
    allow_hosts: Iterable[str] = (),
    allow_scripts: bool = False,
    ready: Callable[[Ready], None] = lambda _: None,
    **beginning: Unpack[Options],
) -> None:
    """Run until interrupted or terminated; `ready` is called with the real port once it answers.

    The file `state` keeps the world across runs. `webhook` is the callback of the ready-made apps.
    `allow_hosts` are host names that the control routes accept besides loopback and `host`.
    `allow_scripts` switches the Virtual Compute Environment on, which runs what it is sent.
    A file that exists already goes on with its own seed and time.
    Raises OSError when the port is taken, `StateError` when the file can't be read or written, or
    was written by another program meanwhile.
    """
    emulator = Emulator(seed, webhook, allow_hosts, allow_scripts=allow_scripts, **beginning)
    secrets = tempfile.TemporaryDirectory(prefix="stagedoor-emulator-tls-")
    bound: socket.socket | None = None
    held: socket.socket | None = None
    try:
        kept = None
        if state is not None:
            from .state import StateFile

            kept = StateFile(state)
            kept.load(emulator.world)
            emulator.adopt()
        bound = listen(host, port)
        # uvicorn closes `bound` first: the next run must not read the world before it is saved
        held = bound.dup() if kept is not None else None
        proof = certificate(Path(secrets.name)) if tls else None
        where = Ready(address(host, bound, tls), proof)
        server = Server(configured(emulator, proof), lambda: ready(where))
        try:
            with _stoppable():
                server.run(sockets=[bound])
        finally:
            if kept is not None:
                kept.save(emulator.world)
    finally:
        for one in (bound, held):
            if one is not None:
                one.close()
        secrets.cleanup()
        emulator.close()


@contextmanager
def _stoppable() -> Iterator[None]:
    """Exit without a traceback on SIGINT and SIGTERM, which uvicorn re-raises after shutdown."""
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler) if main else None
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        if main:
            signal.signal(signal.SIGTERM, before)
