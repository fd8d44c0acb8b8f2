"""The Starlette application for pages, images and control routes: all but declared calls."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from stagedoor.platform.errors import UNSUPPORTED_PATH

from . import registry
from .bodies import Receive, Scope, Send
from .control.errors import ControlError
from .control.guard import ControlGuard, check_text
from .world import World

CONTROL = "/_emulator"


class Pages:
    """Routes get the world as `app.state.world`, the emulator as `app.state.emulator`.

    A module's routes are registered with the first request for a path that it may answer.
    """

    def __init__(self, world: World, emulator: object, hosts: Iterable[str]) -> None:
        self._guard = ControlGuard(tuple(hosts))
        self._homes: set[str] = set()
        self._app = Starlette(
            exception_handlers={HTTPException: _missing, ControlError: _refused},
        )
        self._app.router.redirect_slashes = False
        self._app.state.world = world
        self._app.state.emulator = emulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/" or scope["path"].startswith(CONTROL):
            try:
                self._guard.check(scope)
                check_text(scope)
            except ControlError as error:
                await error.response()(scope, receive, send)
                return
        for name in registry.below(scope["path"]):
            if name not in self._homes:
                home = registry.module(name)
                self._homes.add(name)
                self._app.router.routes.extend(getattr(home, "ROUTES", ()))
        await self._app(scope, receive, send)


async def _missing(request: Request, error: Exception) -> Response:
    """Answer an unknown path or method: JSON on a control path, else TikTok's gateway text."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    if request.url.path.startswith(CONTROL):
        said = "There is no such control route." if status == 404 else str(error)
        return JSONResponse({"error": {"message": said, "problems": []}}, status)
    return PlainTextResponse(UNSUPPORTED_PATH, 404)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ControlError)  # noqa: S101
    return error.response()
