"""The inits, creator info, status and cancel: what is let in, what is refused, in which order."""

from __future__ import annotations

import re
from typing import Any

import pytest

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import posting
from tests.support import media
from tests.support.poster import (
    PRIVATE_CREATOR,
    PUBLIC_CREATOR,
    READY,
    SANDBOX,
    UNAUDITED,
    Poster,
    file_source,
    photos,
    post_info,
    pull_source,
)

DAY = 86_400
CLIP = "https://media.example.com/clips/rye.mp4"
PICTURE = "https://media.example.com/p/1.jpg"


def direct(privacy: str | None = "PUBLIC_TO_EVERYONE", **info: Any) -> dict[str, Any]:
    return {"post_info": post_info(privacy, info), "source_info": file_source(3_000_000)}


def inbox() -> dict[str, Any]:
    return {"source_info": file_source(3_000_000)}


def phone(poster: Poster, creator: str = PUBLIC_CREATOR, **settings: Any) -> None:
    poster.control("PATCH", f"phone/{creator}/settings", settings)


def new_app(poster: Poster, **changed: Any) -> str:
    """An audited app that keeps TikTok's caps and may pull from media.example.com."""
    app = poster.control(
        "POST",
        "apps",
        {
            "name": "Loaf",
            "state": "Live",
            "audited": True,
            "scopes": ["user.info.basic", "video.publish", "video.upload"],
            "url_properties": [{"kind": "domain", "value": "media.example.com"}],
        }
        | changed,
    )
    poster.settings(rate_limits=False)
    return str(app["client_key"])


def test_creator_info_gives_the_levels_of_a_public_account(poster: Poster) -> None:
    info = poster.data(posting.CREATOR_INFO, poster.token())
    assert info["creator_username"] == PUBLIC_CREATOR
    assert info["privacy_level_options"] == [
        "PUBLIC_TO_EVERYONE",
        "MUTUAL_FOLLOW_FRIENDS",
        "SELF_ONLY",
    ]
    assert info["max_video_post_duration_sec"] == 600
    assert (info["comment_disabled"], info["duet_disabled"], info["stitch_disabled"]) == (
        False,
        False,
        False,
    )
    assert poster.http.get(info["creator_avatar_url"]).headers["content-type"].startswith("image/")


def test_creator_info_follows_what_the_creator_sets_on_the_phone(poster: Poster) -> None:
    phone(poster, private=True, comment_disabled=True, max_video_seconds=180)
    info = poster.data(posting.CREATOR_INFO, poster.token())
    assert info["privacy_level_options"] == [
        "FOLLOWER_OF_CREATOR",
        "MUTUAL_FOLLOW_FRIENDS",
        "SELF_ONLY",
    ]
    assert (info["comment_disabled"], info["duet_disabled"], info["stitch_disabled"]) == (
        True,
        True,
        True,
    )
    assert info["max_video_post_duration_sec"] == 180


def test_the_avatar_of_creator_info_dies_after_two_hours(poster: Poster) -> None:
    address = poster.data(posting.CREATOR_INFO, poster.token())["creator_avatar_url"]
    poster.advance(7_190)
    assert poster.http.get(address).status_code == 200
    poster.advance(20)
    assert poster.http.get(address).status_code == 403


def test_creator_info_tells_a_ban_with_http_200(poster: Poster) -> None:
    token = poster.token()
    phone(poster, banned=True)
    banned = (200, "spam_risk_user_banned_from_posting")
    assert poster.error(posting.CREATOR_INFO, token) == banned
    assert poster.error(posting.VIDEO_INIT, token, direct()) == (403, banned[1])
    assert poster.error(posting.INBOX_VIDEO_INIT, token, inbox()) == (403, banned[1])
    assert poster.error(posting.CONTENT_INIT, token, photos(PICTURE)) == (403, banned[1])


def test_creator_info_takes_either_scope_unless_the_strict_reading_is_on(poster: Poster) -> None:
    token = poster.token(scopes=["video.upload"])
    poster.data(posting.CREATOR_INFO, token)
    poster.settings(strict_creator_info_scope=True)
    assert poster.error(posting.CREATOR_INFO, token) == (401, "scope_not_authorized")


