"""Storage of files: a local folder or an S3-compatible store, behind one interface.

A file is a list of parts, (key, bytes) each, since an upload may come in pieces. Nothing here holds
more than a few MiB of a file at a time.
"""

from __future__ import annotations

import io
import logging
import math
import os
import re
import shutil
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, TypeAlias

from ..private_files import private_folder
from ..store_settings import Options
from .block_file import BlockFile
from .errors import MediaGone, StoreFailed, StoreFull, StoreRefused

BLOCK = 1 << 20
RESERVE = 64 << 20
"""Bytes of a local disk that media leave free for the databases."""
_CHECK_BYTES = 4_096
_LOCAL_WRITE = 1 << 18
"""Bytes of an upload that are written at once to a local disk: each upload under way has some
times as many in memory, here and in the store's buffer."""
_REMOTE_BLOCK = 5 << 20
"""S3 takes no smaller part of a multipart upload."""
_FULL = re.compile(r"\(os error (27|28|122)\)|EntityTooLarge|QuotaExceeded|StorageFull")
"""EFBIG, ENOSPC, EDQUOT, and the similar errors of S3-compatible stores."""

_REFUSALS = tuple(
    (re.compile(found), todo)
    for found, todo in (
        (r"NoSuchBucket", "make the bucket that STAGEDOOR_MEDIA_URL names, or correct its name"),
        (
            r"incorrectly configured region|AuthorizationHeaderMalformed|PermanentRedirect",
            "set AWS_REGION to the region of the bucket",
        ),
        (
            r"InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken|401 Unauthorized"
            r"|InvalidAccessKey",
            "correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ),
        (r"169\.254\.\d+\.\d+", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        (
            r"AccessDenied|403 Forbidden|Permission denied|Read-only file system",
            "let its user read, write and delete there",
        ),
        (r"builder error|Unable to recognise URL|405 Method", "correct AWS_ENDPOINT_URL"),
        (
            r"400 Bad Request|404 Not Found|501 Not Implemented",
            "correct AWS_ENDPOINT_URL and STAGEDOOR_MEDIA_URL",
        ),
    )
)
"""The errors of a store that a retry can't fix, and what to do about each."""

logger = logging.getLogger("stagedoor.media")

CHECKS = "write-checks"
"""The folder of `try_write`'s objects."""

Parts: TypeAlias = Sequence[tuple[str, int]]


class Storage:
    """`url` names an S3-compatible store, with obstore's `options`; None: the local `folder`."""

    def __init__(self, url: str | None, folder: Path, options: Options = ()) -> None:
        self.url = url
        self.folder = folder
        self._options = dict(options)
        self._made: Any = None

    @property
    def _store(self) -> Any:
        if self._made is None:
            from obstore import store

            if self.url is None:
                private_folder(self.folder)
                self._made = store.LocalStore(self.folder)
            else:
                self._made = self._open()
        return self._made

    def _open(self, **more: Any) -> Any:
        from obstore import store

        config: Any = self._options
        # plain http must be allowed explicitly, even where the endpoint's URL asks for it
        allow = self._options.get("aws_endpoint", "").startswith("http://")
        options: Any = {"allow_http": True} if allow else None
        return store.from_url(self.url or "", config=config, client_options=options, **more)

    def try_write(self) -> None:
        """Write an object and delete it again. Raises the errors of an upload, within seconds."""
        import obstore

        key = f"{CHECKS}/{uuid.uuid4().hex}"
        try:
            if self.url is None:
                opened = self._store
            else:
                opened = self._open(
                    retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=5)}
                )
            obstore.put(opened, key, bytes(_CHECK_BYTES))
            obstore.delete(opened, key)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise store_error_of(error) from error

    def writer(self, folder: str) -> ObjectWriter:
        """A writer for a new object with a fresh key in `folder`."""
        import obstore

        key = f"{folder}/{uuid.uuid4().hex}"
        size = _LOCAL_WRITE if self.url is None else _REMOTE_BLOCK
        file = obstore.open_writer_async(self._store, key, buffer_size=size, max_concurrency=1)
        path = None if self.url else self.folder / key
        return ObjectWriter(key, file, path, min(size, BLOCK))

    def put_file(self, folder: str, file: IO[bytes]) -> str:
        """Write a whole file as a new object in `folder`; returns its key. Raises `StoreFull` or
        `StoreFailed`."""
        import obstore

        key = f"{folder}/{uuid.uuid4().hex}"
        file.seek(0)
        try:
            obstore.put(self._store, key, file)
            if self.url is None:
                _sync(self.folder / key)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise store_error_of(error) from error
        return key

    def path(self, parts: Parts) -> Path | None:
        """The path of the file, if it is a single file on this machine."""
        if self.url is None and len(parts) == 1:
            return self.folder / parts[0][0]
        return None

    def open(self, parts: Parts) -> io.BufferedIOBase | io.RawIOBase:
        """Open a binary file that can seek. Raises `MediaGone`."""
        path = self.path(parts)
        if path is None:
            return PartsFile(self, parts)
        try:
            return path.open("rb")
        except FileNotFoundError:
            raise _gone() from None

    def is_whole(self, parts: Parts) -> bool:
        """Whether the file is there to its last byte."""
        try:
            with self.open(parts) as file:
                file.seek(max(0, sum(size for _, size in parts) - 1))
                return bool(file.read(1))
        except MediaGone:
            return False

    def read(self, key: str, start: int, length: int) -> bytes:
        import obstore

        try:
            return bytes(obstore.get_range(self._store, key, start=start, length=length))
        except FileNotFoundError:
            raise _gone() from None
        except obstore.exceptions.BaseError as error:
            raise store_error_of(error) from error

    async def stream(self, parts: Parts, start: int, length: int) -> AsyncIterator[bytes]:
        """Yield `length` bytes from `start` on, block by block."""
        import obstore

        for key, at, size in spans(parts, start, length):
            for begin in range(at, at + size, BLOCK):
                block = min(BLOCK, at + size - begin)
                found = await obstore.get_range_async(self._store, key, start=begin, length=block)
                yield bytes(found)

    def delete(self, folder: str) -> None:
        """Delete everything in `folder`, also objects that a killed process left unfinished."""
        import obstore

        if self.url is None:
            shutil.rmtree(self.folder / folder, ignore_errors=True)
            return
        for batch in obstore.list(self._store, prefix=folder):
            with suppress(FileNotFoundError):
                obstore.delete(self._store, [entry["path"] for entry in batch])

    def drop(self, key: str) -> None:
        """Delete one object."""
        import obstore

        with suppress(FileNotFoundError, obstore.exceptions.BaseError):
            obstore.delete(self._store, key)

    def names(self, folder: str) -> list[str]:
        """The names of the objects directly in `folder`. Raises `StoreFailed`."""
        import obstore

        try:
            found = obstore.list_with_delimiter(self._store, prefix=folder)
            return sorted(entry["path"].rpartition("/")[2] for entry in found["objects"])
        except (obstore.exceptions.BaseError, OSError) as error:
            raise store_error_of(error) from error

    def free(self) -> float:
        """Free bytes of a local disk; a remote store reports itself when it is full."""
        if self.url is not None:
            return math.inf
        private_folder(self.folder)
        return shutil.disk_usage(self.folder).free

    def get(self, key: str) -> bytes | None:
        """Read a small object; None: there is none. Raises `StoreFailed`."""
        import obstore

        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            return None
        except obstore.exceptions.BaseError as error:
            raise store_error_of(error) from error

    def put(self, key: str, data: bytes) -> None:
        """Write a small object atomically. Raises `StoreFull` or `StoreFailed`."""
        import obstore

        try:
            obstore.put(self._store, key, data)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise store_error_of(error) from error

    def create(self, key: str, data: bytes) -> bool:
        """Create a small object durably; False: it exists. Raises `StoreFull` too."""
        import obstore

        try:
            obstore.put(self._store, key, data, mode="create")
            if self.url is None:
                _sync(self.folder / key)
        except (FileExistsError, obstore.exceptions.AlreadyExistsError):
            return False
        except (OSError, obstore.exceptions.BaseError) as error:
            raise store_error_of(error) from error
        return True

    def has(self, key: str) -> bool:
        """Whether the object exists. Raises `StoreFailed`."""
        import obstore

        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        except obstore.exceptions.BaseError as error:
            raise store_error_of(error) from error
        return True


