"""Amounts of money, which requests write as decimal strings or as numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stagedoor.agents.grants.grant import Conditions
from stagedoor.connector.money import Money, as_number

MONEY: TypeAdapter[str] = TypeAdapter(Money)
amounts = st.decimals(0, 10**11 - 1, places=4, allow_nan=False)


@given(amounts)
def test_both_forms_are_the_same_amount(amount: Decimal) -> None:
    number, text = float(amount), format(amount, "f")
    assert Decimal(MONEY.validate_python(number)) == amount
    assert Decimal(MONEY.validate_python(text)) == amount
    assert as_number(text) == number
    money: Any = text
    assert Conditions(budget_per_day=money) == Conditions(budget_per_day=number)


@pytest.mark.parametrize("value", [120, 120.0, "120"])
def test_whole_amounts_have_one_form(value: Any) -> None:
    assert MONEY.validate_python(value) == "120"


@pytest.mark.parametrize(
    "wrong",
    [
        True,
        -1,
        -0.5,
        1e300,
        1e-5,
        123456789012.12345,
        10**16 + 1,
        "1e3",
        "1,5",
        "",
        [],
        {},
    ],
)
def test_what_is_no_amount_or_none_that_json_keeps_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        MONEY.validate_python(wrong)


@pytest.mark.parametrize("wrong", ["1e3", "1,5", "", " 1", "-1", "nan", "123456789012.1234"])
def test_a_text_that_is_no_exact_amount_is_refused_in_words(wrong: str) -> None:
    for name in ("budgetPerDay", "spendPerDay", "spendTotal"):
        with pytest.raises(ValidationError) as told:
            Conditions.model_validate({name: wrong})
        [item] = told.value.errors()
        assert item["loc"] == (name,)
        assert "amount of money" in item["msg"] or "more than 15 digits" in item["msg"]
