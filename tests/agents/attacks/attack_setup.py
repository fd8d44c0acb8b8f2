"""Sets the attack environment up: a local TikTok, the service, and both organisations' agents."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2

from stagedoor.agents.container import Agents
from stagedoor.agents.decisions import spending
from stagedoor.agents.extension import extend
from stagedoor.connector import settings as settings_module
from stagedoor.connector.container import Container
from stagedoor.connector.database import TenantConnection
from stagedoor.emulator import running
from stagedoor.platform.operation import SERVED, Operation, Surface
from stagedoor.platform.scopes import Scope
from tests.connector.conftest import serving
from tests.support import media
from tests.support.business_connecting import ADVERTISER, connect_business
from tests.support.connecting import connect
from tests.support.local import Local
from tests.support.quiet_sync import without_sync
from tests.support.site import running_site

from .actors import ACME, ACTORS, APPS, HOMES, MINE, SECRETS
from .attack_environment import CALLS, CREATORS, MEDIA, OPERATIONS, PULLED, AttackEnvironment

_EVERY = [*CREATORS, *(str(one) for one in Scope if one.startswith("research."))]
_RAISED = {"requests": CALLS, "perSeconds": 60}
"""Raised rate limits, as TikTok grants them: a call that is allowed by mistake must not wait."""


def settings_of(data: Path, database_url: str, bound: socket.socket, tiktok: str) -> dict[str, str]:
    return {
        "STAGEDOOR_DATA": str(data),
        "STAGEDOOR_HOME": str(data / "home"),
        "STAGEDOOR_DATABASE_URL": database_url,
        "STAGEDOOR_PUBLIC_URL": f"http://127.0.0.1:{bound.getsockname()[1]}",
        "STAGEDOOR_TIKTOK_URL": tiktok,
        "STAGEDOOR_CLOCK": f"{tiktok}/_emulator/clock",
        "STAGEDOOR_FETCH_PRIVATE": "1",
        "STAGEDOOR_PULL_URL": PULLED,
    }


@contextmanager
def attack_environment(
    data: Path, database_url: str, more: Mapping[str, str] | None = None
) -> Iterator[AttackEnvironment]:
    """Run the environment with all of its agents."""
    with ExitStack() as stack:
        tiktok = stack.enter_context(running())
        http = stack.enter_context(httpx2.Client(base_url=tiktok.url, timeout=30))
        local = Local(tiktok.url, http)
        local.settings(
            processing_seconds=0.05, moderation_seconds=0.05, export_seconds=0, validation_seconds=0
        )
        local.settings(rate_limits=False)
        bound = stack.enter_context(socket.socket())
        bound.bind(("127.0.0.1", 0))
        site = stack.enter_context(running_site())
        site.pages |= {"/a.mp4": media.video(), "/a.jpg": media.photo()}
        environ = settings_of(data, database_url, bound, tiktok.url) | dict(more or {})
        service_url = environ["STAGEDOOR_PUBLIC_URL"]
        local.control("PUT", "hosts", {_host(MEDIA): site.url, _host(PULLED): service_url})
        services = Container.build(settings_module.load(environ=environ))
        stack.callback(services.close)
        service = stack.enter_context(contextmanager(serving)(services, bound, None, extend))
        environment = AttackEnvironment(tiktok, local, service, Agents(services), site)
        stack.callback(environment.close)
        _connect(environment)
        environment.run_due_jobs()  # the service subscribes to webhooks of what was connected
        for actor in ACTORS.values():
            environment.create_agent(actor)
        _learn_currency(environment)
        environment.seed_again()
        yield environment


def _learn_currency(environment: AttackEnvironment) -> None:
    """Store the ad account's currency: otherwise the first call that sets a budget, an attack
    perhaps, asks TikTok for it."""
    with environment.agents.services.database.begin() as connection:
        spending.keep_currency(TenantConnection(connection, ACME), ADVERTISER, "USD")


def _host(address: str) -> str:
    return address.removeprefix("https://")


def _connect(environment: AttackEnvironment) -> None:
    back = f"{environment.service.url}/connect/oauth2callback/tiktok"
    for org, handles in HOMES.items():
        app = {
            "client_key": APPS[org],
            "client_secret": SECRETS[org],
            "scopes": _EVERY,
            "state": "Live",
            "audited": True,
            "capped": False,
            "redirect_uris": {"desktop": [back]},
            "url_properties": [{"kind": "domain", "value": _host(one)} for one in (MEDIA, PULLED)],
        }
        environment.local.control("POST", "apps", app)
        own = {
            "clientKey": APPS[org],
            "clientSecret": SECRETS[org],
            "scopes": list(CREATORS),
            "limits": {one.id: _RAISED for one in OPERATIONS.values() if _is_raised(one)},
        }
        environment.service.api("PUT", "/api/apps/tiktok", own, org=org)
        without_sync(environment.service.services, org)
        for handle in handles:
            told = connect(environment.service, org, handle, scopes=list(CREATORS))
            environment.accounts[handle] = told["integrationId"]
    for kind in ("businessAccount", "ads"):
        told = connect_business(environment.service, kind, integrationId=environment.accounts[MINE])
        assert told["integrationId"] == environment.accounts[MINE]


def _is_raised(operation: Operation[..., Any]) -> bool:
    """Whether the service calls the operation, and TikTok limits it."""
    served = operation.surfaces & (SERVED - {Surface.CLIENT})
    return bool(operation.limits and served)
