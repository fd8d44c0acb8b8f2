"""How a video query finds its videos: the same as a look at all of them, as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stagedoor.emulator import Emulator
from stagedoor.emulator.products.research.conditions import fits
from stagedoor.emulator.products.research.state import SEARCHES, UNFINISHED
from stagedoor.emulator.state import load, save
from stagedoor.platform.products.research.query import Query
from tests.support.researcher import EVERYWHERE, Researcher, condition, only

from .conftest import TikTok
from .test_research_videos import DAY, ids, post, walked

TITLES = (
    "Rye and oats #rye #Oats",
    "RYE, twice: rye rye #ryebread",
    "A long ride in the rain #climb",
    "Uphill again #climb #rye",
    "Regen am Col #Regen",
    "雨の坂道 #雨",
    "c++ on a bike",
    "",
)

QUERIES = {
    "tag": only("hashtag_name", "EQ", "RYE"),
    "tags": only("hashtag_name", "IN", "rye", "climb", "nobody"),
    "word": only("keyword", "EQ", "rye"),
    "phrase": only("keyword", "EQ", "in  the RAIN"),
    "phrases": only("keyword", "IN", "rye rye", "uphill again"),
    "marks": only("keyword", "EQ", "c++"),
    "no word": only("keyword", "EQ", "++"),
    "not ascii": only("keyword", "EQ", "雨"),
    "handle": only("username", "EQ", "MaraCooks"),
    "handles": only("username", "IN", "ridewithrio", "maracooks", "rye.fan", "nobody.here"),
    "region": only("region_code", "IN", "DE", "IT", "SE"),
    "both": {"and": [condition("username", "EQ", "maracooks"), condition("keyword", "EQ", "rye")]},
    "or": {"or": [condition("keyword", "EQ", "rye"), condition("hashtag_name", "EQ", "climb")]},
    "not": {
        "and": [condition("hashtag_name", "EQ", "rye")],
        "not": [condition("keyword", "EQ", "uphill")],
    },
    "views": only("view_count", "GT", "40"),
}


@pytest.fixture
def crowd(tiktok: TikTok) -> TikTok:
    for number in range(120):
        post(
            tiktok,
            creator=("maracooks", "ridewithrio")[number % 2],
            title=TITLES[number % len(TITLES)],
            views=number,
            age=(2 + number % 37) * DAY + number,
        )
    return tiktok


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_an_index_finds_what_a_look_at_everything_finds(
    crowd: TikTok, researcher: Researcher, query: Any
) -> None:
    world = crowd.world
    crowd.control("POST", "clock", {"freeze": True})
    seen = [one for page in walked(researcher, EVERYWHERE, max_count=100) for one in ids(page)]
    asked = Query.model_validate(query)
    wanted = [
        one
        for one in seen
        if fits(asked, world, world.videos[one], world.creators[world.videos[one].creator_id])
    ]
    for size in (3, 100):
        pages = list(walked(researcher, query, max_count=size))
        assert [one for page in pages for one in ids(page)] == wanted
        assert all(len(page["videos"]) == size for page in pages[:-1])


def test_only_the_days_asked_for_are_found(crowd: TikTok, researcher: Researcher) -> None:
    now = crowd.control("GET", "clock")["now"]
    first = datetime.fromtimestamp(now, UTC).date() - timedelta(days=12)
    last = first + timedelta(days=4)
    for query in (EVERYWHERE, QUERIES["tag"], QUERIES["handles"]):
        body = {
            "query": query,
            "start_date": f"{first:%Y%m%d}",
            "end_date": f"{last:%Y%m%d}",
            "max_count": 100,
        }
        found = researcher.ask("video/query", body, "id,create_time")["videos"]
        days = {datetime.fromtimestamp(one["create_time"], UTC).date() for one in found}
        assert days
        assert first <= min(days) <= max(days) <= last


def test_a_search_stays_as_it_was_when_it_began(crowd: TikTok, researcher: Researcher) -> None:
    query = only("view_count", "LT", "60")
    expected = [ids(page) for page in walked(researcher, query, max_count=10)]
    page = researcher.videos(query, max_count=10)
    later = expected[1]
    crowd.world.videos[later[0]].views = 1_000
    crowd.world.videos[later[0]].views = 2_000
    post(crowd, title="Made to look older", views=1, age=20 * DAY)
    gone = crowd.world.videos[later[1]]
    owner = crowd.world.creators[gone.creator_id].username
    crowd.control("POST", f"phone/{owner}/videos/{gone.id}/delete")
    more = {"cursor": page["cursor"], "search_id": page["search_id"], "max_count": 10}
    second = researcher.videos(query, **more)
    assert ids(second) == [one for one in later if one != gone.id]
    assert second["cursor"] == 20
    rest = walked(researcher, query, **more | {"cursor": 20})
    assert [ids(page) for page in rest] == expected[2:]
    fresh = [one for page in walked(researcher, query, max_count=100) for one in ids(page)]
    assert later[0] not in fresh


def test_an_account_that_goes_private_leaves_its_slots_empty(
    crowd: TikTok, researcher: Researcher
) -> None:
    expected = [ids(page) for page in walked(researcher, EVERYWHERE, max_count=20)]
    page = researcher.videos(EVERYWHERE, max_count=20)
    mara = crowd.world.named("maracooks").id
    crowd.control("PATCH", "phone/maracooks/settings", {"private": True})
    more = {"cursor": page["cursor"], "search_id": page["search_id"], "max_count": 20}
    shown = [
        [one for one in ids if crowd.world.videos[one].creator_id != mara] for ids in expected[1:]
    ]
    assert [ids(page) for page in walked(researcher, EVERYWHERE, **more)] == shown


def test_a_page_looks_at_no_more_than_it_needs(crowd: TikTok, researcher: Researcher) -> None:
    page = researcher.videos(EVERYWHERE, max_count=5)
    search = crowd.world[SEARCHES][page["search_id"]]
    assert len(search.video_ids) == 6
    assert list(crowd.world[SEARCHES].by(UNFINISHED, True)) == [search]
    list(walked(researcher, EVERYWHERE, cursor=5, search_id=search.id, max_count=100))
    assert search.finished
    crowd.world.videos[search.video_ids[0]].views += 1
    assert (search.videos, search.creators) == ({}, {})


def test_a_search_goes_on_after_a_restart(
    crowd: TikTok, researcher: Researcher, tmp_path: Path
) -> None:
    page = researcher.videos(EVERYWHERE, max_count=5)
    search = crowd.world[SEARCHES][page["search_id"]]
    crowd.world.videos[search.video_ids[5]].views += 1
    save(crowd.world, tmp_path / "world.json")
    again = Emulator()
    try:
        load(again.world, tmp_path / "world.json")
        loaded = again.world[SEARCHES][search.id]
        assert (loaded.video_ids, loaded.reached) == (search.video_ids, search.reached)
        oldest = min(again.world.videos, key=int)
        before = again.world.videos[oldest].views
        again.world.videos[oldest].views += 7
        kept = loaded.videos[oldest]
        assert kept is not None
        assert kept.views == before
    finally:
        again.close()


def test_a_random_page_draws_from_everything_that_fits(
    crowd: TikTok, researcher: Researcher
) -> None:
    fitting = {
        one for page in walked(researcher, QUERIES["tags"], max_count=100) for one in ids(page)
    }
    drawn = set()
    for _ in range(30):
        page = ids(researcher.videos(QUERIES["tags"], max_count=20, is_random=True))
        assert len(page) == len(set(page)) == 20
        drawn |= set(page)
    assert drawn == fitting
    everything = ids(researcher.videos(QUERIES["tags"], max_count=100, is_random=True))
    assert set(everything) == fitting
