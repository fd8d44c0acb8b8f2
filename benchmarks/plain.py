"""Runs the servers to compare with: uvicorn with the settings that ours has, without extras."""

from __future__ import annotations

import uvicorn
from starlette.types import ASGIApp


def serve(app: ASGIApp, port: int) -> None:
    """Serve until a signal."""
    uvicorn.run(
        app,
        port=port,
        interface="asgi3",
        ws="none",
        proxy_headers=False,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
    )
