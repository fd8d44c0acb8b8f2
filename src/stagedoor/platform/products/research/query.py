"""The query language of research: conditions on videos (`research.yaml` query_language).

    Where.region_code.in_("DE", "FR") & Where.view_count.gte(1_000) & ~Where.keyword.eq("ad")
    Where.username.eq("maracooks") & (Where.hashtag_name.eq("cake") | Where.hashtag_name.eq("tart"))

TikTok's query has three lists: all of `and`, at least one of `or`, none of `not` must hold. Type
checkers reject expressions that don't fit them, such as `a & b | c`, or `~` applied to several
conditions joined by `&`. A field, operation or value that TikTok doesn't know is refused when the
request is built; the error names its path: `query.and.0.field_values`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Generic, NoReturn, TypeVar

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ...arguments import passed_as
from ...bounds import AtMost, short_part
from ...model import Request, compact_day, says
from ...regions import REGION_CODES

MAX_DAYS = 30
"""`end_date` is at most this many days after `start_date`."""
MAX_CONDITIONS = 100
"""Of each of the three lists. TikTok documents no limit, for values neither."""
MAX_VALUES = 1_000
"""Values of one condition."""


class Operator(StrEnum):
    EQ = "EQ"
    IN = "IN"
    GT = "GT"
    GTE = "GTE"
    LT = "LT"
    LTE = "LTE"


class VideoLength(StrEnum):
    SHORT = "SHORT"
    MID = "MID"
    LONG = "LONG"
    EXTRA_LONG = "EXTRA_LONG"


def length_of(seconds: float) -> VideoLength:
    """The class of a duration: under 15 s, up to a minute, up to five minutes, above."""
    if seconds < 15:
        return VideoLength.SHORT
    if seconds <= 60:
        return VideoLength.MID
    return VideoLength.LONG if seconds <= 300 else VideoLength.EXTRA_LONG


_EXACT = frozenset({Operator.EQ, Operator.IN})
_ORDERED = frozenset(Operator)


def write_date(day: date) -> str:
    """Format a day as YYYYMMDD."""
    return f"{day.year:04}{day.month:02}{day.day:02}"


def read_date(text: str) -> date:
    """Parse a day written as YYYYMMDD; ValueError for other text."""
    if not re.fullmatch(r"[0-9]{8}", text):
        raise ValueError("is no day written YYYYMMDD")
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        raise ValueError("is no day of the calendar") from None


def _day(value: str) -> str | None:
    try:
        read_date(value)
    except ValueError as error:
        return str(error)
    return None


def _digits(value: str) -> str | None:
    return None if re.fullmatch(r"[0-9]{1,20}", value) else "is no number"


def _region(value: str) -> str | None:
    return (
        None if value in REGION_CODES else f"is no region that TikTok lists: {short_part(value)!r}"
    )


def _length(value: str) -> str | None:
    listed = ", ".join(VideoLength)
    return None if value in set(VideoLength) else f"must be one of {listed}"


def _handle(value: str) -> str | None:
    return None if value and value[0] != "@" else "must be a handle without @"


def _tag(value: str) -> str | None:
    return None if value and value[0] != "#" else "must be a tag without #"


def _words(value: str) -> str | None:
    return None if value.strip() else "is empty"


@dataclass(frozen=True, slots=True)
class Rule:
    """Operations and values that a condition's field takes. `problem` is None for a good value."""

    operations: frozenset[Operator]
    problem: Callable[[str], str | None]


# research.yaml query_language.fields; the operations of each field have low confidence
FIELDS: dict[str, Rule] = {
    "create_date": Rule(_ORDERED, _day),
    "username": Rule(_EXACT, _handle),
    "region_code": Rule(_EXACT, _region),
    "video_id": Rule(_EXACT, _digits),
    "hashtag_name": Rule(_EXACT, _tag),
    "keyword": Rule(_EXACT, _words),
    "music_id": Rule(_EXACT, _digits),
    "effect_id": Rule(_EXACT, _digits),
    "video_length": Rule(_EXACT, _length),
    "view_count": Rule(_ORDERED, _digits),
    "comment_count": Rule(_ORDERED, _digits),
}


