"""Receives chunks: strictly in order, written and hashed as they arrive (`media.yaml`).

A chunk counts once it is complete; a partial chunk is discarded. If two requests send the same
chunk at the same time, the request that completes first counts and the other is refused, so a
client may retry while its dead connection is still open.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from dataclasses import dataclass
from enum import Enum
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stagedoor.platform.media_types import UPLOAD_TYPES
from stagedoor.platform.products.posting import TERMINAL, FailReason

from ...world import World
from ...world.clock import Handlers
from ..posting import processing
from ..posting.state import PUBLISHES, Publish
from .state import RECEIVING, UPLOADS, ChunkedUpload

if TYPE_CHECKING:
    from hashlib import _Hash

EXPIRE = "upload.expire"

_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})", re.ASCII)
_BLOCK = 1 << 20


def handlers(world: World) -> Handlers:
    """Timer handlers: an upload's URL expires."""

    async def due(upload_id: str) -> None:
        _expire(world, world[UPLOADS][upload_id])

    return {EXPIRE: due}


def resume(world: World) -> None:
    """Continue loaded uploads; an upload whose file is missing starts again from byte 0."""
    for upload in world[UPLOADS].values():
        if upload.digest is None:
            if not Path(upload.path).exists():
                upload.path, upload.stored = _place(world, upload.id), 0
            world.clock.drop(EXPIRE, upload.id)
            world.clock.at(upload.expires, EXPIRE, upload.id)


def expect(world: World, publish: Publish, size: int, chunk_size: int, count: int) -> ChunkedUpload:
    """Create the upload for a video of `size` bytes."""
    now = world.now()
    upload_id = world.ids.number(now)
    upload = ChunkedUpload(
        id=upload_id,
        token=world.ids.uuid(),
        publish_id=publish.id,
        size=size,
        chunk_size=chunk_size,
        chunk_count=count,
        expires=now + world.settings.upload_url_seconds,
        path=_place(world, upload_id),
    )
    publish.upload_id = upload.id
    world[UPLOADS].add(upload)
    world.clock.at(upload.expires, EXPIRE, upload.id)
    return upload


def _place(world: World, upload_id: str) -> str:
    return str(world.media / f"upload-{upload_id}")


def _expire(world: World, upload: ChunkedUpload) -> None:
    publish = world[PUBLISHES][upload.publish_id]
    if upload.digest is None and publish.status not in TERMINAL:
        # TikTok's behaviour is undocumented (media.yaml, abandoned_upload).
        world[RECEIVING].pop(upload.id, None)
        detail = f"{upload.stored} of {upload.size} bytes had arrived when the upload_url expired"
        processing.fail(world, publish, FailReason.INTERNAL, detail)


class ChunkResult(Enum):
    """The outcome of a chunk; the value is the HTTP status."""

    STORED = 206
    COMPLETE = 201
    BAD = 400
    EXPIRED = 403
    UNKNOWN = 404
    OUT_OF_ORDER = 416


class Verdict(NamedTuple):
    """The outcome of a chunk, and why it was refused, in words for the list of requests."""

    result: ChunkResult
    why: str = ""


@dataclass(slots=True)
class _Running:
    """The running hash of the stored bytes, and the number of requests that are writing."""

    hash: _Hash
    writing: int = 0
    begun: int = 0


def find(world: World, upload_id: str, token: str) -> ChunkedUpload | None:
    upload = world[UPLOADS].get(upload_id)
    return upload if upload is not None and upload.token == token else None


@dataclass(frozen=True, slots=True)
class Headers:
    """The three headers that TikTok requires on a chunk, as received."""

    content_type: str
    content_length: str
    content_range: str


def judge(world: World, upload: ChunkedUpload, headers: Headers) -> int | Verdict:
    """The expected bytes of the chunk, or the verdict that refuses it before they arrive."""
    if not _open(world, upload):
        return _EXPIRED
    span = _RANGE.fullmatch(headers.content_range.strip())
    kind = headers.content_type.partition(";")[0].strip().lower()
    length = headers.content_length
    if span is None:
        given = headers.content_range[:80]
        return _bad(f"Content-Range must be 'bytes FIRST-LAST/TOTAL', not {given!r}")
    if kind not in UPLOAD_TYPES:
        return _bad(f"Content-Type must be one of {', '.join(UPLOAD_TYPES)}, not {kind[:80]!r}")
    if not (length.isascii() and length.isdigit()):
        return _bad("Content-Length is missing")
    first, last, total = (int(number) for number in span.groups())
    if total != upload.size:
        return _bad(f"the total in Content-Range is {total}, init announced {upload.size}")
    if not first <= last < total:
        return _bad(f"Content-Range goes from {first} to {last} of {total} bytes")
    if int(length) != last - first + 1:
        return _bad(f"Content-Length is {int(length)}, Content-Range spans {last - first + 1}")
    if first != upload.stored:
        why = f"the chunk begins at byte {first}, the next one is at {upload.stored}"
        return Verdict(ChunkResult.OUT_OF_ORDER, why)
    final = first // upload.chunk_size >= upload.chunk_count - 1
    wanted = total - first if final else upload.chunk_size
    if int(length) != wanted:
        chunk = "the last chunk" if final else "a chunk"
        return _bad(f"{chunk} has {wanted} bytes by init's plan, not {int(length)}")
    return wanted


