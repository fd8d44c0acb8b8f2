"""Runs a checked query: evaluates its conditions on the candidates, in small steps."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from stagedoor.platform.products import research
from stagedoor.platform.products.research.vce import LIST, ORDERED, Combination, VceOperator

from ...calls import AdmittedCall
from ...world import App, World
from .question import CheckedQuery, QuestionCondition
from .sources import SOURCES, CategorySource

_STEP = 500
"""Candidates that are examined without a pause."""
_COMPARE: dict[VceOperator, Callable[[Any, Any], bool]] = {
    VceOperator.EQ: operator.eq,
    VceOperator.IN: operator.eq,
    VceOperator.GT: operator.gt,
    VceOperator.GTE: operator.ge,
    VceOperator.LT: operator.lt,
    VceOperator.LTE: operator.le,
}
Row = dict[str, Any]
Order = Callable[[int], Iterable[int]]
"""Gives the numbers below a count in the order in which candidates are examined."""


def caller(world: World, app: App, base_url: str) -> AdmittedCall:
    """The call in whose name data is read: research without the scope for minors."""
    return AdmittedCall(world, research.VIDEO_QUERY, None, base_url, app=app)


def found(
    call: AdmittedCall, question: CheckedQuery, order: Order = range, min_followers: int = 0
) -> Iterator[Row | None]:
    """The records that the query finds, without its limit; None now and then, to take a breath.

    All requested fields are in each row, None where a record has no value.
    """
    source = SOURCES[question.name]
    candidates = source.candidates(call, question)
    tests = [_test(source, question, group) for group in question.groups]
    for examined, number in enumerate(order(len(candidates))):
        if examined % _STEP == _STEP - 1:
            yield None
        item = candidates[number]
        if not source.shows(call, item) or not _within(source, question, item):
            continue
        if min_followers:
            person = source.person(call, item)
            if person is not None and person.followers < min_followers:
                continue
        if all(test(call, item) for test in tests):
            yield {name: source.values[name](call, item) for name in question.fields}


_Test = Callable[[AdmittedCall, Any], bool]


def _within(source: CategorySource[Any], question: CheckedQuery, item: Any) -> bool:
    if source.created is None or (question.start is None and question.end is None):
        return True
    day = datetime.fromtimestamp(source.created(item), UTC).date()
    return (question.start is None or question.start <= day) and (
        question.end is None or day <= question.end
    )


def _test(
    source: CategorySource[Any],
    question: CheckedQuery,
    group: tuple[Combination, tuple[QuestionCondition, ...]],
) -> _Test:
    combination, conditions = group
    tests = [_holds(source, question, condition) for condition in conditions]
    match combination:
        case Combination.AND:
            return lambda call, item: all(test(call, item) for test in tests)
        case Combination.OR:
            return lambda call, item: not tests or any(test(call, item) for test in tests)
        case Combination.NOT:
            return lambda call, item: not any(test(call, item) for test in tests)


def _holds(
    source: CategorySource[Any], question: CheckedQuery, condition: QuestionCondition
) -> _Test:
    held, taken = source.held(condition.field), question.category.filters[condition.field]
    if taken == ORDERED:
        compare = _COMPARE[condition.operator]
        numbers = [int(value) for value in condition.values]
        return lambda call, item: any(compare(int(held(call, item)), one) for one in numbers)
    values = [value.casefold() for value in condition.values]
    if condition.operator is VceOperator.LIKE:
        return lambda call, item: any(like(value, _text(held(call, item))) for value in values)
    wanted = frozenset(values)
    if taken == LIST or condition.operator is VceOperator.CONTAINS:
        return lambda call, item: not wanted.isdisjoint(_texts(held(call, item)))
    return lambda call, item: any(text in wanted for text in _texts(held(call, item)))


def like(pattern: str, text: str) -> bool:
    """Whether the text is the pattern with any characters for each %; a pattern without one has to
    be contained. Takes time in proportion to both."""
    if "%" not in pattern:
        return pattern in text
    first, *middle, last = pattern.split("%")
    if not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return at <= end


def _text(value: Any) -> str:
    return "" if value is None else str(value).casefold()


def _texts(value: Any) -> Iterator[str]:
    """All values inside a value, as text."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    else:
        yield _text(value)
