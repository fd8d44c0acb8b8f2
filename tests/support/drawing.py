"""How many examples Hypothesis draws for a check that is made of every operation: few in the suite,
and always the same ones; many in the drills, and other ones each time.
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


def drawn(count: int, *strategies: SearchStrategy[Any]) -> Callable[[Check], Check]:
    """Make a check of so many examples. How long it takes to draw them says nothing here."""

    def decorate(check: Check) -> Check:
        checked: Check = settings(
            max_examples=count,
            derandomize=count == FEW,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )(given(*strategies)(check))
        return checked

    return decorate
