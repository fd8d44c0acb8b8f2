"""Pausing: nothing goes out, nothing is lost, and other organisations go on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stagedoor.connector.database import TenantConnection
from tests.connector.publishing.conftest import PUBLIC, Hands
from tests.support import media


def later(hands: Hands, seconds: float) -> str:
    return datetime.fromtimestamp(hands.local.now() + seconds, UTC).isoformat()


def effects(hands: Hands) -> int:
    services = hands.service.services
    return services.witness._state().record.effects


def test_what_is_due_waits_and_goes_out_after_resume(hands: Hands) -> None:
    assert hands.service.api("GET", "/api/pause")["paused"] is False
    paused = hands.service.api("POST", "/api/pause", {"why": "The brand is in the news"})
    assert (paused["paused"], paused["reason"], paused["by"]) == (True, "paused", "u1")
    assert hands.service.api("GET", "/api/pause", role="viewer")["why"] == paused["why"]
    at_once, scheduled = hands.post(), hands.post(publishAt=later(hands, 60))
    photos = hands.photo_post([media.photo()])["publishId"]
    hands.pump(120)
    hands.pump(3 * 86_400)
    assert hands.local.publishes() == []
    assert effects(hands) == 0
    assert "paused" in str(hands.get(at_once)["warnings"])
    assert [hands.get(one)["state"] for one in (at_once, scheduled, photos)] == [
        "checking",
        "scheduled",
        "checking",
    ]
    assert hands.service.api("POST", "/api/resume")["paused"] is False
    for publish_id in (at_once, scheduled, photos):
        assert hands.run(publish_id)["state"] == "published"
        assert "paused" not in str(hands.get(publish_id)["warnings"])
    assert len(hands.made()) == 3
    assert effects(hands) == 3


def test_a_pause_in_the_midst_of_a_post_stops_before_its_init(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_id = hands.post()
    runs = hands.service.services.post_runs
    asked = []

    def stops(scope: TenantConnection) -> bool:
        # the first look, when the run begins, is before the pause
        asked.append(1)
        if len(asked) == 2:
            pauses_of(scope)
        return found(scope)

    def pauses_of(scope: TenantConnection) -> None:
        from stagedoor.connector.pauses import store

        store.put(scope, paused=True, at=0.0, by="u1", why=None)

    found = runs.paused
    monkeypatch.setattr(runs, "paused", stops)
    hands.pump()
    assert len(asked) >= 2
    assert hands.local.publishes() == []
    assert hands.get(publish_id)["state"] == "checking"
    monkeypatch.undo()
    hands.service.api("POST", "/api/resume")
    assert hands.run(publish_id)["state"] == "published"
    assert len(hands.made()) == 1


def test_an_organisations_pause_is_its_own(hands: Hands) -> None:
    hands.service.connect("other")
    hands.service.api("POST", "/api/pause", org="other")
    theirs = hands.call(
        "init-video-upload",
        {"privacyLevel": PUBLIC, "title": "Theirs", "videoUrl": "https://media.example.com/a"},
        org="other",
    )
    hands.call("publish-video", {"publishId": theirs["publishId"]}, org="other")
    mine = hands.post()
    assert hands.run(mine)["state"] == "published"
    assert [one["title"] for one in hands.local.publishes()] != []
    assert all("Theirs" not in str(one) for one in hands.local.publishes())
    assert hands.service.api("GET", "/api/pause")["paused"] is False


def test_only_admins_pause_and_resume(hands: Hands) -> None:
    for path in ("/api/pause", "/api/resume"):
        for role in ("viewer", "member"):
            assert hands.service.send("POST", path, role=role).status_code == 403


def test_a_pause_of_the_service_is_ended_by_each_organisation_or_for_all(hands: Hands) -> None:
    pauses = hands.service.services.pauses
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


def test_what_tiktok_has_goes_on_in_a_pause(hands: Hands) -> None:
    hands.local.settings(processing_seconds=30)
    publish_id = hands.post()
    hands.pump(2)
    assert hands.get(publish_id)["state"] == "processing"
    hands.service.api("POST", "/api/pause")
    assert hands.run(publish_id)["state"] == "published"
