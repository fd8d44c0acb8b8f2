"""Control routes for the hosts that may show a LIVE."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints
from starlette.requests import Request
from starlette.routing import Route

from ...control_bodies import ControlBody, controlled, read
from ...world import World
from .state import LIVE_DOMAINS

_Domain = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,253}$")]


class DomainsBody(ControlBody):
    domains: Annotated[tuple[_Domain, ...], Field(max_length=100)]


async def domains(world: World, request: Request) -> Any:
    return {"domains": world[LIVE_DOMAINS]}


async def set_domains(world: World, request: Request) -> Any:
    order = await read(request, DomainsBody)
    world[LIVE_DOMAINS] = [name.lower() for name in order.domains]
    return {"domains": world[LIVE_DOMAINS]}


ROUTES = [
    Route("/_emulator/live-domains", controlled(domains), methods=["GET"]),
    Route("/_emulator/live-domains", controlled(set_domains), methods=["PUT"]),
]
