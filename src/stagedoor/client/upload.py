"""Sending a video's bytes: chunk after chunk, resumed where TikTok says it stands."""

from __future__ import annotations

import re
from collections.abc import Callable

from stagedoor.platform.media import UPLOAD_CHUNK

from .chunks import ChunkPlan
from .effects import Flow, Reply, Send, Sleep
from .errors import TransportError, UploadExpired, UploadRefused
from .session import Session
from .source import Blocks, Source

_PROGRESS = re.compile(r"bytes 0-(\d+)/(\d+)")


def upload(
    session: Session,
    url: str,
    source: Source,
    plan: ChunkPlan,
    on_stored: Callable[[int], None],
    confirm: Callable[[], Flow[bool]],
    start: int = 0,
    on_last: Callable[[], None] | None = None,
) -> Flow[None]:
    """PUT every chunk to `url` in order, from chunk number `start` on.

    A chunk whose answer is lost, or that meets a 5xx, is sent again; if TikTok had it already it
    says so (416) and the next one follows. `confirm` asks TikTok whether all bytes have arrived,
    for the case that the last answer was lost. `on_stored` gets the bytes handed over so far;
    `on_last` is called before the last bytes of the video leave.
    """
    index = start
    attempt = 0
    setbacks = 0
    while index < plan.count:
        attempt += 1
        offset, length = plan.at(index)
        try:
            told = on_last if index == plan.count - 1 else None
            reply: Reply = yield _put(url, source, plan, offset, length, on_stored, told)
        except TransportError:
            if attempt >= session.retry.attempts:
                if index == plan.count - 1 and (yield from confirm()):
                    return
                raise
            yield Sleep(session.retry.backoff(attempt))
            continue
        stored = _stored(reply, plan, index)
        if stored is None:
            if reply.status < 500:
                if attempt > 1 and index == plan.count - 1 and (yield from confirm()):
                    return
                raise _refusal(reply)
            if attempt >= session.retry.attempts:
                raise _refusal(reply)
            yield Sleep(session.retry.backoff(attempt))
            continue
        if stored > index:
            attempt = 0
        else:
            setbacks += 1
            if max(attempt, setbacks) >= session.retry.attempts:
                raise _refusal(reply)
        index = stored
        on_stored(plan.at(index)[0] if index < plan.count else plan.size)


def _put(
    url: str,
    source: Source,
    plan: ChunkPlan,
    offset: int,
    length: int,
    on_stored: Callable[[int], None],
    on_last: Callable[[], None] | None,
) -> Send:
    handed = offset

    def on_bytes(size: int) -> None:
        nonlocal handed
        handed += size
        on_stored(handed)

    headers = {
        "content-type": source.mime,
        "content-length": str(length),
        "content-range": f"bytes {offset}-{offset + length - 1}/{plan.size}",
    }
    blocks = Blocks(source, offset, length, on_bytes, on_last)
    return Send(UPLOAD_CHUNK.method, url, headers, blocks)


def _stored(reply: Reply, plan: ChunkPlan, index: int) -> int | None:
    """Which chunk comes next by this answer; None if it doesn't say."""
    if reply.status in (200, 201, 206):
        return index + 1
    if reply.status != 416:
        return None
    match = _PROGRESS.fullmatch(reply.headers.get("content-range", ""))
    if match is None:
        return None
    # TikTok's docs name the number UPLOADED_BYTES, RFC 9110 would have the last index: take both
    at = plan.index_of(int(match[1]))
    return at if at is not None else plan.index_of(int(match[1]) + 1)


def _refusal(reply: Reply) -> UploadExpired | UploadRefused:
    if reply.status == 403:
        return UploadExpired(
            "TikTok's upload_url is no longer valid (it lives an hour). Nothing was published: "
            "post again."
        )
    return UploadRefused(
        f"TikTok refused a chunk of the upload with HTTP {reply.status}. Nothing was published: "
        "post again."
    )