def test_init_gives_ids_and_an_upload_url_in_tiktoks_forms(poster: Poster) -> None:
    begun = poster.init_file(poster.token(), 3_000_000)
    assert re.fullmatch(r"v_pub_file~v2-1\.\d{19}", begun["publish_id"])
    address = begun["upload_url"]
    assert len(address) <= 256
    uuid = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    wanted = rf"{re.escape(poster.url)}/video/\?upload_id=\d{{19}}&upload_token={uuid}"
    assert re.fullmatch(wanted, address)
    inbox_id = poster.init_inbox(poster.token(), 3_000_000)["publish_id"]
    assert re.fullmatch(r"v_inbox_file~v2\.\d{19}", inbox_id)


def test_pulls_give_an_id_and_no_upload_url(poster: Poster) -> None:
    token = poster.token()
    body = {"post_info": post_info(), "source_info": pull_source(CLIP)}
    begun = poster.data(posting.VIDEO_INIT, token, body)
    assert begun.keys() == {"publish_id"}
    assert re.fullmatch(r"v_pub_url~v2\.\d{19}", begun["publish_id"])
    draft = poster.data(posting.INBOX_VIDEO_INIT, token, {"source_info": pull_source(CLIP)})
    assert re.fullmatch(r"v_inbox_url~v2\.\d{19}", draft["publish_id"])


def test_photo_drafts_have_the_documented_id_or_the_one_seen_live(poster: Poster) -> None:
    token = poster.token()
    draft = photos(PICTURE, mode="MEDIA_UPLOAD")
    documented = poster.data(posting.CONTENT_INIT, token, draft)["publish_id"]
    assert documented.startswith("p_pub_url~v2.")
    poster.settings(photo_inbox_prefix="p_inbox_url")
    live = poster.data(posting.CONTENT_INIT, token, draft)["publish_id"]
    assert live.startswith("p_inbox_url~v2.")


def test_a_repeated_init_is_a_second_post(poster: Poster) -> None:
    token = poster.token()
    first, second = (poster.init_file(token, 3_000_000) for _ in range(2))
    assert first["publish_id"] != second["publish_id"]
    assert first["upload_url"] != second["upload_url"]


@pytest.mark.parametrize("level", [None, "FOLLOWER_OF_CREATOR", "EVERYONE", ""])
def test_a_level_that_is_not_offered_is_a_mismatch(poster: Poster, level: str | None) -> None:
    token = poster.token()
    mismatch = (403, "privacy_level_option_mismatch")
    assert poster.error(posting.VIDEO_INIT, token, direct(level)) == mismatch
    body = photos(PICTURE)
    body["post_info"] = post_info(level)
    assert poster.error(posting.CONTENT_INIT, token, body) == mismatch


def test_an_account_that_went_private_no_longer_offers_public(poster: Poster) -> None:
    token = poster.token()
    phone(poster, private=True)
    wrong = poster.error(posting.VIDEO_INIT, token, direct("PUBLIC_TO_EVERYONE"))
    assert wrong == (403, "privacy_level_option_mismatch")
    poster.data(posting.VIDEO_INIT, token, direct("FOLLOWER_OF_CREATOR"))


@pytest.mark.parametrize("key", [UNAUDITED, SANDBOX])
def test_unaudited_apps_post_to_private_accounts_with_self_only(poster: Poster, key: str) -> None:
    for creator, level in (
        (PUBLIC_CREATOR, "PUBLIC_TO_EVERYONE"),
        (PUBLIC_CREATOR, "SELF_ONLY"),
        (PRIVATE_CREATOR, "FOLLOWER_OF_CREATOR"),
    ):
        refused = poster.error(posting.VIDEO_INIT, poster.token(key, creator), direct(level))
        assert refused == (403, "unaudited_client_can_only_post_to_private_accounts")
    poster.data(posting.VIDEO_INIT, poster.token(key, PRIVATE_CREATOR), direct("SELF_ONLY"))


def test_unaudited_apps_may_leave_drafts_anywhere(poster: Poster) -> None:
    poster.data(posting.INBOX_VIDEO_INIT, poster.token(UNAUDITED), inbox())