class ObjectWriter:
    """Writes one object. Without `finish`, no object becomes visible."""

    def __init__(self, key: str, file: Any, path: Path | None, block: int) -> None:
        self.key = key
        self.size = 0
        self._block = block
        self._file = file
        self._path = path
        self._pending = bytearray()

    async def write(self, data: bytes) -> None:
        """Raises `StoreFull` or `StoreFailed`."""
        self._pending += data
        self.size += len(data)
        if len(self._pending) >= self._block:
            await self._flush()

    async def finish(self) -> None:
        """Complete the object: from now on it is visible and durable."""
        import asyncio

        from obstore.exceptions import BaseError

        await self._flush()
        try:
            await self._file.close()
            if self._path is not None:
                await asyncio.to_thread(_sync, self._path)
        except (BaseError, OSError) as error:
            raise store_error_of(error) from error

    def abandon(self) -> None:
        """Abort: the store deletes its data of the unfinished object."""
        self._file = None
        self._pending.clear()

    async def _flush(self) -> None:
        from obstore.exceptions import BaseError

        data, self._pending = bytes(self._pending), bytearray()
        if not data:
            return
        try:
            await self._file.write(data)
        except (BaseError, OSError) as error:
            raise store_error_of(error) from error


class PartsFile(BlockFile):
    """A file in several parts, or on another machine, read as one file."""

    def __init__(self, storage: Storage, parts: Parts) -> None:
        super().__init__(sum(size for _, size in parts))
        self._storage = storage
        self._parts = tuple(parts)

    def fetch(self, at: int) -> bytes:
        key, offset, size = next(spans(self._parts, at, BLOCK))
        return self._storage.read(key, offset, size)


