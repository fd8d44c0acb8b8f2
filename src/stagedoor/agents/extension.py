"""The gateway's contribution to the service's processes: routes, applications, jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from stagedoor.connector.container import Container
from stagedoor.connector.extension import Extension

from .approvals import pages
from .approvals.prepare import NOTICE
from .audit import store as audit
from .calls import jobs as calls
from .container import Agents
from .decisions.gate import DecisionGate
from .domains import DOMAINS
from .mcp import app as mcp
from .oauth import addresses
from .oauth.app import oauth_app
from .proxy import table as proxy

_LOOK_SECONDS = 1.0


def extend(services: Container) -> Extension:
    """Return the extension, built on one gateway."""
    agents = Agents(services)
    listeners = services.listeners
    listeners.transitions.append(calls.follow_post(services.clock))
    listeners.notice_links[NOTICE] = agents.approvals.link
    listeners.described.append(described)
    listeners.actions.recorder = agents.people_log
    listeners.data_kinds["agents"] = agents.data_kinds
    listeners.witness.heads = audit.heads
    listeners.witness.restored.append(agents.restored_approvals.ask_about)

    @asynccontextmanager
    async def live() -> AsyncIterator[None]:
        async with summarising(agents.gate), agents.scheduler.live(), agents.mcp.live():
            yield

    return Extension(
        routers=(*DOMAINS.routers(), pages.ROUTER),
        provided=agents.instances,
        handlers=agents.job_handlers(),
        needing_media=DOMAINS.jobs_needing_media(),
        apps={
            proxy.PREFIX: agents.proxy,
            mcp.PATH: agents.mcp,
            **dict.fromkeys(addresses.PREFIXES, oauth_app(services.settings, agents.oauth)),
        },
        lifespan=live,
    )


def described() -> Mapping[str, Mapping[str, Any]]:
    """The entrances of agents, for the OpenAPI document."""
    from .entrances import paths  # only those who read the document pay for it

    return paths()


@asynccontextmanager
async def summarising(gate: DecisionGate) -> AsyncIterator[None]:
    """Record counted denials once a minute, and the rest at the end."""

    async def repeat() -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            await asyncio.to_thread(gate.summarise)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await asyncio.to_thread(gate.summarise, True)
