"""A finding of `stagedoor doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingMark(StrEnum):
    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `todo` is empty if nothing is to be done."""

    mark: FindingMark
    what: str
    found: str
    todo: str = ""
