"""Taking an upload in: bytes go to the store as they come, and count once they are there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect

from stagedoor.platform.media import MAX_FILE

from ..errors import TooLarge
from .errors import BadUpload
from .multipart import FirstFile
from .ranges import Known, Piece, Take, Whole
from .service import MediaService, Medium
from .storage import Writer


async def take_piece(
    media: MediaService, medium: Medium, body: Whole | Piece, stream: AsyncIterator[bytes]
) -> Medium:
    """A raw body. What arrived before a broken connection is kept, and can be gone on from."""
    decision = await asyncio.to_thread(media.plan, medium, body)
    if isinstance(decision, Known):
        async for _ in stream:
            pass
        return medium
    writer = media.storage.writer(medium.id)
    wanted = body.length
    try:
        await _copy(writer, stream, decision, wanted)
    except ClientDisconnect:
        if wanted is not None and writer.size:
            await _keep(media, medium, body, writer, ended=False)
        raise
    if wanted is not None and writer.size != wanted - decision.skip:
        raise BadUpload(f"The body has fewer bytes than the {wanted} announced.")
    return await _keep(media, medium, body, writer, ended=True)


async def take_form(
    media: MediaService, medium: Medium, content_type: str, stream: AsyncIterator[bytes]
) -> Medium:
    """The first file of a multipart body, as a whole."""
    body = Whole(None)
    await asyncio.to_thread(media.plan, medium, body)
    form = FirstFile(content_type)
    writer = media.storage.writer(medium.id)
    async for data in stream:
        found = form.feed(data)
        if found:
            await _write(writer, found)
    if not form.complete:
        raise BadUpload("The form has no file in it, or it ended before its file did.")
    if medium.size is not None and not medium.parts and writer.size != medium.size:
        raise BadUpload(
            f"The file has {writer.size} bytes; the upload was announced with {medium.size}."
        )
    return await _keep(media, medium, body, writer, ended=True)


async def _copy(
    writer: Writer, stream: AsyncIterator[bytes], decision: Take, wanted: int | None
) -> None:
    skip = decision.skip
    left = wanted
    async for data in stream:
        if left is not None:
            if len(data) > left:
                raise BadUpload(f"The body has more bytes than the {wanted} announced.")
            left -= len(data)
        if skip:
            data, skip = data[skip:], max(0, skip - len(data))
        if data:
            await _write(writer, data)


async def _write(writer: Writer, data: bytes) -> None:
    if writer.size + len(data) > MAX_FILE:
        raise TooLarge(f"TikTok takes files of {MAX_FILE} bytes at most.")
    await writer.write(data)


async def _keep(
    media: MediaService, medium: Medium, body: Whole | Piece, writer: Writer, *, ended: bool
) -> Medium:
    if not writer.size:
        raise BadUpload("The body is empty.")
    await writer.finish()
    try:
        kept = await asyncio.to_thread(media.keep, medium, body, writer.key, writer.size, ended)
    except BaseException:
        await asyncio.to_thread(media.storage.drop, writer.key)
        raise
    for key, _ in medium.parts:
        if key not in {part for part, _ in kept.parts}:
            await asyncio.to_thread(media.storage.drop, key)
    return kept