def test_fifteen_posts_a_day_over_all_apps(poster: Poster) -> None:
    one, other = (poster.token(new_app(poster)) for _ in range(2))
    for number in range(15):
        poster.data(posting.VIDEO_INIT, one if number % 2 else other, direct())
    assert poster.error(posting.VIDEO_INIT, one, direct()) == (403, "spam_risk_too_many_posts")
    assert poster.error(posting.CREATOR_INFO, other) == (200, "spam_risk_too_many_posts")
    poster.data(posting.INBOX_VIDEO_INIT, one, inbox())
    poster.data(posting.VIDEO_INIT, poster.token(), direct())
    poster.settings(access_token_seconds=10 * DAY)
    later = poster.token(new_app(poster))
    poster.advance(DAY)
    poster.data(posting.VIDEO_INIT, later, direct())


def test_failed_posts_do_not_use_up_the_day(poster: Poster) -> None:
    token = poster.token(new_app(poster))
    for _ in range(15):
        begun = poster.data(posting.VIDEO_INIT, token, direct())
        poster.control("POST", f"publishes/{begun['publish_id']}/fail", {"reason": "spam_risk"})
    poster.data(posting.VIDEO_INIT, token, direct())


def test_five_pending_shares_and_one_more_when_one_is_discarded(poster: Poster) -> None:
    token = poster.token(new_app(poster))
    ids = [poster.leave_draft(token, media.video()) for _ in range(5)]
    full = (403, "spam_risk_too_many_pending_share")
    assert poster.error(posting.INBOX_VIDEO_INIT, token, inbox()) == full
    draft = photos(PICTURE, mode="MEDIA_UPLOAD")
    assert poster.error(posting.CONTENT_INIT, token, draft) == full
    poster.data(posting.VIDEO_INIT, token, direct())
    poster.advance(1)
    poster.control("POST", f"phone/{PUBLIC_CREATOR}/drafts/{ids[0]}/discard")
    poster.data(posting.INBOX_VIDEO_INIT, token, inbox())
    assert poster.error(posting.INBOX_VIDEO_INIT, token, inbox()) == full
    poster.control("POST", f"phone/{PUBLIC_CREATOR}/drafts/{ids[1]}/finish")
    poster.data(posting.INBOX_VIDEO_INIT, token, inbox())


def test_the_active_user_cap_counts_creators_not_posts(poster: Poster) -> None:
    app = new_app(poster, user_cap=1)
    mara, jonas = poster.token(app), poster.token(app, "ridewithrio")
    for _ in range(2):
        poster.data(posting.VIDEO_INIT, mara, direct())
    full = "reached_active_user_cap"
    assert poster.error(posting.VIDEO_INIT, jonas, direct()) == (403, full)
    assert poster.error(posting.CREATOR_INFO, jonas) == (200, full)
    poster.data(posting.CREATOR_INFO, mara)
    poster.data(posting.INBOX_VIDEO_INIT, jonas, inbox())


def test_an_unaudited_app_posts_for_five_creators_a_day(poster: Poster) -> None:
    poster.settings(rate_limits=False)
    names = [f"small.{number}" for number in range(6)]
    for name in names:
        poster.control("POST", "creators", {"username": name, "private": True})
    tokens = [poster.token(UNAUDITED, name) for name in names]
    for token in tokens[:5]:
        poster.data(posting.VIDEO_INIT, token, direct("SELF_ONLY"))
    refused = poster.error(posting.VIDEO_INIT, tokens[5], direct("SELF_ONLY"))
    assert refused == (403, "reached_active_user_cap")


