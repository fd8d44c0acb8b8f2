"""The upload endpoint of agents: it answers as TikTok's upload_url does, and the last byte
publishes the post."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from stagedoor.connector.connections import mark_authenticated
from stagedoor.connector.documented import raises
from stagedoor.connector.fair_pool import FairPool
from stagedoor.connector.fair_queue import Owner
from stagedoor.connector.media import ranges, receive
from stagedoor.connector.media.capability import Purpose
from stagedoor.connector.media.errors import UPLOAD_ERRORS, UploadComplete, UploadTooSlow
from stagedoor.connector.media.service import MediaService, Medium
from stagedoor.connector.provided import provided

from .errors import Denied
from .posts import UPLOADS
from .scheduler import WATCH_SECONDS
from .uploads import Uploads

ROUTER = APIRouter(tags=["agents"])


_EMPTY = {"content": {"application/json": {"schema": {"type": "object"}, "example": {}}}}
_DESCRIBED: dict[str, Any] = {
    "parameters": [
        {
            "name": "Content-Range",
            "in": "header",
            "required": False,
            "description": "`bytes <first>-<last>/<total>`: one piece of the file, in order.",
            "schema": {"type": "string"},
            "example": "bytes 0-5242879/9437184",
        }
    ],
    "requestBody": {
        "description": "The file, or a piece of it.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
}


@ROUTER.put(
    f"{UPLOADS}/{{capability}}",
    name="upload_agents_file",
    summary="Upload an agent's file, or a piece",
    status_code=201,
    response_class=Response,
    responses={
        201: {"description": "The file is complete, and its post goes on.", **_EMPTY},
        206: {"description": "The piece is here, and the file isn't complete.", **_EMPTY},
    },
    openapi_extra=_DESCRIBED,
)
@raises(Denied, *UPLOAD_ERRORS)
async def upload(
    request: Request,
    media: Annotated[MediaService, provided(MediaService)],
    uploads: Annotated[Uploads, provided(Uploads)],
    slow: Annotated[FairPool, provided(FairPool)],
    capability: str,
) -> Response:
    """Receive a file or a piece of it. Answers 206 for a piece and 201 for the last one, as
    TikTok does."""
    medium = await asyncio.to_thread(media.by_capability, capability, Purpose.UPLOAD)
    await asyncio.to_thread(uploads.check, medium)
    mark_authenticated(request.scope, medium.org)
    headers = request.headers
    body = ranges.sent(headers.get("content-range"), headers.get("content-length"))
    if isinstance(body, ranges.ProgressQuery):
        return _progress_response(medium)
    receive.check_media_type(headers.get("content-type", ""))
    try:
        kept = await receive.take_piece(
            media, medium, body, _watched(request.stream(), uploads, medium)
        )
    except ClientDisconnect:
        return Response(status_code=400)
    except UploadTooSlow as error:
        return receive.broken_off(error)
    except UploadComplete:
        kept = medium  # the answer was lost, perhaps before the post was published
    if kept.complete and kept.post is not None:
        # the file may be read and inspected first, for the question to a person
        owner = Owner(kept.org)
        await asyncio.wrap_future(slow.submit(owner, partial(uploads.arrived, kept)))
    return _progress_response(kept)


async def _watched(
    stream: AsyncIterator[bytes], uploads: Uploads, medium: Medium
) -> AsyncIterator[bytes]:
    """Yield the body; stop when the agent may not send it any more. Raises `Denied`."""
    blocks, loop = aiter(stream), asyncio.get_running_loop()
    block: asyncio.Future[bytes] | None = None
    look_at = loop.time() + WATCH_SECONDS
    try:
        while True:
            block = block or asyncio.ensure_future(anext(blocks))
            await asyncio.wait({block}, timeout=max(0.0, look_at - loop.time()))
            if loop.time() >= look_at:
                await asyncio.to_thread(uploads.check, medium)
                look_at = loop.time() + WATCH_SECONDS
            if block.done():
                came, block = block, None
                try:
                    data = came.result()
                except StopAsyncIteration:
                    return
                yield data
    finally:
        if block is not None:
            block.cancel()


def _progress_response(medium: Medium) -> Response:
    last, total = medium.received - 1, medium.size if medium.size is not None else "*"
    headers = {"cache-control": "no-store"}
    if medium.received:
        headers["content-range"] = f"bytes 0-{last}/{total}"
    # a published client parses the last answer as JSON (media.yaml)
    status = 201 if medium.complete else 206
    return Response(b"{}", status, headers, media_type="application/json")
