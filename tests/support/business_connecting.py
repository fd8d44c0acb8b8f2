"""Connecting ad accounts and business accounts through the service, as a browser does it."""

from __future__ import annotations

from typing import Any

from stagedoor.cli.demo import consent
from stagedoor.emulator.products.business.seed import ADVERTISER_IDS

from .connecting import Tenants, ask, come_back, outcome

ADVERTISER, OTHER_ADVERTISER = ADVERTISER_IDS


def connect_business(
    service: Tenants, kind: str = "ads", org: str = "acme", **body: Any
) -> dict[str, str]:
    """From `get-auth-url` to what the application is told; the page's defaults are accepted."""
    asked = ask(service, org, kind=kind, **body)
    return outcome(come_back(service, consent.answer(asked["authUrl"])))


def record_of(service: Tenants, integration_id: str, org: str = "acme") -> dict[str, Any]:
    record: dict[str, Any] = service.api("GET", f"/api/integrations/{integration_id}", org=org)
    return record


def credential_of(record: dict[str, Any], kind: str) -> dict[str, Any]:
    """The record's credential of a kind."""
    found: dict[str, Any] = next(one for one in record["credentials"] if one["kind"] == kind)
    return found
