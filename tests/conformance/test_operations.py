"""Every declared operation, by its example: TikTok answers as is declared."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform import catalogue
from stagedoor.platform.operation import Effect, Operation
from tests.examples import example_of

from .credentials import Unreachable
from .options import Options
from .suite import Suite, Unanswered

OPERATIONS = sorted(
    catalogue.operations().values(),
    key=lambda one: (example_of(one).ends, one.effect is Effect.WRITE),
)
"""Reads before writes; what ends something for the others comes last."""


@pytest.fixture(autouse=True)
def _network(options: Options, request: pytest.FixtureRequest) -> None:
    if options.is_real:
        request.getfixturevalue("socket_enabled")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: str(one.id))
def test_the_answer_is_as_declared(
    operation: Operation[..., Any], suite: Suite, options: Options
) -> None:
    try:
        outcome = suite.outcome(operation)
    except Unreachable as reason:
        pytest.skip(str(reason))
    except Unanswered as error:
        pytest.fail(str(error), pytrace=False)
    if suite.is_refused_credential(outcome):
        pytest.fail(f"TikTok refuses the credentials: {outcome.code}", pytrace=False)
    if (reason := suite.unreachable(outcome)) is not None:
        pytest.skip(reason)
    if outcome.drift:
        told = "\n".join(map(str, outcome.drift))
        if options.fails_on_drift:
            pytest.fail(told, pytrace=False)
        pytest.xfail(told)
