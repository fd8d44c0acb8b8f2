"""Where bytes are: a local folder, or an S3-compatible store. One interface over both.

A file is a list of parts, (key, bytes) each, since an upload may come in pieces. Nothing here
holds more than a few MiB of a file at a time.
"""

from __future__ import annotations

import io
import math
import os
import re
import shutil
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from .errors import MediaGone, StoreFailed, StoreFull

BLOCK = 1 << 20
RESERVE = 64 << 20
"""Bytes of a local disk that media leave to the databases."""
_CHECKS = "write-checks"
_CHECK_BYTES = 4_096
_REMOTE_BLOCK = 5 << 20
"""S3 takes no smaller part of a multipart upload."""
_FULL = re.compile(r"\(os error (27|28|122)\)|EntityTooLarge|QuotaExceeded|StorageFull")
"""EFBIG, ENOSPC, EDQUOT, and their like in S3-compatible stores."""

Parts: TypeAlias = Sequence[tuple[str, int]]


class Storage:
    """`url` names an S3-compatible store; None: `folder`."""

    def __init__(self, url: str | None, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self._made: Any = None

    @property
    def _store(self) -> Any:
        if self._made is None:
            from obstore import store

            if self.url is None:
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._made = store.LocalStore(self.folder)
            else:
                self._made = store.from_url(self.url)
        return self._made

    def writer(self, folder: str) -> Writer:
        """A new object, somewhere in `folder`."""
        import obstore

        key = f"{folder}/{uuid.uuid4().hex}"
        size = BLOCK if self.url is None else _REMOTE_BLOCK
        file = obstore.open_writer_async(self._store, key, buffer_size=size, max_concurrency=1)
        return Writer(key, file, None if self.url else self.folder / key)

    def path(self, parts: Parts) -> Path | None:
        """The file itself, where it is one on this machine."""
        if self.url is None and len(parts) == 1:
            return self.folder / parts[0][0]
        return None

    def open(self, parts: Parts) -> io.BufferedIOBase | io.RawIOBase:
        """A binary file that can seek. Raises `MediaGone`."""
        path = self.path(parts)
        if path is None:
            return PartsFile(self, parts)
        try:
            return path.open("rb")
        except FileNotFoundError:
            raise _gone() from None

    def read(self, key: str, start: int, length: int) -> bytes:
        import obstore

        try:
            return bytes(obstore.get_range(self._store, key, start=start, length=length))
        except FileNotFoundError:
            raise _gone() from None
        except obstore.exceptions.BaseError as error:
            raise told(error) from error

    async def stream(self, parts: Parts, start: int, length: int) -> AsyncIterator[bytes]:
        """The bytes from `start` on, block by block."""
        import obstore

        for key, at, size in spans(parts, start, length):
            for begin in range(at, at + size, BLOCK):
                block = min(BLOCK, at + size - begin)
                found = await obstore.get_range_async(self._store, key, start=begin, length=block)
                yield bytes(found)

    def delete(self, folder: str) -> None:
        """Everything in `folder`, also what a killed process left half written."""
        import obstore

        if self.url is None:
            shutil.rmtree(self.folder / folder, ignore_errors=True)
            return
        for batch in obstore.list(self._store, prefix=folder):
            with suppress(FileNotFoundError):
                obstore.delete(self._store, [entry["path"] for entry in batch])

    def drop(self, key: str) -> None:
        """One object that isn't wanted after all."""
        import obstore

        with suppress(FileNotFoundError, obstore.exceptions.BaseError):
            obstore.delete(self._store, key)

    def names(self, folder: str) -> list[str]:
        """The names of the objects right in `folder`. Raises `StoreFailed`."""
        import obstore

        try:
            found = obstore.list_with_delimiter(self._store, prefix=folder)
            return sorted(entry["path"].rpartition("/")[2] for entry in found["objects"])
        except (obstore.exceptions.BaseError, OSError) as error:
            raise told(error) from error

    def free(self) -> float:
        """Free bytes of a local disk; a remote store says by itself when it is full."""
        if self.url is not None:
            return math.inf
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return shutil.disk_usage(self.folder).free

    def get(self, key: str) -> bytes | None:
        """A small object; None: there is none. Raises `StoreFailed`."""
        import obstore

        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            return None
        except obstore.exceptions.BaseError as error:
            raise told(error) from error

    def put(self, key: str, data: bytes) -> None:
        """A small object, whole or not at all. Raises `StoreFull` or `StoreFailed`."""
        import obstore

        try:
            obstore.put(self._store, key, data)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise told(error) from error

    def create(self, key: str, data: bytes) -> bool:
        """A small object that is safe on the disk; False: there is one. Raises `StoreFull` too."""
        import obstore

        try:
            obstore.put(self._store, key, data, mode="create")
            if self.url is None:
                _sync(self.folder / key)
        except (FileExistsError, obstore.exceptions.AlreadyExistsError):
            return False
        except (OSError, obstore.exceptions.BaseError) as error:
            raise told(error) from error
        return True

    def has(self, key: str) -> bool:
        """Whether there is such an object. Raises `StoreFailed`."""
        import obstore

        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        except obstore.exceptions.BaseError as error:
            raise told(error) from error
        return True

    def check_write(self) -> None:
        """Write an object and delete it. Raises `StoreFull`, `StoreFailed`."""
        key = f"{_CHECKS}/{uuid.uuid4().hex}"
        try:
            self.create(key, bytes(_CHECK_BYTES))
        finally:
            self.drop(key)


class Writer:
    """Takes one object in. Without `finish` it leaves nothing that can be seen."""

    def __init__(self, key: str, file: Any, path: Path | None) -> None:
        self.key = key
        self.size = 0
        self._file = file
        self._path = path
        self._pending = bytearray()

    async def write(self, data: bytes) -> None:
        """Raises `StoreFull` or `StoreFailed`."""
        self._pending += data
        self.size += len(data)
        if len(self._pending) >= BLOCK:
            await self._flush()

    async def finish(self) -> None:
        """From now on the object is there, and safe."""
        import asyncio

        from obstore.exceptions import BaseError

        await self._flush()
        try:
            await self._file.close()
            if self._path is not None:
                await asyncio.to_thread(_sync, self._path)
        except (BaseError, OSError) as error:
            raise told(error) from error

    def abandon(self) -> None:
        """Give the room back: the store deletes what it has of an object that isn't finished."""
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
            raise told(error) from error


class PartsFile(io.RawIOBase):
    """A file in several parts, or on another machine, read as one."""

    def __init__(self, storage: Storage, parts: Parts) -> None:
        self._storage = storage
        self._parts = tuple(parts)
        self._size = sum(size for _, size in parts)
        self._at = 0
        self._ahead = b""
        self._ahead_at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        if self._at >= self._size:
            return 0
        offset = self._at - self._ahead_at
        if not 0 <= offset < len(self._ahead):
            key, at, size = next(spans(self._parts, self._at, BLOCK))
            self._ahead = self._storage.read(key, at, size)
            self._ahead_at, offset = self._at, 0
        data = self._ahead[offset : offset + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def spans(parts: Parts, start: int, length: int) -> Any:
    """(key, offset in it, bytes) of each part that `start` to `start + length` touches."""
    end, at = start + length, 0
    for key, size in parts:
        first, last = max(start, at), min(end, at + size)
        if first < last:
            yield key, first - at, last - first
        at += size


def told(error: Exception) -> StoreFull | StoreFailed:
    """A store's failure in our words."""
    return StoreFull() if _FULL.search(str(error)) or _is_full(error) else StoreFailed()


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
