"""The frame of a LIVE, for domains that were approved (`embed_live`)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from stagedoor.platform import embed, wire
from stagedoor.platform.embed import LiveParams
from stagedoor.ui import render

from ..orders import Order, controlled, read
from ..world import World
from . import service

_Domain = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,253}$")]


class Domains(Order):
    domains: Annotated[tuple[_Domain, ...], Field(max_length=100)]


async def show(request: Request) -> Response:
    world: World = request.app.state.world
    creator = service.by_handle(world, request.path_params["username"])
    if creator is None:
        return PlainTextResponse("This account couldn't be found.", 404)
    try:
        params: LiveParams | None = wire.parse(embed.LIVE, request.url.query)
    except wire.Malformed:
        params = None
    approved = params is not None and params.embed_domain.lower() in world.all.live_domains
    page = render(
        "emulator/live.html",
        creator=creator,
        approved=approved,
        controls=params is None or params.controls is not False,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


async def domains(world: World, request: Request) -> Any:
    return {"domains": world.all.live_domains}


async def set_domains(world: World, request: Request) -> Any:
    order = await read(request, Domains)
    world.all.live_domains = [name.lower() for name in order.domains]
    return {"domains": world.all.live_domains}


CONTROL = [
    Route("/_emulator/live-domains", controlled(domains), methods=["GET"]),
    Route("/_emulator/live-domains", controlled(set_domains), methods=["PUT"]),
]
