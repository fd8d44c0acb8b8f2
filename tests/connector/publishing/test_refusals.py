"""Posts that can't be made are refused in words, before a request is sent where that is
possible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stagedoor.connector.publishing.states import TRANSITIONS, PostState, may
from tests.connector.publishing.conftest import CALL, PUBLIC, PumpedStudio
from tests.support import media
from tests.support.local import UNAUDITED

VIDEO = {"privacyLevel": PUBLIC}


def test_a_video_that_is_too_short_is_never_announced(pumped: PumpedStudio) -> None:
    post = pumped.run(pumped.post(media.video(seconds=1.0)))
    assert post["state"] == "failed"
    assert post["failure"]["reason"] == "media_rejected"
    assert "1.0 s long" in post["failure"]["message"]
    assert pumped.steps(post) == [("check", "failed")]
    assert pumped.local.publishes() == []


def test_what_is_no_video_is_refused(pumped: PumpedStudio) -> None:
    """A playlist would have FFmpeg fetch what it names: it never gets to see one."""
    broken = b"\0\0\0\x18ftypisom" + b"\xff" * 4000
    for data in (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret\n", b"just text", broken):
        post = pumped.run(pumped.post(data))
        assert "can't be read as a video" in post["failure"]["message"]
    assert pumped.local.publishes() == []


def test_which_photo_is_wrong_is_said(pumped: PumpedStudio) -> None:
    made = pumped.photo_post([media.photo(), media.photo(width=1200, height=1200)])
    post = pumped.run(made["publishId"])
    assert "photo 2 is 1200x1200" in post["failure"]["message"]
    assert pumped.local.publishes() == []


def test_a_level_that_the_creator_does_not_offer(pumped: PumpedStudio) -> None:
    pumped.local.phone("PATCH", "settings", {"private": True})
    publish_id = pumped.post(privacyLevel="FOLLOWER_OF_CREATOR")
    pumped.local.phone("PATCH", "settings", {"private": False})
    post = pumped.run(publish_id)
    assert post["failure"]["reason"] == "settings_mismatch"
    assert "who offers PUBLIC_TO_EVERYONE" in post["failure"]["message"]
    assert pumped.local.publishes() == []


def test_a_video_longer_than_the_creator_may_post(pumped: PumpedStudio) -> None:
    pumped.local.phone("PATCH", "settings", {"max_video_seconds": 3})
    post = pumped.run(pumped.post(media.video(seconds=4.0)))
    assert "may post at most 3 s" in post["failure"]["message"]


def test_a_banned_creator(pumped: PumpedStudio) -> None:
    pumped.local.phone("PATCH", "settings", {"banned": True})
    post = pumped.run(pumped.post())
    assert post["failure"]["reason"] == "spam_risk_user_banned_from_posting"
    assert post["failure"]["logId"]
    assert post["failure"]["retryable"] is False


def test_a_cap_that_does_not_end_says_when_to_try_again(pumped: PumpedStudio) -> None:
    pumped.local.fault(
        "posting.video_init", "status", status=403, code="spam_risk_too_many_posts", times=50
    )
    publish_id = pumped.post()
    days = 0
    while (post := pumped.get(publish_id))["state"] != "failed":
        pumped.pump(86_400)
        days += 1
    assert 7 <= days <= 9
    failure = post["failure"]
    assert failure["reason"] == "spam_risk_too_many_posts"
    assert failure["retryable"] is True
    assert datetime.fromisoformat(failure["retryAt"]) > datetime.fromtimestamp(
        pumped.local.now(), UTC
    ) + timedelta(hours=20)
    told = pumped.service.api("GET", "/api/notices")["notices"]
    assert [one["kind"] for one in told] == ["post.failed"]


def test_tiktoks_own_no_comes_with_its_remedy(pumped: PumpedStudio) -> None:
    pumped.local.control("POST", "next-post", {"fail_reason": "frame_rate_check_failed"})
    post = pumped.run(pumped.post())
    assert post["failure"]["reason"] == "frame_rate_check_failed"
    assert post["failure"]["remedy"] == "Use 23 to 60 frames per second."


def test_an_unaudited_app_is_told_about_the_account(pumped: PumpedStudio) -> None:
    pumped.local.control("PATCH", "apps/emulator-client-key", {"audited": False})
    post = pumped.run(pumped.post())
    assert post["failure"]["reason"] == "unaudited_client_can_only_post_to_private_accounts"
    assert "Set the account (not just the post) to private" in post["failure"]["remedy"]
    assert UNAUDITED not in str(post)


def test_an_account_that_ended_its_consent(pumped: PumpedStudio) -> None:
    publish_id = pumped.draft()
    pumped.local.phone("POST", "disconnect", {"client_key": "emulator-client-key", "reason": 1})
    pumped.call("publish-video", {"publishId": publish_id})
    post = pumped.run(publish_id)
    assert post["state"] == "failed"
    assert "connect again" in post["failure"]["message"] + post["failure"]["remedy"]


def test_an_app_without_the_scope(pumped: PumpedStudio) -> None:
    lacking = pumped.service.connect(org="beta", scopes=["user.info.basic", "video.list"])
    begun = pumped.call("init-video-upload", VIDEO | {"integrationId": lacking}, org="beta")
    assert pumped.put(begun["uploadUrl"], media.video()).status_code == 201
    asked = {"publishId": begun["publishId"]}
    status, error = pumped.refused("publish-video", asked, org="beta")
    assert (status, error["code"]) == (403, "scope_missing")
    assert "video.publish" in error["message"]
    pumped.pump()
    post = pumped.service.api("GET", f"/api/posts/{begun['publishId']}", org="beta")
    assert post["state"] == "draft"
    assert pumped.local.calls("posting.video_init") == []


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("init-video-upload", {}, "privacyLevel"),
    ("init-video-upload", VIDEO | {"title": 5}, "title"),
    ("init-video-upload", VIDEO | {"nope": 1}, "nope"),
    ("init-video-upload", VIDEO | {"caption": "x" * 2201}, "caption"),
    ("init-video-upload", VIDEO | {"videoUrl": "http://a.example/x"}, "videoUrl"),
    ("init-video-upload", VIDEO | {"videoUrl": "https://a.example/a film"}, "videoUrl: is no"),
    ("publish-photos", VIDEO | {"urls": ["https://a.example/1", "https://"]}, "urls.1: is no"),
    ("init-video-upload", VIDEO | {"publishAt": "tomorrow"}, "publishAt"),
    ("init-video-upload", VIDEO | {"publishAt": "2030-01-01T00:00:00"}, "publishAt"),
    ("init-video-upload", VIDEO | {"publishAt": "2130-01-01T00:00:00Z"}, "publishAt"),
    ("init-video-upload", VIDEO | {"mode": "public"}, "mode"),
    (
        "init-video-upload",
        {"privacyLevel": "public"},
        "privacyLevel: should be 'PUBLIC_TO_EVERYONE'",
    ),
    ("init-video-upload", {"privacyLevel": "public", "mode": "draft"}, "privacyLevel"),
    ("init-video-upload", VIDEO | {"disableComment": "true"}, "disableComment: should be true"),
    ("init-video-upload", VIDEO | {"publishAt": 1_893_456_000}, "publishAt: should be a time"),
    ("publish-photos", {"urls": ["https://a.example/1"], "privacyLevel": "public"}, "SELF_ONLY"),
    ("publish-video", {}, "publishId"),
    ("publish-photos", VIDEO, "uploads or as urls"),
    ("publish-photos", VIDEO | {"urls": ["https://a.example/1"], "cover": 1}, "cover"),
    ("publish-photos", VIDEO | {"uploads": ["nope"]}, "uploads.0"),
    (
        "publish-photos",
        VIDEO | {"urls": ["https://a.example/1"], "title": "x" * 91},
        "title",
    ),
]


def test_a_wrong_request_names_the_field(pumped: PumpedStudio) -> None:
    for operation, body, path in WRONG:
        status, error = pumped.refused(operation, body)
        assert status == 400, (operation, body)
        assert path in error["message"], (operation, body)


def test_a_file_that_is_not_all_here(pumped: PumpedStudio) -> None:
    begun = pumped.call("init-video-upload", VIDEO)
    status, error = pumped.refused("publish-video", {"publishId": begun["publishId"]})
    assert (status, error["code"]) == (409, "upload_incomplete")
    assert error["detail"]["received"] == 0


def test_several_accounts_are_named_and_none_is_said(pumped: PumpedStudio) -> None:
    assert pumped.refused("init-video-upload", VIDEO, org="empty")[1]["code"] == "no_integration"
    status, error = pumped.refused("creator-info", {"integrationId": "nope"})
    assert status == 404
    assert error["code"] == "not_found"


def test_another_organisation_sees_and_does_nothing(pumped: PumpedStudio) -> None:
    publish_id = pumped.draft()
    pumped.service.connect(org="other")
    for operation in ("publish-video", "post-status", "cancel-post"):
        assert pumped.refused(operation, {"publishId": publish_id}, org="other")[0] == 404
    for method in ("GET", "DELETE"):
        answer = pumped.service.send(method, f"/api/posts/{publish_id}", org="other")
        assert answer.status_code == 404
    patched = pumped.service.send("PATCH", f"/api/posts/{publish_id}", {"title": "x"}, org="other")
    assert patched.status_code == 404
    assert pumped.service.api("GET", "/api/posts", org="other")["posts"] == []
    asked = {"privacyLevel": PUBLIC, "integrationId": pumped.account}
    assert pumped.refused("init-video-upload", asked, org="other")[0] == 404


def test_roles(pumped: PumpedStudio) -> None:
    publish_id = pumped.draft()
    for operation in ("init-video-upload", "publish-video", "publish-photos", "cancel-post"):
        body = {"publishId": publish_id}
        assert pumped.refused(operation, body, role="viewer")[0] in (400, 403)
    assert pumped.refused("publish-video", {"publishId": publish_id}, role="viewer")[0] == 403
    assert pumped.call("post-status", {"publishId": publish_id}, role="viewer")["state"] == "draft"
    pumped.call("publish-video", {"publishId": publish_id}, role="member")


def test_every_state_has_its_ways_and_final_ones_none() -> None:
    assert set(TRANSITIONS) == set(PostState)
    for state in (PostState.PUBLISHED, PostState.CANCELLED):
        assert not any(may(state, other) for other in PostState)
    assert {one for one in PostState if may(PostState.FAILED, one)} == {
        PostState.SCHEDULED,
        PostState.CHECKING,
    }
    assert not may(PostState.PROCESSING, PostState.CHECKING)
    assert not may(PostState.UNKNOWN, PostState.UPLOADING)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_address_that_tiktok_never_reaches_is_refused_at_the_door(pumped: PumpedStudio) -> None:
    direct = {"privacyLevel": PUBLIC}
    at = (datetime.fromtimestamp(pumped.local.now(), UTC) + timedelta(days=2)).isoformat()
    for url in ("https://127.0.0.1/x", "https://localhost/x", "https://10.1.2.3:8443/x"):
        for name, body, path in (
            ("init-video-upload", {"videoUrl": url}, "videoUrl"),
            ("publish-photos", {"urls": ["https://media.example.com/1.jpg", url]}, "urls.1"),
        ):
            refused = pumped.service.send("POST", f"{CALL}/{name}", direct | body)
            assert refused.status_code == 400, url
            [problem] = refused.json()["error"]["detail"]["problems"]
            assert problem["path"] == path
        text = f"caption,privacyLevel,publishAt,videoUrl\none,{PUBLIC},{at},{url}\n"
        refused = pumped.service.send("POST", "/api/posts/bulk", {"csv": text, "dryRun": True})
        [problem] = refused.json()["error"]["detail"]["problems"]
        assert (problem["row"], problem["path"]) == (2, "videoUrl")
    assert pumped.service.api("GET", "/api/posts")["posts"] == []
