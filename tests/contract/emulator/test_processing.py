"""The states of a post once its media is there, seen through status, Display and the phone."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.products import display, posting
from stagedoor.platform.products.posting import FailReason
from tests.support import media
from tests.support.poster import PRIVATE_CREATOR, PUBLIC_CREATOR, UNAUDITED, Poster


def listed(poster: Poster, token: str) -> list[dict[str, Any]]:
    """The creator's public videos, as Display lists them."""
    path = f"{display.VIDEO_LIST.path}?fields=id,title,duration,width,height"
    headers = {"Authorization": f"Bearer {token}"}
    answer = poster.http.post(path, headers=headers, json={"max_count": 20})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"]["videos"])


@pytest.mark.shows("posting.video_init")
@pytest.mark.shows("media.upload_chunk")
def test_a_direct_post_is_listed_once_moderation_has_passed(poster: Poster) -> None:
    poster.settings(processing_seconds=30, moderation_seconds=60)
    token = poster.token()
    before = listed(poster, token)
    publish_id = poster.post_video(token, media.video(), title="Rye loaf #baking")
    poster.advance(29)
    assert poster.status(token, publish_id)["status"] == "PROCESSING_UPLOAD"
    poster.advance(2)
    known = poster.status(token, publish_id)
    assert known["status"] == "PUBLISH_COMPLETE"
    assert known["publicaly_available_post_id"] == []
    assert listed(poster, token) == before
    poster.advance(60)
    (number,) = poster.status(token, publish_id)["publicaly_available_post_id"]
    assert isinstance(number, int)
    assert listed(poster, token)[0] == {
        "id": str(number),
        "title": "Rye loaf #baking",
        "duration": 3,
        "width": 360,
        "height": 640,
    }


@pytest.mark.parametrize("level", ["SELF_ONLY", "MUTUAL_FOLLOW_FRIENDS"])
def test_a_post_that_is_not_public_never_gets_a_public_id(poster: Poster, level: str) -> None:
    token = poster.token()
    before = listed(poster, token)
    publish_id = poster.post_video(token, media.video(), privacy=level)
    poster.advance(86_400)
    again = poster.token()
    known = poster.status(again, publish_id)
    assert (known["status"], known["publicaly_available_post_id"]) == ("PUBLISH_COMPLETE", [])
    assert len(listed(poster, again)) == len(before)
    assert poster.control("GET", f"phone/{PUBLIC_CREATOR}")["posts"][0]["privacy"] == level


def test_immediate_processing_is_over_when_the_upload_is_answered(poster: Poster) -> None:
    poster.settings(processing="immediate")
    token = poster.token()
    publish_id = poster.post_video(token, media.video())
    known = poster.status(token, publish_id)
    assert known["status"] == "PUBLISH_COMPLETE"
    assert len(known["publicaly_available_post_id"]) == 1


def test_manual_processing_moves_when_it_is_told_to(poster: Poster) -> None:
    poster.settings(processing="manual")
    token = poster.token()
    data = media.video()
    begun = poster.init_file(token, len(data))
    publish_id, step = begun["publish_id"], f"publishes/{begun['publish_id']}/advance"
    assert poster.refusal("POST", step)[0] == 409
    poster.put(begun["upload_url"], data)
    poster.advance(86_000)
    token = poster.token()
    assert poster.status(token, publish_id)["status"] == "PROCESSING_UPLOAD"
    assert poster.control("POST", step)["status"] == "PUBLISH_COMPLETE"
    assert poster.status(token, publish_id)["publicaly_available_post_id"] == []
    assert poster.control("POST", step)["videos"][0]["public"]
    assert len(poster.status(token, publish_id)["publicaly_available_post_id"]) == 1
    status, words = poster.refusal("POST", step)
    assert status == 409
    assert "PUBLISH_COMPLETE" in words


