"""The organisation's spend limit in words for agents: only what concerns the ad account of the
call, since an agent may not know of the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from stagedoor.connector.ads.errors import SpendLimitExceeded, SpendUnreadable
from stagedoor.connector.ads.spend_calls import account_of
from stagedoor.platform.currencies import written

_REMEDY = (
    "Ask for less, or pause a campaign. An admin sets the limit: don't try the same call again."
)


@contextmanager
def as_agent_errors(request: BaseModel) -> Iterator[None]:
    """Raise refusals of the spend limit as an agent is told them."""
    try:
        yield
    except SpendLimitExceeded as error:
        raise _exceeded(error.detail) from error
    except SpendUnreadable as error:
        about = error.detail.get("accountId") if isinstance(error.detail, dict) else None
        if about == account_of(request):
            raise
        raise SpendUnreadable(
            "the budgets of its ad accounts can't be read at the moment."
        ) from error


def _exceeded(detail: Any) -> SpendLimitExceeded:
    limit, asked, running, spent = (
        Decimal(detail[name]) for name in ("limit", "asked", "running", "spentToday")
    )
    currency = detail["currency"]
    left = max(Decimal(0), limit - running)
    if spent >= limit:
        why = "they have spent that today"
    elif not asked:
        why = "campaigns that are on may spend as much already"
    else:
        why = f"this asks for {written(asked)} {currency} where {written(left)} {currency} are left"
    return SpendLimitExceeded(
        f"The organisation's ads may spend {written(limit)} {currency} a day, and {why}. "
        "Nothing was sent to TikTok.",
        detail={
            "currency": currency,
            "limit": written(limit),
            "asked": written(asked),
            "left": written(left),
            "remedy": _REMEDY,
        },
    )
