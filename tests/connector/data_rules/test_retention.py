"""How long data is kept is an organisation's own, and what is older goes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.notices import store as notices
from stagedoor.connector.schedule.models import due_rows
from tests.connector.conftest import Service
from tests.connector.sync.conftest import SyncedStudio

DAY = 86_400.0
SETTING = "/api/settings/retention"
GUIDE = Path(__file__).parents[3] / "docs" / "data.md"
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


OF_THE_GATEWAY = {"agentUploads", "approvals", "auditTexts"}
"""Kinds of data of the layer above the connector."""


def documented_kinds() -> set[str]:
    """The kinds of the table in the guide; `auditTexts` are the agents', which aren't here."""
    rows = re.findall(r"^\| (`.+?) \|", GUIDE.read_text("utf-8"), re.MULTILINE)
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert len(names) == len(set(names)), sorted(names)
    return set(names)


def test_metrics_notices_and_events_go_by_the_organisations_own_setting(
    synced: SyncedStudio,
) -> None:
    service = synced.service
    for org in ("acme", "other"):
        service.api("GET", SETTING, org=org)
        with service.services.database.begin() as connection:
            tenant = TenantConnection(connection, org)
            for at in range(3):
                now = service.services.clock.now() - 70 * DAY + at
                notices.add(tenant, now, kind="k", subject="s", message="m", detail=None)
    for _ in range(2):
        synced.pump(31 * DAY)
    points = [one["metrics"]["at"] for one in synced.activity(metricsFrom="2020-01-01T00:00:00Z")]
    assert all(len(one) > 2 for one in points)
    assert len(service.api("GET", "/api/notices")["notices"]) == 3

    shown = service.api("PUT", SETTING, {"days": {"videoMetrics": 31, "notices": 100}})
    days = {one["kind"]: one["days"] for one in shown["kinds"]}
    assert (days["videoMetrics"], days["notices"], days["receivedEvents"]) == (31, 100, 7)
    assert shown["daysAfterRemoval"] == 30
    assert service.api("GET", SETTING) == shown
    assert {one["kind"] for one in shown["kinds"]} == documented_kinds() - OF_THE_GATEWAY
    synced.pump()
    left = [one["metrics"]["at"] for one in synced.activity(metricsFrom="2020-01-01T00:00:00Z")]
    assert all(0 < len(some) < len(all_) for some, all_ in zip(left, points, strict=True))
    assert [some[-1] for some in left] == [all_[-1] for all_ in points]
    assert service.api("GET", "/api/notices")["notices"] == []
    assert len(service.api("GET", "/api/notices", org="other")["notices"]) == 3
    synced.pump(DAY)  # the next run was scheduled by the one before
    with service.services.database.read() as connection:
        kinds = [
            row.ref for row in connection.execute(due_rows.select()) if "retention" in row.kind
        ]
    assert sorted(kinds) == ["acme", "other"]


@sqlite_only
def test_a_setting_that_is_not_allowed_is_refused_by_its_name(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    for body, path, words in (
        ({"days": {"videos": 5}}, "days.videos", "can't be set"),
        ({"days": {"receivedEvents": 8}}, "days.receivedEvents", "1 to 7"),
        ({"days": {"receivedEvents": None}}, "days.receivedEvents", "1 to 7"),
        ({"days": {"auditText": 40}}, "days.auditText", "videoMetrics"),
        ({"days": {"notices": "7"}}, "days.notices", "integer"),
        ({"daysAfterRemoval": 31}, "daysAfterRemoval", "30"),
    ):
        answer = service.send("PUT", SETTING, body)
        assert answer.status_code == 400, body
        [problem] = answer.json()["error"]["detail"]["problems"]
        assert problem["path"] == path
        assert words in problem["reason"], problem
    assert service.send("PUT", SETTING, {}, role="member").status_code == 403
    assert service.send("GET", SETTING, role="member").status_code == 403
    assert service.send("PUT", SETTING, {"days": {"notices": None}}).status_code == 200


@sqlite_only
def test_the_days_after_a_removed_authorization_are_the_organisations_own(
    synced: SyncedStudio,
) -> None:
    synced.service.api("PUT", SETTING, {"daysAfterRemoval": 2})
    grant = synced.service.services.integrations.get("acme", synced.account).grant
    assert synced.service.services.integrations.removed(grant.id, 1)
    synced.pump(1.9 * DAY)
    assert synced.activity()
    synced.pump(0.2 * DAY)
    assert synced.activity() == []


@sqlite_only
def test_an_export_says_what_tiktoks_terms_allow(synced: SyncedStudio) -> None:
    answer = synced.service.send("GET", "/api/activity/export")
    assert "developer terms limit" in answer.headers["x-data-terms"]
