"""The creator's side: what a creator can do in TikTok, what can't be done, and who is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stagedoor.platform.products import posting
from tests.support import media
from tests.support.poster import PRIVATE_CREATOR, PUBLIC_CREATOR, READY, Poster
from tests.support.site import Site

HOME = f"phone/{PUBLIC_CREATOR}"


@pytest.fixture
def inbox(poster: Poster, site: Site) -> Site:
    poster.control("PATCH", f"apps/{READY}", {"webhook_url": site.url})
    poster.settings(legacy_events=False, rate_limits=False)
    return site


def public_post(poster: Poster, token: str) -> tuple[str, str]:
    """publish_id and video id of a post that everyone can see."""
    publish_id = poster.post_video(token, media.video())
    poster.advance(5)
    (video,) = poster.publish(publish_id)["videos"]
    assert video["public"]
    return publish_id, video["id"]


def events(site: Site) -> list[tuple[str, str | None]]:
    """Names of the events since the last look, each with its post."""
    bodies = [json.loads(got.body) for got in site.got]
    site.got.clear()
    return [(body["event"], json.loads(body["content"]).get("post_id")) for body in bodies]


def phone(poster: Poster, creator: str = PUBLIC_CREATOR) -> dict[str, Any]:
    return dict(poster.control("GET", f"phone/{creator}"))


def test_the_phone_shows_drafts_posts_and_connected_apps(poster: Poster) -> None:
    token = poster.token(scopes=["user.info.basic", "video.upload"])
    publish_id = poster.leave_draft(token, media.video())
    assert phone(poster)["drafts"] == []
    poster.advance(5)
    seen = phone(poster)
    (draft,) = seen["drafts"]
    assert (draft["publish_id"], draft["client_key"]) == (publish_id, READY)
    assert draft["seconds"] == 3
    assert len(seen["posts"]) >= 3
    (app,) = seen["apps"]
    assert (app["client_key"], app["scopes"]) == (READY, ["user.info.basic", "video.upload"])
    assert poster.refusal("GET", "phone/nobody")[0] == 404


def test_a_draft_is_posted_with_what_the_creator_chooses(poster: Poster) -> None:
    token = poster.token()
    publish_id = poster.leave_draft(token, media.video())
    poster.advance(5)
    order = {"title": "My own words", "privacy": "MUTUAL_FOLLOW_FRIENDS", "comment_disabled": True}
    post = poster.control("POST", f"{HOME}/drafts/{publish_id}/finish", order)
    assert post["title"] == "My own words"
    assert post["privacy"] == "MUTUAL_FOLLOW_FRIENDS"
    assert post["comment_disabled"]
    assert post["publish_id"] == publish_id
    poster.advance(5)
    assert poster.status(token, publish_id)["publicaly_available_post_id"] == []


def test_one_draft_may_become_several_posts(poster: Poster) -> None:
    token = poster.token()
    publish_id = poster.leave_draft(token, media.video())
    poster.advance(5)
    ids = [
        int(poster.control("POST", f"{HOME}/drafts/{publish_id}/finish")["id"]) for _ in range(3)
    ]
    poster.advance(5)
    assert poster.status(token, publish_id)["publicaly_available_post_id"] == ids


def test_a_discarded_draft_is_gone(poster: Poster) -> None:
    token = poster.token()
    publish_id = poster.leave_draft(token, media.video())
    discard = f"{HOME}/drafts/{publish_id}/discard"
    assert poster.refusal("POST", discard)[0] == 409
    poster.advance(5)
    poster.control("POST", discard)
    assert phone(poster)["drafts"] == []
    for path in (discard, f"{HOME}/drafts/{publish_id}/finish"):
        status, words = poster.refusal("POST", path)
        assert status == 409
        assert "discarded" in words
    assert poster.status(token, publish_id)["status"] == "SEND_TO_USER_INBOX"


def test_drafts_cannot_be_finished_before_they_arrive_by_others_or_when_banned(
    poster: Poster,
) -> None:
    token = poster.token()
    publish_id = poster.leave_draft(token, media.video())
    finish = f"{HOME}/drafts/{publish_id}/finish"
    assert poster.refusal("POST", finish)[0] == 409
    poster.advance(5)
    other = f"phone/{PRIVATE_CREATOR}/drafts/{publish_id}/finish"
    assert poster.refusal("POST", other)[0] == 404
    poster.control("PATCH", f"{HOME}/settings", {"banned": True})
    assert poster.refusal("POST", finish)[0] == 409
    poster.control("PATCH", f"{HOME}/settings", {"banned": False})
    status, words = poster.refusal("POST", finish, {"privacy": "FOLLOWER_OF_CREATOR"})
    assert status == 409
    assert "public account" in words
    assert poster.refusal("POST", finish, {"privacy": "ALL"})[0] == 400
    assert poster.refusal("POST", finish, {"seconds": 99})[0] == 400
    assert poster.refusal("POST", finish, {"caption": "x"})[0] == 400
    direct = poster.post_video(token, media.video())
    assert poster.refusal("POST", f"{HOME}/drafts/{direct}/finish")[0] == 404


def test_visibility_is_told_each_time_it_changes(poster: Poster, inbox: Site) -> None:
    token = poster.token()
    publish_id, video_id = public_post(poster, token)
    events(inbox)
    gone = ("post.publish.no_longer_publicaly_available", video_id)
    back = ("post.publish.publicly_available", video_id)
    path = f"{HOME}/videos/{video_id}"
    for level, told in (
        ("SELF_ONLY", [gone]),
        ("MUTUAL_FOLLOW_FRIENDS", []),
        ("PUBLIC_TO_EVERYONE", [back]),
        ("PUBLIC_TO_EVERYONE", []),
    ):
        poster.control("PATCH", path, {"privacy": level})
        poster.advance(1)
        assert events(inbox) == told
    assert poster.status(token, publish_id)["publicaly_available_post_id"] == [int(video_id)]
    assert poster.refusal("PATCH", path, {"privacy": "FOLLOWER_OF_CREATOR"})[0] == 409


def test_a_deleted_post_is_gone_everywhere(poster: Poster, inbox: Site) -> None:
    token = poster.token()
    publish_id, video_id = public_post(poster, token)
    events(inbox)
    path = f"{HOME}/videos/{video_id}"
    poster.control("POST", f"{path}/delete")
    poster.advance(1)
    assert events(inbox) == [("post.publish.no_longer_publicaly_available", video_id)]
    assert poster.status(token, publish_id)["publicaly_available_post_id"] == []
    assert video_id not in [post["id"] for post in phone(poster)["posts"]]
    assert poster.refusal("POST", f"{path}/delete")[0] == 409
    assert poster.refusal("PATCH", path, {"privacy": "SELF_ONLY"})[0] == 409


def test_only_posts_that_came_through_the_api_are_told(poster: Poster, inbox: Site) -> None:
    poster.token()
    own = phone(poster)["posts"][0]
    poster.control("POST", f"{HOME}/videos/{own['id']}/delete")
    poster.advance(1)
    assert events(inbox) == []
    other = f"phone/{PRIVATE_CREATOR}/videos/{own['id']}/delete"
    assert poster.refusal("POST", other)[0] == 404


def test_going_private_hides_public_posts_and_opening_shows_them(
    poster: Poster, inbox: Site
) -> None:
    token = poster.token()
    _, video_id = public_post(poster, token)
    poster.post_video(token, media.video(), privacy="SELF_ONLY")
    poster.advance(5)
    events(inbox)
    for private, name in (
        (True, "post.publish.no_longer_publicaly_available"),
        (False, "post.publish.publicly_available"),
    ):
        poster.control("PATCH", f"{HOME}/settings", {"private": private})
        poster.advance(1)
        assert events(inbox) == [(name, video_id)]
        poster.control("PATCH", f"{HOME}/settings", {"private": private})
        poster.advance(1)
        assert events(inbox) == []


@pytest.mark.parametrize(
    "order",
    [
        {"private": "yes"},
        {"max_video_seconds": 0},
        {"app_version": "new"},
        {"colour": "red"},
        {"banned": 1},
    ],
)
def test_settings_that_do_not_fit_are_named(poster: Poster, order: dict[str, Any]) -> None:
    answer = poster.http.patch(f"/_emulator/{HOME}/settings", json=order)
    assert answer.status_code == 400
    assert answer.json()["error"]["problems"][0]["path"] == next(iter(order))


def test_disconnecting_ends_tokens_and_what_is_under_way(poster: Poster, inbox: Site) -> None:
    token = poster.token()
    public = public_post(poster, token)
    pending = poster.init_file(token, 3_000_000)["publish_id"]
    events(inbox)
    poster.control("POST", f"{HOME}/disconnect", {"client_key": READY})
    assert phone(poster)["apps"] == []
    poster.advance(1)
    assert sorted(events(inbox), key=str) == [
        ("authorization.removed", None),
        ("post.publish.failed", None),
    ]
    asked = {"publish_id": pending}
    assert poster.error(posting.STATUS, token, asked) == (401, "access_token_invalid")
    poster.control("POST", f"{HOME}/videos/{public[1]}/delete")
    poster.advance(1)
    assert events(inbox) == []
    assert poster.refusal("POST", f"{HOME}/disconnect", {"client_key": READY})[0] == 409
    wrong = {"client_key": READY, "reason": 6}
    assert poster.refusal("POST", f"{HOME}/disconnect", wrong)[0] == 400
