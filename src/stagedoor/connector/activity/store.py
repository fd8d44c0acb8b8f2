"""Queries on videos and their series."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, tuple_

from stagedoor.platform.characters import searchable

from ..database import OF_TENANT, Prepared, TenantConnection, renewed, renewing
from . import series
from .models import activity_accounts, activity_series, activity_videos
from .series import Point

ACCOUNT = ""
"""The subject of the series of an account itself."""
_SHOWN = [column for column in activity_videos.c if column.name != "folded"]
_RENEWED = (
    "posted",
    "text",
    "folded",
    "share_url",
    "cover_url",
    "duration",
    "width",
    "height",
    "visibility",
    "visibility_at",
    "views",
    "likes",
    "comments",
    "shares",
    "measured",
    "due",
    "missing",
)
_THIS_VIDEO = (activity_videos.c.id == bindparam("video_id")) & (
    activity_videos.c.integration == bindparam("of_integration")
)
_RENEW = Prepared(renewing(OF_TENANT.update(activity_videos).where(_THIS_VIDEO), _RENEWED))
_ABSENT = Prepared(
    renewing(
        OF_TENANT.update(activity_videos).where(_THIS_VIDEO),
        ("visibility", "visibility_at", "due", "missing"),
    )
)
_KEEP = Prepared(
    renewing(
        OF_TENANT.update(activity_series).where(
            activity_series.c.subject == bindparam("of_subject"),
            activity_series.c.integration == bindparam("of_integration"),
            activity_series.c.period == bindparam("of_period"),
        ),
        ("points", "thinned"),
    )
)
_EARLIEST = Prepared(
    OF_TENANT.select(activity_videos, activity_videos.c.due)
    .where(
        activity_videos.c.integration == bindparam("of_integration"),
        activity_videos.c.due.is_not(None),
    )
    .order_by(activity_videos.c.due)
    .limit(1)
)
_DUE = Prepared(
    OF_TENANT.select(activity_videos, activity_videos.c.id)
    .where(
        activity_videos.c.integration == bindparam("of_integration"),
        activity_videos.c.due <= bindparam("until"),
    )
    .order_by(activity_videos.c.due)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class StoredVideoFilter:
    """The videos to list; None and empty: no condition. Times in Unix seconds, `until` isn't
    included."""

    integration: str | None = None
    since: float | None = None
    until: float | None = None
    text: str | None = None
    visibility: str | None = None


@dataclass(frozen=True, slots=True)
class VideoPosition:
    """The position of a video in the list: the next page begins after it."""

    posted: float
    id: str
    integration: str


def page(
    tenant: TenantConnection, wanted: StoredVideoFilter, after: VideoPosition | None, limit: int
) -> Sequence[Any]:
    """Videos, the newest first."""
    return tenant.all(of_page(tenant, wanted, after, limit))


def of_page(
    tenant: TenantConnection, wanted: StoredVideoFilter, after: VideoPosition | None, limit: int
) -> Select[Any]:
    """The query of `page`."""
    table = activity_videos.c
    query = tenant.select(activity_videos, *_SHOWN)
    if wanted.integration is not None:
        query = query.where(table.integration == wanted.integration)
    if wanted.visibility is not None:
        query = query.where(table.visibility == wanted.visibility)
    if wanted.since is not None:
        query = query.where(table.posted >= wanted.since)
    if wanted.until is not None:
        query = query.where(table.posted < wanted.until)
    if wanted.text:
        query = query.where(table.folded.contains(searchable(wanted.text), autoescape=True))
    if after is not None:
        position = tuple_(table.posted, table.id, table.integration)
        query = query.where(position < tuple_(after.posted, after.id, after.integration))
    newest = (table.posted.desc(), table.id.desc(), table.integration.desc())
    return query.order_by(*newest).limit(limit)


def rows(
    tenant: TenantConnection, integration: str, ids: Collection[str], lock: bool = False
) -> dict[str, Any]:
    """The rows of these videos, by id. `lock`: nobody else changes them until the transaction
    ends."""
    query = tenant.select(activity_videos, *_SHOWN).where(
        activity_videos.c.id.in_(ids), activity_videos.c.integration == integration
    )
    if lock:
        query = query.order_by(activity_videos.c.id).with_for_update()
    return {row.id: row for row in tenant.all(query)}


def add(tenant: TenantConnection, new: Sequence[Mapping[str, Any]]) -> None:
    """Add videos, which all have the same names; one that is known already is skipped."""
    tenant.insert_new(activity_videos, new)


def renew(tenant: TenantConnection, integration: str, new: Iterable[Mapping[str, Any]]) -> None:
    """Write all that an answer says of videos; each of `new` has an `id` and the names of
    `_RENEWED`."""
    _RENEW.run_all(tenant.connection, [_given(tenant, integration, one) for one in new])


def mark_absent(
    tenant: TenantConnection, integration: str, new: Iterable[Mapping[str, Any]]
) -> None:
    _ABSENT.run_all(tenant.connection, [_given(tenant, integration, one) for one in new])


def _given(tenant: TenantConnection, integration: str, values: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: value for name, value in values.items() if name != "id"}
    return tenant.parameters(
        {"video_id": values["id"], "of_integration": integration, **renewed(changed)}
    )


def change(tenant: TenantConnection, integration: str, video: str, **values: Any) -> None:
    this = (activity_videos.c.id == video) & (activity_videos.c.integration == integration)
    tenant.run(tenant.update(activity_videos).where(this).values(**values))


def due(tenant: TenantConnection, integration: str, until: float, limit: int) -> list[str]:
    """The ids of videos to read by `until`, the earliest first."""
    found = tenant.all(_DUE, of_integration=integration, until=until, most=limit)
    return [row.id for row in found]


def earliest(tenant: TenantConnection, integration: str) -> float | None:
    """The time of the account's next reading."""
    found = tenant.one(_EARLIEST, of_integration=integration)
    return None if found is None else float(found.due)


