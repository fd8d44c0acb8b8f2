"""Fixtures: the service with the gateway, on both databases, and an agent that makes calls."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from stagedoor.agents.container import Agents
from stagedoor.agents.decisions.decision import Decision
from stagedoor.agents.extension import extend
from stagedoor.agents.identity.service import AgentCaller
from stagedoor.connector.container import Container
from stagedoor.connector.serving import make_worker
from tests.agents.job_pump import Pump
from tests.connector.conftest import (
    Service,
    _postgres_template,
    _sqlite_template,
    database_url,
    emulator_http,
    emulator_process,
    environment,
    local,
    postgres_server,
    service_socket,
    services,
    serving,
    settings,
)
from tests.support.connecting import connect
from tests.support.local import Local
from tests.support.quiet_sync import without_sync
from tests.support.site import Site, running_site
from tests.support.time_passing import hurried

__all__ = [
    "_postgres_template",
    "_sqlite_template",
    "database_url",
    "emulator_http",
    "emulator_process",
    "environment",
    "local",
    "postgres_server",
    "service_socket",
    "services",
    "settings",
]

VIDEO = {
    "post_info": {"title": "New product drop #Drop", "privacy_level": "SELF_ONLY"},
    "source_info": {"source": "PULL_FROM_URL", "video_url": "https://media.example.com/a.mp4"},
}
"""Arguments of posting.video_init."""


@pytest.fixture
def service(services: Container, service_socket: socket.socket) -> Iterator[Service]:
    """HTTP without a worker, with the gateway's routes."""
    yield from serving(services, service_socket, None, extend)


def working(services: Container, bound: socket.socket, local: Local) -> Iterator[Service]:
    """HTTP and a worker, for which time passes fast: posts soon come to their end."""
    worker = make_worker(services, extend(services))
    with hurried(local):
        yield from serving(services, bound, worker, extend)


@pytest.fixture
def service_without_worker(service: Service) -> Service:
    return service


@pytest.fixture
def agents(services: Container) -> Agents:
    """A gateway of its own, as another process has one."""
    return Agents(services)


@dataclass
class AgentFixture:
    """An agent of acme, its key's holder, and an account that acme connected."""

    agents: Agents
    service: Service
    id: str
    key: str
    account: str

    @property
    def caller(self) -> AgentCaller:
        found = self.agents.identity.caller(self.key)
        assert found is not None
        return found

    def given(self, *grants: Mapping[str, Any], **more: Any) -> Any:
        """Replace its grants by route."""
        body = more or {"grants": list(grants)}
        return self.service.api("PUT", f"/api/agents/{self.id}/grants", body)

    def asks(
        self, operation: str, arguments: Mapping[str, Any] | None = None, **more: Any
    ) -> Decision:
        account = more.pop("account", self.account)
        return self.agents.gate.decide(self.caller, operation, account, arguments or {}, **more)

    def rows(self, **query: Any) -> list[dict[str, Any]]:
        """The calls of agents in the audit by route, newest first; a query may ask otherwise."""
        if "decision" not in query:
            query.setdefault("by", "agents")
        listed: list[dict[str, Any]] = self.service.api("GET", "/api/audit", **query)["rows"]
        return listed


@contextmanager
def copied(agents: Agents, folder: Path, number: int) -> Iterator[Agents]:
    """The same gateway over a copy of its SQLite database, to be broken."""
    before = agents.services
    path = folder / f"copy{number}.db"
    stored = sqlite3.connect(before.settings.data / "stagedoor.db")
    with closing(stored) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    settings = replace(before.settings, database_url=f"sqlite:///{path}")
    services = Container.build(settings)
    try:
        yield Agents(services)
    finally:
        services.close()


def make(service: Service, agents: Agents, name: str = "Social Agent", **body: Any) -> AgentFixture:
    made = service.api("POST", "/api/agents", {"name": name, **body})
    accounts = service.api("GET", "/api/integrations")["integrations"]
    if accounts:
        account = accounts[0]["id"]
    else:
        without_sync(service.services)
        account = connect(service)["integrationId"]
    return AgentFixture(agents, service, made["id"], made["key"], account)


@pytest.fixture
def agent(service: Service, agents: Agents) -> AgentFixture:
    """An agent that was given nothing yet."""
    return make(service, agents)


@pytest.fixture
def site() -> Iterator[Site]:
    """Somebody's web server with media."""
    with running_site() as site:
        yield site


@pytest.fixture
def pump(service: Service, agents: Agents, local: Local) -> Pump:
    """Runs due jobs in the test's own thread."""
    return Pump(agents, local, service.url)
