"""Posts and their journal in the database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_

from ..database import Scope, organisations_with
from .journal import Step
from .models import post_steps, posts
from .posts import Post
from .states import State


def add(scope: Scope, **values: Any) -> None:
    scope.insert(posts, **values)


def find(scope: Scope, post_id: str, lock: bool = False) -> Post | None:
    """`lock`: nobody else changes it until the transaction ends."""
    query = scope.select(posts).where(posts.c.id == post_id)
    row = scope.one(query.with_for_update() if lock else query)
    return None if row is None else Post.of(row)


def by_tiktok_id(scope: Scope, publish_id: str) -> Post | None:
    rows = scope.all(scope.select(posts).where(posts.c.tiktok_publish_id == publish_id).limit(1))
    return Post.of(rows[0]) if rows else None


def organisations(connection: Connection, publish_id: str) -> Sequence[str]:
    """Whose post has this id of TikTok's."""
    return organisations_with(connection, posts, posts.c.tiktok_publish_id == publish_id)


def page(
    scope: Scope,
    before: tuple[float, str] | None,
    limit: int,
    states: Sequence[str] = (),
    integration: str | None = None,
) -> list[Post]:
    """Newest first."""
    query = scope.select(posts)
    if before is not None:
        at, post_id = before
        older = and_(posts.c.created == at, posts.c.id < post_id)
        query = query.where(or_(posts.c.created < at, older))
    if states:
        query = query.where(posts.c.state.in_(states))
    if integration is not None:
        query = query.where(posts.c.integration == integration)
    ordered = query.order_by(posts.c.created.desc(), posts.c.id.desc()).limit(limit)
    return [Post.of(row) for row in scope.all(ordered)]


def waiting(scope: Scope, integration: str, states: Sequence[State]) -> list[Post]:
    """Posts of an account that TikTok has and that aren't over."""
    query = scope.select(posts).where(
        posts.c.integration == integration,
        posts.c.state.in_([state.value for state in states]),
        posts.c.tiktok_publish_id.is_not(None),
    )
    return [Post.of(row) for row in scope.all(query.order_by(posts.c.id))]


def change(scope: Scope, post_id: str, **values: Any) -> None:
    scope.run(scope.update(posts).where(posts.c.id == post_id).values(**values))


def remove(scope: Scope, post_id: str) -> None:
    scope.run(scope.delete(post_steps).where(post_steps.c.post == post_id))
    scope.run(scope.delete(posts).where(posts.c.id == post_id))


def known_public_ids(scope: Scope, integration: str, since: float) -> set[str]:
    """Public ids that posts of the account have already."""
    query = scope.select(posts, posts.c.public_ids).where(
        posts.c.integration == integration, posts.c.created >= since
    )
    return {public_id for row in scope.all(query) for public_id in row.public_ids}


def steps(scope: Scope, post_id: str) -> list[Step]:
    """In the order in which they began."""
    query = scope.select(post_steps).where(post_steps.c.post == post_id)
    return [
        Step(
            row.key,
            row.name,
            row.attempt,
            row.started,
            row.ended,
            row.outcome,
            row.log_id,
            row.detail,
        )
        for row in scope.all(query.order_by(post_steps.c.id))
    ]


def begin_step(scope: Scope, post_id: str, name: str, attempt: int, now: float) -> str:
    key = uuid.uuid4().hex
    scope.insert(post_steps, key=key, post=post_id, name=name, attempt=attempt, started=now)
    return key


def end_step(
    scope: Scope,
    key: str,
    now: float,
    outcome: str,
    log_id: str | None = None,
    detail: Any = None,
) -> None:
    mine = scope.update(post_steps).where(post_steps.c.key == key)
    scope.run(mine.values(ended=now, outcome=outcome, log_id=log_id, detail=detail))
