"""Ctrl-C in the middle of a request: the last report says whether TikTok may have the post."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from stagedoor import PrivacyLevel, Progress, TikTok, Url
from stagedoor.platform.media import SAFE_MIN_CHUNK
from tests.support.local import Local

PUBLIC = PrivacyLevel.PUBLIC_TO_EVERYONE
Chosen = Callable[[httpx2.Request], bool]


class Interrupting(httpx2.BaseTransport):
    """Raises KeyboardInterrupt in a chosen request: after `blocks` of its body, or, without that,
    once TikTok has done the work and only its answer is missing."""

    def __init__(self, chosen: Chosen, blocks: int | None = None) -> None:
        self._chosen = chosen
        self._blocks = blocks
        self._inner = httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if not self._chosen(request):
            return self._inner.handle_request(request)
        if self._blocks is not None:
            for number, _ in enumerate(request.stream):  # type: ignore[arg-type]
                if number == self._blocks:
                    raise KeyboardInterrupt
        self._inner.handle_request(request).read()
        raise KeyboardInterrupt

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def interrupted(local: Local) -> Callable[..., Progress]:
    """The last report of a post that is interrupted in a request."""

    def run(post: Callable[..., object], transport: httpx2.BaseTransport) -> Progress:
        told: list[Progress] = []
        with (
            local.client(transport=transport) as tiktok,
            pytest.raises(KeyboardInterrupt),
        ):
            post(tiktok, told.append)
        return told[-1]

    return run


def upload(film: Path) -> Callable[..., object]:
    def run(tiktok: TikTok, progress: Callable[[Progress], None]) -> object:
        return tiktok.posts.publish_video(
            film, privacy_level=PUBLIC, chunk_size=SAFE_MIN_CHUNK, progress=progress
        )

    return run


def chunk(last: bool) -> Chosen:
    def chosen(request: httpx2.Request) -> bool:
        told = request.headers.get("content-range", "")
        _, _, place = told.partition(" ")
        span, _, size = place.partition("/")
        return request.method == "PUT" and (span.endswith(f"-{int(size) - 1}") is last)

    return chosen


def test_while_the_last_chunk_is_answered(
    local: Local, film: Path, interrupted: Callable[..., Progress]
) -> None:
    """TikTok publishes it: whoever repeats the post has it twice."""
    last = interrupted(upload(film), Interrupting(chunk(last=True)))
    assert last.may_be_published
    (post,) = local.publishes()
    assert last.publish_id == post["publish_id"]


def test_with_the_last_block_on_its_way(
    local: Local, film: Path, interrupted: Callable[..., Progress]
) -> None:
    blocks = -(-(film.stat().st_size - 2 * SAFE_MIN_CHUNK) // (1 << 20))
    last = interrupted(upload(film), Interrupting(chunk(last=True), blocks - 1))
    assert last.may_be_published


def test_before_the_last_block(
    local: Local, film: Path, interrupted: Callable[..., Progress]
) -> None:
    """Control: TikTok lacks bytes, so nothing can be published."""
    for transport in (Interrupting(chunk(last=True), 1), Interrupting(chunk(last=False))):
        last = interrupted(upload(film), transport)
        assert last.publish_id
        assert not last.may_be_published


def test_while_an_init_is_answered_that_publishes_by_itself(
    local: Local, interrupted: Callable[..., Progress]
) -> None:
    def pull(tiktok: TikTok, progress: Callable[[Progress], None]) -> object:
        return tiktok.posts.publish_video(
            Url("https://photos.example.com/film.mp4"), privacy_level=PUBLIC, progress=progress
        )

    last = interrupted(pull, Interrupting(lambda request: request.url.path.endswith("/init/")))
    assert last.may_be_published
    assert last.publish_id is None, "its answer never came"
    asked = Interrupting(lambda request: request.url.path.endswith("/creator_info/query/"))
    assert not interrupted(pull, asked).may_be_published


def test_while_the_init_of_an_upload_is_answered(
    local: Local, film: Path, interrupted: Callable[..., Progress]
) -> None:
    """An init publishes nothing without bytes."""
    init = Interrupting(lambda request: request.url.path.endswith("/video/init/"))
    assert not interrupted(upload(film), init).may_be_published
