"""`ads-metrics`: the spending and results of campaigns, ad groups and ads by day. The newest days
are read every hour, and once a day all that TikTok may still revise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from stagedoor.client.errors import StagedoorError
from stagedoor.platform.products import business, business_reports

from ...ad_metrics import reports, store
from ...ad_metrics.days import (
    ATTRIBUTION_DAYS,
    RECENT_DAYS,
    ReportDays,
    final_until,
    today_in,
    windows,
)
from ...ad_metrics.objects import AdLevel
from ...integrations.accounts import CredentialKind
from ..ad_accounts import AdAccountErrors, described, made
from ..sync_run import Cadence, Next, SyncRun, SyncType

_HOUR, _DAY = 3_600.0, 86_400.0
_FRESH = 60.0
"""A trigger reads nothing again that was read so few seconds ago, unless it forces it."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """One reading of all ad accounts, which may take several runs. Times in Unix seconds."""

    began: float
    asked: bool = False
    """A trigger began it: what was read before is read again."""
    force: bool = False
    """All days that aren't final are read, not only the newest ones."""
    since: str | None = None
    """The day from which on days are read that were never read."""
    account: str | None = None
    """The ad account whose `window` is being read."""
    window: tuple[str, str] | None = None
    level: str = AdLevel.CAMPAIGN.value
    page: int = 1


class _Reader:
    """Reads ad accounts by single calls."""

    def __init__(self, stretch: SyncRun, begun: _Pass) -> None:
        self._stretch = stretch
        self._pass = begun
        self._errors = AdAccountErrors()
        self._keep()

    def steps(self) -> Iterator[None]:
        """Yield before each call, until nothing is due."""
        ids = sorted(one.id for one in self._stretch.account.ad_accounts)
        yield from described(self._stretch, ids)
        for account_id in ids:
            try:
                yield from self._account(account_id)
            except StagedoorError as error:
                self._errors.left_out(self._stretch, account_id, error)
                self._read(account_id, recent_at=self._stretch.now, full_at=self._stretch.now)
        self._errors.raise_if_all(len(ids))

    def _account(self, account_id: str) -> Iterator[None]:
        row = self._rows([account_id]).get(account_id)
        if row is None:
            return  # TikTok doesn't describe it
        today = today_in(row.timezone, self._stretch.now)
        if self._full(row):
            first = final_until(today)
            if row.final_until is not None:
                first = min(first, row.final_until + timedelta(days=1))
            yield from self._windows(account_id, windows(first, today))
            began = self._pass.began
            done = {"recent_at": began, "full_at": began, "final_until": final_until(today)}
            self._read(account_id, **done, **_covered(row, first, today))
        elif self._recent(row):
            first = min(today - timedelta(days=RECENT_DAYS - 1), row.read_until)
            yield from self._windows(account_id, windows(first, today))
            self._read(account_id, recent_at=self._pass.began, **_covered(row, first, today))
        yield from self._back(account_id)

    def _back(self, account_id: str) -> Iterator[None]:
        """Read days before those that were ever read, from the newest on."""
        row = self._rows([account_id])[account_id]
        if self._pass.since is None or row.read_from is None:
            return
        since, before = date.fromisoformat(self._pass.since), row.read_from - timedelta(days=1)
        for window in windows(since, before):
            yield from self._windows(account_id, [window])
            self._read(account_id, read_from=window.first)

    def _windows(self, account_id: str, wanted: list[ReportDays]) -> Iterator[None]:
        """Read windows, of which an earlier run may have read some."""
        left, page = _left(self._pass, account_id, wanted)
        for window, level in left:
            more = True
            while more:
                told = (window.first.isoformat(), window.last.isoformat())
                self._pass = replace(
                    self._pass, account=account_id, window=told, level=level.value, page=page
                )
                self._keep()
                yield
                part = reports.read(self._stretch.business_for(account_id), level, window, page)
                with self._stretch.write() as tenant:
                    store.record(tenant, account_id, level, part.rows)
                more, page = part.more, page + 1
            page = 1
        self._pass = replace(self._pass, account=None, window=None, page=1)
        self._keep()

    def _full(self, row: Any) -> bool:
        """Whether all days that aren't final are due."""
        if row.full_at is None:
            return True
        if row.read_until is None:  # TikTok refused it
            return bool(row.full_at < self._pass.began)
        forced = self._pass.force and row.full_at < self._pass.began
        return forced or bool(self._pass.began - row.full_at >= _DAY)

    def _recent(self, row: Any) -> bool:
        """Whether the newest days are due."""
        if row.recent_at is None:
            return True
        age = self._pass.began - row.recent_at
        return bool(age >= _HOUR or (self._pass.asked and age >= _FRESH))

    def _rows(self, ids: list[str]) -> dict[str, Any]:
        with self._stretch.write() as tenant:
            return store.accounts(tenant, ids)

    def _read(self, account_id: str, **values: Any) -> None:
        with self._stretch.write() as tenant:
            store.change_account(tenant, account_id, **values)

    def _keep(self) -> None:
        self._stretch.progress = asdict(self._pass)


def _covered(row: Any, first: date, last: date) -> dict[str, date]:
    """The span of stored days after a reading that touches the one before."""
    return {
        "read_from": first if row.read_from is None else min(first, row.read_from),
        "read_until": last if row.read_until is None else max(last, row.read_until),
    }


def _left(
    begun: _Pass, account_id: str, wanted: list[ReportDays]
) -> tuple[list[tuple[ReportDays, AdLevel]], int]:
    """The windows that an earlier run hasn't read, each of every level, and the page of the first
    of them; all of them, where it read others."""
    parts = [(window, level) for window in wanted for level in AdLevel]
    if begun.account == account_id and begun.window is not None:
        first, last = (date.fromisoformat(one) for one in begun.window)
        at = (ReportDays(first, last), AdLevel(begun.level))
        if at in parts:
            return parts[parts.index(at) :], begun.page
    return parts, 1


def _run(stretch: SyncRun) -> Next:
    steps = _Reader(stretch, _begun(stretch)).steps()
    return Next(stretch.now + _HOUR) if made(stretch, steps) else Next(stretch.now, finished=False)


def _begun(stretch: SyncRun) -> _Pass:
    """The pass to go on with; a trigger adds its options to it."""
    unfinished = None if stretch.progress is None else _Pass(**stretch.progress)
    wanted = stretch.wanted
    if wanted is None:
        return unfinished or _Pass(stretch.now)
    since = None
    if wanted.since is not None:
        since = datetime.fromtimestamp(wanted.since, UTC).date().isoformat()
    if unfinished is None:
        return _Pass(stretch.now, asked=True, force=wanted.force, since=since)
    named = [one for one in (unfinished.since, since) if one is not None]
    return replace(
        unfinished,
        began=stretch.now,
        asked=True,
        force=unfinished.force or wanted.force,
        since=min(named, default=None),
    )


ADS_METRICS = SyncType(
    name="ads-metrics",
    subject=CredentialKind.ADS,
    scopes=(),
    what="Spending and results of campaigns, ad groups and ads by day",
    operations=(
        business.ADVERTISER_INFO.id,
        business_reports.REPORT_INTEGRATED_GET.id,
    ),
    page=business_reports.MAX_ROWS,
    cadence=(
        Cadence(_HOUR, RECENT_DAYS * _DAY),
        Cadence(_DAY, (ATTRIBUTION_DAYS + 1) * _DAY),
    ),
    run=_run,
)
