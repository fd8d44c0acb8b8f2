"""Markup for a caller's own pages: right addresses, and no input can break out of it."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor import Hosts, embeds, errors
from stagedoor.embeds import LiveParams, PlayerParams
from stagedoor.platform import wire
from stagedoor.platform.products import embed


class Tags(HTMLParser):
    """The tags, attributes and texts that a browser would see."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


HOSTILE = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    [
        '"><script>alert(1)</script>',
        "' onload='alert(1)",
        "</iframe><img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "../../@other?x=1#y",
        "a\x00b",
        "&quot;&#34;",
        "%22%3E",
    ]
)
FLAGS = st.fixed_dictionaries(
    {name: st.none() | st.booleans() for name in PlayerParams.model_fields}
)


def test_the_player_s_address_has_only_what_was_chosen() -> None:
    assert embeds.player_url(7534120098765432101) == (
        "https://www.tiktok.com/player/v1/7534120098765432101"
    )
    url = embeds.player_url("7", PlayerParams(autoplay=True, rel=False))
    assert parse_qs(urlsplit(url).query) == {"autoplay": ["1"], "rel": ["0"]}


@given(flags=FLAGS)
def test_what_the_address_says_is_what_the_player_reads(flags: dict[str, Any]) -> None:
    params = PlayerParams(**flags)
    assert wire.parse(embed.PLAYER, urlsplit(embeds.player_url("7", params)).query) == params


@given(title=HOSTILE, flags=FLAGS)
def test_a_frame_is_one_tag_whatever_its_title(title: str, flags: dict[str, Any]) -> None:
    [(tag, attributes)] = Tags(embeds.player_frame("7", PlayerParams(**flags), title=title)).tags
    assert tag == "iframe"
    assert set(attributes) == {"src", "title", "width", "height", "style", "allow"}
    assert attributes["src"] == embeds.player_url("7", PlayerParams(**flags))
    assert attributes["title"].split() == title.replace("\x00", "\ufffd").split() or "\x00" in title


@given(caption=HOSTILE)
def test_a_caption_is_text(caption: str) -> None:
    seen = Tags(embeds.video_quote("mara.cooks", "7", caption))
    assert [tag for tag, _ in seen.tags if tag != "p"] == ["blockquote", "section", "a", "script"]
    assert seen.tags[0][1]["cite"] == "https://www.tiktok.com/@mara.cooks/video/7"
    if caption and "\x00" not in caption:
        assert caption in "".join(seen.texts)


@given(hostile=HOSTILE)
def test_a_handle_or_number_that_is_none_is_refused(hostile: str) -> None:
    """An accepted value is harmless by its form alone."""
    makers: tuple[Callable[[], str], ...] = (
        lambda: embeds.player_frame(hostile),
        lambda: embeds.video_quote("mara", hostile),
        lambda: embeds.video_quote(hostile, "7"),
        lambda: embeds.profile_quote(hostile),
        lambda: embeds.live_frame(hostile, LiveParams(embed_domain="example.com")),
        lambda: embeds.live_frame("mara", LiveParams(embed_domain=hostile)),
        lambda: embeds.player_frame("7", width=hostile),
    )
    for make in makers:
        try:
            markup = make()
        except errors.InvalidRequest:
            continue
        assert hostile.removeprefix("@").isascii()
        assert not set(hostile) & set("<>\"'&/:;?# \x00")
        assert Tags(markup).tags


@pytest.mark.parametrize("post_id", ["", "7\n", "٧", True, 1.5, "-1", "1" * 21])
def test_only_numbers_are_posts(post_id: Any) -> None:
    with pytest.raises((errors.InvalidRequest, TypeError), match="post_id"):
        embeds.player_url(post_id)


def test_measures_are_pixels_or_percents() -> None:
    [(_, attributes)] = Tags(embeds.player_frame("7", width="100%", height=740)).tags
    assert (attributes["width"], attributes["height"]) == ("100%", "740")
    with pytest.raises(errors.InvalidRequest, match="height"):
        embeds.player_frame("7", height="12em")


def test_a_profile_and_a_live() -> None:
    quote = Tags(embeds.profile_quote("@maracooks")).tags[0][1]
    assert (quote["data-unique-id"], quote["data-embed-type"]) == ("maracooks", "creator")
    url = embeds.live_url("maracooks", LiveParams(embed_domain="shop.example.com", muted=False))
    assert url.startswith("https://www.tiktok.com/embed/live/@maracooks?")
    assert parse_qs(urlsplit(url).query) == {"embed_domain": ["shop.example.com"], "muted": ["0"]}


def test_it_points_where_the_hosts_say() -> None:
    hosts = Hosts.at("http://127.0.0.1:8701")
    assert embeds.player_url("7", hosts=hosts) == "http://127.0.0.1:8701/player/v1/7"
    assert 'src="http://127.0.0.1:8701/embed.js"' in embeds.script(hosts)
