"""The frame of a LIVE, for approved hosts (`embed_live`)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from stagedoor.platform import wire
from stagedoor.platform.products import embed
from stagedoor.platform.products.embed import LiveParams
from stagedoor.ui import render

from ...world import World
from . import cards
from .state import LIVE_DOMAINS


async def show(request: Request) -> Response:
    world: World = request.app.state.world
    creator = cards.by_handle(world, request.path_params["username"])
    if creator is None:
        return PlainTextResponse("This account couldn't be found.", 404)
    try:
        params: LiveParams | None = wire.parse(embed.LIVE, request.url.query)
    except wire.Malformed:
        params = None
    approved = params is not None and params.embed_domain.lower() in world[LIVE_DOMAINS]
    page = render(
        "emulator/live.html",
        creator=creator,
        approved=approved,
        controls=params is None or params.controls is not False,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})