@pytest.mark.parametrize("reason", list(FailReason))
def test_every_documented_failure_can_be_ordered(poster: Poster, reason: FailReason) -> None:
    poster.control("POST", "next-post", {"creator": PUBLIC_CREATOR, "fail_reason": reason})
    token = poster.token()
    data = media.video()
    first, second = poster.post_video(token, data), ""
    poster.advance(5)
    known = poster.status(token, first)
    assert known == {
        "status": "FAILED",
        "fail_reason": reason.value,
        "publicaly_available_post_id": [],
        "uploaded_bytes": len(data),
    }
    second = poster.post_video(token, data)
    poster.advance(5)
    assert poster.status(token, second)["status"] == "PUBLISH_COMPLETE"


def test_an_ordered_failure_meets_only_the_creator_it_is_for(poster: Poster) -> None:
    order = {"creator": PRIVATE_CREATOR, "fail_reason": "spam_risk_text"}
    poster.control("POST", "next-post", order)
    token = poster.token()
    publish_id = poster.post_video(token, media.video())
    poster.advance(5)
    assert poster.status(token, publish_id)["status"] == "PUBLISH_COMPLETE"
    assert poster.refusal("POST", "next-post", {"fail_reason": "bad_mood"})[0] == 400
    assert poster.refusal("POST", "next-post", {"creator": "x", "fail_reason": None})[0] == 404


@pytest.mark.parametrize(
    ("options", "reason", "words"),
    [
        ({"fps": 15}, "frame_rate_check_failed", "15 frames"),
        ({"width": 320}, "picture_size_check_failed", "320x640"),
        ({"seconds": 2}, "duration_check_failed", "at least 3 s"),
        ({"codec": "mpeg4"}, "file_format_check_failed", "mpeg4"),
        ({"container": "matroska"}, "file_format_check_failed", "matroska"),
    ],
)
def test_bad_media_is_accepted_first_and_fails_in_processing(
    poster: Poster, options: dict[str, Any], reason: str, words: str
) -> None:
    token = poster.token()
    publish_id = poster.post_video(token, media.video(**options))
    assert poster.status(token, publish_id)["status"] == "PROCESSING_UPLOAD"
    poster.advance(5)
    known = poster.status(token, publish_id)
    assert (known["status"], known["fail_reason"]) == ("FAILED", reason)
    assert words in poster.publish(publish_id)["fail_detail"]


