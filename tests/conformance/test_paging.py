"""Pages go on as is declared: the answer to one leads to the next, with other items."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.operation import Operation, OperationEffect
from stagedoor.platform.paging import items_of

from .options import Options
from .suite import Suite
from .test_operations import OPERATIONS, reached, told

PAGED = [one for one in OPERATIONS if one.paging is not None and one.effect is OperationEffect.READ]


@pytest.mark.parametrize("operation", PAGED, ids=lambda one: str(one.id))
def test_a_page_leads_to_the_next(
    operation: Operation[..., Any], suite: Suite, options: Options
) -> None:
    paging = operation.paging
    assert paging is not None
    asked = paging.first(1)
    with reached():
        first = told(suite, suite.asked_with(operation, asked))
    if first.answer is None:
        pytest.skip(f"there is no page: {first.code}")
    then = paging.after(asked, first.answer)
    items = items_of(paging, first.answer)
    if then is None:
        assert len(items) <= 1, "it says that there is no other page"
        return
    second = told(suite, suite.asked_with(operation, asked | then))
    again = [one for one in items_of(paging, second.answer) if one in items]
    assert paging.repeated is not None or not again, "the second page has items of the first"
