"""Going on with a walk where it ended: after a quota, an error, or the end of the program."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stagedoor import AsyncTikTok, TikTok, WalkPlace, Where, errors
from stagedoor.platform.products.research import GENERAL
from tests.support.local import KEY, QUICK, SECRET, Local

EVERY = Where.view_count.gte(0)
DAY = 86_400


@pytest.fixture
def research(local: Local) -> Iterator[TikTok]:
    """A client with TikTok's clock, and more videos to find."""
    local.settings(research_delay_seconds=0)
    order = {"creator": "maracooks", "count": 120, "days": 50}
    local.control("POST", "videos/batch", order)
    with TikTok(KEY, SECRET, hosts=local.hosts, retry=QUICK, now=local.now) as tiktok:
        yield tiktok


def span(local: Local) -> dict[str, Any]:
    """80 days, which a walk asks for in three pieces."""
    today = datetime.fromtimestamp(local.now(), UTC).date()
    return {"query": EVERY, "start_date": today - timedelta(days=80), "end_date": today}


def used(local: Local, requests: int) -> None:
    local.control("PUT", f"apps/{KEY}/quotas/general", {"requests": requests})


def until_refused(walk: Any) -> list[Any]:
    found: list[Any] = []
    with pytest.raises(errors.QuotaExceeded):
        found.extend(walk)
    return found


def kept(place: WalkPlace | None) -> WalkPlace:
    """The place as another process reads it."""
    assert place is not None
    return WalkPlace.model_validate_json(place.model_dump_json())


def test_a_walk_goes_on_the_next_day_although_its_search_is_forgotten(
    local: Local, research: TikTok
) -> None:
    every = [v.id for v in research.research.all_videos(**span(local))]
    used(local, GENERAL.requests - 3)
    walk = research.research.all_videos(**span(local), page_size=20)
    first = until_refused(walk)
    assert len(first) == 60
    place = kept(walk.place)
    assert place.page["cursor"] == 60
    assert place.page["search_id"].isdecimal()
    asked = span(local)
    local.advance(DAY)  # a search lives for an hour
    again = research.research.all_videos(**asked, page_size=20, resume=place)
    rest = [v.id for v in again]
    assert again.place is None, "there is nothing more"
    day = {v.id for v in first if v.create_time // DAY == first[-1].create_time // DAY}
    assert set(rest) & {v.id for v in first} <= day, "only the last day's come again"
    assert list(dict.fromkeys([*(v.id for v in first), *rest])) == every


def test_a_search_that_is_forgotten_on_the_way_gives_nothing_twice(
    local: Local, research: TikTok
) -> None:
    every = [v.id for v in research.research.all_videos(**span(local))]
    walk = research.research.all_videos(**span(local), page_size=7, patience=0)
    found = []
    for number, video in enumerate(walk):
        found.append(video.id)
        if number in (20, 55):
            local.advance(2 * 3_600)
    assert found == every
    # without ids and days, nothing tells where to begin anew
    walk = research.research.all_videos(**span(local), page_size=7, patience=0, fields=["username"])
    next(walk)
    local.advance(2 * 3_600)
    with pytest.raises(errors.BadRequest, match="is invalid or expired"):
        list(walk)


def test_a_data_frame_keeps_what_was_read_before_the_quota_ended(
    local: Local, research: TikTok
) -> None:
    every = [v.id for v in research.research.all_videos(**span(local))]
    used(local, GENERAL.requests - 2)
    walk = research.research.all_videos(**span(local), page_size=20)
    with pytest.raises(errors.QuotaExceeded):
        walk.to_pandas()
    assert list(walk.to_pandas()["id"]) == every[:40]
    assert len(walk.to_pandas()) == 0
    assert kept(walk.place).page["cursor"] == 40

    async def read() -> list[Any]:
        used(local, GENERAL.requests - 2)
        async with AsyncTikTok(KEY, SECRET, hosts=local.hosts, retry=QUICK) as tiktok:
            walk = tiktok.research.all_videos(**span(local), page_size=20)
            with pytest.raises(errors.QuotaExceeded):
                await walk.to_polars()
            return list((await walk.to_polars())["id"])

    assert asyncio.run(read()) == every[:40]


def test_a_place_is_after_what_was_given(local: Local, research: TikTok) -> None:
    """Whole pages are passed; of one that wasn't read to its end, all items come again."""
    asked: dict[str, Any] = {"username": "maracooks"}
    every = list(research.research.all_followers(**asked))
    assert len(every) > 4
    for number in range(len(every)):
        walk = research.research.all_followers(**asked)
        got = [next(walk) for _ in range(number)]
        assert got == every[:number]
        place = kept(walk.place)
        assert list(research.research.all_followers(**asked, resume=place)) == every
    limited = research.research.all_followers(**asked, limit=3)
    assert list(limited) == every[:3]
    further = research.research.all_followers(**asked, resume=kept(limited.place))
    assert list(further) == every[3:]
    assert further.place is None


def test_a_place_of_another_walk_is_refused_before_anything_is_sent(
    local: Local, research: TikTok
) -> None:
    walk = research.research.all_videos(**span(local), limit=1)
    place = kept(walk.place)
    others: list[Any] = [
        lambda: research.research.all_videos(
            **span(local) | {"query": Where.view_count.gte(1)}, resume=place
        ),
        lambda: research.research.all_videos(**span(local), fields=["id"], resume=place),
        lambda: research.research.all_followers("maracooks", resume=place),
        lambda: research.research.all_videos(
            **span(local), resume=place.model_copy(update={"number": 7})
        ),
    ]
    for other in others:
        with pytest.raises(errors.InvalidRequest, match="resume is the place of another walk"):
            other()
    assert local.calls("research.video_query") == []


def test_an_async_walk_has_a_place_too(local: Local) -> None:
    async def walked() -> tuple[list[Any], list[Any], list[Any]]:
        async with AsyncTikTok(KEY, SECRET, hosts=local.hosts, retry=QUICK) as tiktok:
            find = tiktok.research.all_videos
            every = [v.id async for v in find(**span(local))]
            walk = find(**span(local), limit=10, page_size=5)
            first = [v.id async for v in walk]
            rest = find(**span(local), resume=kept(walk.place))
            return every, first, [v.id async for v in rest]

    every, first, rest = asyncio.run(walked())
    assert len(first) == 10
    assert first + rest == every
