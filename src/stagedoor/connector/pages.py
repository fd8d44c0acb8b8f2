"""A page of a list, and the cursor of the next one."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from stagedoor.platform.encodable import reason_against

from .errors import InvalidInput, in_query, unfit

T = TypeVar("T")


_ID = re.compile(r"(msg_)?[0-9a-f]{1,64}")


def bad_cursor() -> InvalidInput:
    """The error for a cursor that no page of the list gave."""
    return unfit(in_query("cursor"), "is none that a page of this list gave")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page; `next_cursor` None: there are no more items."""

    items: Sequence[T]
    next_cursor: str | None


def cursor_of(at: float, *ids: str) -> str:
    """The cursor of the page after an item of a list that is ordered by time and then by ids."""
    return base64.urlsafe_b64encode("|".join((repr(at), *ids)).encode()).decode()


def parse_cursor(cursor: str, ids: int = 1) -> tuple[float, tuple[str, ...]]:
    """The time and the ids of a cursor. Raises `InvalidInput` for one that `cursor_of` can't have
    made: the database would refuse its values."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
        first, *rest = text.split("|")
        at = float(first)
    except (ValueError, binascii.Error, UnicodeError):
        raise bad_cursor() from None
    if len(rest) != ids or not math.isfinite(at) or reason_against(text) is not None:
        raise bad_cursor()
    return at, tuple(rest)


def numbered(cursor: str | None) -> int | None:
    """The number of a cursor of a list that is ordered by its ids, which are numbers. Raises
    `InvalidInput`."""
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise bad_cursor()
    return None if cursor is None else int(cursor)


def identified(cursor: str | None) -> str | None:
    """The id of a cursor of a list that is ordered by its ids. Raises `InvalidInput`."""
    if cursor is not None and _ID.fullmatch(cursor) is None:
        raise bad_cursor()
    return cursor
