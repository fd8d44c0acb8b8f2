"""Queries on the comments that webhooks told of, and on the videos whose comments are read."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import case

from ..database import TenantConnection
from .models import inbox_news, inbox_videos

_RECENT = 2 * 86_400.0

# news


def add_news(
    tenant: TenantConnection, integration: str, comment: str, video: str, parent: str | None
) -> None:
    """Queue a comment to be read; one that is being read for an earlier event is read again."""
    values = {"video": video, "parent": parent, "token": uuid.uuid4().hex, "attempts": 0}
    this = (inbox_news.c.integration == integration) & (inbox_news.c.comment == comment)
    if not tenant.run(tenant.update(inbox_news).where(this).values(**values)):
        key = {"integration": integration, "comment": comment}
        tenant.insert_new(inbox_news, [key | values])


def some_news(tenant: TenantConnection, integration: str, limit: int) -> Sequence[Any]:
    """Rows of one video, at most `limit`."""
    table = inbox_news.c
    of_account = tenant.select(inbox_news).where(table.integration == integration)
    first = tenant.one(of_account.order_by(table.attempts, table.comment).limit(1))
    if first is None:
        return ()
    same = of_account.where(table.video == first.video)
    return tenant.all(same.order_by(table.attempts, table.comment).limit(limit))


def drop_news(tenant: TenantConnection, integration: str, tokens: Collection[str]) -> None:
    table = inbox_news.c
    this = (table.integration == integration) & table.token.in_(tokens)
    tenant.run(tenant.delete(inbox_news).where(this))


def failed_news(
    tenant: TenantConnection, integration: str, tokens: Collection[str], most: int
) -> int:
    """Count a failed attempt, and drop comments that failed `most` times; return the largest number
    of attempts."""
    table = inbox_news.c
    this = (table.integration == integration) & table.token.in_(tokens)
    tenant.run(tenant.update(inbox_news).where(this).values(attempts=table.attempts + 1))
    tenant.run(tenant.delete(inbox_news).where(this, table.attempts >= most))
    left = tenant.all(tenant.select(inbox_news, table.attempts).where(this))
    return max((row.attempts for row in left), default=0)


# videos


def add_videos(tenant: TenantConnection, new: Sequence[Mapping[str, Any]]) -> int:
    """Add videos (`integration`, `id`, `posted`, `comments`, `due`); known ones are skipped.
    Returns the number of those that weren't known."""
    if not new:
        return 0
    [integration] = {one["integration"] for one in new}
    known = videos(tenant, integration, [one["id"] for one in new])
    fresh = [one for one in new if one["id"] not in known]
    tenant.insert_new(
        inbox_videos, [{**one, "gap": None, "whole": None, "missing": None} for one in fresh]
    )
    return len(fresh)


def videos(tenant: TenantConnection, integration: str, ids: Collection[str]) -> dict[str, Any]:
    table = inbox_videos.c
    query = tenant.select(inbox_videos).where(table.integration == integration, table.id.in_(ids))
    return {row.id: row for row in tenant.all(query)}


def change_video(tenant: TenantConnection, integration: str, id: str, **values: Any) -> None:
    table = inbox_videos.c
    this = (table.integration == integration) & (table.id == id)
    tenant.run(tenant.update(inbox_videos).where(this).values(**values))


def due_video(tenant: TenantConnection, integration: str, now: float) -> Any:
    """The video that is due for the longest time, the newest of those, or None. Videos of the last
    days come first: most comments are on them, and a back-fill may take long."""
    table = inbox_videos.c
    query = tenant.select(inbox_videos).where(table.integration == integration, table.due <= now)
    old = case((table.posted < now - _RECENT, 1), else_=0)
    return tenant.one(query.order_by(old, table.due, table.posted.desc()).limit(1))


def earliest(tenant: TenantConnection, integration: str) -> float | None:
    """When the next video is due."""
    table = inbox_videos.c
    query = tenant.select(inbox_videos, table.due).where(
        table.integration == integration, table.due.is_not(None)
    )
    row = tenant.one(query.order_by(table.due).limit(1))
    return None if row is None else float(row.due)


def all_due(
    tenant: TenantConnection, integration: str, since: float | None, now: float, whole: bool
) -> None:
    """Make videos due that were posted since then (None: all); `whole`: all of their comments are
    read, not only new ones."""
    table = inbox_videos.c
    where = (table.integration == integration) & table.due.is_not(None)
    if since is not None:
        where &= table.posted >= since
    values: dict[str, Any] = {"due": now}
    if whole:
        values["whole"] = 0.0
    tenant.run(tenant.update(inbox_videos).where(where).values(**values))