@pytest.mark.parametrize(
    ("property", "url", "verified"),
    [
        ("domain", "https://video.static.example.com/tiktok/a.mp4", True),
        ("domain", "https://STATIC.example.com/a.mp4?signature=x", True),
        ("domain", "https://example.com/videos/a.mp4", False),
        ("domain", "https://evilstatic.example.com/a.mp4", False),
        ("domain", "https://static.example.com.evil.test/a.mp4", False),
        ("url_prefix", "https://example.com/videos/user/123/a.mp4?x=1", True),
        ("url_prefix", "https://example.com/videos/2023/user/123/a.mp4", False),
        ("url_prefix", "https://example.com/videos/user/../other/a.mp4", False),
        ("url_prefix", "https://example.com/videos/user/%2e%2e/other/a.mp4", False),
        ("domain", "https://127.0.0.1/a.mp4", False),
        ("domain", "https://user@static.example.com/a.mp4", False),
    ],
)
def test_media_is_pulled_only_from_verified_addresses(
    poster: Poster, property: str, url: str, verified: bool
) -> None:
    value = "static.example.com" if property == "domain" else "https://example.com/videos/user/"
    app = new_app(poster, url_properties=[{"kind": property, "value": value}])
    token = poster.token(app)
    bodies: dict[Operation[..., Any], dict[str, Any]] = {
        posting.VIDEO_INIT: {"post_info": post_info(), "source_info": pull_source(url)},
        posting.INBOX_VIDEO_INIT: {"source_info": pull_source(url)},
        posting.CONTENT_INIT: photos(url),
    }
    for operation, body in bodies.items():
        if verified:
            poster.data(operation, token, body)
        else:
            assert poster.error(operation, token, body) == (403, "url_ownership_unverified")


def test_one_unverified_photo_refuses_the_set(poster: Poster) -> None:
    token = poster.token(new_app(poster))
    body = photos(PICTURE, "https://elsewhere.example.org/2.jpg")
    assert poster.error(posting.CONTENT_INIT, token, body) == (403, "url_ownership_unverified")


@pytest.mark.parametrize("url", ["http://media.example.com/a.mp4", "media/a.mp4", "https://"])
def test_an_address_without_https_is_a_bad_field(poster: Poster, url: str) -> None:
    token = poster.token()
    answer = poster.call(posting.INBOX_VIDEO_INIT, token, {"source_info": pull_source(url)})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_params"
    assert "video_url" in answer.json()["error"]["message"]


def test_even_the_ready_made_app_cannot_pull_from_an_ip_address(poster: Poster) -> None:
    for host in ("127.0.0.1", "[::1]", "10.0.0.1:8080", "2130706433", "0x7f.1"):
        body = {"source_info": pull_source(f"https://{host}/a.mp4")}
        refused = poster.error(posting.INBOX_VIDEO_INIT, poster.token(), body)
        assert refused == (403, "url_ownership_unverified")


def test_a_bad_chunk_plan_is_refused_in_tiktoks_words(poster: Poster) -> None:
    token = poster.token()
    for chunk, count, text in (
        (10_485_760, 7, "The total chunk count is invalid"),
        (4_000_000, 17, "The chunk size is invalid"),
    ):
        source = {
            "source": "FILE_UPLOAD",
            "video_size": 70_000_000,
            "chunk_size": chunk,
            "total_chunk_count": count,
        }
        answer = poster.call(posting.INBOX_VIDEO_INIT, token, {"source_info": source})
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "invalid_params"
        assert answer.json()["error"]["message"] == text


def test_the_other_spelling_of_a_bad_field_is_a_setting(poster: Poster) -> None:
    poster.settings(param_error="invalid_param")
    body = {"source_info": file_source(70_000_000)}
    refused = poster.error(posting.INBOX_VIDEO_INIT, poster.token(), body)
    assert refused == (400, "invalid_param")


def test_titles_are_measured_in_utf16_units(poster: Poster) -> None:
    token = poster.token()
    poster.data(posting.VIDEO_INIT, token, direct(title="🍞" * 1_100))
    answer = poster.call(posting.VIDEO_INIT, token, direct(title="🍞" * 1_101))
    assert answer.status_code == 400
    assert "title" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "changed",
    [
        {"photo_images": []},
        {"photo_images": [PICTURE] * 36},
        {"photo_cover_index": 1},
        {"photo_cover_index": -1},
        {"source": "FILE_UPLOAD"},
    ],
)
def test_photo_sets_have_1_to_35_photos_and_a_cover_among_them(
    poster: Poster, changed: dict[str, Any]
) -> None:
    body = photos(PICTURE)
    body["source_info"] |= changed
    assert poster.error(posting.CONTENT_INIT, poster.token(), body) == (400, "invalid_params")


def test_photo_drafts_need_an_app_of_31_8(poster: Poster) -> None:
    token = poster.token()
    draft = photos(PICTURE, mode="MEDIA_UPLOAD")
    phone(poster, app_version="31.7")
    assert poster.error(posting.CONTENT_INIT, token, draft) == (400, "app_version_check_failed")
    poster.data(posting.CONTENT_INIT, token, photos(PICTURE))
    phone(poster, app_version="31.8")
    poster.data(posting.CONTENT_INIT, token, draft)