def all_due(
    tenant: TenantConnection,
    integration: str,
    since: float | None,
    before: float | None,
    now: float,
) -> None:
    """Make the videos due that are still read: posted since then, and not read since `before`; None
    for all."""
    table = activity_videos.c
    where = (table.integration == integration) & table.due.is_not(None)
    if since is not None:
        where &= table.posted >= since
    if before is not None:
        where &= table.measured.is_(None) | (table.measured <= before)
    # in the order in which readings lock them, so that two transactions don't deadlock
    theirs = tenant.select(activity_videos, table.id).where(where).order_by(table.id)
    tenant.all(theirs.with_for_update())
    tenant.run(tenant.update(activity_videos).where(where).values(due=now))


# series


def add_points(
    tenant: TenantConnection,
    integration: str,
    points: Mapping[str, tuple[Point, int]],
    period: int,
) -> None:
    """Add one point, with its resolution in seconds, to the series of each subject."""
    known = _packed(tenant, integration, points, period, period)
    new, renewals = [], []
    for subject in sorted(points):
        point, resolution = points[subject]
        packed = known.get((subject, period))
        before = [] if packed is None else series.unpack(period, packed)
        after = series.pack(period, series.added(before, point, resolution))
        if packed is None:
            key = {"subject": subject, "integration": integration, "period": period}
            new.append({**key, "points": after, "thinned": False})
        elif packed != after:
            renewals.append(_kept(tenant, integration, subject, period, after, False))
    tenant.insert_new(activity_series, new)
    _KEEP.run_all(tenant.connection, renewals)
    if new:
        _thin(tenant, integration, [row["subject"] for row in new], period)


def _thin(tenant: TenantConnection, integration: str, subjects: Sequence[Any], now: int) -> None:
    """Thin the old months of subjects: called with the first point of a month, so that each month
    is thinned once."""
    old = tenant.select(activity_series).where(
        activity_series.c.subject.in_(subjects),
        activity_series.c.integration == integration,
        activity_series.c.period <= now - series.KEEP_MONTHS,
        activity_series.c.thinned.is_(False),
    )
    renewals = []
    for row in tenant.all(old):
        fewer = series.thinned(series.unpack(row.period, row.points))
        packed = series.pack(row.period, fewer)
        renewals.append(_kept(tenant, integration, row.subject, row.period, packed, True))
    _KEEP.run_all(tenant.connection, renewals)


