"""`/healthz` and `/readyz` of a process that has no other HTTP routes: a worker."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from .service import Health


@contextmanager
def answering(health: Health, host: str, port: int) -> Iterator[tuple[str, int]]:
    """Serve both routes from a thread until the block ends; yields the address. OSError when the
    port is taken."""

    def healthz(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    def readyz(_: Request) -> JSONResponse:
        report = health.report()
        return JSONResponse(report.body(), 200 if report.serves else 503)

    app = Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz)])
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen()
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [bound]}, name="stagedoor health", daemon=True
        )
        thread.start()
        try:
            yield host, int(bound.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(5)
