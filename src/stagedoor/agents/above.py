"""What the gateway brings into the processes of the service: routes, doors, jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib import import_module

from fastapi import APIRouter

from stagedoor.connector.above import Above
from stagedoor.connector.services import Services

from .approvals import jobs as approvals
from .approvals import pages, restored
from .approvals.preparing import NOTICE
from .approvals.store import KIND as APPROVAL
from .audit import store as audit
from .calls import jobs as calls
from .calls.desk import Desk
from .mcp import door
from .oauth import addresses
from .oauth.door import door as signing_in
from .proxy import table as proxy
from .proxy.door import Door as Proxy
from .services import Agents

_LOOK_SECONDS = 1.0

DOMAINS = ("grants", "identity", "oauth", "decisions", "audit", "calls", "approvals")
"""Folders with a `routes` module that has a ROUTER."""


def above(services: Services) -> Above:
    """All of it over one gateway, made here."""
    agents = Agents(services)
    calls.follow_posts(services)
    services.notices.links[NOTICE] = agents.approvals.link
    services.witness.heads = audit.heads
    services.witness.on_restore.append(partial(restored.ask_about, agents))
    desk = Desk(
        services.database,
        agents.gate,
        services.pacer,
        agents.slow,
        services.settings.outbound_urls,
    )
    through, tools = Proxy(agents, desk), door.Door(agents, desk)

    @asynccontextmanager
    async def live() -> AsyncIterator[None]:
        async with summarising(agents), desk.live(), tools.live():
            yield

    return Above(
        routers=_routers(),
        given={"agents": agents},
        handlers={**calls.handlers(agents), **approvals.handlers(agents)},
        needing_media=frozenset({APPROVAL}),
        doors={
            proxy.PREFIX: through,
            door.PATH: tools,
            **dict.fromkeys(addresses.PREFIXES, signing_in(agents)),
        },
        live=live,
    )


@asynccontextmanager
async def summarising(agents: Agents) -> AsyncIterator[None]:
    """Record counted denials once a minute, and the rest at the end."""

    async def repeat() -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            await asyncio.to_thread(agents.gate.summarise)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await asyncio.to_thread(agents.gate.summarise, True)


def _routers() -> tuple[APIRouter, ...]:
    found = [import_module(f"{__package__}.{domain}.routes").ROUTER for domain in DOMAINS]
    return (*found, pages.ROUTER)
