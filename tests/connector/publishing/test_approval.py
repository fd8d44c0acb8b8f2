"""Members' posts wait for an admin where the organisation's setting says so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from tests.connector.publishing.conftest import CALL, PUBLIC, PumpedStudio
from tests.support import media
from tests.support.recorded_events import RecordedEvents

SETTING = "/api/settings/publishing"


def ask_admins(pumped: PumpedStudio) -> None:
    pumped.service.api("PUT", SETTING, {"publishing": "approval"})


def member_publishes(pumped: PumpedStudio, publish_id: str) -> Any:
    body = {"publishId": publish_id}
    return pumped.service.api("POST", f"{CALL}/publish-video", body, role="member", user="mia")


def approve(pumped: PumpedStudio, publish_id: str, body: Any = None, **more: Any) -> Any:
    path = f"/api/posts/{publish_id}/approve"
    return pumped.service.send("POST", path, body, user="ada", **more)


def test_a_members_post_waits_for_an_admin_and_goes_out_once(pumped: PumpedStudio) -> None:
    assert pumped.service.api("GET", SETTING, role="viewer") == {"publishing": "member"}
    ask_admins(pumped)
    publish_id = pumped.draft()
    for _ in range(2):
        waiting = member_publishes(pumped, publish_id)
    assert (waiting["state"], waiting["approval"]["state"]) == ("draft", "waiting")
    assert waiting["approval"]["askedBy"] == "mia"
    pumped.pump(40 * 86_400)
    assert pumped.local.publishes() == []
    [listed] = pumped.service.api("GET", "/api/posts", approval="waiting")["posts"]
    assert listed["publishId"] == publish_id
    notices = pumped.service.api("GET", "/api/notices")["notices"]
    assert [(one["kind"], one["subject"]) for one in notices] == [("approval.post", publish_id)]

    for role in ("viewer", "member"):
        assert approve(pumped, publish_id, role=role).status_code == 403
    assert approve(pumped, publish_id, org="other").status_code == 404
    stale = approve(pumped, publish_id, {"revision": "another"})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "post_changed")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: approve(pumped, publish_id), range(4)))
    assert {one.status_code for one in answers} == {200}
    decided = answers[0].json()["approval"]
    assert (decided["state"], decided["decidedBy"]) == ("approved", "ada")
    assert pumped.run(publish_id)["state"] == "published"
    assert approve(pumped, publish_id).json()["state"] == "published"
    pumped.pump(60)
    assert len(pumped.local.publishes()) == 1
    assert pumped.service.api("GET", "/api/posts", approval="waiting")["posts"] == []


def test_an_admin_refuses_with_a_reason_and_is_asked_again(pumped: PumpedStudio) -> None:
    ask_admins(pumped)
    publish_id = pumped.draft()
    told = RecordedEvents.of(pumped.service, "approval.*")
    member_publishes(pumped, publish_id)
    path = f"/api/posts/{publish_id}/refuse"
    assert pumped.service.send("POST", path, {"reason": "No"}, role="member").status_code == 403
    for _ in range(2):
        refused = pumped.service.api("POST", path, {"reason": "Wrong logo"}, user="ada")
    assert refused["state"] == "draft"
    assert (refused["approval"]["state"], refused["approval"]["reason"]) == (
        "refused",
        "Wrong logo",
    )
    assert approve(pumped, publish_id).status_code == 409
    [asked, decided] = told.events()
    assert asked[0] == "approval.post"
    refusal = {"publishId": publish_id, "decidedBy": "ada", "reason": "Wrong logo"}
    assert decided == ("approval.postRefused", refusal)
    again = member_publishes(pumped, publish_id)
    assert again["approval"]["state"] == "waiting"
    assert [outcome for name, outcome in pumped.steps(again) if name == "approval"] == [
        "waiting",
        "failed",
        "waiting",
    ]
    assert pumped.local.publishes() == []


def test_what_a_member_changes_is_approved_anew(pumped: PumpedStudio) -> None:
    ask_admins(pumped)
    at = datetime.fromtimestamp(pumped.local.now() + 3600, UTC).isoformat()
    publish_id = pumped.draft(publishAt=at)
    member_publishes(pumped, publish_id)
    assert approve(pumped, publish_id).json()["state"] == "scheduled"
    path = f"/api/posts/{publish_id}"
    changed = pumped.service.api("PATCH", path, {"caption": "Buy!"}, role="member", user="mia")
    assert (changed["state"], changed["approval"]["state"]) == ("draft", "waiting")
    pumped.pump(4000)
    assert pumped.local.publishes() == []
    assert approve(pumped, publish_id).json()["state"] == "checking"
    assert pumped.run(publish_id)["state"] == "published"
    assert [one["title"] for one in pumped.made()] == ["Buy!"]


def test_a_failed_post_is_retried_as_approved_and_asks_when_changed(pumped: PumpedStudio) -> None:
    ask_admins(pumped)
    publish_id = pumped.draft()
    member_publishes(pumped, publish_id)
    approve(pumped, publish_id)
    pumped.local.fault("posting.video_init", "status", status=403, code="spam_risk_text")
    assert pumped.run(publish_id)["state"] == "failed"
    pumped.local.control("DELETE", "faults")
    path = f"/api/posts/{publish_id}"
    pumped.service.api("PATCH", path, {"caption": "Softer"}, role="member", user="mia")
    asked = pumped.service.api("POST", f"{path}/retry", role="member", user="mia")
    assert (asked["state"], asked["approval"]["state"]) == ("failed", "waiting")
    pumped.pump(600)
    assert pumped.made() == []
    assert approve(pumped, publish_id).json()["state"] == "checking"
    assert pumped.run(publish_id)["state"] == "published"
    assert len(pumped.made()) == 1


def test_photos_of_a_member_wait_and_an_admins_do_not(pumped: PumpedStudio) -> None:
    ask_admins(pumped)
    begun = pumped.call("init-photo-upload", {"count": 1})
    pumped.put(begun["uploads"][0]["uploadUrl"], media.photo())
    body = {"uploads": [begun["uploads"][0]["uploadId"]], "privacyLevel": PUBLIC}
    asked = pumped.service.api("POST", f"{CALL}/publish-photos", body, role="member")
    assert (asked["state"], asked["approval"]["state"]) == ("draft", "waiting")
    own = pumped.photo_post([media.photo()])
    assert (own["state"], own["approval"]) == ("checking", None)
    assert pumped.service.send("PUT", SETTING, {"publishing": "x"}).status_code == 400
    assert (
        pumped.service.send("PUT", SETTING, {"publishing": "member"}, role="member").status_code
        == 403
    )
