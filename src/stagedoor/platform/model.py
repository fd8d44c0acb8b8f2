"""Base classes of all requests and answers, and the field types that TikTok's JSON needs.

- Ids are strings everywhere: a 19-digit id does not survive a float.
- Answers keep fields they don't know and never fail on a new enum value.
- Requests refuse unknown names, so a typing mistake in a name is an error.
- Secrets are left out of reprs, and no validation error repeats its input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from .bounds import MAX_FIELDS, MAX_PROBLEMS, MAX_TEXT, AtMost, short_part
from .encodable import first_problem
from .reasons import formed, is_label, reason_of
from .refusal import InvalidRequest

M = TypeVar("M", bound=BaseModel)


class StrictModel(BaseModel):
    """A request, or a part of one, which refuses unknown names and has a bound for its texts.

    The constructor raises `InvalidRequest`; `model_validate` raises pydantic's own.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        defer_build=True,
        str_max_length=MAX_TEXT,
    )

    if not TYPE_CHECKING:  # type checkers derive the signature from the fields

        def __init__(self, /, **values: Any) -> None:
            if (problem := first_problem(values)) is not None:
                raise InvalidRequest(type(self).__name__, (problem,))
            try:
                super().__init__(**values)
            except ValidationError as error:
                raise InvalidRequest(type(self).__name__, problems_of(error)) from None

        # tells pydantic not to call this for the parts of a request that is validated as a whole
        __init__.__pydantic_base_init__ = True


class Request(StrictModel):
    """Base of operations' requests. The constructor is the signature of the client's method.

    Strings have a bound by default; a list declares its own with `AtMost`.
    """


def problems_of(error: ValidationError) -> tuple[tuple[str, str], ...]:
    """The first (path, reason) pairs of a validation error, without the input values."""
    return listed_problems(
        error.errors(include_url=False, include_context=False, include_input=False)
    )


