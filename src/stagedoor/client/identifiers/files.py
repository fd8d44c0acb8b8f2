"""Files of hashed identifiers, each in memory while it is sent, and never on a disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from stagedoor.platform.products.business_audiences import MAX_FILE_BYTES, MAX_FILES
from stagedoor.platform.refusal import InvalidRequest

from .columns import calculate_type
from .hashing import HashedLines, check_identifiers, hashed_lines, header_of
from .source import Identifiers

FILE_BYTES = 32 << 20
"""Bytes of a file, unless there are so many identifiers that the files would be too many."""
_LINE = 66
"""The most bytes of a hash with the character behind it."""


@dataclass(frozen=True, slots=True)
class HashedFile:
    data: bytes
    signature: str
    """The MD5 of the data, in hex."""


class HashedFiles:
    """The files of one audience. Broken rows are found before the first file is made."""

    def __init__(self, identifiers: Identifiers) -> None:
        if identifiers.repeatable:
            rows = check_identifiers(identifiers)
            self._lines: Iterator[HashedLines] = hashed_lines(identifiers, with_header=False)
            size = rows * _LINE * len(identifiers.columns)
        else:
            kept = list(hashed_lines(identifiers, with_header=False))
            self._lines = iter(kept)
            size = sum(len(one.data) for one in kept)
        self.calculate_type = calculate_type(identifiers.columns)
        self._header = header_of(identifiers)
        self._size = max(FILE_BYTES, size // (MAX_FILES - 1) + FILE_BYTES // 8)
        if self._size > MAX_FILE_BYTES:
            raise InvalidRequest(
                "Identifiers", [("", "are too many for one audience: make several audiences")]
            )
        self._next: HashedLines | None = None

    def take(self) -> HashedFile | None:
        """The next file; None after the last one."""
        parts, size = [self._header], len(self._header)
        while (lines := self._next or next(self._lines, None)) is not None:
            self._next = None
            if size > len(self._header) and size + len(lines.data) > self._size:
                self._next = lines
                break
            parts.append(lines.data)
            size += len(lines.data)
        if size == len(self._header):
            return None
        data = b"".join(parts)
        return HashedFile(data, hashlib.md5(data, usedforsecurity=False).hexdigest())
