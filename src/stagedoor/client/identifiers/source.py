"""Where identifiers come from: a collection of one kind, rows of several kinds, or a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from stagedoor.platform.arguments import checked
from stagedoor.platform.refusal import InvalidRequest

from .block import Block, Hidden, shielded
from .columns import Column, check_columns, column_for, column_of
from .csv_columns import CsvColumns, CsvFile
from .kinds import HashAlgorithm, IdentifierKind
from .table import BrokenRow, IdentifierRows

ROWS = 2048
"""Rows that are read, and hashed, at a time."""


class Identifiers(Hidden):
    """Customers' e-mail addresses, phone numbers or device ids, to be hashed in this process.

    Raw values are normalised and hashed by TikTok's rules; values that are hashes already stay as
    they are. Neither this object nor an error shows a raw value.

        Identifiers.emails(["jane@example.com", ...])
        Identifiers.csv("customers.csv")

    Input that can be read again (a list, a file) is read twice, first to find broken rows before
    anything is sent, and takes the same memory whatever its size. An iterator is read once: its
    hashes are kept in memory, 65 bytes each.
    """

    __slots__ = ("_open", "columns", "repeatable")

    def __init__(
        self,
        columns: Sequence[Column],
        opened: Callable[[], Iterator[IdentifierRows]],
        repeatable: bool,
    ) -> None:
        check_columns(columns)
        self.columns = tuple(columns)
        self._open = opened
        self.repeatable = repeatable

    def tables(self) -> Iterator[IdentifierRows]:
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
        hidden = CsvColumns(file, delimiter)
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
        # no variable for the values: an error would show it
        iterable = isinstance(cast(Any, self._values), Iterable)
        if iterable and not isinstance(self._values, str | bytes | Mapping):
            return
        kind = type(self._values).__name__
        raise TypeError(f"{name} must be a list or another iterable, not {kind}: {name}=[...]")

    def tables(self) -> Iterator[IdentifierRows]:
        values, first = iter(self._values), 1
        while block := Block.take(values, ROWS):
            yield IdentifierRows(range(first, first + len(block)), [block])
            first += len(block)


class _People(_Values):
    __slots__ = ("names",)

    def __init__(self, rows: Iterable[object]) -> None:
        super().__init__(rows)
        self.names: tuple[str, ...] = ()

    def tables(self) -> Iterator[IdentifierRows]:
        rows, first = iter(self._values), 1
        while block := Block.take(rows, ROWS):
            yield shielded(self._table, block, first)
            first += len(block)

    def _table(self, block: Block, first: int) -> IdentifierRows:
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
        return IdentifierRows(good, blocks, broken)