def spans(parts: Parts, start: int, length: int) -> Any:
    """(key, offset in it, bytes) of each part that overlaps `start` to `start + length`."""
    end, at = start + length, 0
    for key, size in parts:
        first, last = max(start, at), min(end, at + size)
        if first < last:
            yield key, first - at, last - first
        at += size


def store_error_of(error: Exception) -> StoreFull | StoreRefused | StoreFailed:
    """Convert a store's failure into the error for callers; operators find the reason in the
    log."""
    text = str(error)
    if _FULL.search(text) or _is_full(error):
        logger.error("the media store is full")
        return StoreFull()
    why = _reason(text)
    refused = next((todo for found, todo in _REFUSALS if found.search(text)), None)
    if refused is not None:
        logger.error("the media store refuses the service: %s; %s", why, refused)
        return StoreRefused(why, refused)
    logger.warning("the media store doesn't answer: %s", why)
    return StoreFailed(why)


def _reason(text: str) -> str:
    """The store's own message, if there is one, in one line and without the library's internals."""
    code = re.search(r"<Code>(.*?)</Code>", text)
    said = re.search(r"<Message>(.*?)</Message>", text)
    if code is not None:
        return f"{code[1]}: {said[1]}"[:300] if said else code[1][:300]
    return " ".join(text.partition("Debug source")[0].split())[:300]


def _is_full(error: Exception) -> bool:
    import errno

    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _gone() -> MediaGone:
    return MediaGone("The media's bytes aren't in the store any more: upload them again.")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
