"""The number of examples that Hypothesis draws for a check of every operation: few and always the
same in the suite, many and different ones each time in the drills.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

FEW, MANY = 25, 2_000
EXAMPLES = (
    pytest.param(FEW, id="few"),
    pytest.param(MANY, id="many", marks=[pytest.mark.drill, pytest.mark.timeout(600)]),
)
"""Values of a parameter `count`."""

Check = Callable[..., None]


def examples_of(count: int, *strategies: SearchStrategy[Any]) -> Callable[[Check], Check]:
    """Run the check with `count` examples, without a limit on the time to draw them."""

    def decorate(check: Check) -> Check:
        checked: Check = settings(
            max_examples=count,
            derandomize=count == FEW,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )(given(*strategies)(check))
        return checked

    return decorate
