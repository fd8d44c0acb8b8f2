"""The service's processes: HTTP with a worker, HTTP alone, a worker alone."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from .app import Prefixed, application
from .body_deadline import BodyDeadline, BodyPaces
from .connections import ConnectionLimits, server_settings
from .container import Container
from .domains import CONNECTOR
from .extension import Extension, MakeExtension, no_extension
from .forwarded import Forwarded
from .health.server import answering
from .installation import public_address
from .jobs import Jobs
from .private_files import only_for_owner
from .publishing import store as posts
from .settings import Settings, address
from .startup import database_named, prepare
from .webhooks.endpoint import Endpoint
from .worker import Worker

logger = logging.getLogger("stagedoor.service")

_COLLECTION_THRESHOLDS = (10_000, 20, 20)
"""Of the garbage collector's three generations. The default (700, 10, 10) collects on every other
request."""
_SHUTDOWN_SECONDS = 10
_FETCH_SECONDS = 3.0
"""For this long after TikTok was given URLs of photos, a process that is shutting down still serves
them."""


def open_services(settings: Settings) -> Container:
    """A container on a database of the newest schema. Raises `SettingsError`."""
    with database_named(settings):
        services = Container.build(settings)
    try:
        prepare(
            services.settings,
            services.database,
            services.keys,
            services.clock,
            services.media.storage,
        )
    except BaseException:
        services.close()
        raise
    return services


def make_worker(services: Container, extension: Extension | None = None) -> Worker:
    """The worker of this process; not started."""
    extension = extension or Extension()
    jobs = {**services.job_handlers(), **extension.handlers}
    files = CONNECTOR.jobs_needing_media() | extension.needing_media

    def unable() -> frozenset[str]:
        return files if services.media.identity.stands_in_the_way() else frozenset()

    return Worker(
        services.database,
        services.clock,
        lambda worker: Jobs(
            services.settings, worker, jobs, services.database.pooled, services.shutdown
        ),
        unable=unable,
    )


def make_app(
    services: Container,
    worker: Worker | None,
    extension: Extension | None = None,
    paces: BodyPaces | None = None,
) -> ASGIApp:
    """The ASGI application; its worker starts and stops with it."""
    extension = extension or Extension()
    watch = services.make_watch()

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        watch.start()
        if worker is not None:
            await asyncio.to_thread(worker.start)
        try:
            async with extension.lifespan():
                yield
        finally:
            await asyncio.to_thread(watch.stop)
            if worker is not None:
                await asyncio.to_thread(worker.stop)

    settings = services.settings
    app = application(
        services.provided.with_instances(extension.provided),
        CONNECTOR.routers() + extension.routers,
        lifespan,
        settings.cors_origins,
    )
    app = BodyDeadline(Endpoint(Prefixed(app, extension.apps), services.webhooks), paces)
    proxies = settings.trusted_proxies
    return Forwarded(app, proxies) if proxies else app


def server_config(
    app: ASGIApp, proxies: tuple[str, ...] = (), limits: ConnectionLimits | None = None
) -> uvicorn.Config:
    """The configuration of the service's HTTP server; `proxies` are networks of trusted reverse
    proxies."""
    return uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        **server_settings(limits, proxies),
    )


def serve(
    settings: Settings,
    host: str,
    port: int,
    *,
    with_worker: bool = True,
    extend: MakeExtension = no_extension,
    ready: Callable[[str, Settings], None] = lambda _, __: None,
) -> None:
    """Serve HTTP until a signal; OSError when the port is taken. `ready` gets the address and the
    settings in force."""
    only_for_owner()
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        port = bound.getsockname()[1]
        settings = settings.listening(host, port)
        services = open_services(settings)
        public_address.remember(services.database, services.settings)
    except BaseException:
        bound.close()
        raise
    try:
        extension = extend(services)
        services.witness.start()
    except BaseException:
        bound.close()
        services.close()
        raise
    worker = make_worker(services, extension) if with_worker else None
    config = server_config(make_app(services, worker, extension), settings.trusted_proxies)

    def leave() -> None:
        """Finish the work under way while requests, such as TikTok's fetches, are still served."""
        services.shutdown.begin()
        if worker is not None:
            worker.stop()
            _await_fetches(services)

    server = _Server(config, lambda: ready(address(host, port), settings), leave)
    try:
        # the socket listens before the worker begins: TikTok's downloads wait in its backlog
        # meanwhile
        bound.listen()
        server.run(sockets=[bound])
    finally:
        services.witness.stop()
        services.close()


def _await_fetches(services: Container) -> None:
    since = services.clock.now() - _FETCH_SECONDS
    with services.database.read() as connection:
        fetching = posts.fetched_since(connection, since)
    if fetching:
        time.sleep(_FETCH_SECONDS)


class _Server(uvicorn.Server):
    """A server that calls back when it has started, and before it stops serving requests."""

    def __init__(
        self, config: uvicorn.Config, started: Callable[[], None], leave: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._tell = started
        self._leave = leave

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _tune_garbage_collection()
            self._tell()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await asyncio.to_thread(self._leave)
        except Exception:
            # database or clock may be gone already: another worker takes over the unfinished work
            logger.exception("work was not ended in order")
        await super().shutdown(sockets)


def work(
    settings: Settings,
    *,
    extend: MakeExtension = no_extension,
    ready: Callable[[str], None] = lambda _: None,
    health: tuple[str, int] | None = None,
) -> None:
    """Work until a signal. `health` is the host and port of `/healthz` and `/readyz`.

    OSError when the port is taken.
    """
    only_for_owner()
    services = open_services(settings)
    try:
        extension = extend(services)
        services.witness.start()
    except BaseException:
        services.close()
        raise
    worker = make_worker(services, extension)
    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    with ExitStack() as stack:
        stack.callback(services.close)
        stack.callback(services.witness.stop)
        if health is not None:
            stack.enter_context(answering(services.health, *health))
        worker.start()
        stack.callback(worker.stop)
        ready(worker.id)
        while not stopping.wait(1.0):
            pass


def _tune_garbage_collection() -> None:
    """Exclude all loaded objects from later collections, and make collections rarer; to be called
    once everything is loaded.

    A collection of the oldest generation visits every loaded object and stops all threads
    meanwhile. Objects without reference cycles are freed at once as before.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTION_THRESHOLDS)
