"""Research on people: profiles, comments, likes, pins, reposts, followers, playlists."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.products.research import COMMENT_FIELDS, USER_FIELDS
from tests.support.local import UNAUDITED
from tests.support.researcher import EVERYWHERE, Researcher

from .conftest import TikTok

DAY = 86_400
COMMENTS = ",".join(COMMENT_FIELDS)


@pytest.fixture
def video(tiktok: TikTok) -> str:
    """A post of the first creator that research sees, and nobody has reacted to."""
    order = {"creator": "maracooks", "age": 3 * DAY, "title": "For the test"}
    return str(tiktok.control("POST", "videos", order)["id"])


def person(tiktok: TikTok, username: str, **facts: Any) -> str:
    tiktok.control("POST", "people", {"username": username} | facts)
    return username


def pages(researcher: Researcher, path: str, body: Any, fields: str | None = None) -> Any:
    while True:
        page = researcher.ask(path, body, fields)
        yield page
        if not page["has_more"]:
            return
        body = body | {"cursor": page["cursor"]}


def test_a_profile_is_flat_and_does_not_repeat_the_handle(
    tiktok: TikTok, researcher: Researcher
) -> None:
    tiktok.control("PATCH", "people/maracooks", {"bio_url": "https://maracooks.example"})
    data = researcher.ask("user/info", {"username": "maracooks"}, ",".join(USER_FIELDS))
    assert set(data) == set(USER_FIELDS)
    assert data["display_name"] == "Mara Cooks"
    assert data["bio_url"] == "https://maracooks.example"
    bearer = tiktok.bearer()
    fields = "display_name,follower_count,following_count,likes_count,video_count"
    own = tiktok.http.get("/v2/user/info/", params={"fields": fields}, headers=bearer).json()
    assert own["data"]["user"].items() <= data.items()
    assert tiktok.http.get(data["avatar_url"]).status_code == 200


def test_profiles_are_live_while_videos_are_two_days_late(
    tiktok: TikTok, researcher: Researcher
) -> None:
    before = researcher.ask("user/info", {"username": "maracooks"}, "video_count")
    tiktok.control("POST", "videos", {"creator": "maracooks"})
    after = researcher.ask("user/info", {"username": "maracooks"}, "video_count")
    assert after["video_count"] == before["video_count"] + 1


@pytest.mark.parametrize(
    "path",
    [
        "user/info",
        "user/liked_videos",
        "user/pinned_videos",
        "user/reposted_videos",
        "user/followers",
        "user/following",
    ],
)
@pytest.mark.parametrize(
    ("username", "said"),
    [
        ("nobody.at.all", "is invalid: cannot find the user"),
        ("jonas.behind.doors", "is private"),
        ("junior.varsity.x", "API cannot return this user's information"),
        ("maple.on.toast", "API cannot return this user's information"),
    ],
)
def test_people_who_may_not_be_returned_are_refused_in_known_words(
    researcher: Researcher, path: str, username: str, said: str
) -> None:
    fields = {"user/info": "display_name", "user/followers": None, "user/following": None}
    status, code, message = researcher.refused(path, {"username": username}, fields.get(path, "id"))
    assert (status, code) == (400, "invalid_params")
    assert said in message


def test_minors_of_europe_need_a_scope_of_their_own(tiktok: TikTok) -> None:
    body = {"username": "first.year.lou"}
    assert Researcher(tiktok.http).ask("user/info", body, "display_name")
    tiktok.control("PATCH", f"apps/{UNAUDITED}", {"scopes": ["research.data.basic"]})
    refusal = Researcher(tiktok.http, UNAUDITED).refused("user/info", body, "display_name")
    assert refusal[2] == "API cannot return this user's information"


def test_comments_come_in_order_with_their_replies_apart(
    tiktok: TikTok, researcher: Researcher, video: str
) -> None:
    first = tiktok.control(
        "POST", f"videos/{video}/comments", {"author": "rye.fan", "text": "First"}
    )
    tiktok.advance(5)
    tiktok.control("POST", f"videos/{video}/comments", {"author": "ovenlight", "text": ""})
    answer = {"author": "maracooks", "text": "Thanks", "parent_id": first["id"]}
    tiktok.control("POST", f"videos/{video}/comments", answer)
    page = researcher.ask("video/comment/list", {"video_id": int(video)}, COMMENTS)
    assert [one.get("text", "") for one in page["comments"]] == ["First", ""]
    top = page["comments"][0]
    assert top["parent_comment_id"] == top["video_id"] == int(video)
    assert (top["reply_count"], top["like_count"]) == (1, 0)
    assert (page["cursor"], page["has_more"]) == (2, False)
    replies = researcher.ask("video/comment/list", {"comment_id": first["id"]}, COMMENTS)
    (reply,) = replies["comments"]
    assert (reply["text"], reply["parent_comment_id"]) == ("Thanks", int(first["id"]))
    (shown,) = researcher.videos(
        {"and": [{"operation": "EQ", "field_name": "video_id", "field_values": [video]}]},
        "comment_count",
    )["videos"]
    assert shown["comment_count"] == 3


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("call me 4015550130", "call me 40******30"),
        ("+49 30 1234 5678!", "+4************78!"),
        ("write to mara@mail.example please", "write to ma*************le please"),
        ("4111 1111 1111 1111", "41***************11"),
        ("3 eggs, 250 g of flour, 2026", "3 eggs, 250 g of flour, 2026"),
    ],
)
def test_personal_data_in_comments_is_masked(
    tiktok: TikTok, researcher: Researcher, video: str, said: str, shown: str
) -> None:
    tiktok.control("POST", f"videos/{video}/comments", {"author": "rye.fan", "text": said})
    page = researcher.ask("video/comment/list", {"video_id": video}, "text")
    assert page["comments"] == [{"text": shown}]


def test_only_the_first_thousand_comments_are_reachable(
    tiktok: TikTok, researcher: Researcher, video: str
) -> None:
    from stagedoor.emulator.products.community import actions

    world = tiktok.world
    author = world.named("rye.fan")
    for number in range(1_010):
        actions.comment(world, world.all.videos[video], author, str(number), 1_000 + number)
    last = {"video_id": video, "cursor": 990, "max_count": 100}
    page = researcher.ask("video/comment/list", last, "text")
    assert [one["text"] for one in page["comments"]] == [str(n) for n in range(990, 1_000)]
    assert (page["cursor"], page["has_more"]) == (1_000, False)
    refusal = researcher.refused("video/comment/list", last | {"cursor": 1_000}, "text")
    assert refusal[:2] == (400, "invalid_params")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"video_id": "7000000000000000001", "comment_id": "7000000000000000002"},
        {"video_id": "7000000000000000001"},
        {"comment_id": 7000000000000000002},
        {"video_id": "here"},
    ],
    ids=str,
)
def test_comments_need_one_id_that_exists(researcher: Researcher, body: Any) -> None:
    refusal = researcher.refused("video/comment/list", body, "text")
    assert refusal[:2] == (400, "invalid_params")


def test_comments_of_a_video_that_went_private_are_gone(
    tiktok: TikTok, researcher: Researcher, video: str
) -> None:
    path = f"phone/maracooks/videos/{video}"
    tiktok.control("PATCH", path, {"privacy": "SELF_ONLY"})
    refusal = researcher.refused("video/comment/list", {"video_id": video}, "text")
    assert refusal[:2] == (400, "invalid_params")


def test_likes_are_paged_by_time_and_private_unless_opened(
    tiktok: TikTok, researcher: Researcher
) -> None:
    name = person(tiktok, "test.liker")
    body = {"username": name, "max_count": 2}
    status, _, message = researcher.refused("user/liked_videos", body, "id")
    assert (status, "information cannot be returned" in message) == (403, True)
    tiktok.control("PATCH", f"people/{name}", {"likes_public": True})
    ids = [str(one["id"]) for one in researcher.videos(EVERYWHERE, max_count=5)["videos"]]
    for one in ids:
        tiktok.control("POST", f"videos/{one}/likes", {"person": name})
        tiktok.advance(0.01)
    found = list(pages(researcher, "user/liked_videos", body, "id"))
    listed = [str(one["id"]) for page in found for one in page["user_liked_videos"]]
    assert listed == ids[::-1]
    assert all(page["cursor"] > 10**12 for page in found), "in milliseconds"
    in_seconds = body | {"cursor": int(tiktok.world.now()) + 1}
    assert researcher.ask("user/liked_videos", in_seconds, "id")["user_liked_videos"]


def test_a_like_is_counted_on_the_video(tiktok: TikTok, researcher: Researcher, video: str) -> None:
    tiktok.control("POST", f"videos/{video}/likes", {"person": "rye.fan"})
    query = {"and": [{"operation": "EQ", "field_name": "video_id", "field_values": [video]}]}
    (shown,) = researcher.videos(query, "like_count")["videos"]
    assert shown["like_count"] == 1


def test_pinned_videos_have_no_pages(tiktok: TikTok, researcher: Researcher, video: str) -> None:
    tiktok.control("PUT", "people/maracooks/pins", {"video_ids": [video]})
    data = researcher.ask("user/pinned_videos", {"username": "maracooks"}, "id,username")
    assert set(data) == {"pinned_videos_list"}
    assert data["pinned_videos_list"] == [{"id": int(video), "username": "maracooks"}]


def test_reposts_are_paged_by_index_under_the_key_that_tiktok_sends(
    tiktok: TikTok, researcher: Researcher
) -> None:
    name = person(tiktok, "test.reposter")
    ids = [str(one["id"]) for one in researcher.videos(EVERYWHERE, max_count=3)["videos"]]
    for one in ids:
        tiktok.control("POST", f"videos/{one}/reposts", {"person": name})
        tiktok.advance(1)
    body = {"username": name, "max_count": 2}
    found = list(pages(researcher, "user/reposted_videos", body, "id"))
    assert [page["cursor"] for page in found] == [2, 3]
    listed = [str(one["id"]) for page in found for one in page["reposted_videos"]]
    assert listed == ids[::-1]


def test_user_videos_write_two_parts_otherwise(tiktok: TikTok, researcher: Researcher) -> None:
    order = {"creator": "maracooks", "age": 3 * DAY, "effects": ["Glow"], "ai_labelled": True}
    made = tiktok.control("POST", "videos", order)["id"]
    tiktok.control("PUT", "people/maracooks/pins", {"video_ids": [made]})
    (video,) = researcher.ask(
        "user/pinned_videos", {"username": "maracooks"}, "effect_info_list,video_tag"
    )["pinned_videos_list"]
    assert video["video_tag"] == {"video_tag_type": "AIGC", "video_tag_number": 2}
    assert "effect_photo_URI" in video["effect_info_list"][0]
    refusal = researcher.refused("user/pinned_videos", {"username": "maracooks"}, "playlist_id")
    assert refusal[:2] == (400, "invalid_params")


def test_followers_are_paged_by_time_both_ways(tiktok: TikTok, researcher: Researcher) -> None:
    star = person(tiktok, "test.star")
    names = [person(tiktok, f"test.fan.{number}") for number in range(5)]
    for name in names:
        tiktok.control("POST", "follows", {"follower": name, "followed": star})
    tiktok.advance(10)
    body = {"username": star, "max_count": 2}
    found = list(pages(researcher, "user/followers", body))
    listed = [one["username"] for page in found for one in page["user_followers"]]
    assert listed == names[::-1]
    assert found[0]["cursor"] < 10**10, "in seconds"
    newest = researcher.ask("user/followers", body | {"cursor": 0})
    assert newest["user_followers"] == found[0]["user_followers"]
    following = researcher.ask("user/following", {"username": names[0]})
    assert [one["username"] for one in following["user_following"]] == [star]
    info = researcher.ask("user/info", {"username": star}, "follower_count")
    assert info["follower_count"] == 5


def test_an_empty_list_of_followers_is_left_out(tiktok: TikTok, researcher: Researcher) -> None:
    data = researcher.ask("user/followers", {"username": person(tiktok, "test.alone")})
    assert set(data) == {"cursor", "has_more"}


def test_newer_operations_say_ok_and_older_ones_nothing(researcher: Researcher) -> None:
    newer = researcher.post("user/followers", {"username": "maracooks"}).json()
    older = researcher.post("user/info", {"username": "maracooks"}, "bio_url").json()
    assert (newer["error"]["message"], older["error"]["message"]) == ("ok", "")


def test_a_hidden_following_list_is_refused(tiktok: TikTok, researcher: Researcher) -> None:
    name = person(tiktok, "test.hidden", following_public=False)
    refusal = researcher.refused("user/following", {"username": name})
    assert refusal[:2] == (400, "invalid_params")
    assert "cursor" in researcher.ask("user/followers", {"username": name})


def test_a_playlist_gives_every_key_and_its_videos_by_index(
    tiktok: TikTok, researcher: Researcher
) -> None:
    found = tiktok.control("GET", "playlists")["playlists"][0]
    body = {"playlist_id": int(found["id"]), "max_count": 4}
    read = list(pages(researcher, "playlist/info", body, "playlist_id"))
    assert read[0]["playlist_name"] == found["name"]
    assert read[0]["playlist_item_total"] == 6
    listed = [str(one) for page in read for one in page["playlist_video_ids"]]
    assert listed == found["video_ids"]
    query = {
        "and": [{"operation": "IN", "field_name": "video_id", "field_values": listed}],
    }
    shown = researcher.videos(query, "playlist_id")["videos"]
    assert {str(one["playlist_id"]) for one in shown} == {found["id"]}
    refusal = researcher.refused("playlist/info", {"playlist_id": 5})
    assert refusal[:2] == (400, "invalid_params")


def test_a_playlist_can_come_with_500_and_good_data(tiktok: TikTok, researcher: Researcher) -> None:
    tiktok.settings(playlist_as_500=True)
    playlist = tiktok.control("GET", "playlists")["playlists"][0]["id"]
    answer = researcher.post("playlist/info", {"playlist_id": playlist})
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "ok"
    assert answer.json()["data"]["playlist_id"] == int(playlist)
