"""Organisations whose accounts aren't synchronised: for tests that count what reaches TikTok."""

from __future__ import annotations

from stagedoor.connector.container import Container
from stagedoor.connector.sync.types import TYPES
from stagedoor.connector.tenants import store as tenants


def without_sync(services: Container, org: str = "acme") -> None:
    """Pause every type of synchronisation of the organisation."""
    tenants.ensure(services.database, org, services.clock.now())
    for kind in sorted(TYPES):
        services.sync.pause(org, kind, "tests")
