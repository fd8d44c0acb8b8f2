"""Media to be sent, read in small blocks regardless of size."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from stagedoor.platform.bounds import short
from stagedoor.platform.files import FileContent
from stagedoor.platform.media_types import MIME_BY_EXTENSION

from .errors import ConfigurationError, MediaChanged, MediaUnreadable, UploadError

BLOCK = 1 << 20
"""One MiB: the fastest of the measured sizes."""

Media = str | os.PathLike[str] | IO[bytes]
"""A path, or an open binary stream. For a stream that can't seek, the size must be passed."""


class Source:
    """An open file or stream of known size, checked for changes while it is read."""

    def __init__(
        self, file: IO[bytes], name: str, size: int, *, owned: bool, origin: int = 0
    ) -> None:
        self.file = file
        self.name = name
        self.size = size
        self.origin = origin
        self.seekable = file.seekable()
        self._owned = owned
        self._at = origin if not self.seekable else -1
        self._mark = self._fingerprint()

    @property
    def mime(self) -> str:
        return MIME_BY_EXTENSION.get(Path(self.name).suffix.lower(), "video/mp4")

    def _fingerprint(self) -> tuple[int, int] | None:
        try:
            stat = os.fstat(self.file.fileno())
        except (OSError, AttributeError, io.UnsupportedOperation):
            return None
        return (stat.st_size, stat.st_mtime_ns)

    def check_unchanged(self) -> None:
        """Raise `MediaChanged` if the file isn't the one that was opened."""
        if self._fingerprint() != self._mark:
            raise MediaChanged(
                f"{self.name} changed while it was sent. Nothing was published: "
                "start again when the file is complete."
            )

    def seek(self, offset: int) -> None:
        """Go to `offset` of the media."""
        target = self.origin + offset
        if self.seekable:
            self.file.seek(target)
        elif self._at != target:
            raise UploadError(
                f"the upload of {self.name} was interrupted and its stream can't go back. "
                "Nothing was published: start again with a fresh stream or a file."
            )

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes; raises `MediaChanged` if there are fewer."""
        self.check_unchanged()
        data = self.file.read(size)
        while len(data) < size:
            more = self.file.read(size - len(data))
            if not more:
                raise MediaChanged(
                    f"{self.name} has fewer bytes than the {self.size} announced. Nothing was "
                    "published: start again when the file is complete."
                )
            data += more
        if not self.seekable:
            self._at += size
        return data

    def close(self) -> None:
        if self._owned:
            self.file.close()


class Blocks:
    """The bytes `offset` to `offset + length` of a source, block by block.

    `head` and `tail` are sent before and after them, and aren't reported as sent.
    """

    def __init__(
        self,
        source: Source,
        offset: int,
        length: int,
        on_bytes: Callable[[int], None],
        on_last: Callable[[], None] | None = None,
        *,
        head: bytes = b"",
        tail: bytes = b"",
    ) -> None:
        self.source = source
        self.length = length
        self._head, self._tail = head, tail
        self._around = False
        self._left = length
        self._offset = offset
        self._on_bytes = on_bytes
        self._on_last = on_last
        self._started = False

    def next(self) -> bytes:
        """The next block; empty at the end."""
        if not self._started:
            self._started = True
            self.source.seek(self._offset)
            if self._head:
                self._around = True
                return self._head
        if not self._left:
            self._around, tail, self._tail = True, self._tail, b""
            return tail
        self._around = False
        data = self.source.read(min(BLOCK, self._left))
        self._left -= len(data)
        if not self._left:
            self.source.check_unchanged()
        return data

    def sending(self) -> None:
        """Called before a block is handed to the connection."""
        if not self._left and self._on_last is not None:
            self._on_last()

    def sent(self, size: int) -> None:
        """Called after a block was handed to the connection."""
        if not self._around:
            self._on_bytes(size)


class SourcePart(FileContent):
    """A part of a source as the file of a request. `on_bytes` gets the size of each sent block;
    `on_start` is called when the request is sent, perhaps once more.
    """

    __slots__ = ("_offset", "_on_bytes", "_on_start", "_source", "name", "size")

    def __init__(
        self,
        source: Source,
        name: str,
        offset: int,
        size: int,
        on_bytes: Callable[[int], None],
        on_start: Callable[[], None],
    ) -> None:
        self.name, self.size = name, size
        self._source, self._offset = source, offset
        self._on_bytes, self._on_start = on_bytes, on_start

    def body(self, head: bytes, tail: bytes) -> Blocks:
        self._on_start()
        return Blocks(self._source, self._offset, self.size, self._on_bytes, head=head, tail=tail)


def md5_of(source: Source, offset: int, size: int, whole: hashlib._Hash | None = None) -> str:
    """The MD5 of a part of the media; `whole`, if given, is updated with the part as well."""
    found = hashlib.md5(usedforsecurity=False)
    source.seek(offset)
    while size:
        data = source.read(min(BLOCK, size))
        size -= len(data)
        found.update(data)
        if whole is not None:
            whole.update(data)
    return found.hexdigest()


def buffered(source: Source, offset: int, size: int) -> Source:
    """A part of the media in memory, for a source that can't go back."""
    source.seek(offset)
    return Source(io.BytesIO(source.read(size)), source.name, size, owned=True)


def open_source(media: Media, size: int | None = None) -> Source:
    """Open a path, or use a stream from its current position.

    Raises `MediaUnreadable`, or `ConfigurationError` for a stream that needs `size`.
    """
    if isinstance(media, str | os.PathLike):
        path = Path(media)
        if isinstance(media, str) and media.lower().startswith(("https://", "http://")):
            raise MediaUnreadable(
                f"{short(media)} is an address, and the media must be a file or a stream: pass "
                "Url(address) to publish_video() or upload_video_draft() to have TikTok download "
                "a video itself, and photo addresses in urls=[...]"
            )
        try:
            file: IO[bytes] = path.open("rb")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise MediaUnreadable(f"can't read {path}: {reason}") from error
        except ValueError as error:  # NUL or a lone surrogate in the path
            raise MediaUnreadable(f"no file can be named {str(path)!a}") from error
        return Source(file, path.name, path.stat().st_size, owned=True)
    name = Path(str(getattr(media, "name", "the stream"))).name
    if media.seekable():
        origin = media.tell()
        end = media.seek(0, io.SEEK_END)
        media.seek(origin)
        return Source(media, name, end - origin, owned=False, origin=origin)
    if size is None:
        raise ConfigurationError(
            f"{name} can't seek, so its size can't be found out: pass size= in bytes"
        )
    return Source(media, name, size, owned=False)


@contextmanager
def opened(media: Media, size: int | None = None) -> Iterator[Source]:
    source = open_source(media, size)
    try:
        yield source
    finally:
        source.close()


def as_file(source: Source) -> Any:
    """A file object for a media library; position 0 is the first byte of the media."""
    source.seek(0)
    return source.file
