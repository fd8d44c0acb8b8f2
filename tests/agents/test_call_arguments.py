"""The values of a call that grants can limit, read from the marks of its request's fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import pytest

from stagedoor.agents.decisions.arguments import BadArguments, read_arguments
from stagedoor.platform.marks import BUDGET, PUBLISHED_TEXT
from stagedoor.platform.model import Answer, Request
from stagedoor.platform.operation import Operation, Resource
from stagedoor.platform.products.posting import VIDEO_INIT


class Group(Request):
    daily: Annotated[float | str | None, BUDGET] = None
    budget_name: str = ""


class Campaign(Request):
    slogan: Annotated[str, PUBLISHED_TEXT]
    spend_at_most: Annotated[float | None, BUDGET] = None
    groups: tuple[Group, ...] = ()


_POST: Any = VIDEO_INIT
CREATE: Operation[..., Any] = replace(
    _POST,
    id="ads.campaign_create",
    request=Campaign,
    response=Answer,
    resource=Resource.ADS,
)


def test_budgets_are_added_up_in_hundredths_and_rounded_up() -> None:
    asked = read_arguments(
        CREATE,
        {
            "slogan": "Buy #Cake",
            "spend_at_most": 10.001,
            "groups": [{"daily": 1.1}, {"daily": "2.2", "budget_name": "7"}, {}],
        },
    )
    assert asked.budget == 1331
    assert asked.hashtags == ("cake",)
    assert asked.text == "Buy #Cake"
    assert asked.uses_up


def test_a_call_that_sets_no_budget_has_none() -> None:
    assert read_arguments(CREATE, {"slogan": "Buy"}).budget is None


@pytest.mark.parametrize("daily", ["much", "NaN", "Infinity", "-5"])
def test_a_budget_that_cannot_be_read_is_refused(daily: str) -> None:
    with pytest.raises(BadArguments, match="budget"):
        read_arguments(CREATE, {"slogan": "Buy", "groups": [{"daily": daily}]})
