"""Queries on posts and their journal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, tuple_

from ..database import OF_TENANT, Prepared, TenantConnection, organisations_with, renewed, renewing
from .approval_state import ApprovalState
from .journal import PostStep
from .models import post_steps, posts
from .posts import Mode, PostKind, StoredPost
from .states import PostState

_AT_TIKTOK = (
    PostState.UPLOADING,
    PostState.PROCESSING,
    PostState.IN_INBOX,
    PostState.PUBLISHED,
    PostState.UNKNOWN,
)
_MINE = OF_TENANT.select(posts).where(posts.c.id == bindparam("post_id"))
_FIND = Prepared(_MINE)
_LOCK = Prepared(_MINE.with_for_update())
_BY_TIKTOK_ID = (
    OF_TENANT.select(posts).where(posts.c.tiktok_publish_id == bindparam("publish_id")).limit(1)
)
_STEPS = Prepared(
    OF_TENANT.select(post_steps)
    .where(post_steps.c.post == bindparam("of_post"))
    .order_by(post_steps.c.id)
)
_STEP_FIELDS = tuple(field.name for field in fields(PostStep))
_ADD_STEP = Prepared(OF_TENANT.insert_of(post_steps, "post", *_STEP_FIELDS))
_END_STEP = Prepared(
    renewing(
        OF_TENANT.update(post_steps).where(post_steps.c.key == bindparam("step_key")),
        ("ended", "outcome", "log_id", "detail"),
    )
)


@cache
def _change(names: tuple[str, ...]) -> Prepared:
    return Prepared(
        renewing(OF_TENANT.update(posts).where(posts.c.id == bindparam("post_id")), names)
    )


def add(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(posts, **values)


def find(tenant: TenantConnection, post_id: str, lock: bool = False) -> StoredPost | None:
    """A post or None. `lock`: nobody else changes it until the transaction ends."""
    row = tenant.one(_LOCK if lock else _FIND, post_id=post_id)
    return None if row is None else StoredPost.of(row)


def by_tiktok_id(tenant: TenantConnection, publish_id: str) -> StoredPost | None:
    rows = tenant.all(_BY_TIKTOK_ID, publish_id=publish_id)
    return StoredPost.of(rows[0]) if rows else None


def organisations(connection: Connection, publish_id: str) -> Sequence[str]:
    """The organisations that have a post with this TikTok publish_id."""
    return organisations_with(connection, posts, posts.c.tiktok_publish_id == publish_id)


def fetched_since(connection: Connection, since: float) -> bool:
    """Whether TikTok was given URLs of photos since then, and may still be fetching them."""
    at_it = (
        posts.c.kind == PostKind.PHOTOS.value,
        posts.c.state == PostState.PROCESSING.value,
        posts.c.handed_over >= since,
    )
    return bool(organisations_with(connection, posts, *at_it))


def page(
    tenant: TenantConnection,
    before: tuple[float, str] | None,
    limit: int,
    states: Sequence[str] = (),
    integration: str | None = None,
    asked_by: str | None = None,
    since: float | None = None,
    approval: ApprovalState | None = None,
    between: tuple[float | None, float | None] = (None, None),
) -> list[StoredPost]:
    """Newest first. `between`: posts that are to go out, or else were made, since then and before
    then."""
    query = tenant.select(posts)
    if before is not None:
        query = query.where(tuple_(posts.c.created, posts.c.id) < tuple_(*before))
    if states:
        query = query.where(posts.c.state.in_(states))
    if integration is not None:
        query = query.where(posts.c.integration == integration)
    if asked_by is not None:
        query = query.where(func.substr(posts.c.asked_by, 1, len(asked_by)) == asked_by)
    if approval is not None:
        query = query.where(posts.c.approval_state == approval.value)
        if approval is ApprovalState.WAITING:
            query = query.where(posts.c.state.in_([PostState.DRAFT.value, PostState.FAILED.value]))
    if since is not None:
        query = query.where(posts.c.created >= since)
    first, end = between
    dated = func.coalesce(posts.c.publish_at, posts.c.created)
    if first is not None:
        query = query.where(dated >= first)
    if end is not None:
        query = query.where(dated < end)
    ordered = query.order_by(posts.c.created.desc(), posts.c.id.desc()).limit(limit)
    return [StoredPost.of(row) for row in tenant.all(ordered)]


def waiting(
    tenant: TenantConnection, integration: str, states: Sequence[PostState]
) -> list[StoredPost]:
    """Unfinished posts of an account that TikTok has."""
    query = tenant.select(posts).where(
        posts.c.integration == integration,
        posts.c.state.in_([state.value for state in states]),
        posts.c.tiktok_publish_id.is_not(None),
    )
    return [StoredPost.of(row) for row in tenant.all(query.order_by(posts.c.id))]


def in_states(tenant: TenantConnection, states: Sequence[PostState]) -> list[StoredPost]:
    """In a fixed order, so that two transactions that lock them don't deadlock."""
    query = tenant.select(posts).where(posts.c.state.in_([state.value for state in states]))
    return [StoredPost.of(row) for row in tenant.all(query.order_by(posts.c.id))]


def scheduled(tenant: TenantConnection, integration: str, limit: int) -> list[StoredPost]:
    """Posts of an account that are scheduled, the earliest first."""
    query = tenant.select(posts).where(
        posts.c.integration == integration, posts.c.state == PostState.SCHEDULED.value
    )
    ordered = query.order_by(posts.c.publish_at, posts.c.id).limit(limit)
    return [StoredPost.of(row) for row in tenant.all(ordered)]


