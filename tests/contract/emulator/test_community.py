"""Actions that people can't do on the local TikTok. The possible ones are seen through research."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import TikTok


def refused(tiktok: TikTok, method: str, path: str, body: Any = None) -> tuple[int, str]:
    answer = tiktok.http.request(method, f"/_emulator/{path}", json=body)
    assert not answer.is_success
    return answer.status_code, answer.json()["error"]["message"]


@pytest.fixture
def video(tiktok: TikTok) -> str:
    order = {"creator": "maracooks", "title": "x"}
    return str(tiktok.control("POST", "videos", order)["id"])


def test_a_name_is_taken_once_over_creators_and_audience(tiktok: TikTok) -> None:
    for name in ("maracooks", "rye.fan", "Rye.Fan"):
        assert refused(tiktok, "POST", "people", {"username": name})[0] == 409
    known = [one["username"] for one in tiktok.control("GET", "people")["people"]]
    assert "rye.fan" in known
    assert "maracooks" not in known


@pytest.mark.parametrize("what", ["likes", "reposts"])
def test_nobody_likes_or_reposts_twice(tiktok: TikTok, video: str, what: str) -> None:
    order = {"person": "rye.fan"}
    tiktok.control("POST", f"videos/{video}/{what}", order)
    status, message = refused(tiktok, "POST", f"videos/{video}/{what}", order)
    assert (status, "already" in message) == (409, True)
    assert refused(tiktok, "POST", f"videos/{video}/{what}", {"person": "nobody"})[0] == 404


def test_nobody_follows_twice_or_themselves(tiktok: TikTok) -> None:
    tiktok.control("POST", "people", {"username": "test.new"})
    order = {"follower": "test.new", "followed": "maracooks"}
    tiktok.control("POST", "follows", order)
    assert refused(tiktok, "POST", "follows", order)[0] == 409
    alone = {"follower": "test.new", "followed": "test.new"}
    assert refused(tiktok, "POST", "follows", alone)[0] == 409


@pytest.mark.parametrize("state", ["deleted", "off"])
def test_a_closed_post_takes_no_comments(tiktok: TikTok, video: str, state: str) -> None:
    if state == "deleted":
        tiktok.control("POST", f"phone/maracooks/videos/{video}/delete")
    else:
        tiktok.world.all.videos[video].comment_disabled = True
    order = {"author": "rye.fan", "text": "Hi"}
    assert refused(tiktok, "POST", f"videos/{video}/comments", order)[0] == 409


def test_a_reply_belongs_under_the_same_post_and_to_a_living_comment(
    tiktok: TikTok, video: str
) -> None:
    other = tiktok.control("POST", "videos", {"creator": "ridewithrio"})["id"]
    order = {"author": "rye.fan", "text": "Hi"}
    comment = tiktok.control("POST", f"videos/{other}/comments", order)["id"]
    reply = order | {"parent_id": comment}
    assert refused(tiktok, "POST", f"videos/{video}/comments", reply)[0] == 400
    tiktok.control("DELETE", f"comments/{comment}")
    assert refused(tiktok, "POST", f"videos/{other}/comments", reply)[0] == 409
    assert refused(tiktok, "DELETE", f"comments/{comment}")[0] == 409
    (listed,) = tiktok.control("GET", f"videos/{other}/comments")["comments"]
    assert listed["deleted"] is True


def test_comments_on_a_post_are_counted_for_its_owner_too(tiktok: TikTok, video: str) -> None:
    order = {"author": "rye.fan", "text": "Hi"}
    tiktok.control("POST", f"videos/{video}/comments", order)
    body = {"filters": {"video_ids": [video]}}
    answer = tiktok.http.post(
        "/v2/video/query/?fields=comment_count", json=body, headers=tiktok.bearer()
    )
    assert answer.json()["data"]["videos"] == [{"comment_count": 1}]


def test_only_own_posts_are_pinned_and_three_at_most(tiktok: TikTok, video: str) -> None:
    foreign = tiktok.control("POST", "videos", {"creator": "ridewithrio"})["id"]
    pins = "people/maracooks/pins"
    assert refused(tiktok, "PUT", pins, {"video_ids": [video, foreign]})[0] == 400
    assert refused(tiktok, "PUT", pins, {"video_ids": [video] * 4})[0] == 400
    playlist = {"creator": "maracooks", "name": "x", "video_ids": [foreign]}
    assert refused(tiktok, "POST", "playlists", playlist)[0] == 400


def test_a_product_has_no_more_ratings_than_buyers(tiktok: TikTok) -> None:
    shop = tiktok.control("POST", "shops", {"name": "x"})["id"]
    order = {"name": "y", "sold": 1}
    product = tiktok.control("POST", f"shops/{shop}/products", order)["id"]
    tiktok.control("POST", f"products/{product}/reviews", {"stars": 1})
    assert refused(tiktok, "POST", f"products/{product}/reviews", {"stars": 1})[0] == 409
    assert refused(tiktok, "POST", "products/1/reviews", {"stars": 1})[0] == 404
    assert refused(tiktok, "POST", "shops/1/products", order)[0] == 404
    (listed,) = (one for one in tiktok.control("GET", "shops")["shops"] if one["id"] == shop)
    assert [one["id"] for one in listed["products"]] == [product]


def test_audience_posts_nothing_and_regions_are_real(tiktok: TikTok) -> None:
    assert refused(tiktok, "POST", "videos", {"creator": "rye.fan"})[0] == 404
    assert refused(tiktok, "PATCH", "people/rye.fan", {"region": "XX"})[0] == 400


def test_the_audience_is_the_same_for_the_same_seed(tiktok: TikTok) -> None:
    def said() -> list[str]:
        return [one.text for one in tiktok.world.all.comments.values()]

    first = said()
    tiktok.control("POST", "reset", {"seed": 9})
    assert said() != first
    tiktok.control("POST", "reset", {"seed": 1})
    assert said() == first
