"""Accounts that are synchronised when a test pumps the due rows, with no engine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connector.conftest import SCOPES, Service
from tests.connector.publishing.conftest import PumpedStudio
from tests.support.local import Local

EVERYTHING = (*SCOPES, "user.info.stats")
OF_CREATORS = ("profile", "videos", "metrics")
"""The types that a creator's account has."""


class SyncedStudio(PumpedStudio):
    """A studio whose account was read once."""

    def activity(self, **query: Any) -> list[dict[str, Any]]:
        page = self.service.api("GET", "/api/activity", limit=200, **query)
        return list(page["activity"])

    def trigger(self, sync_type: Any = "all", **more: Any) -> None:
        """Trigger types, and run them."""
        asked = {"platform": "tiktok", "syncType": sync_type} | more
        self.service.api("POST", "/api/sync/trigger", asked)
        self.pump()

    def status(self, org: str = "acme") -> dict[str, dict[str, Any]]:
        """The status of each type, by its name."""
        types = self.service.api("GET", "/api/sync/status", org=org)["types"]
        return {one["syncType"]: one for one in types}

    def mine(self) -> dict[str, dict[str, Any]]:
        """The status of the types that a creator's account has; no other has an account."""
        found = self.status()
        others = {one["accounts"] for name, one in found.items() if name not in OF_CREATORS}
        assert others == {0}
        return {name: found[name] for name in OF_CREATORS}

    def public(self) -> list[dict[str, Any]]:
        """The creator's public videos, as the creator's phone has them."""
        return [
            one for one in self.local.control("GET", "phone/maracooks")["posts"] if one["public"]
        ]


@pytest.fixture
def synced(service_without_worker: Service, local: Local) -> SyncedStudio:
    account = service_without_worker.connect(scopes=EVERYTHING)
    studio = SyncedStudio(service_without_worker, local, account)
    studio.pump()
    return studio
