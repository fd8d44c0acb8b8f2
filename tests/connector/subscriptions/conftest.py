"""An organisation whose events go out to a receiver on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.event_types import EventType
from tests.connector.conftest import Service
from tests.connector.publishing.conftest import PumpedStudio
from tests.support.local import Local
from tests.support.site import Site, running_site

DAY = 86_400.0


class Teller(PumpedStudio):
    """A service that is pumped by hand, and what happens in it."""

    def tell(self, kind: str, org: str = "acme", message: str = "Look here") -> None:
        services = self.service.services
        with services.database.begin() as connection:
            tenant = TenantConnection(connection, org)
            services.notices.tell(
                tenant, EventType(kind), "thing1", message, {"credential": "creator"}
            )

    def subscribe(self, url: str, *events: str, org: str = "acme") -> tuple[str, str]:
        """The webhook's id and its secret."""
        body: dict[str, Any] = {"url": url} | ({"events": list(events)} if events else {})
        made = self.service.api("POST", "/api/webhooks", body, org=org)
        return made["webhook"]["id"], made["secret"]

    def deliveries(self, webhook: str) -> list[dict[str, Any]]:
        found = self.service.api("GET", f"/api/webhooks/{webhook}/deliveries")["deliveries"]
        return list(found)

    def kinds(self) -> list[str]:
        return [one["kind"] for one in self.service.api("GET", "/api/notices")["notices"]]


@pytest.fixture
def environment(request: pytest.FixtureRequest, environment: dict[str, str]) -> dict[str, str]:
    """A test may give other settings than this default."""
    given = getattr(request, "param", None)
    return environment | (given if isinstance(given, dict) else {"STAGEDOOR_FETCH_PRIVATE": "1"})


@pytest.fixture
def teller(service_without_worker: Service, local: Local) -> Teller:
    return Teller(service_without_worker, local, "")


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site