def listed_problems(items: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """At most `MAX_PROBLEMS` (path, reason) pairs of pydantic's error items, each of them short.

    A list whose items are refused counts as empty for pydantic: that is no problem of its own.
    """
    first = list(islice(items, MAX_PROBLEMS))
    inside = {item["loc"][:size] for item in first for size in range(len(item["loc"]))}
    return tuple(
        (
            ".".join(_named(part) for part in item["loc"] if not is_label(part)),
            reason_of(item["type"], item["msg"]),
        )
        for item in first
        if item["type"] != "too_short" or item["loc"] not in inside
    )


def validated(model: type[M], values: dict[str, Any], context: Any = None) -> M:
    """Validate the values; null counts as absent for a field that takes no null."""
    try:
        return model.model_validate(values, context=context)
    except ValidationError as error:
        fewer = without_refused_nulls(values, error)
        if fewer is None:
            raise
    return model.model_validate(fewer, context=context)


def without_refused_nulls(given: Any, error: ValidationError) -> Any:
    """`given` without the nulls that `error` refuses; None if it refuses no null.

    TikTok and its published clients treat null as an absent field. A required field that is null
    is then reported as missing.
    """
    found = refused_nulls(error)
    if not isinstance(given, dict) or not found:
        return None
    copied = deepcopy(given)
    removed = [_removed(copied, location) for location in found]
    return copied if any(removed) else None


def refused_nulls(error: ValidationError) -> list[tuple[int | str, ...]]:
    """The paths of values that are null and may not be."""
    return [
        item["loc"]
        for item in error.errors(include_url=False, include_context=False)
        if item["input"] is None and item["loc"]
    ]


def _removed(values: Any, location: tuple[str | int, ...]) -> bool:
    """Remove the null at this path if it is a member of an object; whether it was removed."""
    *outer, name = location
    for part in outer:
        found = isinstance(values, list) if isinstance(part, int) else part in values
        if found:  # another part names the kind of a union, not a place
            values = values[part]
    if isinstance(values, dict) and name in values and values[name] is None:
        del values[name]
        return True
    return False


def _named(part: str | int) -> str:
    """A part of a path as the wire names it: Python's `and_` is `and` there."""
    return short_part(str(part).removesuffix("_"))


class Answer(BaseModel):
    """Base of operations' answers. Unknown fields stay readable as attributes and in dumps."""

    model_config = ConfigDict(
        extra="allow", frozen=True, hide_input_in_errors=True, defer_build=True
    )


class _Hidden:
    """Stands in a repr for a value that isn't shown."""

    def __repr__(self) -> str:
        return "<hidden>"


class PrivateAnswer(Answer):
    """An answer whose unknown fields may be personal data: its repr shows only their names."""

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        unknown = self.model_extra or {}
        for name, value in super().__repr_args__():
            yield name, _Hidden() if name in unknown else value


class Empty(Answer):
    """An answer that carries no data of its own."""


class In:
    """Marks a field that is sent in the query, even if the HTTP method would put it in the body.

    `required`: TikTok refuses a request without it, whatever default the constructor has.
    `or_body`: TikTok takes it from the body too. `and_body`: it is sent in both.
    """

    __slots__ = ("and_body", "or_body", "required")

    def __init__(self, required: bool, or_body: bool = False, and_body: bool = False) -> None:
        self.required = required
        self.or_body = or_body
        self.and_body = and_body


IN_QUERY = In(required=False)
REQUIRED_IN_QUERY = In(required=True)
REQUIRED_ANYWHERE = In(required=True, or_body=True)
IN_BOTH = In(required=False, and_body=True)
"""Sent in the query and in the body; a receiver accepts either."""


class Filled:
    """Marks a request field that the client fills in from its own settings.

    Its default in the constructor is empty, and TikTok refuses a request without it. `own`: the
    field authenticates the app, so only the client's settings give it. `unless`: fields that can
    take its place; if a call has one of them, the field isn't filled in, and TikTok needs neither.
    `or_token`: TikTok takes an account's access token in the header in its place.
    """

    __slots__ = ("or_token", "own", "unless")

    def __init__(self, own: bool, unless: tuple[str, ...] = (), or_token: bool = False) -> None:
        self.own, self.unless, self.or_token = own, unless, or_token


FILLED = Filled(own=False)
FILLED_BY_APP = Filled(own=True)
FILLED_BY_APP_OR_TOKEN = Filled(own=True, or_token=True)

ARRIVED = "arrived"
"""In the validation context: the JSON came over the wire, not from a constructor."""
AT_TIKTOK = "at TikTok"
"""In the validation context: TikTok, or the emulator, validates the request. Undeclared values of
a declared choice are accepted then, since TikTok answers them with errors of its own."""


def in_context(mark: str, info: ValidationInfo) -> bool:
    """Whether the validation context has this mark."""
    return info.context is not None and mark in info.context


def utf16_units(text: str) -> int:
    """Length of `text` in UTF-16 code units, TikTok's unit: an astral emoji counts two."""
    return len(text) + sum(ch > "\uffff" for ch in text)


class MaxUtf16:
    """Metadata and validator in one: at most `limit` UTF-16 units."""

    __slots__ = ("limit",)

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, text: str) -> str:
        units = utf16_units(text)
        if units > self.limit:
            raise ValueError(f"is {units} UTF-16 units long, TikTok takes at most {self.limit}")
        return text


class _Text(AfterValidator):
    """The JSON schema states the limit in code points; a text never has fewer UTF-16 units."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        made = handler(schema)
        if isinstance(self.func, MaxUtf16):
            made["maxLength"] = self.func.limit
        return made


def text(limit: int) -> AfterValidator:
    """The annotation of a text field of at most `limit` UTF-16 units."""
    return _Text(MaxUtf16(limit))


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(filter(None, value.split(",")))
    if isinstance(value, Iterable):
        return tuple(value)
    return value


def _join(value: tuple[str, ...]) -> str:
    return ",".join(value)


def compact_day(text: str) -> str:
    """A day in TikTok's form, from 20261101 or 2026-11-01; other text is returned unchanged."""
    return text.replace("-", "") if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else text