def _kept(
    tenant: TenantConnection,
    integration: str,
    subject: str,
    period: int,
    packed: bytes,
    thin: bool,
) -> dict[str, Any]:
    key = {"of_subject": subject, "of_integration": integration, "of_period": period}
    return tenant.parameters({**key, **renewed({"points": packed, "thinned": thin})})


def _packed(
    tenant: TenantConnection, integration: str, subjects: Collection[str], first: int, last: int
) -> dict[tuple[str, int], bytes]:
    query = of_series(tenant, subjects, first, last)
    query = query.where(activity_series.c.integration == integration)
    return {(row.subject, row.period): bytes(row.points) for row in tenant.all(query)}


def points_of(
    tenant: TenantConnection, subjects: Collection[tuple[str, str]], since: float, until: float
) -> dict[tuple[str, str], list[Point]]:
    """The points of [since, until) of each subject (id, integration), the oldest first."""
    found: dict[tuple[str, str], list[Point]] = {}
    if not subjects:
        return found
    months = series.period_of(since), series.period_of(until)
    query = of_series(tenant, {subject for subject, _ in subjects}, *months)
    for row in sorted(tenant.all(query), key=lambda row: int(row.period)):
        key = (row.subject, row.integration)
        if key in subjects:
            points = series.unpack(row.period, row.points)
            found.setdefault(key, []).extend(one for one in points if since <= one.at < until)
    return found


def of_series(
    tenant: TenantConnection, subjects: Collection[str], first: int, last: int
) -> Select[Any]:
    """The query for the months of some subjects, found by the subjects."""
    columns = activity_series.c
    return tenant.select(
        activity_series, columns.subject, columns.integration, columns.period, columns.points
    ).where(
        columns.subject.in_(subjects),
        # no plain column, else SQLite reads the months of all subjects by the index of retention
        (columns.period + 0).between(first, last),
    )


# accounts


def keep_account(tenant: TenantConnection, integration: str, **values: Any) -> None:
    this = activity_accounts.c.integration == integration
    if not tenant.run(tenant.update(activity_accounts).where(this).values(**values)):
        tenant.insert_new(activity_accounts, [{"integration": integration, **values}])


def account(tenant: TenantConnection, integration: str) -> Any:
    """The profile of an account, or None."""
    this = activity_accounts.c.integration == integration
    return tenant.one(tenant.select(activity_accounts).where(this))


def count(tenant: TenantConnection, integration: str) -> int:
    """The number of videos of an account."""
    mine = activity_videos.c.integration == integration
    [row] = tenant.all(tenant.select(activity_videos, func.count()).where(mine))
    return int(row[0])


def expire_series(tenant: TenantConnection, before: int, limit: int) -> int:
    """Delete up to `limit` months of series that lie before the month `before`; returns how
    many."""
    key = (activity_series.c.subject, activity_series.c.integration, activity_series.c.period)
    old = tenant.select(activity_series, *key).where(activity_series.c.period < before)
    rows = tenant.all(old.order_by(activity_series.c.period).limit(limit))
    tenant.delete_each(activity_series, rows)
    return len(rows)


def erase(tenant: TenantConnection, integration: str, limit: int) -> bool:
    """Delete up to `limit` videos of an account with their series, and then its profile; returns
    whether anything is left."""
    table = activity_videos.c
    some = tenant.select(activity_videos, table.id).where(table.integration == integration)
    ids = [row.id for row in tenant.all(some.limit(limit))]
    subjects = [*ids, *([] if len(ids) == limit else [ACCOUNT])]
    of_series = activity_series.c.integration == integration
    tenant.run(
        tenant.delete(activity_series).where(of_series, activity_series.c.subject.in_(subjects))
    )
    if ids:
        theirs = (table.integration == integration) & table.id.in_(ids)
        tenant.run(tenant.delete(activity_videos).where(theirs))
    if len(ids) == limit:
        return True
    mine = activity_accounts.c.integration == integration
    tenant.run(tenant.delete(activity_accounts).where(mine))
    return False