class Condition(Request):
    """One comparison, as it is sent. `field_values` are always text."""

    model_config = ConfigDict(revalidate_instances="always")

    field_name: Annotated[str, says("what is compared")]
    operation: Annotated[str, says("how it is compared")]
    field_values: Annotated[
        tuple[str, ...], AtMost(MAX_VALUES), says("with what; only IN takes several")
    ]

    @field_validator("field_name")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in FIELDS:
            raise ValueError(f"must be one of {', '.join(FIELDS)}")
        return name

    @field_validator("operation")
    @classmethod
    def _is_taken(cls, operation: str, info: ValidationInfo) -> str:
        rule = FIELDS.get(info.data.get("field_name", ""))
        taken = [one.value for one in Operator if rule is None or one in rule.operations]
        if operation not in taken:
            raise ValueError(f"must be one of {', '.join(taken)}")
        return operation

    @field_validator("field_values")
    @classmethod
    def _are_taken(cls, values: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not values:
            raise ValueError("holds no value")
        if len(values) > 1 and info.data.get("operation", Operator.IN) != Operator.IN:
            raise ValueError(f"holds {len(values)} values; only IN takes several")
        rule = FIELDS.get(info.data.get("field_name", ""))
        for place, value in enumerate(values):
            if rule is not None and (problem := rule.problem(value)) is not None:
                raise ValueError(f"[{place}] {problem}")
        return values


def _listed(value: tuple[Condition, ...] | None) -> tuple[Condition, ...]:
    return value or ()  # published clients send null, too


_Conditions = Annotated[
    Annotated[tuple[Condition, ...], AtMost(MAX_CONDITIONS)] | None, AfterValidator(_listed)
]


class Query(Request):
    """All conditions of `and`, at least one of `or` if there are any, and none of `not` hold."""

    model_config = ConfigDict(
        revalidate_instances="always", validate_by_name=True, serialize_by_alias=True
    )

    and_: Annotated[_Conditions, Field(alias="and"), says("all of these hold")] = ()
    or_: Annotated[_Conditions, Field(alias="or"), says("one of these holds")] = ()
    not_: Annotated[_Conditions, Field(alias="not"), says("none of these holds")] = ()

    @model_validator(mode="after")
    def _asks_something(self) -> Query:
        if not self.conditions:
            raise ValueError("has no condition")
        return self

    def __bool__(self) -> NoReturn:
        raise TypeError("join conditions with &, | and ~: Python's and, or, not can't be seen")

    def __and__(self, other: Query) -> Query:
        """Both queries hold. TikTok has one list of alternatives, so only one side may have any."""
        if self.or_ and other.or_:
            raise ValueError("TikTok's query has one list of alternatives; this would need two")
        return _query(*(a + b for a, b in zip(self.lists, other.lists, strict=True)))

    @property
    def lists(self) -> tuple[tuple[Condition, ...], ...]:
        """The conditions of `and`, `or` and `not`."""
        return self.and_ or (), self.or_ or (), self.not_ or ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(one for listed in self.lists for one in listed)


class Alternatives(Query):
    """At least one of several conditions."""

    def __or__(self, other: Term | Alternatives) -> Alternatives:
        return _alternatives(self, other)

    def __invert__(self) -> Query:
        return _query((), (), self.conditions)


class Term(Query):
    """A single condition, made by `Where`."""

    def __or__(self, other: Term | Alternatives) -> Alternatives:
        return _alternatives(self, other)

    def __invert__(self) -> Query:
        return _query((), (), self.conditions)


# Not validated here: the values are validated when the request is built, which names their path.


def _query(*lists: tuple[Condition, ...]) -> Query:
    all_of, any_of, none_of = lists
    return Query.model_construct(and_=all_of, or_=any_of, not_=none_of)


def _alternatives(one: Term | Alternatives, other: Term | Alternatives) -> Alternatives:
    if not isinstance(other, Term | Alternatives):
        raise TypeError("only single conditions can be alternatives of each other")
    listed = one.conditions + other.conditions
    return Alternatives.model_construct(and_=(), or_=listed, not_=())


def term(field_name: str, operation: str, *values: object) -> Term:
    """One condition; `values` are converted to the text that TikTok expects."""
    one = Condition.model_construct(
        field_name=field_name,
        operation=str(operation),
        field_values=tuple(_written(field_name, value) for value in values),
    )
    return Term.model_construct(and_=(one,), or_=(), not_=())


def _written(field_name: str, value: object) -> str:
    if isinstance(value, date):
        return write_date(value)
    return compact_day(str(value)) if field_name == "create_date" else str(value)


V = TypeVar("V")


class Exact(Generic[V]):
    """A field that can be compared for equality, with one value or several.

    A value of a type that isn't the field's raises `TypeError`: TikTok would compare it as text
    and find nothing.
    """

    def __init__(self, name: str, *kinds: type[Any]) -> None:
        self.name = name
        self._kinds = kinds

    def eq(self, value: V) -> Term:
        """The field equals `value`."""
        return self._term(Operator.EQ, value)

    def in_(self, *values: V | Collection[V]) -> Term:
        """The field equals one of `values`: `in_("DE", "FR")`, or a single list of values."""
        listed: tuple[Any, ...] = values
        if len(values) == 1 and isinstance(values[0], list | tuple | set | frozenset):
            listed = tuple(values[0])
        return self._term(Operator.IN, *listed)

    def _term(self, operation: Operator, *values: Any) -> Term:
        for value in values:
            if isinstance(value, bool) or not isinstance(value, self._kinds):
                taken = " or ".join(kind.__name__ for kind in self._kinds)
                raise TypeError(f"Where.{self.name} takes {taken}, not {type(value).__name__}")
        return term(self.name, operation, *values)

    def __eq__(self, other: object) -> NoReturn:
        self._refuse("eq", other)

    def __ne__(self, other: object) -> NoReturn:
        raise TypeError(f"write ~Where.{self.name}.eq({other!r}): Python's != can't be seen")

    __hash__ = object.__hash__

    def _refuse(self, method: str, other: object) -> NoReturn:
        raise TypeError(f"write Where.{self.name}.{method}({other!r}) for a condition")


class Ordered(Exact[V]):
    """A field that can also be compared by order."""

    def gt(self, value: V) -> Term:
        """The field is greater than `value`."""
        return self._term(Operator.GT, value)

    def gte(self, value: V) -> Term:
        """The field is `value` or greater."""
        return self._term(Operator.GTE, value)

    def lt(self, value: V) -> Term:
        """The field is less than `value`."""
        return self._term(Operator.LT, value)

    def lte(self, value: V) -> Term:
        """The field is `value` or less."""
        return self._term(Operator.LTE, value)

    def __gt__(self, other: object) -> NoReturn:
        self._refuse("gt", other)

    def __ge__(self, other: object) -> NoReturn:
        self._refuse("gte", other)

    def __lt__(self, other: object) -> NoReturn:
        self._refuse("lt", other)

    def __le__(self, other: object) -> NoReturn:
        self._refuse("lte", other)


class Where:
    """The fields of a research query. Join conditions with `&`, `|` and `~`."""

    create_date = Ordered[date | str]("create_date", date, str)
    """The UTC day of the post: a date, or text such as 20261101 or 2026-11-01."""
    username = Exact[str]("username", str)
    """A handle without @."""
    region_code = Exact[str]("region_code", str)
    """The region where the creator registered, as two letters."""
    video_id = Exact[str | int]("video_id", str, int)
    hashtag_name = Exact[str]("hashtag_name", str)
    """Without #."""
    keyword = Exact[str]("keyword", str)
    """A word or phrase in the description."""
    music_id = Exact[str | int]("music_id", str, int)
    effect_id = Exact[str | int]("effect_id", str, int)
    video_length = Exact[VideoLength | str]("video_length", str)
    view_count = Ordered[int]("view_count", int)
    comment_count = Ordered[int]("comment_count", int)


passed_as(Query, 'conditions, such as Where.region_code.eq("DE")')


def windows(start: date, end: date) -> Iterator[tuple[date, date]]:
    """Split the days from `start` to `end`, both included, into ranges that a query accepts;
    newest first."""
    while end >= start:
        begin = max(start, end - timedelta(days=MAX_DAYS))
        yield begin, end
        end = begin - timedelta(days=1)