Id = Annotated[str, Field(coerce_numbers_to_str=True)]
"""An id: TikTok sends some as JSON numbers beyond 2^53; here they are always strings."""


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


DIGITS = formed(r"^[0-9]{1,20}$", "should be an id: a number of up to 20 digits")
AnyId = Annotated[str, BeforeValidator(_text), Field(pattern=DIGITS)]
"""An id in a request that TikTok takes as a number or as text; it is sent as text."""
MAX_INT64 = 2**63 - 1
_INT64_DIGITS = len(str(MAX_INT64))


def _digits(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return value
    if not (value.isascii() and value.isdigit()):
        raise ValueError("is no number")
    digits = value.lstrip("0") or "0"
    if len(digits) > _INT64_DIGITS or int(digits) > MAX_INT64:
        raise ValueError("is no 64-bit number")
    return digits


IntId = Annotated[str, BeforeValidator(_digits), PlainSerializer(int, when_used="json")]
"""An id that TikTok wants as a JSON number; digit strings and integers are accepted."""

Secret = Annotated[str, Field(repr=False)]
"""A string that is left out of reprs."""

CommaList = Annotated[tuple[str, ...], BeforeValidator(_split), PlainSerializer(_join)]
"""A list that is sent as one comma-separated string, such as `fields` and `scope`."""

Names = Annotated[CommaList, AtMost(MAX_FIELDS)]
"""A `CommaList` in a request, with at most `MAX_FIELDS` items."""


class KnownFields:
    """Metadata and validator in one: at least one name, each of them known.

    `ignored`: TikTok ignores unknown names, so only callers may not pass them.
    """

    __slots__ = ("ignored", "known")

    def __init__(self, known: tuple[str, ...], ignored: bool = False) -> None:
        self.known, self.ignored = known, ignored

    def __call__(self, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if self.ignored and in_context(AT_TIKTOK, info):
            return names
        if not names:
            raise ValueError("names no field")
        for name in names:
            if name not in self.known:
                raise ValueError(f"has no field {short_part(name)!r}")
        return names


def fields_of(
    answer: type[BaseModel] | Iterable[str], *, ignored_at_tiktok: bool = False
) -> AfterValidator:
    """The annotation of a `fields` parameter: the field names of an answer's model, or the given
    names where TikTok's list differs from the model (dotted names, a part of the fields)."""
    known = answer.model_fields if isinstance(answer, type) else answer
    return AfterValidator(KnownFields(tuple(known), ignored_at_tiktok))


def says(description: str) -> Any:
    """Metadata that describes a field: for `help()`, docs and schemas. Say units and bounds."""
    return Field(description=description)


OPEN = Field(union_mode="left_to_right")
"""For `SomeEnum | str` in answers: known values become members, unknown ones stay text."""


class Hinted:
    """Marks `Annotated[SomeEnum | str, OPEN, HINTED]` in requests: the documented values aren't
    certain to be all, so any other text is sent as well."""

    __slots__ = ()


HINTED = Hinted()


class Declared:
    """Metadata and validator in one: the value is a member of an enumeration, or None."""

    __slots__ = ("values",)

    def __init__(self, values: type[StrEnum]) -> None:
        self.values = values

    def __call__(self, value: Any, info: ValidationInfo) -> Any:
        if value is None or isinstance(value, self.values) or in_context(AT_TIKTOK, info):
            return value
        raise ValueError(f"is none of {', '.join(self.values)}")


def declared(values: type[StrEnum]) -> AfterValidator:
    """For `Annotated[SomeEnum | str, OPEN, declared(SomeEnum)]` in requests: a caller may pass
    a value as text, but no unknown value."""
    return AfterValidator(Declared(values))
