"""Upper bounds of a request's contents, declared beside its fields.

pydantic's own `max_length` counts only valid items, so a list of a million invalid items is
validated to its end. `AtMost` counts before the first item is validated.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

MAX_TEXT = 8_192
"""Characters of a request's text field that declares no limit of its own."""
MAX_FIELDS = 100
"""Names in a `fields` parameter, and scopes in a `scope`."""
MAX_LISTED = 100
"""Items of a list for which TikTok documents no limit."""
MAX_BODY = 64 << 10
"""Bytes of a request's body, unless its operation or route declares more."""
MAX_PROBLEMS = 10
"""Problems that an error lists; a bound keeps the error small however wrong the request is."""
_MAX_REASON = 300
_MAX_PART = 80


class AtMost:
    """Annotation of a list or a mapping with at most `count` items.

    In a comma-separated string, the items are counted by the commas.
    """

    __slots__ = ("count",)

    def __init__(self, count: int) -> None:
        self.count = count

    def __repr__(self) -> str:
        return f"AtMost({self.count})"

    def check(self, value: Any) -> Any:
        """Return `value`; ValueError when it has more than `count` items."""
        if isinstance(value, str):
            found = value.count(",") + 1
        elif isinstance(value, Sized):
            found = len(value)
        else:
            return value
        if found > self.count:
            raise ValueError(f"holds {found} items, at most {self.count} are taken")
        return value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        inner = handler(source)
        counted = core_schema.no_info_before_validator_function(self.check, inner)
        if inner["type"] not in ("tuple", "list"):
            return counted
        # A validator function would get Python values, which strict validation treats differently
        # from JSON values. For JSON, validation of the list stops at its first wrong item instead.
        bounded: Any = {**inner, "max_length": self.count, "fail_fast": True}
        return core_schema.json_or_python_schema(json_schema=bounded, python_schema=counted)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        made = handler(schema)
        for part in made.get("anyOf", [made]):
            if part.get("type") == "array":
                part["maxItems"] = self.count
            elif part.get("type") == "object":
                part["maxProperties"] = self.count
        return made


def short(text: str, most: int = _MAX_REASON) -> str:
    """`text`, cut with a note of how much was cut."""
    return text if len(text) <= most else f"{text[:most]}... ({len(text) - most} more characters)"


def short_part(text: str) -> str:
    """Shorten a part of a path: a field name comes from the sender and can have any length."""
    return short(text, _MAX_PART)
