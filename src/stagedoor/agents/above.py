"""What the gateway brings into the processes of the service: routes, doors, jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from fastapi import APIRouter

from stagedoor.connector.above import Above
from stagedoor.connector.services import Services

from .approvals import jobs as approvals
from .approvals import pages
from .approvals.preparing import NOTICE
from .calls import jobs as calls
from .calls.desk import Desk
from .mcp import door
from .oauth import addresses
from .oauth.door import door as signing_in
from .proxy import table as proxy
from .proxy.door import Door as Proxy
from .services import Agents

DOMAINS = ("grants", "identity", "oauth", "decisions", "audit", "calls", "approvals")
"""Folders with a `routes` module that has a ROUTER."""


def above(services: Services) -> Above:
    """All of it over one gateway, made here."""
    agents = Agents(services)
    calls.follow_posts(services)
    services.notices.links[NOTICE] = agents.approvals.link
    desk = Desk(services.database, agents.gate, services.pacer, agents.slow)
    through, tools = Proxy(agents, desk), door.Door(agents, desk)

    @asynccontextmanager
    async def live() -> AsyncIterator[None]:
        async with desk.live(), tools.live():
            yield

    return Above(
        routers=_routers(),
        given={"agents": agents},
        handlers={**calls.handlers(agents), **approvals.handlers(agents)},
        doors={
            proxy.PREFIX: through,
            door.PATH: tools,
            **dict.fromkeys(addresses.PREFIXES, signing_in(agents)),
        },
        live=live,
    )


def _routers() -> tuple[APIRouter, ...]:
    found = [import_module(f"{__package__}.{domain}.routes").ROUTER for domain in DOMAINS]
    return (*found, pages.ROUTER)
