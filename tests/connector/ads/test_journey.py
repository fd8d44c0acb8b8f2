"""From a file and a list of customers to an ad that spends, and its metrics, by routes alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.schedule import store
from stagedoor.connector.schedule.models import due_rows
from tests.support import media
from tests.support.ads_desk import ADVERTISER, AdsDesk


def run_all(desk: AdsDesk, seconds: float = 0.0) -> None:
    """Let time pass, and run every job that is due then, once."""
    if seconds:
        desk.advance(seconds)
    services = desk.services
    handlers: Mapping[str, Any] = services.job_handlers()
    with services.database.read() as connection:
        tenant = TenantConnection(connection, "acme")
        due = due_rows.select().where(due_rows.c.due <= services.clock.now())
        rows = tenant.connection.execute(due).all()
    store.done(services.database, [row.id for row in rows])
    for row in rows:
        handler = handlers[row.kind]
        getattr(handler, "handler", handler)(row.ref)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_and_customers_become_an_ad_with_metrics(desk: AdsDesk) -> None:
    service = desk.service
    token = service.token(role="admin")
    creative = service.http.post(
        "/api/ads/creatives",
        data={"accountId": ADVERTISER},
        files={"file": ("clip.mp4", media.video())},
        headers={"orgid": "acme", "authorization": f"Bearer {token}"},
    ).json()["creativeId"]
    audience = desk.api("POST", "audiences", {"accountId": ADVERTISER, "name": "Buyers"})
    members = [{"email": f"user{number}@example.com"} for number in range(1_200)]
    path = f"audiences/{audience['audienceId']}/members"
    desk.api("POST", path, {"action": "append", "members": members})
    campaign = desk.campaign()["id"]
    body = desk.group_body(campaign, audienceIds=[audience["audienceId"]])
    status, error = desk.refused("POST", "ad-groups", body)
    assert (status, error["code"]) == (409, "audience_not_ready")
    for _ in range(6):
        run_all(desk, 6.0)
    assert desk.api("GET", f"audiences/{audience['audienceId']}")["status"] == "ready"
    group = desk.group(campaign, audienceIds=[audience["audienceId"]])["id"]
    desk.ad(group, creativeId=creative)
    desk.api("POST", f"campaigns/{campaign}/launch", {})
    for _ in range(4):
        run_all(desk, 6 * 3_600.0)
    shown = desk.api("GET", f"campaigns/{campaign}/metrics")
    assert 0 < Decimal(shown["totals"]["spend"]) <= 2 * 48
    assert shown["currency"] == "USD"
    desk.api("POST", f"campaigns/{campaign}/pause", {})
    spent = desk.api("GET", f"campaigns/{campaign}/metrics")["totals"]["spend"]
    run_all(desk, 86_400.0)
    after = desk.api("GET", f"campaigns/{campaign}/metrics")["totals"]["spend"]
    assert Decimal(after) - Decimal(spent) < Decimal("0.5")
