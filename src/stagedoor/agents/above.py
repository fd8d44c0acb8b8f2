"""What the gateway brings into the processes of the service: routes, doors, jobs."""

from __future__ import annotations

from importlib import import_module

from fastapi import APIRouter, Depends, Request

from stagedoor.connector.above import Above
from stagedoor.connector.services import Services

from .calls import jobs as calls
from .mcp import door
from .services import Agents

DOMAINS = ("grants", "identity", "decisions", "audit", "calls")
"""Folders with a `routes` module that has a ROUTER."""


def above(services: Services) -> Above:
    """All of it over one gateway, made here."""
    agents = Agents(services)
    calls.follow_posts(services)

    def give(request: Request) -> None:
        request.state.agents = agents

    whole = APIRouter(dependencies=[Depends(give)])
    for domain in DOMAINS:
        whole.include_router(import_module(f"{__package__}.{domain}.routes").ROUTER)
    mcp = door.Door(agents)
    return Above(
        routers=(whole,), handlers=calls.handlers(agents), doors={door.PATH: mcp}, live=mcp.live
    )
