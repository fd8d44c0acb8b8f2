"""`PUT upload_url`, directly on ASGI: the bytes are written to disk as they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qsl

from ...bodies import Receive, Scope, Send
from ...world import World
from ...world.settings import Processing
from . import uploads
from .state import ChunkedUpload
from .uploads import Chunk, ChunkResult, Headers, Verdict

_WITH_PROGRESS = (ChunkResult.STORED, ChunkResult.COMPLETE, ChunkResult.OUT_OF_ORDER)


async def put_chunk(
    world: World, scope: Scope, receive: Receive, send: Send, tell: Callable[[str], None]
) -> None:
    """Receive a chunk. `tell` is called with the reason of a refusal."""
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    upload = uploads.find(world, query.get("upload_id", ""), query.get("upload_token", ""))
    if upload is None:
        tell("there is no upload with this upload_id and upload_token")
        await _answer(send, ChunkResult.UNKNOWN, None)
        return
    length = uploads.judge(world, upload, _headers(scope))
    if isinstance(length, Verdict):
        tell(length.why)
        await _answer(send, length.result, upload)
        return
    verdict = await _receive(world, upload, length, receive)
    if verdict is None:
        return
    tell(verdict.why)
    if verdict.result is ChunkResult.COMPLETE:
        task = uploads.arrived(world, upload)
        if world.settings.processing is Processing.IMMEDIATE:
            # A reset cancels the task, not this request.
            await asyncio.wait([task])
    await _answer(send, verdict.result, upload)


def _headers(scope: Scope) -> Headers:
    got = {name: value.decode("latin-1") for name, value in scope["headers"]}
    return Headers(
        content_type=got.get(b"content-type", ""),
        content_length=got.get(b"content-length", ""),
        content_range=got.get(b"content-range", ""),
    )


async def _receive(
    world: World, upload: ChunkedUpload, length: int, receive: Receive
) -> Verdict | None:
    """Receive the body; None when the client disconnected before its end."""
    with Chunk(world, upload, length) as chunk:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            verdict = chunk.write(message.get("body", b""))
            if verdict is not None:
                return verdict
            if not message.get("more_body", False):
                return chunk.keep()


async def _answer(send: Send, verdict: ChunkResult, upload: ChunkedUpload | None) -> None:
    # The body is undocumented; one published client reads the last answer as JSON (media.yaml).
    body = b"{}"
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if upload is not None and verdict in _WITH_PROGRESS:
        headers.append((b"content-range", b"bytes 0-%d/%d" % (upload.stored, upload.size)))
    await send({"type": "http.response.start", "status": verdict.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
