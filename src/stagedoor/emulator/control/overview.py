"""The overview page of the world's contents."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stagedoor.platform.products.oauth import AUTHORIZE
from stagedoor.platform.scopes import USER_SCOPES
from stagedoor.ui import render

from ..control_bodies import ALL
from ..world import App, RecordedRequest, World

_SHOWN = 30
"""The most entities of each kind on the page."""
_LINKS = tuple(
    f"/_emulator/{name}"
    for name in (
        "world",
        "clock",
        "settings",
        "apps",
        "creators",
        "people",
        "playlists",
        "shops",
        "publishes",
        "advertisers",
        "ads",
        "deliveries",
        "requests",
        "faults",
        "hosts",
    )
)


async def overview(request: Request) -> Response:
    world: World = request.app.state.world
    base_url = str(request.base_url).rstrip("/")

    def consent(app: App) -> str:
        asked = {
            "client_key": app.client_key,
            "response_type": "code",
            "scope": ",".join(scope for scope in USER_SCOPES if scope in app.scopes),
            "redirect_uri": f"{base_url}/",
            "state": "overview",
        }
        return f"{AUTHORIZE.path}?{urlencode(asked)}"

    creators = world.creators.by(ALL)[:_SHOWN]
    page = render(
        "emulator/overview.html",
        base_url=base_url,
        now=_moment(world.now()),
        frozen=world.clock.frozen,
        apps=world.apps.by(ALL)[:_SHOWN],
        creators=creators,
        posts={one.id: len(world.videos_of(one.id)) for one in creators},
        requests=[_row(seen) for seen in list(world.requests)[: -_SHOWN - 1 : -1]],
        consent=consent,
        links=_LINKS,
    )
    return HTMLResponse(page)


def _row(seen: RecordedRequest) -> dict[str, Any]:
    return {
        "time": _moment(seen.at),
        "method": seen.method,
        "path": seen.path,
        "operation": seen.operation,
        "status": seen.status,
        "code": seen.code,
        "client_key": seen.client_key,
    }


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
