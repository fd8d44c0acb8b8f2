"""Writes TikTok's answers to the activity store, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from stagedoor.platform.characters import searchable

from ..database import TenantConnection
from . import store
from .series import DAY, Point, period_of
from .videos import (
    PUBLIC,
    REMOVED,
    REMOVED_EVERY,
    REMOVED_FOR,
    Changed,
    VideoSnapshot,
    band_of,
)

_LOOK_AGAIN = 60.0
"""A video that an answer lacks is removed if an answer of so many seconds later lacks it, too."""
_LOOK_AGAIN_NEW = 600.0
"""The same for a video that no answer has had yet: it may just have been published."""


def record(
    tenant: TenantConnection, integration: str, seen: Sequence[VideoSnapshot], now: float
) -> list[Changed]:
    """Record public videos of one answer, with their counters; returns those that are new or became
    public."""
    seen = sorted({one.id: one for one in seen}.values(), key=lambda one: one.id)
    known = store.rows(tenant, integration, [one.id for one in seen], lock=True)
    fresh = [one for one in seen if one.id not in known]
    if fresh:
        store.add(
            tenant,
            [
                {
                    "id": one.id,
                    "integration": integration,
                    "created": now,
                    **_values(one, None, now),
                }
                for one in fresh
            ],
        )
    renewals = [
        {"id": one.id, **_values(one, known[one.id], now)} for one in seen if one.id in known
    ]
    store.renew(tenant, integration, renewals)
    points = {
        one.id: (Point(int(now), one.counts), band_of(now - one.posted).every)
        for one in seen
        if any(count is not None for count in one.counts)
    }
    if points:
        store.add_points(tenant, integration, points, period_of(now))
    return [
        Changed(
            one.id,
            None if one.id not in known else known[one.id].visibility,
            PUBLIC,
            None if one.id not in known else known[one.id].post,
            one.share_url,
        )
        for one in seen
        if one.id not in known or known[one.id].visibility != PUBLIC
    ]


def _values(one: VideoSnapshot, row: Any, now: float) -> dict[str, Any]:
    views, likes, comments, shares = one.counts
    stays = row is not None and row.visibility == PUBLIC
    return {
        "posted": one.posted,
        "text": one.text,
        "folded": searchable(one.text),
        "share_url": one.share_url,
        "cover_url": one.cover_url,
        "duration": one.duration,
        "width": one.width,
        "height": one.height,
        "visibility": PUBLIC,
        "visibility_at": row.visibility_at if stays else now,
        "views": views,
        "likes": likes,
        "comments": comments,
        "shares": shares,
        "measured": now,
        "due": one.next_reading(now),
        "missing": None,
    }


def absent(
    tenant: TenantConnection, integration: str, ids: Collection[str], now: float
) -> list[Changed]:
    """Record that TikTok's answer lacks these requested videos; return those that count as removed
    now. One answer isn't enough: TikTok also leaves out videos that it can't read at the moment.
    """
    changed, new = [], []
    for row in store.rows(tenant, integration, ids, lock=True).values():
        patience = _LOOK_AGAIN_NEW if row.measured is None else _LOOK_AGAIN
        values = {
            "visibility": row.visibility,
            "visibility_at": row.visibility_at,
            "due": now + patience,
            "missing": row.missing if row.missing is not None else now,
        }
        if row.visibility != PUBLIC:
            read = now - row.visibility_at < REMOVED_FOR
            values["due"] = now + REMOVED_EVERY if read else None
        elif row.missing is not None and now - row.missing >= patience:
            values |= {"visibility": REMOVED, "visibility_at": now, "due": now + REMOVED_EVERY}
            changed.append(Changed(row.id, row.visibility, REMOVED, row.post, row.share_url))
        new.append({"id": row.id, **values})
    store.mark_absent(tenant, integration, new)
    return changed


def joined(
    tenant: TenantConnection,
    integration: str,
    video: str,
    post: str,
    text: str,
    visibility: str,
    now: float,
) -> bool:
    """Record a video that a post of the service became, or a change of its visibility; returns
    whether that is news. Its counters are to be read now."""
    values = {
        "id": video,
        "integration": integration,
        "posted": now,
        "text": text,
        "folded": searchable(text),
        "visibility": visibility,
        "visibility_at": now,
        "post": post,
        "due": now,
        "created": now,
    }
    row = store.rows(tenant, integration, [video], lock=True).get(video)
    if row is None:
        store.add(tenant, [values])
        return True
    if row.post == post and row.visibility == visibility:
        return False
    at = row.visibility_at if row.visibility == visibility else now
    changed = {"visibility": visibility, "visibility_at": at, "post": post, "due": now}
    store.change(tenant, integration, video, **changed, missing=None)
    return True


def record_visibility(
    tenant: TenantConnection, integration: str, video: str, public: bool, at: float, now: float
) -> bool:
    """Record a video's visibility as TikTok reported it at the time `at`; a report older than the
    stored one changes nothing. Returns False for an unknown video."""
    row = store.rows(tenant, integration, [video], lock=True).get(video)
    if row is None:
        return False
    visibility = PUBLIC if public else REMOVED
    if row.visibility != visibility and at >= row.visibility_at:
        due = now if public else now + REMOVED_EVERY
        changed = {"visibility": visibility, "visibility_at": at, "due": due, "missing": None}
        store.change(tenant, integration, video, **changed)
    return True


def record_account(
    tenant: TenantConnection,
    integration: str,
    counts: tuple[int | None, int | None, int | None, int | None],
    now: float,
    **values: Any,
) -> None:
    """Record an account's followers, accounts that it follows, likes and videos, and more of its
    profile."""
    followers, following, likes, videos = counts
    store.keep_account(
        tenant,
        integration,
        followers=followers,
        following=following,
        likes=likes,
        videos=videos,
        measured=now,
        **values,
    )
    if any(count is not None for count in counts):
        point = {store.ACCOUNT: (Point(int(now), counts), DAY // 4)}
        store.add_points(tenant, integration, point, period_of(now))
