"""What can't be posted is told in words, before anything is sent where that is possible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from stagedoor.connector.publishing.states import TRANSITIONS, State, may
from tests.connector.publishing.conftest import PUBLIC, Hands
from tests.support import media
from tests.support.local import UNAUDITED

VIDEO = {"privacyLevel": PUBLIC}


def test_a_video_that_is_too_short_is_never_announced(hands: Hands) -> None:
    post = hands.run(hands.post(media.video(seconds=1.0)))
    assert post["state"] == "failed"
    assert post["failure"]["reason"] == "media_rejected"
    assert "1.0 s long" in post["failure"]["message"]
    assert hands.steps(post) == [("check", "failed")]
    assert hands.local.publishes() == []


def test_what_is_no_video_is_refused(hands: Hands) -> None:
    """A playlist would have FFmpeg fetch what it names: it never gets to see one."""
    broken = b"\0\0\0\x18ftypisom" + b"\xff" * 4000
    for data in (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret\n", b"just text", broken):
        post = hands.run(hands.post(data))
        assert "can't be read as a video" in post["failure"]["message"]
    assert hands.local.publishes() == []


def test_which_photo_is_wrong_is_said(hands: Hands) -> None:
    made = hands.photo_post([media.photo(), media.photo(width=1200, height=1200)])
    post = hands.run(made["publishId"])
    assert "photo 2 is 1200x1200" in post["failure"]["message"]
    assert hands.local.publishes() == []


def test_a_level_that_the_creator_does_not_offer(hands: Hands) -> None:
    hands.local.phone("PATCH", "settings", {"private": True})
    publish_id = hands.post(privacyLevel="FOLLOWER_OF_CREATOR")
    hands.local.phone("PATCH", "settings", {"private": False})
    post = hands.run(publish_id)
    assert post["failure"]["reason"] == "settings_mismatch"
    assert "who offers PUBLIC_TO_EVERYONE" in post["failure"]["message"]
    assert hands.local.publishes() == []


def test_a_video_longer_than_the_creator_may_post(hands: Hands) -> None:
    hands.local.phone("PATCH", "settings", {"max_video_seconds": 3})
    post = hands.run(hands.post(media.video(seconds=4.0)))
    assert "may post at most 3 s" in post["failure"]["message"]


def test_a_banned_creator(hands: Hands) -> None:
    hands.local.phone("PATCH", "settings", {"banned": True})
    post = hands.run(hands.post())
    assert post["failure"]["reason"] == "spam_risk_user_banned_from_posting"
    assert post["failure"]["logId"]
    assert post["failure"]["retryable"] is False


def test_a_cap_says_when_to_try_again(hands: Hands) -> None:
    hands.local.fault("posting.video_init", "status", status=403, code="spam_risk_too_many_posts")
    post = hands.run(hands.post())
    failure = post["failure"]
    assert failure["reason"] == "spam_risk_too_many_posts"
    assert failure["retryable"] is True
    assert datetime.fromisoformat(failure["retryAt"]) > datetime.fromtimestamp(
        hands.local.now(), UTC
    ) + timedelta(hours=20)
    told = hands.service.api("GET", "/api/notices")["notices"]
    assert [one["kind"] for one in told] == ["post.failed"]


def test_tiktoks_own_no_comes_with_its_remedy(hands: Hands) -> None:
    hands.local.control("POST", "next-post", {"fail_reason": "frame_rate_check_failed"})
    post = hands.run(hands.post())
    assert post["failure"]["reason"] == "frame_rate_check_failed"
    assert post["failure"]["remedy"] == "Use 23 to 60 frames per second."


def test_an_unaudited_app_is_told_about_the_account(hands: Hands) -> None:
    hands.local.control("PATCH", "apps/emulator-client-key", {"audited": False})
    post = hands.run(hands.post())
    assert post["failure"]["reason"] == "unaudited_client_can_only_post_to_private_accounts"
    assert "Set the account (not just the post) to private" in post["failure"]["remedy"]
    assert UNAUDITED not in str(post)


def test_an_account_that_ended_its_consent(hands: Hands) -> None:
    publish_id = hands.draft()
    hands.local.phone("POST", "disconnect", {"client_key": "emulator-client-key", "reason": 1})
    hands.call("publish-video", {"publishId": publish_id})
    post = hands.run(publish_id)
    assert post["state"] == "failed"
    assert "connect again" in post["failure"]["message"] + post["failure"]["remedy"]


def test_an_app_without_the_scope(hands: Hands) -> None:
    lacking = hands.service.connect(org="beta", scopes=["user.info.basic", "video.list"])
    begun = hands.call("init-video-upload", VIDEO | {"integrationId": lacking}, org="beta")
    assert hands.put(begun["uploadUrl"], media.video()).status_code == 201
    asked = {"publishId": begun["publishId"]}
    status, error = hands.refused("publish-video", asked, org="beta")
    assert (status, error["code"]) == (403, "scope_missing")
    assert "video.publish" in error["message"]
    hands.pump()
    post = hands.service.api("GET", f"/api/posts/{begun['publishId']}", org="beta")
    assert post["state"] == "draft"
    assert hands.local.calls("posting.video_init") == []


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("init-video-upload", {}, "privacyLevel"),
    ("init-video-upload", VIDEO | {"title": 5}, "title"),
    ("init-video-upload", VIDEO | {"nope": 1}, "nope"),
    ("init-video-upload", VIDEO | {"caption": "x" * 2201}, "caption"),
    ("init-video-upload", VIDEO | {"videoUrl": "http://a.example/x"}, "videoUrl"),
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


def test_a_wrong_request_names_the_field(hands: Hands) -> None:
    for operation, body, path in WRONG:
        status, error = hands.refused(operation, body)
        assert status == 400, (operation, body)
        assert path in error["message"], (operation, body)


def test_a_file_that_is_not_all_here(hands: Hands) -> None:
    begun = hands.call("init-video-upload", VIDEO)
    status, error = hands.refused("publish-video", {"publishId": begun["publishId"]})
    assert (status, error["code"]) == (409, "upload_incomplete")
    assert error["detail"]["received"] == 0


def test_several_accounts_are_named_and_none_is_said(hands: Hands) -> None:
    assert hands.refused("init-video-upload", VIDEO, org="empty")[1]["code"] == "no_integration"
    status, error = hands.refused("creator-info", {"integrationId": "nope"})
    assert status == 404
    assert error["code"] == "not_found"


def test_another_organisation_sees_and_does_nothing(hands: Hands) -> None:
    publish_id = hands.draft()
    hands.service.connect(org="other")
    for operation in ("publish-video", "post-status", "cancel-post"):
        assert hands.refused(operation, {"publishId": publish_id}, org="other")[0] == 404
    for method in ("GET", "DELETE"):
        answer = hands.service.send(method, f"/api/posts/{publish_id}", org="other")
        assert answer.status_code == 404
    patched = hands.service.send("PATCH", f"/api/posts/{publish_id}", {"title": "x"}, org="other")
    assert patched.status_code == 404
    assert hands.service.api("GET", "/api/posts", org="other")["posts"] == []
    asked = {"privacyLevel": PUBLIC, "integrationId": hands.account}
    assert hands.refused("init-video-upload", asked, org="other")[0] == 404


def test_roles(hands: Hands) -> None:
    publish_id = hands.draft()
    for operation in ("init-video-upload", "publish-video", "publish-photos", "cancel-post"):
        body = {"publishId": publish_id}
        assert hands.refused(operation, body, role="viewer")[0] in (400, 403)
    assert hands.refused("publish-video", {"publishId": publish_id}, role="viewer")[0] == 403
    assert hands.call("post-status", {"publishId": publish_id}, role="viewer")["state"] == "draft"
    hands.call("publish-video", {"publishId": publish_id}, role="member")


def test_every_state_has_its_ways_and_final_ones_none() -> None:
    assert set(TRANSITIONS) == set(State)
    for state in (State.PUBLISHED, State.CANCELLED):
        assert not any(may(state, other) for other in State)
    assert {one for one in State if may(State.FAILED, one)} == {State.SCHEDULED, State.CHECKING}
    assert not may(State.PROCESSING, State.CHECKING)
    assert not may(State.UNKNOWN, State.UPLOADING)
