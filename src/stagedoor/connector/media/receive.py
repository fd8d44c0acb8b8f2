"""Receiving an upload: bytes go to the store as they arrive, and count once they are stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from stagedoor.platform.media import MAX_FILE

from ..errors import RequestTooLarge, error_response
from .disk_space import Reservation, paced
from .errors import BadUpload, UploadTooSlow
from .multipart import FirstFile
from .ranges import AlreadyStored, Piece, Take, WholeBody
from .service import MediaService, Medium
from .storage import ObjectWriter

_NO_FILE = frozenset({"application/x-www-form-urlencoded", "application/json", "text/html"})
"""Media types of bodies that are never a video or a photo."""


def check_media_type(content_type: str) -> None:
    """Raise `BadUpload` for a body whose media type says that it is no file."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in _NO_FILE:
        raise BadUpload(
            f"A body of {media_type} is no file: send the file's bytes with their own Content-Type "
            "(such as video/mp4), or a multipart/form-data form that has the file in it. "
            "curl does the first with --upload-file, the second with --form."
        )


async def take_piece(
    media: MediaService, medium: Medium, body: WholeBody | Piece, stream: AsyncIterator[bytes]
) -> Medium:
    """Receive a raw body. Bytes that arrived before a broken connection are kept, so the upload can
    be resumed.

    The same goes for a body that was sent too slowly. Raises `StoreFull`, `UploadTooSlow`.
    """
    stream = paced(stream, media.pace)
    decision = await asyncio.to_thread(media.plan, medium, body)
    if isinstance(decision, AlreadyStored):
        async for _ in stream:
            pass
        return medium
    writer = media.storage.writer(medium.id)
    wanted = body.length
    announced = None if wanted is None else wanted - decision.skip
    with media.room.reserve(medium.org, announced) as room:
        try:
            await _copy(_Roomy(writer, room), stream, decision, wanted)
        except (ClientDisconnect, UploadTooSlow):
            if wanted is not None and writer.size:
                await _keep(media, medium, body, writer, ended=False)
            raise
        except BaseException:
            writer.abandon()
            raise
    if wanted is not None and writer.size != wanted - decision.skip:
        raise BadUpload(f"The body has fewer bytes than the {wanted} announced.")
    return await _keep(media, medium, body, writer, ended=True)


async def take_form(
    media: MediaService,
    medium: Medium,
    content_type: str,
    stream: AsyncIterator[bytes],
    length: int | None = None,
) -> Medium:
    """Receive the first file of a multipart body of `length` bytes, as a whole."""
    return await take_file(media, medium, FirstFile(content_type), stream, length)


async def take_file(
    media: MediaService,
    medium: Medium,
    form: FirstFile,
    stream: AsyncIterator[bytes],
    length: int | None = None,
    most: int = MAX_FILE,
) -> Medium:
    """Like `take_form`, with the caller's parser of the form; a file has at most `most` bytes."""
    body = WholeBody(None)
    await asyncio.to_thread(media.plan, medium, body)
    writer = media.storage.writer(medium.id)
    with media.room.reserve(medium.org, length) as room:
        roomy = _Roomy(writer, room, most)
        try:
            async for data in paced(stream, media.pace):
                found = form.feed(data)
                if found:
                    await roomy.write(found)
        except BaseException:
            writer.abandon()
            raise
    if not form.complete:
        raise BadUpload("The form has no file in it, or it ended before its file did.")
    if medium.size is not None and not medium.parts and writer.size != medium.size:
        raise BadUpload(
            f"The file has {writer.size} bytes; the upload was announced with {medium.size}."
        )
    return await _keep(media, medium, body, writer, ended=True)


def broken_off(error: UploadTooSlow) -> Response:
    """The response to a client that was too slow; the connection is closed with it."""
    answer = error_response(error)
    answer.headers["connection"] = "close"
    return answer


class _Roomy:
    """A writer that checks the free space with each block."""

    def __init__(self, writer: ObjectWriter, room: Reservation, most: int = MAX_FILE) -> None:
        self._writer = writer
        self._room = room
        self._most = most

    async def write(self, data: bytes) -> None:
        """Raises `StoreFull`, `StoreFailed`, `RequestTooLarge`."""
        if self._writer.size + len(data) > self._most:
            raise RequestTooLarge(f"TikTok takes files of {self._most} bytes at most.")
        await self._room.take(len(data))
        await self._writer.write(data)


async def _copy(
    writer: _Roomy, stream: AsyncIterator[bytes], decision: Take, wanted: int | None
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
            await writer.write(data)


async def _keep(
    media: MediaService,
    medium: Medium,
    body: WholeBody | Piece,
    writer: ObjectWriter,
    *,
    ended: bool,
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
