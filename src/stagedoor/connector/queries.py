"""Types of parameters in a query string, where every value is text."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from fastapi import Query
from pydantic import AwareDatetime, BeforeValidator

from stagedoor.platform.reasons import DAY_WORDS, TIME_WORDS

from .shapes import TIME

MAX_CURSOR = 200
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _time(text: Any) -> Any:
    if isinstance(text, str) and not TIME.match(text):
        raise ValueError(f"should be {TIME_WORDS}")
    return text


def _day(text: Any) -> Any:
    if isinstance(text, str) and not _DAY.fullmatch(text):
        raise ValueError(f"should be {DAY_WORDS}")
    return text


Cursor = Annotated[str | None, Query(max_length=MAX_CURSOR)]
"""Where a page begins: the `nextCursor` of the page before."""
QueryTime = Annotated[AwareDatetime, BeforeValidator(_time)]
"""A time in RFC 3339 with its zone: a bare number is no time, as in JSON."""
QueryDay = Annotated[date, BeforeValidator(_day)]
"""A day: neither a time nor a number."""
