"""Walks through pages whose cursors don't lead on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import httpx2
import pytest

from stagedoor import AsyncTikTok, TikTok
from stagedoor.errors import UnexpectedAnswer

Walk = Callable[[Any], Any]

WALKS: dict[str, tuple[Walk, str, str]] = {
    "videos": (lambda t: t.videos.all(), "videos", "cursor"),
    "followers": (lambda t: t.research.all_followers("mara"), "user_followers", "cursor"),
    "comments": (lambda t: t.research.all_comments(video_id="7"), "comments", "cursor"),
}


def transport(pages: Iterator[dict[str, Any]]) -> httpx2.MockTransport:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/oauth/token/"):
            return httpx2.Response(200, json={"access_token": "clt.1", "expires_in": 7200})
        error = {"code": "ok", "message": "", "log_id": "x"}
        return httpx2.Response(200, content=json.dumps({"data": next(pages), "error": error}))

    return httpx2.MockTransport(answer)


def client(kind: type[Any], pages: Iterator[dict[str, Any]]) -> Any:
    return kind("key", "secret", access_token="act.1", pacer=None, transport=transport(pages))


def stuck(items: str, *cursors: int | None) -> Iterator[dict[str, Any]]:
    """A page for each cursor; each of them says that there are more."""
    for number, cursor in enumerate(cursors):
        named = {"id": str(number), "username": str(number)}
        yield {items: [named], "has_more": True} | ({} if cursor is None else {"cursor": cursor})


@pytest.mark.parametrize("name", WALKS)
@pytest.mark.parametrize(
    "cursors", [(7, 8, 8), (7, 8, None), (None,)], ids=["same", "missing", "none at all"]
)
def test_more_pages_that_cannot_be_requested_are_told_after_the_items(
    name: str, cursors: tuple[int | None, ...]
) -> None:
    walk, items, member = WALKS[name]
    got: list[Any] = []
    with client(TikTok, stuck(items, *cursors)) as tiktok:
        found = walk(tiktok)
        with pytest.raises(UnexpectedAnswer, match=f"is true, but {member} leads to no further"):
            collect(found, got)
    assert len(got) == len(cursors)


def collect(found: Iterator[Any], into: list[Any]) -> None:
    """Add the items one by one: those before an error stay."""
    for item in found:
        into.append(item)


def test_an_async_walk_tells_it_too() -> None:
    got: list[Any] = []

    async def main() -> None:
        async with client(AsyncTikTok, stuck("videos", 7, 7)) as tiktok:
            async for item in tiktok.videos.all():
                got.append(item)

    with pytest.raises(UnexpectedAnswer, match="has_more is true"):
        anyio.run(main)
    assert len(got) == 2


def test_a_walk_that_has_all_it_wants_does_not_mind_the_cursor() -> None:
    with client(TikTok, stuck("videos", 7, 7)) as tiktok:
        assert len(list(tiktok.videos.all(limit=2))) == 2


def test_a_playlist_ends_at_a_cursor_without_effect() -> None:
    pages = iter([{"playlist_video_ids": [1, 2], "cursor": 2, "has_more": True}] * 2)
    with client(TikTok, pages) as tiktok:
        assert len(list(tiktok.research.all_playlist_videos("5"))) == 4
