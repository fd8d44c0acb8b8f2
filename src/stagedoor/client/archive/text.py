"""A text that is read in blocks, with a current position."""

from __future__ import annotations

import codecs
import json
import re
from typing import IO, Any

from ..errors import ArchiveMalformed, ArchiveUnsafe
from .members import broken_as_error

BLOCK = 1 << 16
_BOM = "\ufeff"
_BLANK = re.compile(r"[ \t\n\r]*")
_CUT = 2
"""The most characters of a number that aren't read as a part of it while its digits are missing."""
_decode = json.JSONDecoder(strict=False).raw_decode


class Text:
    """UTF-8 text from `file`. `buffer` is the part in memory, `at` the position in it.

    `name` is for messages. At most a block and one value of `max_value` characters are in memory.
    """

    def __init__(self, file: IO[bytes], name: str, max_value: int) -> None:
        self.name = name
        self.buffer = ""
        self.at = 0
        self.ended = False
        self._file = file
        self._max_value = max_value
        self._before = 0
        self._bytes = codecs.getincrementaldecoder("utf-8")()
        while not self.buffer and not self.ended:  # the first read may end within a character
            self.more()
        if self.buffer.startswith(_BOM):
            self.at = 1

    def more(self) -> None:
        """Read the next block; the text before the position is discarded."""
        pending = len(self.buffer) - self.at
        with broken_as_error(self.name):
            block = self._file.read(max(BLOCK, pending))
        try:
            added = self._bytes.decode(block, final=not block)
        except UnicodeDecodeError as error:
            raise ArchiveMalformed(
                f"{self.name} isn't UTF-8 text ({error.reason} after character "
                f"{self._before + len(self.buffer):,}). Read the archive as TikTok sent it, not "
                "a file that another program has saved.",
                self.name,
            ) from error
        self.ended = not block
        self._before += self.at
        self.buffer = self.buffer[self.at :] + added
        self.at = 0

    def peek(self) -> str:
        """The next character that isn't whitespace; empty at the end."""
        while True:
            found = _BLANK.match(self.buffer, self.at)
            if found is not None:
                self.at = found.end()
            if self.at < len(self.buffer) or self.ended:
                return self.buffer[self.at : self.at + 1]
            self.more()

    def value(self) -> Any:
        """The complete JSON value that begins at the position."""
        while True:
            try:
                value, end = _decode(self.buffer, self.at)
            except ValueError as error:
                self._may_go_on(error)
            except RecursionError as error:
                raise ArchiveUnsafe(
                    f"{self.name}: the value at character {self._before + self.at:,} is nested too "
                    "deeply: TikTok's archives aren't like that.",
                    self.name,
                ) from error
            else:
                # A number that ends with the buffer may be incomplete, as one before "." or "e-".
                if end + _CUT < len(self.buffer) or self.ended:
                    self.at = end
                    return value
            self.more()

    def _may_go_on(self, error: ValueError) -> None:
        """Ignore a parse error only if the value may be incomplete in the buffer."""
        if self.ended:
            place = getattr(error, "pos", self.at)
            raise self.broken(getattr(error, "msg", str(error)), place) from None
        if len(self.buffer) - self.at > self._max_value:
            raise ArchiveUnsafe(
                f"{self.name}: the value at character {self._before + self.at:,} is broken, or "
                f"longer than the {self._max_value:,} characters allowed. If you trust the "
                "archive, raise max_record.",
                self.name,
            ) from None

    def broken(self, why: str, at: int | None = None) -> ArchiveMalformed:
        place = self._before + (self.at if at is None else at)
        return ArchiveMalformed(
            f"{self.name}: the JSON is broken at character {place:,} ({why}). The file may be "
            "incomplete: download the archive again.",
            self.name,
        )

    def twice(self) -> ArchiveMalformed:
        """The error for a file in which a second JSON document follows."""
        return ArchiveMalformed(
            f"{self.name} holds two JSON documents, one after the other; the second begins at "
            f"character {self._before + self.at:,}. All records before it are read. Cut the file "
            "there, and read the two parts apart.",
            self.name,
        )

    def line(self) -> str | None:
        """The next line without its line end; None at the end of the text."""
        while (end := self.buffer.find("\n", self.at)) < 0 and not self.ended:
            if len(self.buffer) - self.at > self._max_value:
                raise ArchiveUnsafe(
                    f"{self.name}: a line is longer than the {self._max_value:,} characters "
                    "allowed. If you trust the archive, raise max_record.",
                    self.name,
                )
            self.more()
        if end < 0:
            if self.at == len(self.buffer):
                return None
            end = len(self.buffer)
        line = self.buffer[self.at : end]
        self.at = min(end + 1, len(self.buffer))
        return line.removesuffix("\r")
