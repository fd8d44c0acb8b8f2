"""Why a value is refused, in words that can follow a field's name. No I/O."""

from __future__ import annotations

import re

from .bounds import short

DAY_WORDS = "a day such as 2026-11-29"
TIME_WORDS = "a time in RFC 3339 with its zone, such as 2026-11-29T12:00:00Z"
_PLAINER = {
    "int_parsing_size": "is no 64-bit number",
    "extra_forbidden": "is no field of this request",
    "missing": "is missing",
    "tuple_type": "should be a list",
    "frozen_set_type": "should be a list",
    "list_type": "should be a list",
    "model_type": "should be an object",
    "model_attributes_type": "should be an object",
    "dict_type": "should be an object",
    "string_type": "should be a text",
    "timezone_aware": "should have its zone, such as 2026-11-29T12:00:00Z",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        f"should be {DAY_WORDS}",
    ),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
        f"should be {TIME_WORDS}",
    ),
    "string_unicode": "should be a text that can be encoded",
}


_COUNTED = re.compile(r"\w+ should have (at (?:least|most) \d+ items?) after validation.*")
_PATTERN = re.compile(r"String should match pattern '(.*)'", re.DOTALL)
_FORMS: dict[str, str] = {}


_LABEL = re.compile(r"\[key\]|str|int|float|bool|constrained-\w+|\w+(?:-\w+)*\[.*\]")
_LONGEST_LABEL = 200


def is_label(part: str | int) -> bool:
    """Whether a part of pydantic's path names a member of a union, or a key, and no place."""
    return isinstance(part, str) and len(part) <= _LONGEST_LABEL and bool(_LABEL.fullmatch(part))


def formed(pattern: str, words: str) -> str:
    """Return the pattern of a field; values without that form are refused in these words."""
    _FORMS[pattern] = words
    return pattern


CURRENCY = formed("^[A-Z]{3}$", "should be a currency's code (ISO 4217) such as USD")
COUNTRY = formed("^[A-Z]{2}$", "should be a country's code (ISO 3166) such as DE")


def reason_of(kind: str, message: str) -> str:
    """Reword pydantic's reason so that it can follow a field's name."""
    if kind in _PLAINER:
        return _PLAINER[kind]
    found = _PATTERN.fullmatch(message) if kind == "string_pattern_mismatch" else None
    if found is not None and found[1] in _FORMS:
        return _FORMS[found[1]]
    # a message can repeat a value of any length, and the regex search takes quadratic time
    plain = short(message.removeprefix("Value error, ").removeprefix("Input "))
    plain = plain.removeprefix("String ").removeprefix("Decimal input ")
    return _COUNTED.sub(r"must have \1", plain)