def test_a_cut_off_video_fails_although_its_header_is_whole(poster: Poster) -> None:
    token = poster.token()
    whole = media.video()
    publish_id = poster.post_video(token, whole[: len(whole) // 2])
    poster.advance(5)
    assert poster.status(token, publish_id)["fail_reason"] == "file_format_check_failed"
    assert "cut off" in poster.publish(publish_id)["fail_detail"]


def test_the_shortest_video_is_a_setting(poster: Poster) -> None:
    poster.settings(min_video_seconds=0)
    token = poster.token()
    publish_id = poster.post_video(token, media.video(seconds=0.4))
    poster.advance(5)
    assert poster.status(token, publish_id)["status"] == "PUBLISH_COMPLETE"


def test_a_video_longer_than_the_creators_maximum_fails_but_may_be_a_draft(
    poster: Poster,
) -> None:
    poster.control("PATCH", f"phone/{PUBLIC_CREATOR}/settings", {"max_video_seconds": 3})
    token = poster.token()
    data = media.video(seconds=5.0)
    posted, draft = poster.post_video(token, data), poster.leave_draft(token, data)
    poster.advance(5)
    assert poster.status(token, posted)["fail_reason"] == "duration_check_failed"
    assert poster.status(token, draft)["status"] == "SEND_TO_USER_INBOX"
    finish = f"phone/{PUBLIC_CREATOR}/drafts/{draft}/finish"
    assert poster.refusal("POST", finish)[0] == 409
    assert poster.control("POST", finish, {"seconds": 3})["seconds"] == 3


@pytest.mark.shows("posting.inbox_video_init")
def test_a_draft_waits_in_the_inbox_until_the_creator_posts_it(poster: Poster) -> None:
    token = poster.token()
    publish_id = poster.leave_draft(token, media.video())
    poster.advance(5)
    known = poster.status(token, publish_id)
    assert (known["status"], known["publicaly_available_post_id"]) == ("SEND_TO_USER_INBOX", [])
    poster.advance(3 * 86_400)
    later = poster.token()
    assert poster.status(later, publish_id)["status"] == "SEND_TO_USER_INBOX"
    poster.control("POST", f"phone/{PUBLIC_CREATOR}/drafts/{publish_id}/finish")
    poster.advance(5)
    known = poster.status(later, publish_id)
    assert known["status"] == "PUBLISH_COMPLETE"
    assert len(known["publicaly_available_post_id"]) == 1


def test_a_ban_on_the_way_fails_the_post(poster: Poster) -> None:
    token = poster.token()
    publish_id = poster.post_video(token, media.video())
    poster.control("PATCH", f"phone/{PUBLIC_CREATOR}/settings", {"banned": True})
    poster.advance(5)
    wanted = "spam_risk_user_banned_from_posting"
    assert poster.status(token, publish_id)["fail_reason"] == wanted


@pytest.mark.parametrize("uploaded", [True, False])
def test_a_grant_that_ends_on_the_way_fails_the_post(poster: Poster, uploaded: bool) -> None:
    token = poster.token()
    data = media.video()
    begun = poster.init_file(token, len(data))
    if uploaded:
        poster.put(begun["upload_url"], data)
    order = {"client_key": "emulator-client-key"}
    poster.control("POST", f"phone/{PUBLIC_CREATOR}/disconnect", order)
    if not uploaded:
        assert poster.put(begun["upload_url"], data).status_code == 403
    poster.advance(5)
    assert poster.error(posting.STATUS, token, {"publish_id": begun["publish_id"]})[0] == 401
    again = poster.token()
    assert poster.status(again, begun["publish_id"])["fail_reason"] == "auth_removed"


def test_posts_of_an_unaudited_app_stay_private_until_the_owner_edits_them(
    poster: Poster,
) -> None:
    token = poster.token(UNAUDITED, PRIVATE_CREATOR)
    publish_id = poster.post_video(token, media.video(), privacy="SELF_ONLY")
    poster.advance(5)
    (video,) = poster.publish(publish_id)["videos"]
    home = f"phone/{PRIVATE_CREATOR}"
    poster.control("PATCH", f"{home}/settings", {"private": False})
    assert poster.status(token, publish_id)["publicaly_available_post_id"] == []
    poster.control("PATCH", f"{home}/videos/{video['id']}", {"privacy": "PUBLIC_TO_EVERYONE"})
    found = poster.status(token, publish_id)["publicaly_available_post_id"]
    assert found == [int(video["id"])]


def test_what_comes_of_an_unaudited_apps_draft_stays_private(poster: Poster) -> None:
    token = poster.token(UNAUDITED)
    publish_id = poster.leave_draft(token, media.video())
    poster.advance(5)
    finish = f"phone/{PUBLIC_CREATOR}/drafts/{publish_id}/finish"
    post = poster.control("POST", finish, {"privacy": "PUBLIC_TO_EVERYONE"})
    assert post["privacy"] == "SELF_ONLY"
    poster.advance(60)
    assert poster.status(token, publish_id)["publicaly_available_post_id"] == []


def test_a_post_can_be_made_to_fail_by_hand(poster: Poster) -> None:
    token = poster.token()
    publish_id = poster.init_file(token, 3_000_000)["publish_id"]
    fail = f"publishes/{publish_id}/fail"
    assert poster.control("POST", fail, {"reason": "internal"})["status"] == "FAILED"
    assert poster.status(token, publish_id)["fail_reason"] == "internal"
    assert poster.refusal("POST", fail)[0] == 409
    assert poster.refusal("POST", "publishes/v_pub_file~v2-1.1/fail")[0] == 404
