"""The route of pages that compose posts: read live, with nothing chosen beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.products.posting import guidelines
from tests.connector.publishing.conftest import CALL, PumpedStudio
from tests.support import media

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def composed(pumped: PumpedStudio, role: str = "member", **query: Any) -> dict[str, Any]:
    return dict(pumped.service.api("GET", "/api/composer", role=role, **query))


def test_a_page_gets_the_live_settings_with_nothing_chosen(pumped: PumpedStudio) -> None:
    page = composed(pumped, role="viewer")
    creator = pumped.service.api("GET", f"{CALL}/creator-info")
    assert page["creator"]["nickname"] == creator["creatorNickname"]
    assert page["canPost"]
    offered = [one["value"] for one in page["privacy"]["options"]]
    assert offered == creator["privacyLevelOptions"]
    assert page["privacy"]["selected"] is None
    assert {one["setting"] for one in page["interactions"]} == {
        "disableComment",
        "disableDuet",
        "disableStitch",
    }
    switches = page["interactions"] + page["more"] + page["disclosure"]["choices"]
    assert [one["on"] for one in (*switches, page["disclosure"])] == [False] * 7
    labels = {one["setting"]: one["postLabel"] for one in page["disclosure"]["choices"]}
    assert labels == {"brandOrganic": "Promotional content", "brandContent": "Paid partnership"}
    for one in page["declarations"]:
        assert one["text"] == guidelines.consent_text(one["brandContent"])
        assert all(link["text"] in one["text"] for link in one["links"])
    assert page["limits"]["maxSeconds"] == creator["maxVideoPostDurationSec"]
    assert page["warnings"] == []

    # a creator who changes the settings in TikTok, on the next page
    pumped.local.phone("PATCH", "settings", {"private": True})
    pumped.advance(6)
    page = composed(pumped)
    available = {one["setting"]: one["available"] for one in page["interactions"]}
    assert available == {"disableComment": True, "disableDuet": False, "disableStitch": False}
    assert "PUBLIC_TO_EVERYONE" not in [one["value"] for one in page["privacy"]["options"]]


def test_a_post_made_of_the_page_meets_every_requirement_that_a_request_can_meet(
    pumped: PumpedStudio,
) -> None:
    page = composed(pumped)
    declaration = next(one for one in page["declarations"] if one["brandContent"])
    body: dict[str, Any] = {
        one["setting"]: one["valueOn"] is one["on"] for one in page["interactions"] + page["more"]
    }
    body |= {one["setting"]: True for one in page["disclosure"]["choices"]}
    body["privacyLevel"] = next(
        one["value"] for one in page["privacy"]["options"] if one["brandContent"]
    )
    body["consent"] = {
        "text": declaration["text"],
        "acceptedAt": "2026-11-29T12:00:00Z",
        "previewShown": True,
    }
    assert body["disableComment"] is True, "off until the person allows comments"
    assert body["isAigc"] is False
    begun = pumped.service.api("POST", f"{CALL}/init-video-upload", body, role="member")
    pumped.service.http.put(begun["uploadUrl"], content=media.video())
    asked = {"publishId": begun["publishId"]}
    pumped.service.api("POST", f"{CALL}/publish-video", asked, role="member")
    assert pumped.run(begun["publishId"])["state"] == "published"
    pack = pumped.service.api("GET", f"/api/posts/{begun['publishId']}/audit-pack")
    results = {one["id"]: one["result"] for one in pack["checklist"]}
    assert {"missing", "violated"}.isdisjoint(results.values()), results


def test_a_page_for_photos_and_one_for_a_draft(pumped: PumpedStudio) -> None:
    photos = composed(pumped, kind="photos")
    assert [one["setting"] for one in photos["interactions"]] == ["disableComment"]
    assert [one["setting"] for one in photos["more"]] == ["isAigc", "autoAddMusic"]
    assert (photos["limits"]["maxCount"], photos["limits"]["titleLength"]) == (35, 90)
    asked = len(pumped.local.calls("posting.creator_info"))
    draft = composed(pumped, mode="draft")
    assert draft["disclosure"] is None
    assert draft["interactions"] == draft["privacy"]["options"] == []
    assert draft["creator"]["username"] == "maracooks"
    assert "inbox" in draft["notes"][0]
    assert len(pumped.local.calls("posting.creator_info")) == asked


def test_an_account_that_may_not_post_now_is_told_with_the_rest(pumped: PumpedStudio) -> None:
    refused = {"status": 403, "code": "spam_risk_too_many_posts"}
    pumped.local.fault("posting.creator_info", "status", times=1, **refused)
    page = composed(pumped)
    assert page["canPost"] is False
    assert page["problem"]["code"] == "spam_risk_too_many_posts"
    assert page["privacy"]["options"] == []
    assert composed(pumped)["canPost"] is True
    pumped.local.phone("PATCH", "settings", {"banned": True})
    pumped.advance(6)
    assert composed(pumped)["problem"]["code"] == "spam_risk_user_banned_from_posting"


def test_the_organisations_own_state_is_in_it(pumped: PumpedStudio) -> None:
    for number in range(6):
        pumped.service.api(
            "POST",
            f"{CALL}/publish-photos",
            {
                "urls": [f"https://media.example.com/{number}.jpg"],
                "privacyLevel": "SELF_ONLY",
            },
        )
    pumped.service.api("PUT", "/api/settings/publishing", {"publishing": "approval"})
    pumped.service.api("POST", "/api/pause", {})
    page = composed(pumped)
    assert (page["paused"], page["needsApproval"]) == (True, True)
    assert composed(pumped, role="admin")["needsApproval"] is False
    assert "6 posts a minute" in page["warnings"][0]
    assert page["expectedAt"] > page["creator"]["readAt"]
    other = pumped.service.send("GET", "/api/composer", org="other")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "no_integration")
