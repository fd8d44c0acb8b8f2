"""Members of audiences: hashed as they arrive, packed as lines of hashes.

Raw values stay in objects of `client.identifiers`, which hide them, and are gone when `pack`
returns. What is kept and sent afterwards are hashes alone.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from stagedoor.client.errors import IdentifiersRejected
from stagedoor.client.identifiers import HashAlgorithm, IdentifierKind, Identifiers
from stagedoor.client.identifiers.hashing import hashed_columns
from stagedoor.platform.refusal import InvalidRequest

from ..errors import InvalidInput, unfit_parts

PART = 192 << 10
"""Characters of a part of a change, before it is encrypted."""

Place = Callable[[str], str]
_ROW = re.compile(r"row ([0-9]+)(?: \((\w+)\))?")


@dataclass(frozen=True, slots=True)
class Packed:
    """Hashed members: `parts` of lines, with a cell for each kind."""

    rows: int
    parts: Sequence[str] = field(repr=False)


def pack(identifiers: Identifiers, kinds: Sequence[IdentifierKind]) -> Packed:
    """Normalise and hash members into lines with one cell for each of `kinds`.

    Raises `IdentifiersRejected`, which names broken rows by their numbers, and `InvalidRequest` for
    columns that the audience doesn't have, or no identifier at all.
    """
    indices = _indices(identifiers, kinds)
    count, parts, lines, size = 0, [], [], 0
    for columns in hashed_columns(identifiers):
        for line in _lines(columns, indices):
            count += 1
            size += len(line) + 1
            lines.append(line)
        if size >= PART:
            parts.append("\n".join(lines))
            lines, size = [], 0
    if lines:
        parts.append("\n".join(lines))
    if not count:
        raise InvalidRequest("members", [("members", "hold no identifier: all of them are empty")])
    return Packed(count, parts)


def hashed(kinds: Sequence[IdentifierKind], parts: Iterable[str]) -> Identifiers:
    """The members of packed parts, as the client sends them; hashes stay as they are."""
    header = ",".join(kind.value for kind in kinds)
    text = "\n".join([header, *parts, ""])
    return Identifiers.csv(
        io.BytesIO(text.encode("ascii")), columns={kind.value: kind for kind in kinds}
    )


def _indices(identifiers: Identifiers, kinds: Sequence[IdentifierKind]) -> list[int | None]:
    """For each of the audience's kinds the column of the input; None: it has none."""
    given = [column.kind for column in identifiers.columns]
    for kind, count in Counter(given).items():
        if count > 1:
            raise _wrong(f"has {count} columns of {kind.value}: leave one of them")
        if kind not in kinds:
            wanted = " and ".join(one.value for one in kinds)
            raise _wrong(f"has a column of {kind.value}; the audience is one of {wanted} alone")
    if any(column.algorithm is not HashAlgorithm.SHA256 for column in identifiers.columns):
        raise _wrong("has MD5 hashes: send raw ids or SHA-256")
    return [given.index(kind) if kind in given else None for kind in kinds]


def _lines(columns: Sequence[list[str]], indices: Sequence[int | None]) -> Iterator[str]:
    rows = len(columns[0])
    ordered = [[""] * rows if at is None else columns[at] for at in indices]
    for cells in zip(*ordered, strict=True):
        if any(cells):
            yield ",".join(cells)


def refused(error: InvalidRequest, place: Place) -> InvalidInput:
    """The service's error for members that can't be used; `place` says where in the request a row,
    such as `row 3 (email)`, stands."""
    found = unfit_parts((place(path), why) for path, why in error.problems)
    if isinstance(error, IdentifiersRejected) and error.broken_rows > len(error.problems):
        found.message += f". {error.broken_rows:,} rows are broken"
    return found


def place_of_member(row: str) -> str:
    """The path of a member of a JSON request."""
    found = _ROW.fullmatch(row)
    if found is None:
        return row
    member = f"members.{int(found[1]) - 1}"
    return f"{member}.{found[2]}" if found[2] else member


def _wrong(reason: str) -> InvalidRequest:
    return InvalidRequest("members", [("columns", reason)])
