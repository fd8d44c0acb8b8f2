"""The limit of what an organisation's ads may spend in a day: nothing beyond it is switched on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from stagedoor.platform.currencies import written

from .. import leases
from ..clock import Clock
from ..database import Database, TenantConnection
from ..integrations.ad_accounts import DescribedAdAccount
from ..schedule import store as schedule
from ..tenants import store as tenants
from . import store
from .errors import SpendLimitExceeded, SpendUnreadable
from .models import ad_spend_guards
from .open_requests import OpenRequests
from .reads import Check
from .spend_reads import SpendReads

WATCH = "watch-ad-spend"
"""Kind of due row: compare what an organisation's ads spent today with its limit."""
SETTING = "adSpend"
_LEASE = leases.FencedTimes(seconds=60.0, patience=20.0)
"""Longer than a request to TikTok takes: it is renewed right before each one, so a request that is
under way when the database fails has ended before somebody else has the lease."""
_JOB_LEASE = replace(_LEASE, patience=60.0)


@dataclass(frozen=True, slots=True)
class PlannedSpend:
    """The most that campaigns may spend in a day after a change, altogether. Those without an id
    in `campaign_ids` are new."""

    campaign_ids: frozenset[str]
    budget: Decimal


@dataclass(frozen=True, slots=True)
class SpendLimits:
    """The limits by currency, with what is known of today. `under_way`: changes of budgets that
    began before these limits haven't ended."""

    limits: Mapping[str, Decimal]
    state: Mapping[str, Any]
    under_way: bool = False


