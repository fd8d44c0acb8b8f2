"""Upload of a video in chunks, resumed where TikTok reports its position."""

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

    A chunk whose response is lost, or that gets a 5xx, is retried; if TikTok had it already, TikTok
    answers 416 and the next chunk follows. `confirm` asks TikTok whether all bytes have arrived,
    in case the last response was lost. `on_stored` gets the number of bytes sent so far;
    `on_last` is called before the last bytes of the video are sent.
    """
    index = start
    attempt = 0
    setbacks = 0
    while index < plan.count:
        attempt += 1
        offset, length = plan.at(index)
        try:
            told = on_last if index == plan.count - 1 else None
            reply: Reply = yield _put_chunk(url, source, plan, offset, length, on_stored, told)
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


def _put_chunk(
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
    """The index of the next chunk according to this response; None if it doesn't tell."""
    if reply.status in (200, 201, 206):
        return index + 1
    if reply.status != 416:
        return None
    match = _PROGRESS.fullmatch(reply.headers.get("content-range", ""))
    if match is None:
        return None
    # UPLOADED_BYTES in TikTok's docs is a count, RFC 9110 has the last index: accept both
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
