"""Bases of every request and answer, and the field types that TikTok's JSON needs.

- Ids are strings everywhere: a 19-digit id does not survive a float.
- Answers keep fields they don't know and never fail on a new enum value.
- Requests refuse unknown names: a typing mistake is not a TikTok feature.
- Secrets are left out of reprs, and no validation error repeats what was put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from .bounds import MAX_FIELDS, MAX_PROBLEMS, MAX_TEXT, AtMost, short, short_part
from .encodable import first_problem
from .refusal import InvalidRequest


class Request(BaseModel):
    """What an operation takes. Its constructor is the signature of the client's method.

    The constructor raises `InvalidRequest`; pydantic's `model_validate` raises its own error.
    Texts have a bound by default; a list declares its own with `AtMost`.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        defer_build=True,
        str_max_length=MAX_TEXT,
    )

    if not TYPE_CHECKING:  # a type checker takes the signature from the fields

        def __init__(self, /, **values: Any) -> None:
            if (problem := first_problem(values)) is not None:
                raise InvalidRequest(type(self).__name__, (problem,))
            try:
                super().__init__(**values)
            except ValidationError as error:
                raise InvalidRequest(type(self).__name__, problems_of(error)) from None

        # pydantic: not to be called for the parts of a request that is validated as a whole
        __init__.__pydantic_base_init__ = True


def problems_of(error: ValidationError) -> tuple[tuple[str, str], ...]:
    """The first (path, reason) pairs of a validation error, without the values that were put in."""
    return listed_problems(
        error.errors(include_url=False, include_context=False, include_input=False)
    )


def listed_problems(items: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """At most `MAX_PROBLEMS` (path, reason) pairs of pydantic's error items, each of them short."""
    return tuple(
        (".".join(map(_named, item["loc"])), reason_of(item["type"], item["msg"]))
        for item in islice(items, MAX_PROBLEMS)
    )


def _named(part: str | int) -> str:
    """Part of a path as it travels: `and_` is the name that Python leaves for `and`."""
    return short_part(str(part).removesuffix("_"))


_PLAINER = {"extra_forbidden": "is no field of this request", "missing": "is missing"}


def reason_of(kind: str, message: str) -> str:
    """pydantic's reason in words that follow a field's name."""
    plain = message.removeprefix("Value error, ").removeprefix("Input ")
    return short(_PLAINER.get(kind, plain))


class Answer(BaseModel):
    """What an operation gives. Unknown fields stay readable as attributes and in dumps."""

    model_config = ConfigDict(
        extra="allow", frozen=True, hide_input_in_errors=True, defer_build=True
    )


class Empty(Answer):
    """An answer that carries no data of its own."""


class In:
    """Marks a field that travels in the query, also where the method would put it in the body.

    `required`: TikTok refuses a request without it, whatever default the constructor has.
    `or_body`: TikTok takes it from the body too. `and_body`: it travels in both.
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
"""Travels in the query and in the body; either is enough for who receives it."""


ARRIVED = "arrived"
"""The validation context of a request that came over the wire, not from a constructor."""


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


def text(limit: int) -> AfterValidator:
    """The annotation of a text field of at most `limit` UTF-16 units."""
    return AfterValidator(MaxUtf16(limit))


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(filter(None, value.split(",")))
    if isinstance(value, Iterable):
        return tuple(value)
    return value


def _join(value: tuple[str, ...]) -> str:
    return ",".join(value)


Id = Annotated[str, Field(coerce_numbers_to_str=True)]
"""An id: TikTok sends some as JSON numbers beyond 2^53; here they are always strings."""


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


AnyId = Annotated[str, BeforeValidator(_text), Field(pattern=r"^[0-9]{1,20}$")]
"""An id in a request that TikTok takes as a number and as text; it is sent as text."""
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
"""An id that TikTok wants as a JSON number; digits and whole numbers are taken."""

Secret = Annotated[str, Field(repr=False)]
"""A string that no repr shows."""

CommaList = Annotated[tuple[str, ...], BeforeValidator(_split), PlainSerializer(_join)]
"""A list that travels as one comma-separated string, such as `fields` and `scope`."""

Names = Annotated[CommaList, AtMost(MAX_FIELDS)]
"""The same in a request, where it has a bound."""

OPEN = Field(union_mode="left_to_right")
"""For `SomeEnum | str`: known values become members, unknown ones stay text."""
