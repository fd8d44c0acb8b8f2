"""Every declared operation, by its example: TikTok answers as is declared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from stagedoor.platform import catalogue
from stagedoor.platform.operation import Operation, OperationEffect
from tests.examples import example_of

from .credentials import Unreachable
from .options import Options
from .suite import Outcome, Suite, Unanswered

OPERATIONS = sorted(
    catalogue.operations().values(),
    key=lambda one: (example_of(one).ends, one.effect is OperationEffect.WRITE),
)
"""Reads before writes; what ends something for the others comes last."""


@contextmanager
def reached() -> Iterator[None]:
    """Skip what the run can't reach; fail without values where TikTok can't be asked."""
    try:
        yield
    except Unreachable as reason:
        pytest.skip(str(reason))
    except Unanswered as error:
        pytest.fail(str(error), pytrace=False)


def told(suite: Suite, outcome: Outcome) -> Outcome:
    """An outcome that says something about the declaration; others skip or fail the test."""
    if suite.is_refused_credential(outcome):
        pytest.fail(f"TikTok refuses the credentials: {outcome.code}", pytrace=False)
    if (reason := suite.unreachable(outcome)) is not None:
        pytest.skip(reason)
    return outcome


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: str(one.id))
def test_the_answer_is_as_declared(
    operation: Operation[..., Any], suite: Suite, options: Options
) -> None:
    with reached():
        outcome = told(suite, suite.outcome(operation))
    if outcome.drift:
        differences = "\n".join(map(str, outcome.drift))
        if options.fails_on_drift:
            pytest.fail(differences, pytrace=False)
        pytest.xfail(differences)