def gone(tenant: TenantConnection, integration: str, mode: Mode, since: float) -> list[float]:
    """When the account's posts of this mode were handed over to TikTok since then, without those
    that it failed."""
    own = (
        posts.c.integration == integration,
        posts.c.mode == mode.value,
        posts.c.state.in_([state.value for state in _AT_TIKTOK]),
        or_(posts.c.tiktok_publish_id.is_not(None), posts.c.state == PostState.UNKNOWN.value),
    )
    # two ranges of one index, however many posts the account has had
    handed_over = tenant.select(posts, posts.c.handed_over).where(*own, posts.c.handed_over > since)
    begun = tenant.select(posts, posts.c.begun).where(
        *own, posts.c.handed_over.is_(None), posts.c.begun > since
    )
    return [row[0] for query in (handed_over, begun) for row in tenant.all(query)]


def planned_until(
    tenant: TenantConnection, integration: str, mode: Mode, until: float, limit: int
) -> list[float]:
    """When the account's posts of this mode are due, up to `until`; the last ones, if there are
    more than `limit`. Posts under way count as due when they began."""
    own = (posts.c.integration == integration, posts.c.mode == mode.value)
    scheduled = tenant.select(posts, posts.c.publish_at).where(
        *own, posts.c.state == PostState.SCHEDULED.value, posts.c.publish_at <= until
    )
    begun = tenant.select(posts, posts.c.begun).where(
        *own,
        posts.c.state.in_([PostState.CHECKING.value, PostState.UPLOADING.value]),
        posts.c.tiktok_publish_id.is_(None),
    )
    late = tenant.all(scheduled.order_by(posts.c.publish_at.desc()).limit(limit))
    under_way = tenant.all(begun.limit(limit))
    return [row.publish_at or 0.0 for row in late] + [row.begun or 0.0 for row in under_way]


def planned(tenant: TenantConnection, post: StoredPost, until: float, limit: int) -> list[float]:
    """When other posts of the post's account and mode are due that go out before it and not after
    `until`; the last ones, if there are more than `limit`. 0.0: at once."""
    own = (posts.c.integration == post.integration, posts.c.mode == post.mode.value)
    earlier = or_(
        posts.c.created < post.created,
        and_(posts.c.created == post.created, posts.c.id < post.id),
    )
    scheduled = tenant.select(posts, posts.c.publish_at).where(
        *own,
        posts.c.state == PostState.SCHEDULED.value,
        # a range that an index serves, whatever the next condition is
        posts.c.publish_at <= until,
        or_(
            posts.c.publish_at < until,
            and_(posts.c.publish_at == until, earlier),
        ),
        posts.c.id != post.id,
    )
    begun = tenant.select(posts, posts.c.begun).where(
        *own,
        posts.c.state.in_([PostState.CHECKING.value, PostState.UPLOADING.value]),
        posts.c.tiktok_publish_id.is_(None),
        posts.c.begun <= until,
        posts.c.id != post.id,
    )
    if post.state is not PostState.SCHEDULED:
        begun = begun.where(earlier)
    late = tenant.all(scheduled.order_by(posts.c.publish_at.desc()).limit(limit))
    under_way = tenant.all(begun.limit(limit))
    return [row.publish_at or 0.0 for row in late] + [row.begun or 0.0 for row in under_way]


def change(tenant: TenantConnection, post_id: str, **values: Any) -> None:
    tenant.run(_change(tuple(values)), post_id=post_id, **renewed(values))


def remove(tenant: TenantConnection, post_id: str) -> None:
    tenant.run(tenant.delete(post_steps).where(post_steps.c.post == post_id))
    tenant.run(tenant.delete(posts).where(posts.c.id == post_id))


def known_public_ids(tenant: TenantConnection, integration: str, since: float) -> set[str]:
    """The public ids that posts of the account have already."""
    query = tenant.select(posts, posts.c.public_ids).where(
        posts.c.integration == integration, posts.c.created >= since
    )
    return {public_id for row in tenant.all(query) for public_id in row.public_ids}


def steps(tenant: TenantConnection, post_id: str) -> list[PostStep]:
    """Steps in the order in which they began."""
    return [
        PostStep(
            row.key,
            row.name,
            row.attempt,
            row.started,
            row.ended,
            row.outcome,
            row.log_id,
            row.detail,
        )
        for row in tenant.all(_STEPS, of_post=post_id)
    ]


def begin_step(
    tenant: TenantConnection, post_id: str, name: str, attempt: int, now: float
) -> PostStep:
    return add_step(tenant, post_id, PostStep(uuid.uuid4().hex, name, attempt, now))


def add_step(tenant: TenantConnection, post_id: str, step: PostStep) -> PostStep:
    tenant.run(_ADD_STEP, post=post_id, **{name: getattr(step, name) for name in _STEP_FIELDS})
    return step


def end_step(
    tenant: TenantConnection,
    key: str,
    now: float,
    outcome: str,
    log_id: str | None = None,
    detail: Any = None,
) -> None:
    new = renewed({"ended": now, "outcome": outcome, "log_id": log_id, "detail": detail})
    tenant.run(_END_STEP, step_key=key, **new)
