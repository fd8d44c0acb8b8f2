"""Organisations whose accounts aren't synchronised: for tests that count what reaches TikTok."""

from __future__ import annotations

from stagedoor.connector.container import Container
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.sync import store
from stagedoor.connector.sync.types import TYPES
from stagedoor.connector.tenants import store as tenants


def without_sync(services: Container, org: str = "acme") -> None:
    """Pause every type of synchronisation of the organisation."""
    now = services.clock.now()
    tenants.ensure(services.database, org, now)
    # nearly every test of agents does it: one transaction for all types
    with services.database.begin() as connection:
        tenant = TenantConnection(connection, org)
        for kind in sorted(TYPES):
            store.pause(tenant, kind, now, "tests")
