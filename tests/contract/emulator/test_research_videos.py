"""Research's video query: conditions, pages, search ids, what a video looks like."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stagedoor.platform.products.posting import PrivacyLevel
from stagedoor.platform.products.research import USER_VIDEO_FIELDS, VIDEO_FIELDS
from tests.support import media
from tests.support.poster import Poster
from tests.support.researcher import EVERYWHERE, Researcher, condition, only

from .conftest import TikTok

DAY = 86_400


def post(tiktok: TikTok, **facts: Any) -> str:
    """A post three days old, unless told."""
    order = {"creator": "maracooks", "age": 3 * DAY} | facts
    return str(tiktok.control("POST", "videos", order)["id"])


def ids(page: Any) -> list[str]:
    return [str(video["id"]) for video in page["videos"]]


def walked(researcher: Researcher, query: Any, **more: Any) -> Any:
    page = researcher.videos(query, **more)
    while True:
        yield page
        if not page["has_more"]:
            return
        more |= {"cursor": page["cursor"], "search_id": page["search_id"]}
        page = researcher.videos(query, **more)


def test_pages_give_every_video_once_the_newest_id_first(researcher: Researcher) -> None:
    pages = list(walked(researcher, EVERYWHERE, max_count=7))
    found = [video for page in pages for video in ids(page)]
    assert len(found) == len(set(found)) > 14
    assert found == sorted(found, key=int, reverse=True)
    assert [page["cursor"] for page in pages] == [7 * (n + 1) for n in range(len(pages))]
    assert len({page["search_id"] for page in pages}) == 1
    assert all(len(page["videos"]) == 7 for page in pages[:-1])
    assert "cursor" in pages[-1]


def test_a_page_has_twenty_unless_told(researcher: Researcher) -> None:
    assert len(researcher.videos(EVERYWHERE)["videos"]) == 20


def test_ids_are_numbers_and_the_search_id_is_text(researcher: Researcher) -> None:
    page = researcher.videos(EVERYWHERE, max_count=1, fields="id,music_id,create_time")
    assert isinstance(page["search_id"], str)
    assert isinstance(page["videos"][0]["id"], int)
    assert page["videos"][0]["id"] > 2**53


def test_only_asked_fields_come_and_blanks_after_commas_pass(researcher: Researcher) -> None:
    (video,) = researcher.videos(EVERYWHERE, "id, username,region_code", max_count=1)["videos"]
    assert set(video) == {"id", "username", "region_code"}


def test_a_video_shows_what_was_put_on_it(tiktok: TikTok, researcher: Researcher) -> None:
    made = post(
        tiktok,
        title="Rye with @ridewithrio #Sourdough #rye",
        duration=75,
        views=12,
        likes=3,
        shares=2,
        favorites=1,
        music="Kitchen Radio",
        effects=["Glow"],
        stickers=["Poll"],
        voice_to_text="hello dough",
        notice="Vote on Sunday",
        ai_labelled=True,
    )
    query = only("video_id", "EQ", made)
    (video,) = researcher.videos(query, ",".join(VIDEO_FIELDS))["videos"]
    assert video["id"] == int(made)
    assert video["username"] == "maracooks"
    assert video["region_code"] == "DE"
    assert video["video_duration"] == 75
    assert (video["view_count"], video["like_count"], video["share_count"]) == (12, 3, 2)
    assert (video["comment_count"], video["favorites_count"]) == (0, 1)
    assert video["hashtag_names"] == ["Sourdough", "rye"]
    assert [one["hashtag_name"] for one in video["hashtag_info_list"]] == ["Sourdough", "rye"]
    assert video["video_mention_list"] == ["ridewithrio"]
    assert [one["sticker_name"] for one in video["sticker_info_list"]] == ["Poll"]
    (effect,) = video["effect_info_list"]
    assert [str(effect["effect_id"])] == video["effect_ids"]
    assert tiktok.http.get(effect["effect_photo_url"]).headers["content-type"] == "image/png"
    assert video["video_tag"] == {"type": "AIGC", "number": 1}
    assert video["video_label"]["content"] == "Vote on Sunday"
    assert video["voice_to_text"] == "hello dough"
    assert video["is_stem_verified"] is False


def test_what_is_empty_is_left_out_not_null(tiktok: TikTok, researcher: Researcher) -> None:
    made = post(tiktok, title="plain")
    (video,) = researcher.videos(only("video_id", "EQ", made), ",".join(VIDEO_FIELDS))["videos"]
    left_out = {
        "effect_ids",
        "playlist_id",
        "voice_to_text",
        "hashtag_names",
        "hashtag_info_list",
        "sticker_info_list",
        "effect_info_list",
        "video_mention_list",
        "video_label",
        "video_tag",
    }
    assert set(VIDEO_FIELDS) - set(video) == left_out
    assert None not in video.values()


def test_keys_come_in_any_order(researcher: Researcher) -> None:
    videos = researcher.videos(EVERYWHERE, "id,username,region_code,view_count")["videos"]
    assert len({tuple(video) for video in videos}) > 1


def test_a_video_appears_two_days_after_it_was_posted(
    tiktok: TikTok, researcher: Researcher
) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    made = post(tiktok, age=0)
    query = only("video_id", "EQ", made)
    tiktok.advance(2 * DAY - 60)
    researcher = Researcher(tiktok.http)
    assert ids(researcher.videos(query)) == []
    tiktok.advance(60)
    assert ids(researcher.videos(query)) == [made]


@pytest.mark.parametrize("hidden", ["private", "deleted", "account", "canada", "minor"])
def test_only_public_videos_of_adults_in_scope_are_found(
    tiktok: TikTok, researcher: Researcher, hidden: str
) -> None:
    made = post(tiktok)
    query = only("video_id", "EQ", made)
    assert ids(researcher.videos(query)) == [made]
    video = tiktok.world.all.videos[made]
    if hidden == "private":
        video.privacy = PrivacyLevel.SELF_ONLY
    elif hidden == "deleted":
        tiktok.control("POST", f"phone/maracooks/videos/{made}/delete")
    elif hidden == "account":
        tiktok.control("PATCH", "people/maracooks", {"private": True})
    elif hidden == "canada":
        tiktok.control("PATCH", "people/maracooks", {"region": "CA"})
    else:
        tiktok.control("PATCH", "people/maracooks", {"region": "US", "minor": True})
    assert ids(researcher.videos(query)) == []


CAKE, ROAD = "Cake for two #Cake", "Up the Road again #climb"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (only("keyword", "EQ", "CAKE FOR"), "cake"),
        (only("keyword", "IN", "nothing", "road"), "road"),
        (only("keyword", "EQ", "ake"), ""),
        (only("hashtag_name", "EQ", "cake"), "cake"),
        (only("hashtag_name", "EQ", "cak"), ""),
        (only("username", "IN", "maracooks", "nobody"), "cake"),
        (only("region_code", "EQ", "IT"), "road"),
        (only("region_code", "IN", "IT", "DE"), "cake road"),
        (only("video_length", "EQ", "SHORT"), "cake"),
        (only("video_length", "EQ", "LONG"), "road"),
        (only("view_count", "GT", "10"), "road"),
        (only("view_count", "GTE", "10"), "cake road"),
        (only("view_count", "LT", "10"), ""),
        (only("view_count", "LTE", "10"), "cake"),
        (only("view_count", "EQ", "500"), "road"),
        (only("comment_count", "IN", "1", "4"), "road"),
        ({"not": [condition("region_code", "EQ", "IT")]}, "cake"),
        (
            {
                "or": [
                    condition("hashtag_name", "EQ", "cake"),
                    condition("hashtag_name", "EQ", "climb"),
                ]
            },
            "cake road",
        ),
        (
            {
                "and": [condition("view_count", "GTE", "1")],
                "or": [condition("keyword", "EQ", "cake"), condition("keyword", "EQ", "road")],
                "not": [condition("video_length", "EQ", "SHORT")],
            },
            "road",
        ),
    ],
    ids=str,
)
def test_conditions_decide_what_is_found(
    tiktok: TikTok, researcher: Researcher, query: dict[str, Any], found: str
) -> None:
    cake = post(tiktok, title=CAKE, duration=14, views=10)
    road = post(tiktok, creator="ridewithrio", title=ROAD, duration=300, views=500, comments=4)
    among = condition("video_id", "IN", cake, road)
    asked = query | {"and": [*query.get("and", []), among]}
    names = {cake: "cake", road: "road"}
    assert {names[one] for one in ids(researcher.videos(asked))} == set(found.split())


def test_days_are_compared_as_days_and_both_ends_belong_to_the_range(
    tiktok: TikTok, researcher: Researcher
) -> None:
    made = post(tiktok, age=5 * DAY)
    (video,) = researcher.videos(only("video_id", "EQ", made), "id,create_time")["videos"]
    assert abs(video["create_time"] - (tiktok.world.now() - 5 * DAY)) < 5
    day = researcher.search(EVERYWHERE, days=5)["start_date"]
    one_day = {"start_date": day, "end_date": day, "max_count": 100}
    assert made in ids(researcher.videos(EVERYWHERE, **one_day))
    both = {"and": [condition("create_date", "EQ", day), condition("video_id", "EQ", made)]}
    assert ids(researcher.videos(both)) == [made]
    later = {"and": [condition("create_date", "GT", day), condition("video_id", "EQ", made)]}
    assert ids(researcher.videos(later)) == []


def test_music_and_effects_are_found_by_the_ids_that_videos_show(
    tiktok: TikTok, researcher: Researcher
) -> None:
    made = {post(tiktok, music="Song of the Test", effects=["Testing"]) for _ in range(2)}
    shown = researcher.videos(only("video_id", "IN", *made), "music_id,effect_ids")["videos"]
    assert len({video["music_id"] for video in shown}) == 1
    music = only("music_id", "EQ", str(shown[0]["music_id"]))
    assert set(ids(researcher.videos(music))) == made
    effect = only("effect_id", "EQ", shown[0]["effect_ids"][0])
    assert set(ids(researcher.videos(effect))) == made


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"and": []},
        {"and": None, "or": [], "not": []},
        only("caption", "EQ", "x"),
        only("keyword", "LIKE", "x"),
        only("keyword", "GT", "x"),
        only("region_code", "EQ", "XX"),
        only("region_code", "EQ", "DE", "FR"),
        only("region_code", "IN"),
        only("view_count", "GT", "many"),
        only("video_length", "EQ", "TINY"),
        {"and": [{"operation": "EQ", "field_name": "keyword", "field_values": "x"}]},
        {"and": [{"operation": "EQ", "field_name": "view_count", "field_values": [5]}]},
    ],
    ids=str,
)
def test_a_condition_that_tiktok_does_not_know_is_refused(
    researcher: Researcher, query: dict[str, Any]
) -> None:
    status, code, message = researcher.refused("video/query", researcher.search(query), "id")
    assert (status, code) == (400, "invalid_params")
    assert "query" in message


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_date": "2026-01-01"},
        {"start_date": "20260230"},
        {"end_date": "20000101"},
        {"start_date": "20200101"},
        {"max_count": 101},
        {"max_count": 0},
        {"cursor": -1},
        {"search_id": "abc"},
    ],
    ids=str,
)
def test_bad_dates_counts_and_cursors_are_refused(
    researcher: Researcher, wrong: dict[str, Any]
) -> None:
    body = researcher.search(EVERYWHERE) | wrong
    status, code, message = researcher.refused("video/query", body, "id")
    assert (status, code) == (400, "invalid_params")
    assert message


@pytest.mark.parametrize("fields", [None, "", "id,favourites_count", "video_id"])
def test_fields_must_be_named_and_known(researcher: Researcher, fields: str | None) -> None:
    refusal = researcher.refused("video/query", researcher.search(EVERYWHERE), fields)
    assert refusal[:2] == (400, "invalid_params")


def test_what_published_clients_send_passes(researcher: Researcher) -> None:
    query: dict[str, Any] = EVERYWHERE | {"or": [], "not": None}
    page = researcher.videos(query, cursor=None, search_id=None, is_random=False, unknown=1)
    assert page["videos"]


def test_a_text_body_is_read_as_json(tiktok: TikTok, researcher: Researcher) -> None:
    answer = tiktok.http.post(
        "/v2/research/video/query/?fields=id",
        content=json.dumps(researcher.search(EVERYWHERE)),
        headers=researcher.headers | {"content-type": "text/plain"},
    )
    assert answer.json()["error"]["code"] == "ok"


def test_a_fresh_search_id_is_refused_until_it_is_ready(
    tiktok: TikTok, researcher: Researcher
) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    tiktok.settings(search_warmup_seconds=5)
    page = researcher.videos(EVERYWHERE, max_count=2)
    more = {"max_count": 2, "cursor": page["cursor"], "search_id": page["search_id"]}
    body = researcher.search(EVERYWHERE, **more)
    refusal = researcher.refused("video/query", body, "id")
    expected = f"Search Id {page['search_id']} is invalid or expired"
    assert refusal == (400, "invalid_params", expected)
    tiktok.advance(5)
    assert len(researcher.videos(EVERYWHERE, **more)["videos"]) == 2


def test_a_search_id_ends_and_belongs_to_its_question(
    tiktok: TikTok, researcher: Researcher
) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    page = researcher.videos(EVERYWHERE, max_count=2)
    more = {"max_count": 2, "cursor": page["cursor"], "search_id": page["search_id"]}
    other = researcher.search(only("region_code", "EQ", "DE"), **more)
    assert "is invalid or expired" in researcher.refused("video/query", other, "id")[2]
    unknown = researcher.search(EVERYWHERE, **more | {"search_id": "7530011999000111222"})
    assert "is invalid or expired" in researcher.refused("video/query", unknown, "id")[2]
    tiktok.advance(3_600)
    late = researcher.search(EVERYWHERE, **more)
    assert "is invalid or expired" in researcher.refused("video/query", late, "id")[2]


def test_a_cursor_past_the_end_is_refused(researcher: Researcher) -> None:
    body = researcher.search(EVERYWHERE, cursor=100_000)
    assert researcher.refused("video/query", body, "id") == (
        400,
        "invalid_params",
        "Invalid count or cursor",
    )


def test_a_video_that_goes_leaves_its_slot_empty(tiktok: TikTok, researcher: Researcher) -> None:
    first, second = (ids(page) for page in list(walked(researcher, EVERYWHERE, max_count=3))[:2])
    page = researcher.videos(EVERYWHERE, max_count=3)
    owner = tiktok.world.all.creators[tiktok.world.all.videos[second[1]].creator_id]
    tiktok.control("POST", f"phone/{owner.username}/videos/{second[1]}/delete")
    more = {"cursor": page["cursor"], "search_id": page["search_id"]}
    short = researcher.videos(EVERYWHERE, max_count=3, **more)
    assert ids(short) == [second[0], second[2]]
    assert (short["cursor"], short["has_more"]) == (6, True)
    assert first == ids(page)


def test_pages_can_be_short_from_the_start(tiktok: TikTok, researcher: Researcher) -> None:
    newest = ids(researcher.videos(EVERYWHERE, max_count=1))[0]
    tiktok.world.all.videos[newest].privacy = PrivacyLevel.SELF_ONLY
    assert len(ids(researcher.videos(EVERYWHERE))) == 20
    tiktok.settings(short_pages=True)
    page = researcher.videos(EVERYWHERE)
    assert len(ids(page)) < 20
    assert page["has_more"] is True


def test_a_random_page_is_a_sample_without_a_next_page(researcher: Researcher) -> None:
    every = {one for page in walked(researcher, EVERYWHERE, max_count=100) for one in ids(page)}
    draws = [tuple(ids(researcher.videos(EVERYWHERE, max_count=5, is_random=True))) for _ in "ab"]
    assert draws[0] != draws[1]
    assert all(len(set(draw)) == 5 and set(draw) <= every for draw in draws)
    assert researcher.videos(EVERYWHERE, max_count=5, is_random=True)["has_more"] is False


def test_nothing_found_is_an_empty_page(researcher: Researcher) -> None:
    page = researcher.videos(only("keyword", "EQ", "nobody ever said this"))
    assert (page["videos"], page["has_more"]) == ([], False)


def test_usernames_can_hold_a_null(tiktok: TikTok, researcher: Researcher) -> None:
    tiktok.settings(null_names=True)
    (video,) = researcher.videos(EVERYWHERE, "username", max_count=1)["videos"]
    assert video["username"].endswith("\0")


def test_a_post_of_an_app_is_found_with_its_declaration(tiktok: TikTok, poster: Poster) -> None:
    publish_id = poster.post_video(poster.token(), media.video(), title="Rye", is_aigc=True)
    tiktok.advance(2 * DAY + 60)
    (made,) = poster.publish(publish_id)["video_ids"]
    page = Researcher(tiktok.http).videos(only("video_id", "EQ", made), "video_tag,view_count")
    assert page["videos"] == [{"view_count": 0, "video_tag": {"type": "AIGC", "number": 1}}]


def test_user_videos_lack_what_only_a_query_shows() -> None:
    assert set(VIDEO_FIELDS) - set(USER_VIDEO_FIELDS) == {
        "effect_ids",
        "playlist_id",
        "voice_to_text",
    }
