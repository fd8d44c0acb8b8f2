"""The emulator answers the cases of the examples as they say."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform import catalogue, wire
from stagedoor.platform.model import AT_TIKTOK
from stagedoor.platform.operation import Operation
from tests.examples import Case, example_of, values_of

from .asking import Asking, code_of

CASES = [
    (operation, case)
    for operation in catalogue.operations().values()
    for case in example_of(operation).cases
]


def test_the_cases_of_the_examples_are_answered_as_they_say(
    asking: Asking, subtests: pytest.Subtests
) -> None:
    for operation, case in CASES:
        with subtests.test(operation.id, values=case.values):
            check(asking, operation, case)


def check(asking: Asking, operation: Operation[..., Any], case: Case) -> None:
    request: Any = operation.request
    values = values_of(operation, asking.seeded) | dict(case.values)
    sent = wire.encode(operation, request.model_validate(values, context={AT_TIKTOK}))
    content_type = sent.content_type.encode() if sent.content_type else None
    answer = asking.ask(operation, sent.query, sent.body, content_type=content_type)
    assert code_of(operation, answer) == (case.refused or "ok"), answer.body
    if case.answer is not None:
        found: Any = answer.json
        differs = list(differences(found.get("data", found), case.answer))
        assert not differs, answer.body


def differences(found: Any, wanted: Any, at: str = "answer") -> Any:
    """Where an answer lacks what is wanted: objects may have more members, lists are compared."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, value in wanted.items():
            yield from differences(found.get(name), value, f"{at}.{name}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(found) == len(wanted):
        for number, value in enumerate(wanted):
            yield from differences(found[number], value, f"{at}[{number}]")
    elif found != wanted:
        yield f"{at} is {found!r}, not {wanted!r}"
