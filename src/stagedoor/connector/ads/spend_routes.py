"""/api/settings/ad-spend: the limit of what ads may spend in a day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from stagedoor.platform.bounds import AtMost
from stagedoor.platform.currencies import finer_than, written
from stagedoor.platform.reasons import CURRENCY

from ..api import CallerIs, needs, router
from ..errors import unfit_parts
from ..money import Money
from ..provided import provided
from ..shapes import Model, ResponseModel, example, moment
from ..tenants.roles import Role
from .spend_guard import SpendGuard, SpendLimits

ROUTER = router()

GuardIs = Annotated[SpendGuard, provided(SpendGuard)]
_Currency = Annotated[str, Field(pattern=CURRENCY)]
_UNDER_WAY = (
    "Changes that began before are still under way: each of their requests that wasn't sent yet is "
    "held against these limits."
)


def _positive(text: str) -> str:
    if Decimal(text) <= 0:
        raise ValueError("should be more than 0")
    return text


_Limit = Annotated[Money, AfterValidator(_positive)]


class AdSpendSetting(Model):
    """The most that the organisation's ads may spend in a day, by currency."""

    model_config = example(limits={"USD": "500.00"})

    limits: Annotated[dict[_Currency, _Limit], AtMost(20)]
    """An amount for each currency (ISO 4217); one without an amount isn't limited."""


class SpendLimitShown(ResponseModel):
    """The limit of one currency."""

    currency: str
    """ISO 4217."""
    limit: str
    """The most that the ads of all ad accounts of the currency may spend in a day."""
    spent_today: str | None
    """The amount spent when it was last read; null: it wasn't read yet."""
    checked_at: datetime | None
    """When it was read, in UTC."""
    reached_at: datetime | None
    """Since when the limit is reached, in UTC; null: it isn't."""


class AdSpendShown(ResponseModel):
    """The organisation's limits of what its ads spend."""

    limits: list[SpendLimitShown]
    """One for each currency that is limited; none: nothing is."""
    warnings: list[str]
    """In words: connected ad accounts whose currency has no limit, limits of currencies that no
    connected ad account has, changes under way for which the new limits didn't wait, and new limits
    that today's spend has reached already, so that campaigns are paused at once."""

    @classmethod
    def of(cls, limits: SpendLimits, gaps: list[str]) -> AdSpendShown:
        found = []
        for currency, limit in sorted(limits.limits.items()):
            state = limits.state.get(currency, {})
            found.append(
                SpendLimitShown(
                    currency=currency,
                    limit=written(limit),
                    spent_today=state.get("spent"),
                    checked_at=moment(state.get("checkedAt")),
                    reached_at=moment(state.get("reachedAt")),
                )
            )
        if limits.under_way:
            gaps = [*gaps, _UNDER_WAY]
        return cls(limits=found, warnings=gaps)


@ROUTER.get("/settings/ad-spend", dependencies=[needs(Role.VIEWER)])
def show_ad_spend_setting(caller: CallerIs, guard: GuardIs) -> AdSpendShown:
    """Show the most that ads may spend in a day, and what they spent today."""
    limits = guard.limits(caller.org)
    return AdSpendShown.of(limits, guard.gaps(caller.org, limits.limits))


@ROUTER.put("/settings/ad-spend", dependencies=[needs(Role.ADMIN)])
def set_ad_spend_setting(caller: CallerIs, guard: GuardIs, body: AdSpendSetting) -> AdSpendShown:
    """Set the most that ads may spend in a day: what would exceed it is refused, and campaigns are
    paused once it is spent."""
    limits = {currency: Decimal(value) for currency, value in body.limits.items()}
    finer = ((name, finer_than(name, limit)) for name, limit in limits.items())
    if problems := [(f"limits.{name}", why) for name, why in finer if why is not None]:
        raise unfit_parts(problems)
    known = guard.set_limits(caller.org, limits)
    return AdSpendShown.of(known, guard.gaps(caller.org, limits, with_reached=True))
