"""Field types that requests and answers of campaigns, ad groups, ads and identities share."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from ...bounds import MAX_LISTED, AtMost
from ...model import AT_TIKTOK, OPEN, AnyId, Declared, in_context, says

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class _OneOf:
    """Metadata of a choice in a request: text is taken too, if it is a value of the enumeration."""

    __slots__ = ()

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        values = next(
            part
            for part in get_args(source)
            if isinstance(part, type) and issubclass(part, StrEnum)
        )
        return core_schema.with_info_after_validator_function(Declared(values), handler(source))


Choice = Annotated[E | str, OPEN, _OneOf()]
"""A value of an enumeration, or its text, in a request; TikTok refuses others by itself."""
OpenChoice = Annotated[E | str, OPEN]
"""A value of an enumeration in an answer: unknown values stay text."""


def _few(ids: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    # TikTok answers more ids with a code of its own
    if len(ids) > MAX_STATUSES and not in_context(AT_TIKTOK, info):
        raise ValueError(f"holds {len(ids)} items, at most {MAX_STATUSES} are taken")
    return ids


Listed = Annotated[tuple[T, ...], AtMost(MAX_LISTED)]
"""A list in a request, of at most 100 items."""
MAX_LOCATIONS = 3_000
MAX_NAME = 512
MAX_AD_TEXT = 100
MAX_FIELDS = 300
"""Names in `fields`: an ad group has about a hundred fields."""
MAX_STATUSES = 20
"""Objects of one status update, budget update or review query."""
MAX_CREATIVES = 20
MAX_PAGE = 1_000

FewStatuses = Annotated[
    tuple[AnyId, ...], AtMost(MAX_LISTED), Field(min_length=1), AfterValidator(_few)
]
"""The objects of one status update: 1 to 20."""

_TIME = "%Y-%m-%d %H:%M:%S"


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _int64(value: str) -> str:
    if not value.isascii() or not value.isdecimal() or not 0 < int(value[:20]) < 2**63:
        raise ValueError("should be a whole number from 1 to 9223372036854775807")
    return value


OtherId = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=200)]
"""The id of an object that is not part of the campaign tree; not all of them are numbers."""

RequestId = Annotated[str, BeforeValidator(_text), AfterValidator(_int64)]
"""The caller's id of a create call: a 64-bit integer, as text."""


def _moment(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return datetime.strptime(value, _TIME).replace(tzinfo=UTC)
        except ValueError:
            raise ValueError("is no time written as YYYY-MM-DD HH:MM:SS") from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("has no time zone: pass an aware datetime")
        try:
            return value.astimezone(UTC).replace(microsecond=0)
        except OverflowError:
            raise ValueError("is no time between the years 1 and 9999 in UTC") from None
    raise ValueError("is no time written as YYYY-MM-DD HH:MM:SS")


def written(moment: datetime) -> str:
    """A time as TikTok writes the times of ads: in UTC."""
    return moment.astimezone(UTC).strftime(_TIME)


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(written, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "description": "YYYY-MM-DD HH:MM:SS in UTC"}),
]
"""A time in a request: an aware datetime, or text such as 2026-11-30 09:00:00, which is UTC."""


Time = Annotated[str, says("YYYY-MM-DD HH:MM:SS in UTC")]
"""A time in an answer."""

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\ufe0f\u20e3\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615"
    "\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2"
    "\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797"
    "\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55]"
)
"""Characters that are shown as pictures by default, and the marks that ask for a picture."""


def width(text: str) -> int:
    """The length of a text as TikTok counts it: a wide character, such as a CJK one, counts two."""
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


def _plain(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if _EMOJI.search(text):
            raise ValueError("holds an emoji, which TikTok doesn't take here")
        if width(text) > limit:
            raise ValueError(
                f"is {width(text)} characters long (CJK counts two), TikTok takes at most {limit}"
            )
        return text

    return AfterValidator(check)


Name = Annotated[str, Field(min_length=1), _plain(MAX_NAME)]
"""The name of a campaign or ad group: at most 512 characters, no emoji."""
AdName = Annotated[str, _plain(MAX_NAME)]
"""As `Name`; an empty one lets TikTok make a name from the ad's id."""
AdText = Annotated[str, Field(min_length=1), _plain(MAX_AD_TEXT)]
"""The text of an ad: at most 100 characters, no emoji."""
