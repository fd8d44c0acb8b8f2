"""Columns of hashes in a file for TikTok: which kind, which algorithm, under which header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stagedoor.platform.refusal import InvalidRequest

from .kinds import RULES, HashAlgorithm, IdentifierKind, check_algorithm

SAME_HEADER = 3
"""Columns of one header that TikTok takes at most."""
MULTIPLE_TYPES = "MULTIPLE_TYPES"

_HEADERS = {
    IdentifierKind.EMAIL: "email",
    IdentifierKind.PHONE: "phone",
    IdentifierKind.IDFA: "MAID",
    IdentifierKind.IDFA_UPPER: "MAID",
    IdentifierKind.GAID: "MAID",
    IdentifierKind.DEVICE: "MAID",
}
_SINGLE_TYPES = {
    IdentifierKind.EMAIL: "EMAIL",
    IdentifierKind.PHONE: "PHONE",
    IdentifierKind.IDFA: "IDFA",
    IdentifierKind.IDFA_UPPER: "IDFA",
    IdentifierKind.GAID: "GAID",
    IdentifierKind.DEVICE: "FIRST",
}
_USUAL_NAMES = {
    IdentifierKind.EMAIL: ("email", "e_mail", "email_address", "mail"),
    IdentifierKind.PHONE: ("phone", "phone_number", "mobile", "mobile_number", "telephone"),
    IdentifierKind.IDFA: ("idfa",),
    IdentifierKind.GAID: ("gaid", "aaid"),
    IdentifierKind.DEVICE: ("maid", "device_id", "advertising_id", "mobile_advertising_id"),
}
_KIND_BY_NAME = {name: kind for kind, names in _USUAL_NAMES.items() for name in names}


@dataclass(frozen=True, slots=True)
class Column:
    kind: IdentifierKind
    algorithm: HashAlgorithm

    @property
    def header(self) -> str:
        return f"{_HEADERS[self.kind]}_{self.algorithm}"

    @property
    def single_type(self) -> str:
        """TikTok's `calculate_type` for a file of this column alone."""
        return f"{_SINGLE_TYPES[self.kind]}_{self.algorithm}"


def calculate_type(columns: Sequence[Column]) -> str:
    """TikTok's name for the content of a file with these columns."""
    return columns[0].single_type if len(columns) == 1 else MULTIPLE_TYPES


def column_of(kind: IdentifierKind, algorithm: HashAlgorithm) -> Column:
    if kind not in _HEADERS:
        raise InvalidRequest("Identifiers", [("kind", f"{kind} makes no audience")])
    check_algorithm(kind, algorithm)
    return Column(kind, algorithm)


def check_columns(columns: Sequence[Column]) -> None:
    """Refuse no column, or one header more often than TikTok takes it."""
    if not columns:
        raise InvalidRequest("Identifiers", [("kinds", "names no kind")])
    for header, count in Counter(column.header for column in columns).items():
        if count > SAME_HEADER:
            reason = f"makes {count} columns {header}, TikTok takes {SAME_HEADER}"
            raise InvalidRequest("Identifiers", [("columns", reason)])


def columns_named(
    header: Sequence[str], wanted: Mapping[str, IdentifierKind] | None, algorithm: HashAlgorithm
) -> list[tuple[int, Column]] | str:
    """Indices and columns; or what is wrong, in words without a cell of the header.

    A file without a header has a customer in its first row, so that row is never shown.
    """
    if any("\udc80" <= letter <= "\udcff" or letter == "\0" for cell in header for letter in cell):
        return "can't be read: the file is not UTF-8"
    if wanted is None:
        found = [(at, _usual(name, algorithm)) for at, name in enumerate(header)]
        named = [(at, column) for at, column in found if column is not None]
        if not named:
            delimiter = _other_delimiter(header, algorithm)
            return (
                "are needed: no name in the first row is a usual one (email, phone, maid). "
                "Name a column so, or in Python pass "
                "columns={'name in the header': IdentifierKind.EMAIL}"
                + ("" if delimiter is None else f", or delimiter={delimiter!r}")
            )
        return named
    places = {name.strip(): at for at, name in enumerate(header)}
    missing = [name for name in wanted if name not in places]
    if missing:
        return f"name {', '.join(map(repr, missing))}, which the first row of the file doesn't"
    return [(places[name], column_for(kind, algorithm)) for name, kind in wanted.items()]


def _other_delimiter(header: Sequence[str], algorithm: HashAlgorithm) -> str | None:
    """The delimiter with which a header of one cell has usual names."""
    if len(header) != 1:
        return None
    for one in ";\t|,":
        if one in header[0] and any(_usual(name, algorithm) for name in header[0].split(one)):
            return one
    return None


def _usual(name: str, algorithm: HashAlgorithm) -> Column | None:
    key = name.strip().lower().replace("-", "_").replace(" ", "_")
    for one in HashAlgorithm:
        if key.endswith(suffix := f"_{one.lower()}"):
            key, algorithm = key.removesuffix(suffix), one
    kind = _KIND_BY_NAME.get(key)
    return None if kind is None else column_for(kind, algorithm)


def column_for(kind: IdentifierKind, algorithm: HashAlgorithm) -> Column:
    """A column of `kind`; e-mail addresses and phone numbers are SHA-256 in every case."""
    fits = algorithm in RULES[kind].algorithms
    return column_of(kind, algorithm if fits else HashAlgorithm.SHA256)
