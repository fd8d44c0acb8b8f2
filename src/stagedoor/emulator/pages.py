"""Everything that isn't a declared call: pages, images, control routes. On Starlette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

from stagedoor.platform.errors import UNSUPPORTED_PATH

from . import cdn
from .commercial import control as commercial
from .community import routes as community
from .control import routes as control
from .control.errors import ControlError
from .embed import control as live
from .embed import routes as embed
from .oauth import routes as oauth
from .phone import routes as phone
from .portability import control as portability
from .posting import control as posting
from .sharing import routes as sharing
from .webhooks import routes as webhooks

if TYPE_CHECKING:
    from .app import Emulator

CONTROL = "/_emulator"

_HOMES = (
    cdn,
    oauth,
    embed,
    control,
    posting,
    portability,
    webhooks,
    phone,
    commercial,
    sharing,
    live,
    community,
)


def routes() -> list[BaseRoute]:
    """Of all pages and control routes."""
    return [route for home in _HOMES for route in home.ROUTES]


def application(emulator: Emulator) -> Starlette:
    """The pages over `emulator`. Routes find it as `app.state.emulator`, its world as `.world`."""
    pages = Starlette(
        routes=routes(),
        exception_handlers={HTTPException: _missing, ControlError: _refused},
    )
    pages.router.redirect_slashes = False
    pages.state.emulator = emulator
    pages.state.world = emulator.world
    return pages


async def _missing(request: Request, error: Exception) -> Response:
    """No such path or method: TikTok's gateway text, or words on a control path."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    if request.url.path.startswith(CONTROL):
        said = "There is no such control route." if status == 404 else str(error)
        return JSONResponse({"error": {"message": said, "problems": []}}, status)
    return PlainTextResponse(UNSUPPORTED_PATH, 404)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ControlError)  # noqa: S101
    return error.response()
