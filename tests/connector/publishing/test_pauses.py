"""Pausing: nothing goes out, nothing is lost, and other organisations go on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stagedoor.connector.database import TenantConnection
from tests.connector.publishing.conftest import PUBLIC, PumpedStudio
from tests.support import media


def later(pumped: PumpedStudio, seconds: float) -> str:
    return datetime.fromtimestamp(pumped.local.now() + seconds, UTC).isoformat()


def effects(pumped: PumpedStudio) -> int:
    services = pumped.service.services
    return services.witness._state().record.effects


def test_what_is_due_waits_and_goes_out_after_resume(pumped: PumpedStudio) -> None:
    assert pumped.service.api("GET", "/api/pause")["paused"] is False
    paused = pumped.service.api("POST", "/api/pause", {"why": "The brand is in the news"})
    assert (paused["paused"], paused["reason"], paused["by"]) == (True, "paused", "u1")
    assert pumped.service.api("GET", "/api/pause", role="viewer")["why"] == paused["why"]
    at_once, scheduled = pumped.post(), pumped.post(publishAt=later(pumped, 60))
    photos = pumped.photo_post([media.photo()])["publishId"]
    pumped.pump(120)
    pumped.pump(3 * 86_400)
    assert pumped.local.publishes() == []
    assert effects(pumped) == 0
    assert "paused" in str(pumped.get(at_once)["warnings"])
    assert [pumped.get(one)["state"] for one in (at_once, scheduled, photos)] == [
        "checking",
        "scheduled",
        "checking",
    ]
    assert pumped.service.api("POST", "/api/resume")["paused"] is False
    for publish_id in (at_once, scheduled, photos):
        assert pumped.run(publish_id)["state"] == "published"
        assert "paused" not in str(pumped.get(publish_id)["warnings"])
    assert len(pumped.made()) == 3
    assert effects(pumped) == 3


def test_a_pause_in_the_midst_of_a_post_stops_before_its_init(
    pumped: PumpedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_id = pumped.post()
    runs = pumped.service.services.post_runs
    asked = []

    def stops(tenant: TenantConnection) -> bool:
        # the first look, when the run begins, is before the pause
        asked.append(1)
        if len(asked) == 2:
            pauses_of(tenant)
        return found(tenant)

    def pauses_of(tenant: TenantConnection) -> None:
        from stagedoor.connector.pauses import store

        store.put(tenant, paused=True, at=0.0, by="u1", why=None)

    found = runs.paused
    monkeypatch.setattr(runs, "paused", stops)
    pumped.pump()
    assert len(asked) >= 2
    assert pumped.local.publishes() == []
    assert pumped.get(publish_id)["state"] == "checking"
    monkeypatch.undo()
    pumped.service.api("POST", "/api/resume")
    assert pumped.run(publish_id)["state"] == "published"
    assert len(pumped.made()) == 1


def test_an_organisations_pause_is_its_own(pumped: PumpedStudio) -> None:
    pumped.service.connect("other")
    pumped.service.api("POST", "/api/pause", org="other")
    theirs = pumped.call(
        "init-video-upload",
        {"privacyLevel": PUBLIC, "title": "Theirs", "videoUrl": "https://media.example.com/a"},
        org="other",
    )
    pumped.call("publish-video", {"publishId": theirs["publishId"]}, org="other")
    mine = pumped.post()
    assert pumped.run(mine)["state"] == "published"
    assert [one["title"] for one in pumped.local.publishes()] != []
    assert all("Theirs" not in str(one) for one in pumped.local.publishes())
    assert pumped.service.api("GET", "/api/pause")["paused"] is False


def test_only_admins_pause_and_resume(pumped: PumpedStudio) -> None:
    for path in ("/api/pause", "/api/resume"):
        for role in ("viewer", "member"):
            assert pumped.service.send("POST", path, role=role).status_code == 403


def test_a_pause_of_the_service_is_ended_by_each_organisation_or_for_all(
    pumped: PumpedStudio,
) -> None:
    pauses = pumped.service.services.pauses
    pauses.pause("other", "u2")
    pauses.pause_all("maintenance")
    assert pauses.whole().reason == "paused"
    assert pauses.get("acme").paused
    assert pauses.resume("acme", "u1").paused is False
    assert pauses.get("third").paused
    pauses.pause_all("again")
    assert pauses.get("acme").paused, "a later pause counts again"
    assert pauses.resume_all() == ["other"]
    assert not pauses.get("acme").paused
    assert not pauses.get("third").paused
    assert pauses.get("other").by == "u2", "by its own word"
    assert pauses.whole().reason is None


def test_what_tiktok_has_goes_on_in_a_pause(pumped: PumpedStudio) -> None:
    pumped.local.settings(processing_seconds=30)
    publish_id = pumped.post()
    pumped.pump(2)
    assert pumped.get(publish_id)["state"] == "processing"
    pumped.service.api("POST", "/api/pause")
    assert pumped.run(publish_id)["state"] == "published"