class SpendGuard:
    """Checks daily budgets and spend against the organisation's limits. Thread-safe.

    Each change that adds to the budgets runs under the organisation's lease, one after another,
    so that two changes which fit alone can't exceed the limit together. The lease is renewed right
    before each of its requests: without it, nothing is sent. Where anything can't be read, it
    raises `SpendUnreadable`. Without a limit, changes run side by side, and a first limit waits for
    those under way.
    """

    def __init__(self, database: Database, clock: Clock, reads: SpendReads) -> None:
        self._database = database
        self._clock = clock
        self._reads = reads
        self._open = OpenRequests(database)

    def limits(self, org: str) -> SpendLimits:
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            limits, row = _limits(tenant), store.guard(tenant)
        return SpendLimits(limits, {} if row is None else row.state)

    def limited(self, org: str) -> bool:
        """Whether the organisation has any limit."""
        with self._database.read() as connection:
            return bool(tenants.setting(TenantConnection(connection, org), SETTING))

    def gaps(
        self, org: str, limits: Mapping[str, Decimal], with_reached: bool = False
    ) -> list[str]:
        """Words for what the limits leave open: ad accounts whose currency has none, and limits of
        currencies that no ad account has. `with_reached`: also for limits that today's spend has
        reached, which is read at TikTok. Without limits there are none."""
        if not limits:
            return []
        unread: list[SpendUnreadable] = []
        try:
            accounts = self._reads.accounts(org, unread)
        except SpendUnreadable as error:
            return [f"Which ad accounts there are can't be read now: {error.message}"]
        gaps = [
            f"{currency} has no limit, and {len(some)} connected "
            f"{'ad account is' if len(some) == 1 else 'ad accounts are'} in it."
            for currency, some in sorted(accounts.items())
            if currency not in limits
        ]
        gaps += [
            f"No connected ad account is in {currency}: its limit limits nothing now."
            for currency in sorted(set(limits) - set(accounts))
            if not unread
        ]
        if with_reached:
            gaps += [
                words
                for currency, some in sorted(accounts.items())
                if currency in limits
                and (words := self._reached(org, currency, some, limits[currency]))
            ]
        return gaps + [one.message for one in unread]

    def _reached(
        self, org: str, currency: str, accounts: Sequence[DescribedAdAccount], limit: Decimal
    ) -> str | None:
        """The warning about a limit that today's spend has reached."""
        try:
            spent = self._reads.spent_today(org, accounts)
        except SpendUnreadable as error:
            return f"Whether the limit of {currency} is reached can't be read now: {error.message}"
        if spent < limit:
            return None
        return (
            f"The limit of {written(limit)} {currency} is reached: {written(spent)} {currency} "
            f"were spent today. Campaigns in {currency} that are on are paused now."
        )

    def set_limits(self, org: str, limits: Mapping[str, Decimal]) -> SpendLimits:
        """Set all limits of the organisation; without any, nothing is limited.

        They hold for each request that wasn't sent yet. Waits for changes of budgets, and for a
        pause by the limit, that are under way.
        """
        end = time.monotonic() + _LEASE.patience
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            before = _limits(tenant)
            kept = {currency: str(value) for currency, value in limits.items()}
            tenants.set_setting(tenant, SETTING, kept)
            if limits:
                store.add_guard(tenant)
                schedule.wait(connection, WATCH, org, self._clock.now())
            else:
                schedule.forget(connection, WATCH, org)
        ended = not (before or limits) or self._ended(org, end)
        if ended:
            self._forget(org, limits)
        return replace(self.limits(org), under_way=not ended)

    def _ended(self, org: str, end: float) -> bool:
        """Wait until `end` for the changes under way; False: some haven't ended."""
        try:
            with self.lease(org):
                pass
        except SpendUnreadable:
            return False
        return self._open.wait(org, max(0.0, end - time.monotonic()))

    def _forget(self, org: str, limits: Mapping[str, Decimal]) -> None:
        """Forget what was spent in currencies that aren't limited: it isn't read any more."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            row = store.guard(tenant)
            if row is not None:
                kept = {name: one for name, one in row.state.items() if name in limits}
                store.set_guard(tenant, state=kept)

    @contextmanager
    def allowing(
        self, org: str, account_id: str, planned: Callable[[], PlannedSpend | None]
    ) -> Iterator[Check]:
        """Do the block only if the limits allow its plan; `planned` is called only where there is a
        limit, and returns None for a change that adds no spend.

        Yields a function to call right before each request of the block: it refuses the request if
        the lease was lost, and checks it again if the limits were changed meanwhile. It raises
        `SpendLimitExceeded` and `SpendUnreadable`, as this does; then the block isn't entered.
        """
        checked: Mapping[str, Decimal] = {}
        fence: int | None = None
        with ExitStack() as stack, self._open.one(org) as request:

            def check() -> None:
                nonlocal checked, fence
                if fence is None:
                    if not self.limited(org):
                        request.renew()
                        if not self.limited(org):  # not set meanwhile either
                            return
                    fence = stack.enter_context(self.lease(org))
                    request.end()
                while (limits := self._renewed(org, fence)) != checked:
                    self._check(org, account_id, planned, limits)
                    checked = limits

            check()
            yield check

    def refusal(
        self, org: str, account_id: str, planned: Callable[[], PlannedSpend | None]
    ) -> SpendLimitExceeded | SpendUnreadable | None:
        """The error that `allowing` would raise now; None: it would allow the block. Nobody waits
        for it."""
        limits = self.limits(org).limits
        try:
            if limits:
                self._check(org, account_id, planned, limits)
        except (SpendLimitExceeded, SpendUnreadable) as error:
            return error
        return None

    @contextmanager
    def lease(self, org: str, patient: bool = False) -> Iterator[int]:
        """Keep others from adding to the organisation's budgets meanwhile; yields the fence."""
        times = _JOB_LEASE if patient else _LEASE
        with leases.fenced(self._database, ad_spend_guards, org, times, _busy, _busy) as fence:
            yield fence

    def _renewed(self, org: str, fence: int) -> Mapping[str, Decimal]:
        """Renew the lease; returns the limits as they are now. Raises `SpendUnreadable` if somebody
        else has the lease."""
        with self._database.begin() as connection:
            if not leases.renew_fenced(connection, ad_spend_guards, org, fence, _LEASE):
                raise SpendUnreadable("this change waited for too long; try again.")
            return _limits(TenantConnection(connection, org))

    def _check(
        self,
        org: str,
        account_id: str,
        planned: Callable[[], PlannedSpend | None],
        limits: Mapping[str, Decimal],
    ) -> None:
        unread: list[SpendUnreadable] = []
        accounts = self._reads.accounts(org, unread)
        currency = next(
            (name for name, some in accounts.items() if any(one.id == account_id for one in some)),
            None,
        )
        if currency is None:
            raise (
                unread[0]
                if unread
                else SpendUnreadable(
                    f"the currency of the ad account {account_id} isn't known.",
                    {"accountId": account_id},
                )
            )
        limit = limits.get(currency)
        if limit is None:
            return
        if unread:
            raise unread[0]
        plan = planned()
        if plan is None:
            return
        running = self._reads.running(org, accounts[currency], but=plan.campaign_ids)
        spent = self._reads.spent_today(org, accounts[currency])
        total = running.budgets + plan.budget
        if total <= limit and spent < limit:
            return
        detail = {
            "currency": currency,
            "limit": written(limit),
            "running": written(running.budgets),
            "asked": written(plan.budget),
            "total": written(total),
            "spentToday": written(spent),
        }
        why = (
            "its ads spent {spentToday} {currency} today."
            if spent >= limit
            else "with this, daily budgets would come to {total} {currency}: {running} of "
            "campaigns that are on, and {asked} of this one."
        )
        text = "The organisation's ads may spend {limit} {currency} a day, and " + why
        raise SpendLimitExceeded(
            text.format(**detail) + " An admin sets the limit with PUT /api/settings/ad-spend.",
            detail=detail,
        )


def _limits(tenant: TenantConnection) -> dict[str, Decimal]:
    stored = tenants.setting(tenant, SETTING) or {}
    return {currency: Decimal(value) for currency, value in stored.items()}


def _busy() -> Exception:
    return SpendUnreadable("other changes of budgets are being checked; try again in a moment.")
