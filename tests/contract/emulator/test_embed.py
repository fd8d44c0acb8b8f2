"""oEmbed, and the pages that handed-out addresses lead to."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.emulator import links

from .conftest import TikTok


def newest(tiktok: TikTok, creator: str = "maracooks") -> Any:
    owner = next(c for c in tiktok.world.all.creators.values() if c.username == creator)
    return tiktok.world.videos_of(owner.id)[0]


def test_video_card_comes_from_the_same_world(tiktok: TikTok) -> None:
    video = newest(tiktok)
    url = f"https://www.tiktok.com/@maracooks/video/{video.id}"
    card = tiktok.http.get("/oembed", params={"url": url, "format": "json"}).json()
    assert (card["type"], card["version"]) == ("video", "1.0")
    assert card["title"] == video.title
    assert card["author_unique_id"] == "maracooks"
    assert card["embed_product_id"] == video.id
    assert (card["width"], card["height"]) == ("100%", "100%")
    assert 'data-embed-from="oembed"' in card["html"]
    assert tiktok.http.get(card["thumbnail_url"]).status_code == 200
    assert "error" not in card


def test_every_form_of_a_video_s_address_gives_its_card(tiktok: TikTok) -> None:
    video = newest(tiktok)
    code = links.short(video).rstrip("/").rpartition("/")[2]
    for url in (
        f"https://www.tiktok.com/@maracooks/video/{video.id}",
        f"https://m.tiktok.com/v/{video.id}.html",
        f"https://www.tiktok.com/share/video/{video.id}",
        f"https://www.tiktok.com/t/{code}/",
        f"https://vt.tiktok.com/{code}",
        links.short(video),
    ):
        card = tiktok.http.get("/oembed", params={"url": url}).json()
        assert card["embed_product_id"] == video.id, url


@pytest.mark.parametrize(
    "url", ["https://www.tiktok.com/@maracooks", "https://tiktok.com/@maracooks/"]
)
def test_profile_card(tiktok: TikTok, url: str) -> None:
    card = tiktok.http.get("/oembed", params={"url": url}).json()
    assert card["type"] == "rich"
    assert card["title"] == "Mara Cooks's Creator Profile"
    assert 'data-unique-id="maracooks"' in card["html"]
    assert "thumbnail_url" not in card


@pytest.mark.parametrize(
    "url",
    [
        "https://www.tiktok.com/@maracooks/video/123",
        "https://example.com/@maracooks",
        "https://www.tiktok.com/@nobody.here",
        "https://www.tiktok.com/@jonas.behind.doors",
        "https://[broken",
        "",
    ],
)
def test_what_nobody_may_see_is_a_400(tiktok: TikTok, url: str) -> None:
    answer = tiktok.http.get("/oembed", params={"url": url})
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message"}


def test_private_and_deleted_videos_have_no_card(tiktok: TikTok) -> None:
    hidden = newest(tiktok, "jonas.behind.doors")
    url = f"https://www.tiktok.com/@jonas.behind.doors/video/{hidden.id}"
    assert tiktok.http.get("/oembed", params={"url": url}).status_code == 400
    video = newest(tiktok)
    url = f"https://www.tiktok.com/@maracooks/video/{video.id}"
    assert tiktok.http.get("/oembed", params={"url": url}).status_code == 200
    video.deleted = True
    assert tiktok.http.get("/oembed", params={"url": url}).status_code == 400


def test_missing_url_is_a_400(tiktok: TikTok) -> None:
    assert tiktok.http.get("/oembed").status_code == 400


def test_every_handed_out_address_answers(tiktok: TikTok) -> None:
    video = newest(tiktok)
    for path in (
        f"/@maracooks/video/{video.id}?utm_source=x",
        f"/static/profile-video?id={video.id}&hide_author=1",
        f"/player/v1/{video.id}",
        f"/embed/v2/{video.id}",
        "/@maracooks",
        "/embed.js",
    ):
        assert tiktok.http.get(path).status_code == 200, path
    hidden = newest(tiktok, "jonas.behind.doors")
    assert tiktok.http.get(f"/@jonas.behind.doors/video/{hidden.id}").status_code == 404
    assert "private" in tiktok.http.get("/@jonas.behind.doors").text


def test_a_caption_reaches_no_page_as_markup(tiktok: TikTok) -> None:
    video = newest(tiktok)
    video.title = '<script>alert("x")</script>'
    url = f"https://www.tiktok.com/@maracooks/video/{video.id}"
    assert "<script>alert" not in tiktok.http.get("/oembed", params={"url": url}).json()["html"]
    for path in (f"/@maracooks/video/{video.id}", "/@maracooks"):
        assert "<script>" not in tiktok.http.get(path).text


def test_a_short_link_leads_to_the_post_and_is_embedded_like_it(tiktok: TikTok) -> None:
    video = newest(tiktok)
    post = tiktok.control("GET", "phone/maracooks")["posts"][0]
    assert (post["id"], post["short_link"][:24]) == (video.id, "https://vm.tiktok.com/ZM"[:24])
    card = tiktok.http.get("/oembed", params={"url": post["short_link"]}).json()
    assert card["embed_product_id"] == video.id
    there = tiktok.http.get(post["short_link"].removeprefix("https://vm.tiktok.com"))
    assert there.headers["location"] == f"/@maracooks/video/{video.id}"
    assert tiktok.http.get("/ZMnothing/").status_code == 404
    wrong = {"url": "https://vm.tiktok.com/ZM!/"}
    assert tiktok.http.get("/oembed", params=wrong).status_code == 400


def test_photos_are_embedded_by_their_own_address(tiktok: TikTok) -> None:
    video = newest(tiktok)
    video.photos = 3
    url = f"https://www.tiktok.com/@maracooks/photo/{video.id}"
    card = tiktok.http.get("/oembed", params={"url": url}).json()
    assert f"/photo/{video.id}" in card["html"]


def test_dead_links_may_be_a_404(tiktok: TikTok) -> None:
    tiktok.settings(oembed_bad_url_status=404)
    url = "https://www.tiktok.com/@maracooks/video/123"
    assert tiktok.http.get("/oembed", params={"url": url}).status_code == 404


@pytest.mark.parametrize("query", ["", "controls=2&rel=x", "autoplay=1&controls=maybe", "%ff=1"])
def test_the_player_answers_whatever_it_is_asked(tiktok: TikTok, query: str) -> None:
    video = newest(tiktok)
    video.title = "</script><script>alert(1)</script>"
    answer = tiktok.http.get(f"/player/v1/{video.id}?{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert ("autoplay=1" in query) is ('"autoplay": true' in answer.text)
    assert tiktok.http.get(f"/player/v1/123?{query}").status_code == 200


def test_a_live_s_domain_must_be_a_host_name(tiktok: TikTok) -> None:
    assert tiktok.control("GET", "live-domains") == {"domains": ["localhost", "127.0.0.1"]}
    wrong = tiktok.http.put("/_emulator/live-domains", json={"domains": ["https://x/"]})
    assert wrong.status_code == 400
    for path in ("/embed/live/maracooks", "/embed/live/@maracooks?embed_domain=x.example.com"):
        assert "be shown here" in tiktok.http.get(path).text
    assert tiktok.http.get("/embed/live/@nobody").status_code == 404
