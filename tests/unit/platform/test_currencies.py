"""Amounts that are finer than their currency."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stagedoor.platform.currencies import decimals_of, finer_than


@pytest.mark.parametrize(
    ("currency", "amount", "fits"),
    [
        ("USD", "10.05", True),
        ("USD", "10.0500", True),
        ("USD", "10.005", False),
        ("JPY", "10", True),
        ("JPY", "10.0", True),
        ("JPY", "10.5", False),
        ("KWD", "0.001", True),
        ("KWD", "0.0001", False),
        ("CLF", "0.0001", True),
        ("XXX", "9999999999999.99", True),
    ],
)
def test_an_amount_has_no_part_below_the_smallest_unit(
    currency: str, amount: str, fits: bool
) -> None:
    assert (finer_than(currency, Decimal(amount)) is None) is fits


def test_decimals_are_those_of_iso_4217() -> None:
    assert [decimals_of(one) for one in ("VND", "EUR", "BHD", "UYW")] == [0, 2, 3, 4]
