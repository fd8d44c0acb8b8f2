"""Hashes identifiers into the lines of a file for TikTok."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stagedoor.platform.arguments import checked

from ..errors import IdentifiersRejected
from .block import Digests
from .source import Identifiers
from .table import BrokenRow, IdentifierRows

NAMED_ROWS = 20
"""Broken rows that an error names."""


@dataclass(slots=True)
class HashedLines:
    """Hashed lines, each ended by a line break, and how many there are."""

    data: bytes = b""
    count: int = 0


@dataclass(slots=True)
class _Findings:
    """Broken rows: the first ones, and the number of all."""

    first: list[BrokenRow] = field(default_factory=list)
    total: int = 0

    def add(self, broken: Sequence[BrokenRow]) -> None:
        self.total += len({one.row for one in broken})
        if len(self.first) < NAMED_ROWS:
            self.first += broken[: NAMED_ROWS - len(self.first)]

    def raise_if_any(self) -> None:
        if self.first:
            raise IdentifiersRejected([(o.place, o.reason) for o in self.first], self.total)


@checked
def check_identifiers(identifiers: Identifiers) -> int:
    """Read everything once, without hashing; raise `IdentifiersRejected` if a row is broken.

    Returns the number of rows.
    """
    findings, count = _Findings(), 0
    columns = identifiers.columns
    for table in identifiers.tables():
        checked_columns = [
            block.check(column.kind, column.algorithm)
            for block, column in zip(table.blocks, columns, strict=False)
        ]
        findings.add(_broken(identifiers, table, checked_columns))
        count += len(table.rows)
    findings.raise_if_any()
    return count


@checked
def hash_identifiers(identifiers: Identifiers) -> Iterator[bytes]:
    """Hashed lines, some thousands at a time; a header first if there are several columns.

    Raises `IdentifiersRejected` at the end if a row is broken, and gives no lines from the first
    broken row on.
    """
    return (lines.data for lines in hashed_lines(identifiers))


def header_of(identifiers: Identifiers) -> bytes:
    """The header row; empty for a file of one kind."""
    if len(identifiers.columns) == 1:
        return b""
    return (",".join(column.header for column in identifiers.columns) + "\n").encode()


def hashed_lines(identifiers: Identifiers, *, with_header: bool = True) -> Iterator[HashedLines]:
    if with_header and (header := header_of(identifiers)):
        yield HashedLines(header, 0)
    for hexes in hashed_columns(identifiers):
        yield _written(hexes)


def hashed_columns(identifiers: Identifiers) -> Iterator[Sequence[list[str]]]:
    """Hashes by column, for some thousands of rows at a time; empty where a row has none.

    Raises `IdentifiersRejected` at the end if a row is broken, and gives nothing from there on.
    """
    findings, columns = _Findings(), identifiers.columns
    for table in identifiers.tables():
        digests = [
            block.hash(column.kind, column.algorithm)
            for block, column in zip(table.blocks, columns, strict=False)
        ]
        findings.add(_broken(identifiers, table, digests))
        if digests and not findings.total:
            yield [one.hexes for one in digests]
    findings.raise_if_any()


def _written(hexes: Sequence[list[str]]) -> HashedLines:
    if len(hexes) == 1:
        rows = hexes[0] if all(hexes[0]) else list(filter(None, hexes[0]))
    else:
        empty = "," * (len(hexes) - 1)
        rows = [row for row in map(",".join, zip(*hexes, strict=True)) if row != empty]
    return HashedLines(("\n".join(rows) + "\n").encode("ascii") if rows else b"", len(rows))


def _broken(
    identifiers: Identifiers, table: IdentifierRows, digests: Sequence[Digests]
) -> Sequence[BrokenRow]:
    if not table.broken and not any(one.problems for one in digests):
        return ()
    found = list(table.broken)
    several = len(identifiers.columns) > 1
    for column, one in zip(identifiers.columns, digests, strict=False):
        name = column.kind.value if several else ""
        found += [BrokenRow(table.rows[index], name, reason) for index, reason in one.problems]
    return sorted(found, key=lambda broken: (broken.row, broken.column))
