"""Applications of their own below path prefixes, in front of the framework."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class Prefixed:
    """Requests below no prefix go to the framework."""

    def __init__(self, app: ASGIApp, apps: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._apps = tuple(apps.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            for prefix, other in self._apps:
                if path == prefix or path.startswith(f"{prefix}/"):
                    await other(scope, receive, send)
                    return
        await self._app(scope, receive, send)
