"""The daily quota of an app, shared fairly by the organisations that use the app.

A day is shared among the organisations with unfinished jobs: each may take an equal share, and
more only while the rest is enough for what the others haven't taken of theirs. A request counts
before it is sent, so a process that dies counts one too many, never one too few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from stagedoor.client.errors import QuotaExceeded
from stagedoor.platform.operation import DAY, Quota, next_day

from . import store


@dataclass(frozen=True, slots=True)
class Use:
    """The use of a pool today. `closed_until`: TikTok said that nothing is left until then."""

    requests: int
    records: int
    mine: int
    """The requests of this organisation."""
    organisations: int
    """The organisations that share the day, this one included."""
    others_left: int
    """The requests that the others haven't taken of their shares."""
    closed_until: float | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """The request was counted and may be sent."""


@dataclass(frozen=True, slots=True)
class UsedUp:
    """No request may be sent before `resets_at` (Unix seconds)."""

    resets_at: float
    why: str


def share(quota: Quota, organisations: int) -> int:
    """The requests of a day that each organisation may take in any case."""
    return quota.requests // max(1, organisations)


def left(quota: Quota, use: Use) -> int:
    """The requests that the organisation can still make today, as things are."""
    if use.closed_until is not None or use.records >= quota.records:
        return 0
    rest = max(0, quota.requests - use.requests)
    own = max(0, share(quota, use.organisations) - use.mine)
    return min(rest, max(own, rest - use.others_left))


def verdict(quota: Quota, use: Use, now: float) -> Granted | UsedUp:
    """Whether the organisation may make a request now."""
    if left(quota, use) > 0:
        return Granted()
    resets_at = use.closed_until or float(next_day(now))
    if use.closed_until is not None:
        return UsedUp(resets_at, "TikTok says that the app's daily quota is used up.")
    if use.requests >= quota.requests or use.records >= quota.records:
        return UsedUp(resets_at, "The app's daily quota is used up.")
    return UsedUp(
        resets_at,
        f"The organisation took its share of the app's daily quota, which {use.organisations} "
        "organisations use at present.",
    )


def use(
    connection: Connection,
    org: str,
    app_id: str,
    quota: Quota,
    now: float,
    lock: bool = False,
) -> Use:
    """The use of a pool today. `lock`: nobody else changes it before the transaction ends."""
    row = store.quota(connection, app_id, quota.pool, lock)
    return _use(row, org, store.sharing(connection, app_id, quota.pool), quota, now)


def take(
    connection: Connection, org: str, app_id: str, quota: Quota, now: float
) -> Granted | UsedUp:
    """Count a request that is about to be sent, if the organisation may make one."""
    store.begin_quota(connection, app_id, quota.pool)
    row = store.quota(connection, app_id, quota.pool, lock=True)
    sharing = store.sharing(connection, app_id, quota.pool)
    found = verdict(quota, _use(row, org, sharing, quota, now), now)
    if isinstance(found, Granted):
        today = row.day == _day(now)
        shares = dict(row.shares) if today else {}
        shares[org] = shares.get(org, 0) + 1
        store.change_quota(
            connection,
            app_id,
            quota.pool,
            day=_day(now),
            requests=(row.requests if today else 0) + 1,
            records=row.records if today else 0,
            shares=shares,
            closed_until=None,
        )
    return found


def received(connection: Connection, app_id: str, quota: Quota, records: int, now: float) -> None:
    """Count the records of an answer."""
    row = store.quota(connection, app_id, quota.pool, lock=True)
    if row is not None and row.day == _day(now):
        store.change_quota(connection, app_id, quota.pool, records=row.records + records)


def close(
    connection: Connection, app_id: str, quota: Quota, error: QuotaExceeded, now: float
) -> float:
    """Keep TikTok's word that the quota is used up; returns until when."""
    until = max(now + 1.0, error.resets_at or float(next_day(now)))
    store.begin_quota(connection, app_id, quota.pool)
    store.change_quota(connection, app_id, quota.pool, closed_until=until)
    return until


def _use(
    row: store.QuotaRow | None, org: str, sharing: Sequence[str], quota: Quota, now: float
) -> Use:
    organisations = {*sharing, org}
    today = row if row is not None and row.day == _day(now) else None
    shares = {} if today is None else today.shares
    part = share(quota, len(organisations))
    closed = None if row is None else row.closed_until
    return Use(
        requests=0 if today is None else today.requests,
        records=0 if today is None else today.records,
        mine=shares.get(org, 0),
        organisations=len(organisations),
        others_left=sum(max(0, part - shares.get(one, 0)) for one in organisations - {org}),
        closed_until=closed if closed is not None and closed > now else None,
    )


def _day(now: float) -> int:
    return int(now) // DAY
