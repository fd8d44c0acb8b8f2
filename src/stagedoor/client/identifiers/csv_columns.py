"""Columns of a CSV file, read in pieces of the same size whatever the size of the file."""

from __future__ import annotations

import csv
import os
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice, repeat
from operator import methodcaller
from pathlib import Path
from typing import IO, Any

from stagedoor.platform.counting import counted
from stagedoor.platform.refusal import InvalidRequest

from .block import Block, Hidden, shielded
from .columns import Column, columns_named
from .kinds import HashAlgorithm, IdentifierKind
from .table import BrokenRow, IdentifierRows

CHUNK = 1 << 17
"""Bytes of a CSV file that are read at a time, and the rest of the last line."""

CsvFile = str | os.PathLike[str] | IO[bytes]


class CsvColumns(Hidden):
    __slots__ = ("_at", "_delimiter", "_file", "_origin", "_width")

    def __init__(self, file: CsvFile, delimiter: str) -> None:
        self._file = file
        self._delimiter = delimiter
        self._at: tuple[int, ...] = ()
        self._width = 0
        self._origin = 0
        if not isinstance(file, str | os.PathLike):
            if not file.seekable():
                raise _unreadable("can't go back to its start: read it into io.BytesIO")
            self._origin = file.tell()

    def find(
        self, wanted: Mapping[str, IdentifierKind] | None, algorithm: HashAlgorithm
    ) -> list[Column]:
        """Read the header and choose the columns."""
        with self._opened() as file:
            taken = _CsvRows.take(file, self._delimiter)
        if not taken.count:
            raise _unreadable("is not CSV" if taken.damaged else "is empty")
        self._width, found = shielded(taken.header, wanted, algorithm)
        if isinstance(found, str):
            raise InvalidRequest("Identifiers.csv()", [("columns", found)])
        self._at = tuple(index for index, _ in found)
        return [column for _, column in found]

    def tables(self) -> Iterator[IdentifierRows]:
        with self._opened() as file:
            first = 1
            while taken := _CsvRows.take(file, self._delimiter):
                yield shielded(taken.table, self._at, self._width, first)
                first += taken.count
                if taken.damaged:
                    reason = "is not CSV: a quotation mark is missing, or a field is too long"
                    yield IdentifierRows((), (), [BrokenRow(first, "", reason)])
                    return

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        if not isinstance(self._file, str | os.PathLike):
            self._file.seek(self._origin)
            yield _behind_mark(self._file, self._origin)
            return
        try:
            file = Path(self._file).open("rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise _unreadable(f"can't be opened: {error.strerror}") from error
        with file:
            yield _behind_mark(file, 0)


class _CsvRows(Hidden):
    """Consecutive rows of a CSV file; `damaged` if what follows them is none.

    Rows without quotation marks are split by `str.split`, several times faster than by the reader
    of the library.
    """

    __slots__ = ("_delimiter", "_lines", "_rows", "damaged")

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._lines: list[str] = []
        self._rows: list[list[str]] = []
        self.damaged = False

    @classmethod
    def take(cls, file: IO[bytes], delimiter: str) -> _CsvRows:
        """The next rows; none at the end of the file."""
        taken = cls(delimiter)
        read = Block(file.readlines(CHUNK))
        shielded(taken._split, read, file)
        return taken

    @property
    def count(self) -> int:
        return len(self._lines) or len(self._rows)

    def __bool__(self) -> bool:
        return self.count > 0 or self.damaged

    def _split(self, read: Block, file: IO[bytes]) -> None:
        """Bytes that aren't UTF-8 stay recognisable, as surrogates."""
        lines: Any = read.values
        text = b"".join(lines).decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        if '"' not in text and "\r" not in text:
            self._lines = text.removesuffix("\n").split("\n") if text else []
            return
        decode = methodcaller("decode", "utf-8", "surrogateescape")
        # a quoted cell may go on behind these lines
        reader = csv.reader(map(decode, chain(lines, file)), delimiter=self._delimiter, strict=True)
        try:
            self._rows.extend(islice(reader, len(lines)))
        except csv.Error:
            self.damaged = True

    def header(
        self, wanted: Mapping[str, IdentifierKind] | None, algorithm: HashAlgorithm
    ) -> tuple[int, list[tuple[int, Column]] | str]:
        """The number of cells, and the columns to read."""
        cells = self._cells()[0]
        return len(cells), columns_named(cells, wanted, algorithm)

    def _cells(self) -> list[list[str]]:
        return self._rows or [line.split(self._delimiter) if line else [] for line in self._lines]

    def table(self, at: Sequence[int], width: int, first: int) -> IdentifierRows:
        """The columns `at`, where `first` is the number of the first row, and row 1 the header."""
        skipped = 1 if first == 1 else 0
        rows = range(first + skipped, first + self.count)
        lines = self._lines[skipped:]
        if lines and set(map(str.count, lines, repeat(self._delimiter))) == {width - 1}:
            flat = self._delimiter.join(lines).split(self._delimiter)
            return IdentifierRows(rows, [Block(flat[index::width]) for index in at])
        numbered = list(zip(rows, self._cells()[skipped:], strict=True))
        broken = [
            BrokenRow(row, "", f"has {counted(len(cells), 'cell')}, the header has {width}")
            for row, cells in numbered
            if len(cells) not in (0, width)
        ]
        whole = [(row, cells) for row, cells in numbered if len(cells) == width]
        blocks = [Block([cells[index] for _, cells in whole]) for index in at]
        return IdentifierRows([row for row, _ in whole], blocks, broken)


def _behind_mark(file: IO[bytes], origin: int) -> IO[bytes]:
    """The file behind the byte order mark that some programs write."""
    if file.read(len(BOM_UTF8)) != BOM_UTF8:
        file.seek(origin)
    return file


def _unreadable(reason: str) -> InvalidRequest:
    return InvalidRequest("Identifiers.csv()", [("file", reason)])
