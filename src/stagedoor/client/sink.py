"""The destination of a download: a file that appears when it is complete, or an open stream."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from .errors import ArchiveBroken, ExportError, StagedoorError
from .progress import OnProgress, Progress, Stage

Target = str | os.PathLike[str] | IO[bytes]
"""A path, or a stream that is open for writing bytes."""

BLOCK = 1 << 18
"""Bytes that are read at once."""

_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_START = 4
_ZIP_END = b"PK\x05\x06"
_TAIL = 65_557
"""The end-of-directory record of a zip lies within this many bytes of its end."""
_MAX_ANSWER = 1 << 20


class Sink:
    """Takes a response body block by block. A zip is written; other content is kept as `answer`.

    A file is written under a temporary name beside its path and renamed when it is complete; until
    then a file that was there before stays. `begin` starts over, `discard` removes the
    incomplete file.
    """

    is_zip = True
    """False: everything is written, whatever it begins with."""

    def __init__(self, target: Target, request_id: str, progress: OnProgress | None) -> None:
        self.path = Path(target) if isinstance(target, str | os.PathLike) else None
        self.request_id = request_id
        self.answer = b""
        self.size = 0
        self.saving = False
        self._stream = None if isinstance(target, str | os.PathLike) else target
        self._origin = self._stream.tell() if self._stream and self._stream.seekable() else None
        self._part: Path | None = None
        self._file: IO[bytes] | None = self._stream
        self._tail = b""
        self._progress = progress
        self._total = 0

    def begin(self, total: int) -> None:
        """Prepare for the first block, also of a second attempt; `total` 0 means unknown."""
        self._total = total
        if self.path is not None:
            self.discard()
            try:
                if self.path.is_dir():
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
                handle, name = tempfile.mkstemp(
                    dir=self.path.parent, prefix=f".{self.path.name}.", suffix=".part"
                )
            except OSError as error:
                raise self._unwritable(error) from error
            self._part, self._file = Path(name), os.fdopen(handle, "wb")
        elif self.size:
            if self._stream is None or self._origin is None:
                raise ExportError(
                    f"the download of request {self.request_id} broke off and the stream can't go "
                    "back. What was written is incomplete: download it again.",
                    self.request_id,
                )
            self._stream.seek(self._origin)
            self._stream.truncate()
        self.answer, self._tail, self.size, self.saving = b"", b"", 0, not self.is_zip

    def take(self, block: bytes) -> None:
        """Take the next bytes of the response."""
        if not self.saving:
            self.answer = (self.answer + block)[:_MAX_ANSWER]
            if len(self.answer) < _START or not self.answer.startswith(_ZIP_STARTS):
                return
            block, self.answer, self.saving = self.answer, b"", True
        if self._file is None:
            raise TypeError("begin comes first")
        try:
            self._file.write(block)
        except OSError as error:
            raise self._unwritable(error) from error
        self.size += len(block)
        self._tail = (self._tail + block)[-_TAIL:]

    def taken(self) -> None:
        """Report the number of bytes received."""
        if self._progress is not None and self.saving:
            moment = Progress(Stage.DOWNLOADING, self.size, self._total, request_id=self.request_id)
            self._progress(moment)

    def finish(self) -> None:
        """The response is complete: rename the file to its path."""
        if self.is_zip and _ZIP_END not in self._tail:
            raise ArchiveBroken(
                f"the archive of request {self.request_id} ended early. Download it again.",
                self.path.name if self.path else "the stream",
            )
        if self._part is None or self._file is None or self.path is None:
            return
        try:
            self._file.close()
            self._part.replace(self.path)
        except OSError as error:
            raise self._unwritable(error) from error
        self._part = None

    def discard(self) -> None:
        """Remove an incomplete file."""
        if self._part is None:
            return
        if self._file is not None:
            # Closing may fail because the disk is full; the buffered bytes are discarded anyway.
            with suppress(OSError):
                self._file.close()
        self._part.unlink(missing_ok=True)
        self._part = None

    def _unwritable(self, error: OSError) -> StagedoorError:
        where = self.path or "the stream"
        return ExportError(
            f"can't write {where}: {error.strerror or error}. Nothing was kept; the archive of "
            f"request {self.request_id} can be downloaded again.",
            self.request_id,
        )
