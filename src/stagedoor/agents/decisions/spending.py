"""The money that an agent's calls have committed, and its currency.

Money is counted for each agent, account and currency, in rows of `agent_counters` that name the
currency beside the account. The currency is the ad account's, which never changes at TikTok;
`calls.currencies` records it. Money of an unknown currency is counted apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from sqlalchemy import func

from stagedoor.connector.database import TenantConnection
from stagedoor.platform.marks import BUDGET, names_of
from stagedoor.platform.operation import Operation

from . import store
from .models import ad_account_currencies, agent_counters

_UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class CommittedSpend:
    """Money that an agent has committed for an account in one currency, in hundredths. `earlier`:
    before this day."""

    agent_id: str
    counter: str
    day: int
    currency: str | None
    earlier: int
    today: int
    stored: bool
    """The day has a row."""

    @property
    def total(self) -> int:
        return self.earlier + self.today


@dataclass(slots=True)
class Spending:
    """The amounts that one transaction reads, and those it adds."""

    _read: dict[tuple[str, str, int], CommittedSpend] = field(default_factory=dict)
    _changed: set[tuple[str, str, int]] = field(default_factory=set)

    def of(
        self,
        tenant: TenantConnection,
        agent_id: str,
        account: str | None,
        ad_account: str | None,
        day: int,
    ) -> CommittedSpend:
        """Return the money with what this transaction has added."""
        known = currency(tenant, ad_account)
        counter = f"{account}/{known or _UNKNOWN}"
        key = agent_id, counter, day
        if key not in self._read:
            self._read[key] = _stored(tenant, agent_id, counter, day, known)
        return self._read[key]

    def add(self, spent: CommittedSpend, amount: int) -> None:
        key = spent.agent_id, spent.counter, spent.day
        before = self._read[key]
        self._read[key] = CommittedSpend(
            spent.agent_id,
            spent.counter,
            spent.day,
            before.currency,
            before.earlier,
            before.today + amount,
            before.stored,
        )
        self._changed.add(key)

    def store(self, tenant: TenantConnection) -> None:
        """Write what was added."""
        for key in sorted(self._changed):
            one = self._read[key]
            store.use(tenant, *key, posts=0, spent=one.today, new=not one.stored)
        self._changed.clear()


def _stored(
    tenant: TenantConnection, agent_id: str, counter: str, day: int, known: str | None
) -> CommittedSpend:
    mine = (agent_counters.c.agent_id == agent_id) & (agent_counters.c.account == counter)
    today = tenant.one(
        tenant.select(agent_counters, agent_counters.c.spent).where(
            mine, agent_counters.c.day == day
        )
    )
    earlier = tenant.one(
        tenant.select(agent_counters, func.sum(agent_counters.c.spent)).where(
            mine, agent_counters.c.day != day
        )
    )
    return CommittedSpend(
        agent_id,
        counter,
        day,
        known,
        earlier=0 if earlier is None else int(earlier[0] or 0),
        today=0 if today is None else int(today.spent),
        stored=today is not None,
    )


def currency(tenant: TenantConnection, ad_account: str | None) -> str | None:
    """Return the currency of an ad account as ISO 4217; None if it isn't known."""
    if ad_account is None:
        return None
    query = tenant.select(ad_account_currencies, ad_account_currencies.c.currency)
    row = tenant.one(query.where(ad_account_currencies.c.account_id == ad_account))
    return None if row is None else str(row.currency)


def keep_currency(tenant: TenantConnection, ad_account: str, known: str) -> None:
    """Record the currency of an ad account, which stays as it was recorded first."""
    tenant.insert_new(ad_account_currencies, [{"account_id": ad_account, "currency": known}])


def sets_budget(operation: Operation[..., Any]) -> bool:
    """Whether calls of the operation may set a budget."""
    return bool(names_of(operation.request, BUDGET))


def ad_account_of(arguments: Mapping[str, Any] | BaseModel) -> str | None:
    """Return the ad account whose money a call commits."""
    found = (
        arguments.get("advertiser_id")
        if isinstance(arguments, Mapping)
        else getattr(arguments, "advertiser_id", None)
    )
    return str(found) if isinstance(found, str | int) and found != "" else None
