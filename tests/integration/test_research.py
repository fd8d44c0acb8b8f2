"""Research through the client: its own token, walks, waiting, errors that say what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stagedoor import AsyncTikTok, RetryPolicy, TikTok, Where, errors
from stagedoor.platform.products.research import GENERAL
from tests.support.local import KEY, QUICK, SECRET, UNAUDITED, Local

EVERY = Where.view_count.gte(0)
DAY = 86_400


def client(local: Local, key: str = KEY, **more: Any) -> TikTok:
    return TikTok(key, SECRET, hosts=local.hosts, **({"retry": QUICK} | more))


@pytest.fixture
def research(local: Local) -> Iterator[TikTok]:
    """A client without any account."""
    with client(local) as tiktok:
        yield tiktok


def today(local: Local) -> date:
    return datetime.fromtimestamp(local.now(), UTC).date()


def last(local: Local, days: int) -> dict[str, Any]:
    return {"start_date": today(local) - timedelta(days=days), "end_date": today(local)}


def test_a_walk_over_months_gives_every_video_once_newest_first(
    local: Local, research: TikTok
) -> None:
    videos = list(research.research.all_videos(query=EVERY, **last(local, 120), page_size=9))
    ids = [int(video.id or 0) for video in videos]
    assert len(ids) == len(set(ids)) > 55
    assert ids == sorted(ids, reverse=True)
    assert len(local.calls("oauth.token_client")) == 1


def test_a_walk_asks_for_no_more_than_its_limit(local: Local, research: TikTok) -> None:
    found = research.research.all_videos(query=EVERY, **last(local, 90), limit=11, page_size=10)
    assert len(list(found)) == 11
    assert len(local.calls("research.video_query")) == 2


def test_short_and_empty_pages_are_not_the_end(local: Local, research: TikTok) -> None:
    every = list(research.research.all_videos(query=EVERY, **last(local, 30)))
    local.settings(short_pages=True)
    for video in every[1:4]:
        path = f"phone/{video.username}/videos/{video.id}"
        local.control("PATCH", path, {"privacy": "SELF_ONLY"})
    rest = list(research.research.all_videos(query=EVERY, **last(local, 30), page_size=1))
    hidden = {video.id for video in every[1:4]}
    assert [v.id for v in rest] == [v.id for v in every if v.id not in hidden]


def test_a_search_id_that_is_not_ready_is_waited_for(local: Local, research: TikTok) -> None:
    local.settings(search_warmup_seconds=1.2)
    walk = research.research.all_videos(query=EVERY, **last(local, 30), limit=4, page_size=2)
    assert len(list(walk)) == 4
    codes = [seen["code"] for seen in local.calls("research.video_query")]
    assert codes[0] == codes[-1] == "ok"
    assert "invalid_params" in codes


def test_patience_for_a_search_id_ends(local: Local, research: TikTok) -> None:
    local.settings(search_warmup_seconds=600)
    walk = research.research.all_videos(
        query=EVERY, **last(local, 30), limit=4, page_size=2, patience=0.1
    )
    with pytest.raises(errors.BadRequest, match="is invalid or expired"):
        list(walk)


def test_failures_and_gateways_in_between_are_tried_again(local: Local, research: TikTok) -> None:
    local.fault("research.video_query", "status", times=2)
    local.fault("research.video_query", "gateway", status=504)
    page = research.research.videos(query=EVERY, **last(local, 10), max_count=3)
    assert len(page.videos) == 3
    quota = local.control("GET", f"apps/{KEY}/quotas")["general"]["used"]
    assert quota["requests"] == 4


def test_a_used_up_quota_is_one_error_that_tells_when_it_ends(
    local: Local, research: TikTok
) -> None:
    local.control("PUT", f"apps/{KEY}/quotas/general", {"requests": GENERAL.requests})
    with pytest.raises(errors.QuotaExceeded) as caught:
        list(research.research.all_videos(query=EVERY, **last(local, 60)))
    reset = caught.value.resets_at
    assert reset is not None
    assert reset % DAY == 0
    assert 0 < reset - local.now() <= DAY
    assert f"{datetime.fromtimestamp(reset, UTC):%Y-%m-%d} 00:00 UTC" in str(caught.value)
    assert len(local.calls("research.video_query")) == 1, "nobody asks again today"
    assert research.research.followers(username="maracooks").people


def test_the_reset_is_told_by_tiktoks_clock(local: Local, research: TikTok) -> None:
    local.advance(40 * DAY)
    local.control("PUT", f"apps/{KEY}/quotas/general", {"requests": GENERAL.requests})
    with pytest.raises(errors.QuotaExceeded) as caught:
        research.research.user(username="maracooks")
    assert 0 < (caught.value.resets_at or 0) - local.now() <= DAY


def test_the_apps_token_is_got_anew_when_it_ended(local: Local, research: TikTok) -> None:
    assert research.research.user(username="maracooks").display_name == "Mara Cooks"
    local.advance(2 * 3_600)
    assert research.research.user(username="maracooks").display_name == "Mara Cooks"
    assert len(local.calls("oauth.token_client")) == 2
    assert len(local.calls("research.user_info")) == 3


def test_a_token_that_is_about_to_end_is_replaced_before_it_is_used(local: Local) -> None:
    moment = [local.now()]
    with client(local, now=lambda: moment[0]) as research:
        research.research.user(username="maracooks")
        moment[0] += 7_200 - 30
        research.research.user(username="maracooks")
    assert len(local.calls("oauth.token_client")) == 2
    assert [seen["status"] for seen in local.calls("research.user_info")] == [200, 200]


def test_many_threads_get_one_token(local: Local, research: TikTok) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: research.research.user(username="maracooks"), range(12)))
    assert len(local.calls("oauth.token_client")) == 1


def test_an_apps_token_can_be_given_instead_of_its_secret(local: Local) -> None:
    with client(local) as tiktok:
        token = tiktok.oauth.client_token().access_token
    with TikTok(access_token=token, hosts=local.hosts) as tiktok:
        assert tiktok.research.user(username="maracooks").display_name == "Mara Cooks"


def test_without_secret_and_token_it_says_what_is_missing(local: Local) -> None:
    with (
        TikTok(hosts=local.hosts) as tiktok,
        pytest.raises(errors.ConfigurationError, match="client_secret"),
    ):
        tiktok.research.user(username="maracooks")


def test_an_app_without_approval_is_told_so(local: Local) -> None:
    with client(local, UNAUDITED) as tiktok, pytest.raises(errors.ScopeMissing):
        tiktok.research.user(username="maracooks")


def test_what_is_wrong_is_refused_before_anything_is_sent(local: Local, research: TikTok) -> None:
    with pytest.raises(errors.InvalidRequest) as caught:
        research.research.videos(query=EVERY & Where.region_code.in_("DE", "XX"), **last(local, 40))
    assert [path for path, _ in caught.value.problems] == [
        "query.and.1.field_values",
        "end_date",
    ]
    with pytest.raises(errors.InvalidRequest, match="start_date is no day"):
        list(research.research.all_videos(query=EVERY, start_date="x", end_date="20260101"))
    assert local.calls("research.video_query") == []
    assert local.calls("oauth.token_client") == []


def test_comments_and_replies_are_walked_through(local: Local, research: TikTok) -> None:
    made = local.control("POST", "videos", {"creator": "maracooks", "age": 3 * DAY})["id"]
    for number in range(105):
        order = {"author": "rye.fan", "text": f"No {number}"}
        local.control("POST", f"videos/{made}/comments", order)
    comments = list(research.research.all_comments(video_id=made))
    assert {comment.text for comment in comments} == {f"No {n}" for n in range(105)}
    assert len(list(research.research.all_comments(video_id=made, limit=7))) == 7
    assert all(comment.parent_comment_id == made for comment in comments)
    assert list(research.research.all_comments(comment_id=comments[0].id)) == []


def test_people_are_walked_through_by_time(local: Local, research: TikTok) -> None:
    people = [one.username for one in research.research.all_followers("maracooks")]
    assert len(people) == len(set(people)) > 5
    few = research.research.followers(username="maracooks", max_count=2)
    assert [one.username for one in few.people] == people[:2]
    assert [one.username for one in research.research.all_following("maracooks")]


def test_liked_reposted_and_pinned_videos_are_read(local: Local, research: TikTok) -> None:
    ids = [v.id for v in research.research.all_videos(query=EVERY, **last(local, 30), limit=3)]
    local.control("POST", "people", {"username": "test.fan", "likes_public": True})
    for one in ids:
        local.control("POST", f"videos/{one}/likes", {"person": "test.fan"})
        local.control("POST", f"videos/{one}/reposts", {"person": "test.fan"})
    assert {v.id for v in research.research.all_liked_videos("test.fan")} == set(ids)
    assert {v.id for v in research.research.all_reposted_videos("test.fan")} == set(ids)
    pinned = research.research.pinned_videos(username="maracooks").videos
    assert len(pinned) == 2
    with pytest.raises(errors.BadRequest, match="information cannot be returned"):
        list(research.research.all_liked_videos("maracooks"))


def test_a_playlist_is_read_even_with_a_500(local: Local, research: TikTok) -> None:
    playlist = local.control("GET", "playlists")["playlists"][0]
    local.settings(playlist_as_500=True)
    ids = list(research.research.all_playlist_videos(playlist["id"]))
    assert ids == playlist["video_ids"]
    assert len(local.calls("research.playlist_info")) == 1


def test_shops_products_and_reviews_are_walked_through(local: Local, research: TikTok) -> None:
    (shop,) = research.research.shops(shop_name="Crumb & Crust").shop_data
    products = list(research.research.all_products(shop.shop_id or ""))
    assert len({product.product_id for product in products}) == 12
    reviews = list(research.research.all_reviews(products[0].product_id or ""))
    assert len(reviews) == 12
    assert len(list(research.research.all_reviews(products[0].product_id or "", limit=3))) == 3
    assert (reviews[0].create_time or 0) > 10**12


def test_stored_ids_are_checked_any_number_of_them(local: Local, research: TikTok) -> None:
    ids = [v.id or "" for v in research.research.all_videos(query=EVERY, **last(local, 30))]
    local.settings(validation_seconds=0.1)
    asked = [*ids, *(str(number) for number in range(1, 10_001))]
    assert research.research.still_available(asked) == set(ids)
    assert len(local.calls("research.validation_create")) == 2


def test_a_check_that_does_not_end_is_an_error(local: Local, research: TikTok) -> None:
    local.settings(validation_seconds=600)
    with pytest.raises(errors.WrongState, match="is Processing"):
        research.research.still_available(["1"], patience=0.1)


def test_the_async_client_does_the_same(local: Local) -> None:
    async def walked() -> tuple[list[str | None], bool]:
        async with AsyncTikTok(
            KEY, SECRET, hosts=local.hosts, retry=RetryPolicy(first_delay=0.01)
        ) as tiktok:
            walk = tiktok.research.all_videos(query=EVERY, **last(local, 60), page_size=20)
            ids = [video.id async for video in walk]
            await asyncio.gather(*(tiktok.research.user(username="maracooks") for _ in range(5)))
            return ids, bool(await tiktok.research.still_available(["1"]))

    ids, found = asyncio.run(walked())
    assert len(ids) == len(set(ids)) > 30
    assert found is False
    assert len(local.calls("oauth.token_client")) == 1


def test_a_walk_is_a_data_frame_in_one_call(local: Local, research: TikTok) -> None:
    month = {"query": EVERY, **last(local, 30)}
    ids = [one.id for one in research.research.all_videos(**month)]
    frame = research.research.all_videos(**month).to_pandas()
    assert list(frame["id"]) == ids
    assert frame["view_count"].sum() > 0
    walk = research.research.all_videos(**month)
    first = next(walk)
    rest = walk.to_polars()
    assert [first.id, *rest["id"].to_list()] == ids
    assert rest["hashtag_names"].dtype.is_nested()
    none = research.research.all_videos(**month, limit=0).to_polars()
    assert none.shape == (0, 0)

    async def frames() -> tuple[Any, Any]:
        async with AsyncTikTok(KEY, SECRET, hosts=local.hosts) as tiktok:
            walk = tiktok.research.all_videos
            return await walk(**month).to_pandas(), await walk(**month).to_polars()

    pandas, polars = asyncio.run(frames())
    assert list(pandas["id"]) == ids == polars["id"].to_list()
