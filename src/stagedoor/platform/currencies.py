"""Currencies and their smallest units (ISO 4217). No I/O."""

from __future__ import annotations

from decimal import Decimal

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_DECIMALS = {
    code: places
    for places, codes in ((0, _NONE), (3, _THREE), (4, _FOUR))
    for code in codes.split()
}
USUAL = 2


def decimals_of(currency: str) -> int:
    """How many decimals an amount in this currency has at most."""
    return _DECIMALS.get(currency, USUAL)


def written(amount: Decimal | float) -> str:
    """An amount as people write it: every digit that matters, without an exponent."""
    value = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    return f"{value.normalize():f}"


def finer_than(currency: str, amount: Decimal) -> str | None:
    """Why an amount can't be one of this currency: it has a part below the smallest unit; None:
    it hasn't."""
    most = decimals_of(currency)
    if amount == round(amount, most):
        return None
    has = "no decimals" if most == 0 else f"{most} decimals at most"
    return f"is finer than {currency} is, which has {has}"
