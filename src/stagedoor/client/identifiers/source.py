"""Where identifiers come from: a collection of one kind, rows of several kinds, or a CSV file."""

from __future__ import annotations

import csv
import os
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter, methodcaller
from pathlib import Path
from typing import IO

from stagedoor.platform.arguments import checked
from stagedoor.platform.refusal import InvalidRequest

from .block import Block, Hidden, shielded
from .columns import Column, check_columns, column_for, column_of, columns_named
from .kinds import HashAlgorithm, IdentifierKind

ROWS = 2048
"""Rows that are read, and hashed, at a time."""

CsvFile = str | os.PathLike[str] | IO[bytes]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that can't be used. It names the row, never what stands in it.

    `row` is counted from 1; in a CSV file the header is row 1, as in a spreadsheet.
    """

    row: int
    column: str
    reason: str

    @property
    def place(self) -> str:
        return f"row {self.row} ({self.column})" if self.column else f"row {self.row}"


class Table(Hidden):
    """Consecutive rows: one block for each column, and the rows that had no columns to read."""

    __slots__ = ("blocks", "broken", "rows")

    def __init__(
        self, rows: Sequence[int], blocks: Sequence[Block], broken: Sequence[BrokenRow] = ()
    ) -> None:
        self.rows = rows
        self.blocks = blocks
        self.broken = broken


class Identifiers(Hidden):
    """Customers' e-mail addresses, phone numbers or device ids, to be hashed in this process.

    Raw values are normalised and hashed by TikTok's rules; values that are hashes already stay as
    they are. Neither this object nor an error shows a raw value.

        Identifiers.emails(["jane@example.com", ...])
        Identifiers.csv("customers.csv")

    What can be read again (a list, a file) is read twice, first to find broken rows before anything
    is sent, and takes the same memory whatever its size. An iterator is read once: its hashes are
    kept in memory, 65 bytes each.
    """

    __slots__ = ("_open", "columns", "repeatable")

    def __init__(
        self, columns: Sequence[Column], opened: Callable[[], Iterator[Table]], repeatable: bool
    ) -> None:
        check_columns(columns)
        self.columns = tuple(columns)
        self._open = opened
        self.repeatable = repeatable

    def tables(self) -> Iterator[Table]:
        return self._open()

    # each argument that holds raw values is hidden first, so that no frame of an error holds it

    @classmethod
    def emails(cls, values: Iterable[str | None]) -> Identifiers:
        """E-mail addresses, raw or hashed with SHA-256. Empty ones and None are left out."""
        hidden = _Values(values)
        del values
        return cls._of_one_kind(hidden, IdentifierKind.EMAIL, HashAlgorithm.SHA256)

    @classmethod
    def phones(cls, values: Iterable[str | None]) -> Identifiers:
        """Phone numbers with their country code (`+44 20 7183 8750`), raw or hashed."""
        hidden = _Values(values)
        del values
        return cls._of_one_kind(hidden, IdentifierKind.PHONE, HashAlgorithm.SHA256)

    @classmethod
    def devices(
        cls, values: Iterable[str | None], algorithm: HashAlgorithm = HashAlgorithm.SHA256
    ) -> Identifiers:
        """Advertising ids of devices of either system, raw or hashed with `algorithm`."""
        hidden = _Values(values)
        del values
        return cls._of_one_kind(hidden, IdentifierKind.DEVICE, algorithm)

    @classmethod
    def of(
        cls,
        kind: IdentifierKind,
        values: Iterable[str | None],
        algorithm: HashAlgorithm = HashAlgorithm.SHA256,
    ) -> Identifiers:
        """Identifiers of any one kind."""
        hidden = _Values(values)
        del values
        return cls._of_one_kind(hidden, kind, algorithm)

    @classmethod
    def people(
        cls,
        rows: Iterable[Mapping[str, str | None]],
        kinds: Iterable[IdentifierKind] = (
            IdentifierKind.EMAIL,
            IdentifierKind.PHONE,
            IdentifierKind.DEVICE,
        ),
        algorithm: HashAlgorithm = HashAlgorithm.SHA256,
    ) -> Identifiers:
        """People with several identifiers: mappings with the names of `kinds` as keys.

        Each key may be missing. `algorithm` is that of the device ids; the others are SHA-256.
        """
        hidden = _People(rows)
        del rows
        return cls._of_people(hidden, kinds, algorithm)

    @classmethod
    @checked
    def _of_one_kind(
        cls, values: _Values, kind: IdentifierKind, algorithm: HashAlgorithm
    ) -> Identifiers:
        values.check_iterable("values")
        return cls([column_of(kind, algorithm)], values.tables, values.repeatable)

    @classmethod
    @checked
    def _of_people(
        cls, rows: _People, kinds: Iterable[IdentifierKind], algorithm: HashAlgorithm
    ) -> Identifiers:
        rows.check_iterable("rows")
        columns = [column_for(kind, algorithm) for kind in dict.fromkeys(kinds)]
        rows.names = tuple(column.kind.value for column in columns)
        return cls(columns, rows.tables, rows.repeatable)

    @classmethod
    @checked
    def csv(
        cls,
        file: CsvFile,
        columns: Mapping[str, IdentifierKind] | None = None,
        *,
        delimiter: str = ",",
        algorithm: HashAlgorithm = HashAlgorithm.SHA256,
    ) -> Identifiers:
        """The columns of a CSV file with a header; other columns are ignored.

        `columns` says which columns hold which kind. Without it, usual names are recognised: email,
        phone, idfa, gaid, maid, and TikTok's own (email_SHA256, MAID_MD5).
        """
        if len(delimiter) != 1:
            raise InvalidRequest("Identifiers.csv()", [("delimiter", "must be one character")])
        hidden = _Csv(file, delimiter)
        del file
        found = hidden.find(columns, algorithm)
        return cls(found, hidden.tables, repeatable=True)


class _Values(Hidden):
    __slots__ = ("_values",)

    def __init__(self, values: Iterable[object]) -> None:
        self._values = values

    @property
    def repeatable(self) -> bool:
        return not isinstance(self._values, Iterator)

    def check_iterable(self, name: str) -> None:
        if isinstance(self._values, Iterable) and not isinstance(
            self._values, str | bytes | Mapping
        ):
            return
        kind = type(self._values).__name__
        raise TypeError(f"{name} must be a list or another iterable, not {kind}: {name}=[...]")

    def tables(self) -> Iterator[Table]:
        values, first = iter(self._values), 1
        while block := Block.take(values, ROWS):
            yield Table(range(first, first + len(block)), [block])
            first += len(block)


class _People(_Values):
    __slots__ = ("names",)

    def __init__(self, rows: Iterable[object]) -> None:
        super().__init__(rows)
        self.names: tuple[str, ...] = ()

    def tables(self) -> Iterator[Table]:
        rows, first = iter(self._values), 1
        while block := Block.take(rows, ROWS):
            yield shielded(self._table, block, first)
            first += len(block)

    def _table(self, block: Block, first: int) -> Table:
        good, broken, people = [], [], []
        allowed = frozenset(self.names)
        for row, person in enumerate(block.values, first):
            if not isinstance(person, Mapping):
                broken.append(BrokenRow(row, "", "is no mapping such as {'email': ...}"))
            elif not person.keys() <= allowed:
                reason = f"has other keys than {', '.join(self.names)}"
                broken.append(BrokenRow(row, "", reason))
            else:
                good.append(row)
                people.append(person)
        blocks = [Block([person.get(name) for person in people]) for name in self.names]
        return Table(good, blocks, broken)


class _Csv(Hidden):
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
        with self._opened() as lines:
            header, damaged = _taken(csv.reader(lines, delimiter=self._delimiter, strict=True), 1)
        if damaged or not header:
            raise _unreadable("is empty" if not damaged else "is not CSV")
        found = shielded(header.columns, wanted, algorithm)
        if isinstance(found, str):
            raise InvalidRequest("Identifiers.csv()", [("columns", found)])
        self._width = header.width
        self._at = tuple(index for index, _ in found)
        return [column for _, column in found]

    def tables(self) -> Iterator[Table]:
        with self._opened() as lines:
            reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
            first = 1
            while True:
                block, damaged = _taken(reader, ROWS)
                yield shielded(self._table, block, first)
                if damaged:
                    reason = "is not CSV: a quotation mark is missing, or a field is too long"
                    yield Table((), (), [BrokenRow(reader.line_num, "", reason)])
                if damaged or len(block) < ROWS:
                    return
                first += len(block)

    @contextmanager
    def _opened(self) -> Iterator[Iterator[str]]:
        """Lines as text. Bytes that aren't UTF-8 stay recognisable, as surrogates."""
        if not isinstance(self._file, str | os.PathLike):
            self._file.seek(self._origin)
            yield _decoded(self._file, self._origin)
            return
        try:
            file = Path(self._file).open("rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise _unreadable(f"can't be opened: {error.strerror}") from error
        with file:
            yield _decoded(file, 0)

    def _table(self, block: _CsvRows, first: int) -> Table:
        rows: Sequence[int] = range(first, first + len(block))
        cells = block.rows
        broken: list[BrokenRow] = []
        if first == 1:
            rows, cells = rows[1:], cells[1:]
        if set(map(len, cells)) - {self._width}:
            numbered = list(zip(rows, cells, strict=True))
            broken = [
                BrokenRow(row, "", f"has {len(one)} cells, the header has {self._width}")
                for row, one in numbered
                if len(one) not in (0, self._width)
            ]
            whole = [(row, one) for row, one in numbered if len(one) == self._width]
            rows, cells = [row for row, _ in whole], [one for _, one in whole]
        return Table(rows, [Block(list(map(itemgetter(at), cells))) for at in self._at], broken)


class _CsvRows(Hidden):
    """Rows as the CSV reader splits them."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: list[list[str]] = []

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0])

    def columns(
        self, wanted: Mapping[str, IdentifierKind] | None, algorithm: HashAlgorithm
    ) -> list[tuple[int, Column]] | str:
        return columns_named(self.rows[0], wanted, algorithm)


def _taken(reader: Iterator[list[str]], size: int) -> tuple[_CsvRows, bool]:
    """The next rows, and whether the file is damaged behind them."""
    taken = _CsvRows()
    try:
        taken.rows.extend(islice(reader, size))
    except csv.Error:
        return taken, True
    return taken, False


def _decoded(file: IO[bytes], origin: int) -> Iterator[str]:
    if file.read(len(BOM_UTF8)) != BOM_UTF8:
        file.seek(origin)
    return map(methodcaller("decode", "utf-8", "surrogateescape"), file)


def _unreadable(reason: str) -> InvalidRequest:
    return InvalidRequest("Identifiers.csv()", [("file", reason)])