def test_checks_come_in_the_documented_order(poster: Poster) -> None:
    app = new_app(poster, audited=False, user_cap=0, url_properties=[])
    token = poster.token(app)
    body = {"post_info": post_info("EVERYONE"), "source_info": pull_source(CLIP)}
    phone(poster, banned=True)
    order = ["spam_risk_user_banned_from_posting"]
    assert poster.error(posting.VIDEO_INIT, token, body)[1] == order[0]
    phone(poster, banned=False)
    assert poster.error(posting.VIDEO_INIT, token, body)[1] == "reached_active_user_cap"
    poster.control("PATCH", f"apps/{app}", {"capped": False})
    assert (
        poster.error(posting.VIDEO_INIT, token, body)[1]
        == "unaudited_client_can_only_post_to_private_accounts"
    )
    poster.control("PATCH", f"apps/{app}", {"audited": True})
    assert poster.error(posting.VIDEO_INIT, token, body)[1] == "privacy_level_option_mismatch"
    body["post_info"] = post_info()
    assert poster.error(posting.VIDEO_INIT, token, body)[1] == "url_ownership_unverified"


def test_interactions_that_the_creator_disabled_stay_off(poster: Poster) -> None:
    phone(poster, comment_disabled=True, duet_disabled=True)
    token = poster.token()
    body = direct(disable_comment=False, disable_duet=False, disable_stitch=False)
    made = poster.publish(poster.data(posting.VIDEO_INIT, token, body)["publish_id"])
    assert made["comment_disabled"]
    assert made["duet_disabled"]
    assert not made["stitch_disabled"]


def test_status_shows_progress_and_only_to_the_posts_own_app_and_creator(poster: Poster) -> None:
    token = poster.token()
    publish_id = poster.init_file(token, 3_000_000)["publish_id"]
    known = poster.status(token, publish_id)
    assert known == {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}
    asked = {"publish_id": publish_id}
    foreign = (400, "token_not_authorized_for_specified_publish_id")
    for other in (poster.token(creator=PRIVATE_CREATOR), poster.token(new_app(poster))):
        assert poster.error(posting.STATUS, other, asked) == foreign
        assert poster.error(posting.CANCEL, other, asked) == foreign


def test_an_unknown_publish_id_has_two_spellings(poster: Poster) -> None:
    token, asked = poster.token(), {"publish_id": "v_pub_file~v2-1.7530011223344556677"}
    assert poster.error(posting.STATUS, token, asked) == (400, "invalid_publish_id")
    assert poster.error(posting.CANCEL, token, asked) == (400, "invalid_publish_id")
    poster.settings(unknown_id_as_param=True)
    answer = poster.call(posting.STATUS, token, asked).json()
    assert answer["error"]["code"] == "invalid_params"
    assert answer["error"]["message"] == "invalid_publish_id"


def test_a_fresh_id_can_be_unknown_for_a_moment(poster: Poster) -> None:
    poster.settings(fresh_id_race_seconds=2)
    token = poster.token()
    publish_id = poster.init_file(token, 3_000_000)["publish_id"]
    asked = {"publish_id": publish_id}
    assert poster.error(posting.STATUS, token, asked) == (400, "invalid_publish_id")
    poster.advance(2)
    assert poster.status(token, publish_id)["status"] == "PROCESSING_UPLOAD"


def test_an_upload_cannot_be_cancelled(poster: Poster) -> None:
    token = poster.token()
    asked = {"publish_id": poster.init_file(token, 3_000_000)["publish_id"]}
    assert poster.error(posting.CANCEL, token, asked) == (400, "publish_not_cancellable")


def test_init_is_limited_to_six_a_minute_for_each_token(poster: Poster) -> None:
    token = poster.token()
    for _ in range(6):
        poster.data(posting.VIDEO_INIT, token, direct())
    assert poster.error(posting.VIDEO_INIT, token, direct()) == (429, "rate_limit_exceeded")
    poster.data(posting.VIDEO_INIT, poster.token(READY, "ridewithrio"), direct())
    poster.advance(60)
    poster.data(posting.VIDEO_INIT, token, direct())
