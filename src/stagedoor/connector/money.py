"""Amounts of money in requests: decimal strings, or JSON numbers of so few digits that they are
exact."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from stagedoor.platform.reasons import formed

_FORM = formed(
    r"^[0-9]{1,13}(\.[0-9]{1,4})?$", "should be an amount of money such as 100.00, as a string"
)
_EXACT = 15
"""Digits of a number that JSON's readers keep."""


def as_text(value: Any) -> Any:
    """A JSON number as the decimal string of the same amount; other values as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    amount = Decimal(repr(value)).normalize()
    if len(amount.as_tuple().digits) > _EXACT:
        raise ValueError(f"has more than {_EXACT} digits: write the amount as a string")
    return format(amount, "f")


def as_number(value: Any) -> Any:
    """A decimal string as the number of the same amount; other values as they are."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(_FORM, value):
        raise ValueError("should be an amount of money such as 100.00")
    if len(Decimal(value).normalize().as_tuple().digits) > _EXACT:
        raise ValueError(f"has more than {_EXACT} digits")
    return float(value)


Money = Annotated[str, Field(pattern=_FORM, examples=["100.00"]), BeforeValidator(as_text)]
"""An amount of money, as a decimal number in the ad account's currency."""
