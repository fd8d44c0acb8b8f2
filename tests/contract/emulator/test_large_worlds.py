"""Worlds that are as large as real ones: many posts at once, and lists in pages."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.emulator.world.state import LIKES_OF_POSTS, OPEN_POSTS

from .conftest import TikTok

DAY = 86_400
LISTED = ("apps", "creators", "people", "playlists", "shops", "advertisers", "ads", "exports")


def listed(tiktok: TikTok, path: str, **query: Any) -> Any:
    return tiktok.http.get(f"/_emulator/{path}", params=query)


def test_a_batch_of_posts_is_spread_over_the_days(tiktok: TikTok) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    now = tiktok.control("GET", "clock")["now"]
    order = {"creator": "lu_starts_today", "count": 3_000, "days": 10, "titles": ["One", "Two"]}
    assert tiktok.control("POST", "videos/batch", order)["count"] == 3_000
    creator = tiktok.world.named("lu_starts_today")
    posts = list(tiktok.world.videos_of(creator.id))
    moments = [post.created for post in posts]
    assert moments == sorted(moments, reverse=True)
    assert len({int(moment * 1_000) for moment in moments}) == 3_000
    assert now - 10 * DAY < moments[-1] < now - 9.9 * DAY
    assert now - 0.1 * DAY < moments[0] < now
    assert {post.title for post in posts} == {"One", "Two"}
    seen, cursor = [], None
    headers = tiktok.bearer(creator="lu_starts_today")
    for _ in range(3):
        body = {"max_count": 20} | ({} if cursor is None else {"cursor": cursor})
        answer = tiktok.http.post("/v2/video/list/?fields=id", json=body, headers=headers).json()
        seen += [video["id"] for video in answer["data"]["videos"]]
        cursor = answer["data"]["cursor"]
    assert seen == [post.id for post in posts[:60]]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"count": 100_001}, 400),
        ({"count": 0}, 400),
        ({"titles": []}, 400),
        ({"creator": "x"}, 404),
    ],
)
def test_a_batch_that_can_not_be_is_refused(
    tiktok: TikTok, changed: dict[str, Any], status: int
) -> None:
    before = len(tiktok.world.videos)
    order = {"creator": "maracooks", "count": 5} | changed
    assert tiktok.http.post("/_emulator/videos/batch", json=order).status_code == status
    assert len(tiktok.world.videos) == before


@pytest.mark.parametrize("name", LISTED)
def test_a_list_is_walked_in_pages(tiktok: TikTok, name: str) -> None:
    every = listed(tiktok, name).json()
    assert (every["cursor"], every["has_more"]) == (len(every[name]), False)
    found, cursor, more = [], 0, True
    while more:
        page = listed(tiktok, name, limit=2, cursor=cursor).json()
        assert len(page[name]) == 2 or not page["has_more"]
        found += page[name]
        cursor, more = page["cursor"], page["has_more"]
    assert found == every[name]


@pytest.mark.parametrize("name", [*LISTED, "publishes", "deliveries"])
@pytest.mark.parametrize("limit", ["-1", "x", "1e3", "10001", "9" * 5_000, "²"])
def test_a_limit_that_is_no_count_is_refused(tiktok: TikTok, name: str, limit: str) -> None:
    answer = listed(tiktok, name, limit=limit)
    assert answer.status_code == 400
    assert answer.json()["error"]["problems"][0]["path"] == "limit"


def test_sums_and_counts_follow_every_change(tiktok: TikTok) -> None:
    def shown() -> tuple[int, int]:
        fields = "likes_count,video_count"
        answer = tiktok.http.get(f"/v2/user/info/?fields={fields}", headers=headers)
        user = answer.json()["data"]["user"]
        return user["likes_count"], user["video_count"]

    headers = tiktok.bearer(creator="maracooks")
    world = tiktok.world
    creator = world.named("maracooks")
    likes, posts = shown()
    assert likes == world.videos.total(LIKES_OF_POSTS, creator.id)
    assert posts == len(world.videos.by(OPEN_POSTS, creator.id))
    first = world.videos_of(creator.id)[0]
    tiktok.control("POST", f"videos/{first.id}/likes", {"person": "slow.sunday"})
    assert shown() == (likes + 1, posts)
    tiktok.control("PATCH", f"phone/maracooks/videos/{first.id}", {"privacy": "SELF_ONLY"})
    assert shown() == (likes + 1, posts - 1)
    tiktok.control("POST", f"phone/maracooks/videos/{first.id}/delete")
    assert shown() == (likes + 1 - first.likes, posts - 1)
    tiktok.control("PATCH", "phone/maracooks/settings", {"private": True})
    assert shown() == (likes + 1 - first.likes, 0)
