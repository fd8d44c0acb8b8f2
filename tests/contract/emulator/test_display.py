"""Display: profile, list, query, and the links they hand out."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from stagedoor.platform.products.display import USER_FIELD_SCOPES, VIDEO_FIELDS

from .conftest import TikTok

LIST, QUERY, INFO = "/v2/video/list/", "/v2/video/query/", "/v2/user/info/"


def listed(
    tiktok: TikTok, bearer: dict[str, str], fields: str = "id,create_time", **body: Any
) -> dict[str, Any]:
    answer = tiktok.http.post(LIST, params={"fields": fields}, json=body, headers=bearer)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def test_profile_gives_what_was_asked_for_and_no_more(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    every = ",".join(USER_FIELD_SCOPES)
    user = tiktok.http.get(INFO, params={"fields": every}, headers=bearer).json()["data"]["user"]
    assert set(user) == set(USER_FIELD_SCOPES)
    assert user["username"] == "maracooks"
    assert user["profile_web_link"] == "https://www.tiktok.com/@maracooks"
    one = tiktok.http.get(INFO, params={"fields": "username"}, headers=bearer).json()
    assert one["data"] == {"user": {"username": "maracooks"}}
    assert one["error"]["code"] == "ok"


def test_counters_are_those_of_the_listed_videos(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    pages = list(walked(tiktok, bearer, "id,like_count", max_count=20))
    fields = {"fields": "likes_count,video_count"}
    user = tiktok.http.get(INFO, params=fields, headers=bearer).json()["data"]["user"]
    videos = [video for page in pages for video in page["videos"]]
    assert user["video_count"] == len(videos) == 24
    assert user["likes_count"] == sum(video["like_count"] for video in videos)


def test_one_field_without_its_scope_fails_the_whole_call(tiktok: TikTok) -> None:
    bearer = tiktok.bearer(scopes=["user.info.basic"])
    query = {"fields": "open_id,follower_count"}
    answer = tiktok.http.get(INFO, params=query, headers=bearer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "scope_permission_missed")
    assert answer.json()["data"] == {}
    tiktok.settings(mixed_scopes_as_401=True)
    answer = tiktok.http.get(INFO, params=query, headers=bearer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "scope_not_authorized")


def test_any_user_scope_brings_the_basic_fields(tiktok: TikTok) -> None:
    bearer = tiktok.bearer(scopes=["user.info.profile"])
    answer = tiktok.http.get(INFO, params={"fields": "open_id,username"}, headers=bearer)
    assert answer.status_code == 200
    none = tiktok.http.get(
        INFO, params={"fields": "open_id"}, headers=tiktok.bearer(scopes=["video.list"])
    )
    assert none.json()["error"]["code"] == "scope_not_authorized"


def walked(tiktok: TikTok, bearer: dict[str, str], fields: str, **body: Any) -> Any:
    while True:
        page = listed(tiktok, bearer, fields, **body)
        yield page
        if not page["has_more"]:
            return
        body["cursor"] = page["cursor"]


@pytest.mark.parametrize("size", [1, 7, 20])
def test_pages_give_every_public_video_once_newest_first(tiktok: TikTok, size: int) -> None:
    bearer = tiktok.bearer()
    pages = list(walked(tiktok, bearer, "id,create_time", max_count=size))
    times = [video["create_time"] for page in pages for video in page["videos"]]
    ids = [video["id"] for page in pages for video in page["videos"]]
    assert len(set(ids)) == len(ids) == 24
    assert times == sorted(times, reverse=True)
    assert all(len(page["videos"]) == size for page in pages[:-1])
    assert pages[-1]["cursor"] // 1000 == times[-1]


def test_list_gives_ten_unless_told_and_every_field(tiktok: TikTok) -> None:
    page = listed(tiktok, tiktok.bearer(), ",".join(VIDEO_FIELDS))
    assert len(page["videos"]) == 10
    video = page["videos"][0]
    assert tuple(video) == VIDEO_FIELDS
    assert video["share_url"] == (
        f"https://www.tiktok.com/@maracooks/video/{video['id']}"
        "?utm_campaign=tt4d_open_api&utm_source=emulator-client-key"
    )
    assert f"/static/profile-video?id={video['id']}&hide_author=1&" in video["embed_link"]
    assert f'data-video-id="{video["id"]}"' in video["embed_html"]
    assert isinstance(video["id"], str)
    assert video["create_time"] < 10**10 < page["cursor"]


def test_cursor_is_any_moment_and_a_literal_zero_yields_nothing(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    third = listed(tiktok, bearer, max_count=3)["videos"][2]
    older = listed(tiktok, bearer, cursor=third["create_time"] * 1000, max_count=20)
    assert all(video["create_time"] < third["create_time"] for video in older["videos"])
    assert listed(tiktok, bearer, cursor=0) == {"videos": [], "cursor": 0, "has_more": False}


def test_pages_can_be_short_while_there_is_more(tiktok: TikTok) -> None:
    tiktok.settings(short_pages=True)
    bearer = tiktok.bearer()
    newest = listed(tiktok, bearer, max_count=1)["videos"][0]["id"]
    tiktok.world.all.videos[newest].deleted = True
    page = listed(tiktok, bearer, max_count=5)
    assert len(page["videos"]) == 4
    assert page["has_more"] is True


def test_private_account_lists_nothing(tiktok: TikTok) -> None:
    page = listed(tiktok, tiktok.bearer(creator="jonas.behind.doors"))
    assert page["videos"] == []
    assert page["has_more"] is False


def test_a_changed_video_is_seen_at_once(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    before = listed(tiktok, bearer, "id,view_count", max_count=1)["videos"][0]
    tiktok.world.all.videos[before["id"]].views += 5
    after = listed(tiktok, bearer, "id,view_count", max_count=1)["videos"][0]
    assert after["view_count"] == before["view_count"] + 5


def asked_for(tiktok: TikTok, bearer: dict[str, str], *ids: str) -> httpx2.Response:
    return tiktok.http.post(
        QUERY,
        params={"fields": "id,title"},
        json={"filters": {"video_ids": list(ids)}},
        headers=bearer,
    )


def test_query_drops_what_is_not_the_creators_own_public_video(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    mine = [video["id"] for video in listed(tiktok, bearer, max_count=2)["videos"]]
    foreign = listed(tiktok, tiktok.bearer(creator="ridewithrio"), max_count=1)["videos"][0]["id"]
    data = asked_for(tiktok, bearer, mine[1], foreign, "123", mine[0]).json()["data"]
    assert [video["id"] for video in data["videos"]] == [mine[1], mine[0]]
    assert (data["cursor"], data["has_more"]) == (0, False)


def test_query_takes_one_to_twenty_ids(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    for ids in ([], [str(n) for n in range(21)]):
        answer = asked_for(tiktok, bearer, *ids)
        assert answer.json()["error"]["code"] == "invalid_params"
        assert "filters.video_ids" in answer.json()["error"]["message"]
    assert asked_for(tiktok, bearer, *(str(n) for n in range(20))).status_code == 200


def test_cover_answers_for_six_hours_on_the_emulators_clock(tiktok: TikTok) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    bearer = tiktok.bearer()
    url = listed(tiktok, bearer, "cover_image_url")["videos"][0]["cover_image_url"]
    assert url.startswith(tiktok.url)
    image = tiktok.http.get(url)
    assert image.status_code == 200
    assert image.headers["content-type"].startswith("image/")
    assert image.content.startswith(b"\x89PNG")
    assert tiktok.http.get(url.replace("x-expires=1", "x-expires=2")).status_code == 403
    tiktok.advance(21_599)
    assert tiktok.http.get(url).status_code == 200
    fresh = listed(tiktok, bearer, "cover_image_url")["videos"][0]["cover_image_url"]
    tiktok.advance(2)
    assert tiktok.http.get(url).status_code == 403
    assert tiktok.http.get(fresh).status_code == 200


def test_avatars_answer(tiktok: TikTok) -> None:
    names = "avatar_url,avatar_url_100,avatar_url_200,avatar_large_url"
    answer = tiktok.http.get(INFO, params={"fields": names}, headers=tiktok.bearer())
    user = answer.json()["data"]["user"]
    sizes = {len(tiktok.http.get(url).content) for url in user.values()}
    assert len(user) == len(sizes) == 4


def test_links_use_the_host_that_the_caller_used(tiktok: TikTok) -> None:
    bearer = tiktok.bearer() | {"Host": "tiktok.test:1234"}
    video = listed(tiktok, bearer, "cover_image_url")["videos"][0]
    assert video["cover_image_url"].startswith("http://tiktok.test:1234/")
