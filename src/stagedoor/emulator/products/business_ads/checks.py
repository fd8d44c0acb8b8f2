"""Checks that the writes of campaigns, ad groups and ads share, with TikTok's codes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from stagedoor.platform.products.business_ads import OperationStatus
from stagedoor.platform.products.business_ads.common import MAX_STATUSES

from ...calls import AdmittedCall, Refusal
from ...world.collection import EntityTable
from .state import AD_GROUPS, ADS, CAMPAIGNS, Ad, AdGroup, Campaign

O = TypeVar("O", Campaign, AdGroup, Ad)  # noqa: E741

CAMPAIGN_MINIMUM = 50
GROUP_MINIMUM = 20
"""Least budgets a day in US dollars (`business-ads.yaml`, medium)."""
_PER_DOLLAR = {"JPY": 100, "KRW": 1_000, "IDR": 10_000, "VND": 20_000, "INR": 50, "THB": 30}
"""Units of currencies that are worth much less than a dollar, rounded; others count as dollars."""
_RAISE = Decimal("1.05")
"""A changed budget is at least 105 % of what is spent."""

NAMES = {Campaign: "campaign", AdGroup: "ad group", Ad: "ad"}
PARAMETER = "40002"


def wrong(field: str, why: str) -> NoReturn:
    """Refuse the call for one of its fields."""
    raise Refusal(PARAMETER, f"{field}: {why}")


def missing(field: str) -> NoReturn:
    wrong(field, "Missing data for required field.")


def choice(field: str, value: str | None, known: Iterable[str]) -> None:
    """Refuse a value that is none of the documented ones."""
    if value is not None and value not in set(known):
        wrong(field, f"Not a valid choice: {value}.")


def choices(request: Any, known: dict[str, type[StrEnum]], where: str = "") -> None:
    """Refuse values of these fields, or items of lists, that are none of the documented ones."""
    for name, values in known.items():
        value = getattr(request, name, None)
        for one in value if isinstance(value, tuple) else (value,):
            choice(f"{where}{name}", one, values)


def campaign(call: AdmittedCall, id: str) -> Campaign:
    """A campaign of the call's ad account that isn't deleted."""
    return live(owned(call, call.world[CAMPAIGNS], id, "campaign"))


def group(call: AdmittedCall, id: str) -> AdGroup:
    """An ad group of the call's ad account that isn't deleted."""
    return live(owned(call, call.world[AD_GROUPS], id, "ad group"))


def ad(call: AdmittedCall, id: str) -> Ad:
    """An ad of the call's ad account that isn't deleted."""
    return live(owned(call, call.world[ADS], id, "ad"))


def owned(call: AdmittedCall, table: EntityTable[O], id: str, name: str) -> O:
    """An object of the call's ad account, deleted or not."""
    found = table.get(id)
    if found is None:
        raise Refusal("40007", f"The {name} {id} does not exist.")
    if found.advertiser_id != call.ad_account.id:
        raise Refusal("40001", f"You don't have permission to operate this {name}: {id}.")
    return found


def live(found: O) -> O:
    if found.deleted:
        raise Refusal(PARAMETER, f"The {NAMES[type(found)]} has been deleted.")
    return found


def few(ids: Sequence[str]) -> None:
    if len(ids) > MAX_STATUSES:
        raise Refusal("40011", f"Too many ids: {len(ids)}, at most {MAX_STATUSES}.")


def switch(value: str, allowed: Collection[OperationStatus]) -> OperationStatus:
    """The switch that a request sets."""
    choice("operation_status", value, allowed)
    return OperationStatus(value)


SWITCHES = (OperationStatus.ENABLE, OperationStatus.DISABLE, OperationStatus.DELETE)
STARTS = (OperationStatus.ENABLE, OperationStatus.DISABLE)


def dollar_in(currency: str) -> int:
    """The worth of a US dollar in a currency, roughly."""
    return _PER_DOLLAR.get(currency, 1)


def least(currency: str, dollars: int) -> Decimal:
    return Decimal(dollars * dollar_in(currency))


def enough(field: str, budget: Decimal, minimum: Decimal, currency: str) -> None:
    if budget < minimum:
        wrong(field, f"The budget must be at least {minimum} {currency}.")


def above_spending(field: str, budget: Decimal, spent: int) -> None:
    """Refuse a changed budget that is less than 105 % of the spending, which is in hundredths."""
    if budget < Decimal(spent) / 100 * _RAISE:
        wrong(field, "The budget must be at least 105% of the current spend.")
