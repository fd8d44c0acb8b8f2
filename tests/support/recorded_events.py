"""The events of an organisation's webhook, without a receiver at its URL."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.subscriptions import store
from tests.connector.conftest import Service


@dataclass(frozen=True)
class RecordedEvents:
    """A webhook of `acme`, and its messages."""

    service: Service
    webhook: str

    @classmethod
    def of(cls, service: Service, *events: str) -> RecordedEvents:
        body = {"url": "https://hooks.example.com/told", "events": list(events)}
        return cls(service, service.api("POST", "/api/webhooks", body)["webhook"]["id"])

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Types and data of the messages, the oldest first."""
        with self.service.services.database.read() as connection:
            tenant = TenantConnection(connection, "acme")
            listed = store.deliveries(tenant, self.webhook, None, 100, None)
        return [(one.type, json.loads(one.body)["data"]) for one in reversed(listed)]
