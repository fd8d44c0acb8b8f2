"""Reads and checks a query of the Virtual Compute Environment (`research.yaml` vce)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field, StrictInt

from stagedoor.platform.bounds import short_part
from stagedoor.platform.products.research.query import read_date
from stagedoor.platform.products.research.vce import (
    CATEGORIES,
    ORDERED,
    SEVERAL,
    Combination,
    VceCategory,
    VceOperator,
    VceStage,
)

from ...control.errors import wrong
from ...control_bodies import ControlBody

_MOST = 100
_MOST_VALUES = 1_000
_NUMBER = 20
"""Digits."""

_Text = Annotated[str, Field(max_length=1_000)]


class ConditionBody(ControlBody):
    field: _Text
    operator: _Text
    field_values: Annotated[tuple[_Text | StrictInt, ...], Field(max_length=_MOST_VALUES)]


class GroupBody(ControlBody):
    operator: _Text
    conditions: Annotated[tuple[ConditionBody, ...], Field(max_length=_MOST)]


class QueryBody(ControlBody):
    """A query as pyrqs takes it."""

    category: _Text
    fields: Annotated[str, Field(max_length=4_000)]
    """Names with commas between them."""
    condition_groups: Annotated[tuple[GroupBody, ...], Field(max_length=_MOST)] | None = None
    limit: StrictInt | None = None
    start_date: _Text | None = None
    """YYYYMMDD, the first day of creation."""
    end_date: _Text | None = None


@dataclass(frozen=True, slots=True)
class QuestionCondition:
    field: str
    operator: VceOperator
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """A checked query: all groups have to hold."""

    name: str
    category: VceCategory
    groups: tuple[tuple[Combination, tuple[QuestionCondition, ...]], ...]
    fields: tuple[str, ...]
    limit: int
    start: date | None = None
    end: date | None = None

    @property
    def required(self) -> tuple[QuestionCondition, ...]:
        """Conditions that hold for every record that is found."""
        return tuple(
            one
            for combination, conditions in self.groups
            if combination is Combination.AND
            for one in conditions
        )


def checked(body: QueryBody, stage: VceStage) -> CheckedQuery:
    """The query, or a `ControlError` that names the part that is wrong and what it may be."""
    category = CATEGORIES.get(body.category)
    if category is None:
        raise wrong("category", f"must be one of {', '.join(CATEGORIES)}")
    groups = tuple(
        _group(category, group, f"condition_groups.{place}")
        for place, group in enumerate(body.condition_groups or ())
    )
    question = CheckedQuery(
        name=body.category,
        category=category,
        groups=groups,
        fields=_fields(category, body.fields),
        limit=_limit(category, body.limit, stage),
        start=_day("start_date", body.start_date),
        end=_day("end_date", body.end_date),
    )
    if category.needs_condition and not question.required:
        named = ", ".join(category.filters)
        raise wrong("condition_groups", f"must have a condition on {named} in an AND group")
    return question


def _fields(category: VceCategory, text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in category.fields:
            listed = ", ".join(category.fields)
            raise wrong("fields", f"has {short_part(name)!r}; there are {listed}")
    return names


def _limit(category: VceCategory, limit: int | None, stage: VceStage) -> int:
    most = category.max_limit(stage)
    if limit is None:
        return category.default_limit(stage)
    if not 1 <= limit <= most:
        raise wrong("limit", f"must be from 1 to {most:,} in the {stage} stage")
    return limit


def _day(path: str, text: str | None) -> date | None:
    try:
        return None if text is None else read_date(text)
    except ValueError as error:
        raise wrong(path, str(error)) from None


def _group(
    category: VceCategory, group: GroupBody, path: str
) -> tuple[Combination, tuple[QuestionCondition, ...]]:
    try:
        combination = Combination(group.operator.upper())
    except ValueError:
        raise wrong(f"{path}.operator", f"must be one of {', '.join(Combination)}") from None
    conditions = tuple(
        _condition(category, one, f"{path}.conditions.{place}")
        for place, one in enumerate(group.conditions)
    )
    return combination, conditions


def _condition(category: VceCategory, body: ConditionBody, path: str) -> QuestionCondition:
    taken = category.filters.get(body.field)
    if taken is None:
        raise wrong(f"{path}.field", f"must be one of {', '.join(category.filters)}")
    operator = body.operator.upper()
    if operator not in taken:
        listed = ", ".join(one for one in VceOperator if one in taken)
        raise wrong(f"{path}.operator", f"must be one of {listed} for {body.field}")
    values = tuple(str(value) for value in body.field_values)
    if not values or (len(values) > 1 and operator not in SEVERAL):
        raise wrong(f"{path}.field_values", "must hold one value; IN and CONTAINS take several")
    if taken == ORDERED:
        for place, value in enumerate(values):
            if not (value.isascii() and value.isdigit() and len(value) <= _NUMBER):
                raise wrong(f"{path}.field_values.{place}", "is no number")
    return QuestionCondition(body.field, VceOperator(operator), values)
