"""What the gateway brings into the processes of the service: routes, doors, jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from stagedoor.connector.container import Container
from stagedoor.connector.extension import Extension

from .approvals import jobs as approvals
from .approvals import pages, restored
from .approvals.preparing import NOTICE
from .approvals.store import KIND as APPROVAL
from .audit import store as audit
from .calls import jobs as calls
from .calls.desk import Desk
from .domains import DOMAINS
from .mcp import door
from .oauth import addresses
from .oauth.door import door as signing_in
from .proxy import table as proxy
from .proxy.door import Door as Proxy
from .services import Agents

_LOOK_SECONDS = 1.0


def extend(services: Container) -> Extension:
    """All of it over one gateway, made here."""
    agents = Agents(services)
    listeners = services.listeners
    listeners.transitions.append(calls.follow_post(services.clock))
    listeners.notice_links[NOTICE] = agents.approvals.link
    listeners.witness.heads = audit.heads
    listeners.witness.restored.append(partial(restored.ask_about, agents))
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

    return Extension(
        routers=(*DOMAINS.routers(), pages.ROUTER),
        provided={Agents: agents},
        handlers={**calls.handlers(agents), **approvals.handlers(agents)},
        needing_media=frozenset({APPROVAL}),
        apps={
            proxy.PREFIX: through,
            door.PATH: tools,
            **dict.fromkeys(addresses.PREFIXES, signing_in(agents)),
        },
        lifespan=live,
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