_EXPIRED = Verdict(ChunkResult.EXPIRED, "the upload_url has expired, or its post has ended")


def _bad(why: str) -> Verdict:
    return Verdict(ChunkResult.BAD, why)


def _open(world: World, upload: ChunkedUpload) -> bool:
    publish = world[PUBLISHES][upload.publish_id]
    if upload.digest is not None:
        return True
    return world.now() < upload.expires and publish.status not in TERMINAL


class Chunk:
    """Context manager for one incoming chunk. Without `keep`, the chunk is discarded on exit."""

    def __init__(self, world: World, upload: ChunkedUpload, length: int) -> None:
        self._world = world
        self._upload = upload
        self._first = upload.stored
        self._length = length
        self._got = 0
        self._running = _state(world, upload)
        self._hash = self._running.hash.copy()
        # The first request for a chunk writes into the upload's file, any other into its own file.
        self._aside: str | None = None
        if self._running.writing:
            self._aside = f"{upload.path}.{self._running.begun}"
        self._file = _opened(self._aside or upload.path)
        self._file.seek(0 if self._aside else self._first)
        self._running.writing += 1
        self._running.begun += 1

    def __enter__(self) -> Chunk:
        return self

    def __exit__(self, *_: object) -> None:
        self._running.writing -= 1
        self._file.close()
        if self._aside is not None:
            Path(self._aside).unlink(missing_ok=True)

    def write(self, data: bytes) -> Verdict | None:
        """Write some bytes; a verdict ends the chunk early."""
        if (verdict := self._overtaken()) is not None:
            return verdict
        self._got += len(data)
        if self._got > self._length:
            return _bad(f"the body is longer than its {self._length} bytes")
        self._hash.update(data)
        _write(self._file, data)
        return None

    def keep(self) -> Verdict:
        """Accept the chunk if it is complete and its URL hasn't expired."""
        upload, world = self._upload, self._world
        if (verdict := self._overtaken()) is not None:
            return verdict
        if self._got != self._length:
            return _bad(f"the body has {self._got} bytes, not {self._length}")
        if not _open(world, upload):
            return _EXPIRED
        if self._aside is not None:
            self._move_in()
        upload.stored += self._length
        self._running.hash = self._hash
        if upload.stored < upload.size:
            return Verdict(ChunkResult.STORED)
        upload.digest = self._hash.hexdigest()
        world[RECEIVING].pop(upload.id, None)
        return Verdict(ChunkResult.COMPLETE)

    def _overtaken(self) -> Verdict | None:
        """The verdict if another request completed this chunk, or the upload is gone; else None."""
        if self._world[UPLOADS].get(self._upload.id) is not self._upload:
            return Verdict(ChunkResult.UNKNOWN, "the upload is gone")
        if self._upload.stored == self._first:
            return None
        return Verdict(ChunkResult.OUT_OF_ORDER, "another request stored this chunk meanwhile")

    def _move_in(self) -> None:
        self._file.seek(0)
        with _opened(self._upload.path) as target:
            target.seek(self._first)
            while block := self._file.read(_BLOCK):
                _write(target, block)


def _opened(path: str) -> FileIO:
    """Open for the owner only, and unbuffered, so that no late write follows at the close."""

    def private(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_CREAT, 0o600)

    return FileIO(path, "r+", opener=private)


def _write(file: FileIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _state(world: World, upload: ChunkedUpload) -> _Running:
    found: _Running | None = world[RECEIVING].get(upload.id)
    if found is None:
        found = world[RECEIVING][upload.id] = _Running(_hash_of(upload))
    return found


def _hash_of(upload: ChunkedUpload) -> _Hash:
    """The hash of the bytes that an earlier run stored; for a new upload, the empty hash."""
    found = hashlib.sha256()
    left = upload.stored
    if left:
        with open(upload.path, "rb") as file:
            while left and (block := file.read(min(_BLOCK, left))):
                found.update(block)
                left -= len(block)
    return found


def arrived(world: World, upload: ChunkedUpload) -> asyncio.Task[None]:
    """All bytes have arrived: pass the video to processing."""
    world.clock.drop(EXPIRE, upload.id)
    publish = world[PUBLISHES][upload.publish_id]
    publish.digest = upload.digest
    publish.digests = [upload.digest or ""]
    publish.media = [upload.path]
    return processing.media_arrived(world, publish)
