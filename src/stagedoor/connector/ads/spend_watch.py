"""Watching what ads spend: the running campaigns are paused once the day's limit is reached."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stagedoor.platform.counting import agreeing
from stagedoor.platform.currencies import written

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError
from ..event_types import EventType
from ..integrations.ad_accounts import DescribedAdAccount
from ..notices.service import Notices
from ..schedule import store as schedule
from . import store
from .errors import SpendUnreadable
from .journal import SPEND_LIMIT, ChangeAuthor
from .levels import CAMPAIGNS
from .spend_guard import WATCH, SpendGuard
from .spend_reads import SpendReads
from .writes import Writes

EVERY_SECONDS = 300.0
"""How often the spend is read; TikTok's own reports lag behind by minutes."""
AGAIN_SECONDS = 60.0
"""How soon it is read again where it couldn't be, or where a campaign couldn't be paused."""
TOLD_AFTER = 5
"""The failure in a row of which admins are told."""

logger = logging.getLogger("stagedoor.ads")


@dataclass(frozen=True, slots=True)
class _Seen:
    """The spend that was read in one currency. `left`: ad accounts whose campaigns couldn't be
    paused."""

    currency: str
    limit: Decimal
    spent: Decimal
    paused: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def reached(self) -> bool:
        return self.spent >= self.limit


class SpendWatch:
    """Compares spend with limits, in one worker."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        guard: SpendGuard,
        reads: SpendReads,
        writes: Writes,
        notices: Notices,
    ) -> None:
        self._database = database
        self._clock = clock
        self._guard = guard
        self._reads = reads
        self._writes = writes
        self._notices = notices

    def run(self, org: str) -> None:
        """Look once, and schedule the next look while there is a limit. Idempotent."""
        if not self._guard.limited(org):
            return
        with self._database.begin() as connection:  # also after an error that nobody foresaw
            schedule.wait(connection, WATCH, org, self._clock.now() + EVERY_SECONDS)
        unread: list[SpendUnreadable] = []
        seen: list[_Seen] = []
        try:
            with self._guard.lease(org, patient=True):
                accounts = self._reads.accounts(org, unread)
                # they may have been changed while it waited for its turn
                limits = self._guard.limits(org).limits
                for currency, limit in limits.items():
                    mine = accounts.get(currency, [])
                    seen.append(self._one(org, currency, limit, mine, unread))
        except SpendUnreadable as error:
            unread.append(error)
        self._keep(org, seen, unread)

    def _one(
        self,
        org: str,
        currency: str,
        limit: Decimal,
        accounts: Sequence[DescribedAdAccount],
        unread: list[SpendUnreadable],
    ) -> _Seen:
        """Pause campaigns once the readable spend reaches the limit, even if some spend can't be
        read."""
        spent = Decimal(0)
        for account in accounts:
            try:
                spent += self._reads.spent_by(org, account)
            except SpendUnreadable as error:
                unread.append(error)
        if spent < limit:
            return _Seen(currency, limit, spent)
        paused: list[str] = []
        left: list[str] = []
        for account in accounts:
            try:
                running = self._reads.switched_on(org, account.id)
                by = ChangeAuthor(org, SPEND_LIMIT)
                self._writes.switch(by, CAMPAIGNS, account.id, running, on=False)
                paused += running
            except ApiError:
                about = {"org": org, "account": account.id}
                logger.exception("campaigns over the limit couldn't be paused", extra=about)
                left.append(account.id)
        return _Seen(currency, limit, spent, tuple(paused), tuple(left))

    def _keep(self, org: str, seen: Sequence[_Seen], unread: Sequence[SpendUnreadable]) -> None:
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            row = store.guard(tenant)
            before: dict[str, Any] = {} if row is None else row.state
            state = {}
            for one in seen:
                was = before.get(one.currency, {})
                since = (was.get("reachedAt") or now) if one.reached else None
                state[one.currency] = {
                    "spent": written(one.spent),
                    "checkedAt": now,
                    "reachedAt": since,
                }
                if one.reached and (not was.get("reachedAt") or one.paused or one.left):
                    self._tell(tenant, one)
            failures = 0
            if unread:
                failures = 1 if row is None else row.failures + 1
                self._tell_unread(tenant, failures, unread[0])
            store.set_guard(tenant, state=before | state, failures=failures)
            soon = unread or any(one.left for one in seen)
            due = now + (AGAIN_SECONDS if soon else EVERY_SECONDS)
            schedule.wait(connection, WATCH, org, due)

    def _tell(self, tenant: TenantConnection, one: _Seen) -> None:
        done = "no campaign was on"
        if one.paused:
            done = agreeing(len(one.paused), "campaign", "was paused", "were paused")
        failed = ""
        if one.left:
            listed = ", ".join(one.left)
            failed = f" Those of the ad accounts {listed} couldn't be: pause them at TikTok."
        spent, limit = written(one.spent), written(one.limit)
        self._notices.tell(
            tenant,
            EventType.ADS_SPEND_LIMIT_REACHED,
            one.currency,
            f"The organisation's ads spent {spent} {one.currency} today, and may spend {limit}: "
            f"{done}.{failed} What is paused stays so until somebody launches it.",
            {
                "currency": one.currency,
                "limit": written(one.limit),
                "spent": written(one.spent),
                "paused": list(one.paused),
                "notPausedIn": list(one.left),
            },
        )

    def _tell_unread(self, tenant: TenantConnection, failures: int, error: SpendUnreadable) -> None:
        logger.warning("spend couldn't be read", extra={"org": tenant.org, "why": error.message})
        if failures == TOLD_AFTER:
            self._notices.tell(
                tenant,
                EventType.ADS_SPEND_UNREADABLE,
                tenant.org,
                "What the organisation's ads spend can't be read, so its limit can't stop them, "
                f"and nothing is switched on meanwhile. {error.message}",
                error.detail,
            )
