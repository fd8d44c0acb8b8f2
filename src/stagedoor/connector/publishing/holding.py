"""Posts that wait because publishing is paused, and posts that may have gone out already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from ..database import Scope, organisations_with
from ..waiting.store import forget, wait
from . import moves, store
from .models import posts
from .posts import Post
from .states import State, Visibility
from .verdicts import Failure

if TYPE_CHECKING:
    from ..services import Services

SECONDS = 600.0
"""Between two looks at a post that waits; `go_on` doesn't wait for it."""
RESTORED = "database_restored"
_BEFORE_TIKTOK = (State.SCHEDULED, State.CHECKING, State.UPLOADING)


def organisations(connection: Connection) -> Sequence[str]:
    """Those with posts that are still to be published."""
    states = [state.value for state in _BEFORE_TIKTOK]
    return organisations_with(connection, posts, posts.c.state.in_(states))


def words(services: Services, scope: Scope, post: Post) -> tuple[str, ...]:
    """What is told of a post that waits because publishing is paused."""
    if post.state in _BEFORE_TIKTOK and services.pauses.stops(scope):
        return ("Publishing is paused for this organisation: the post waits for /api/resume.",)
    return ()


def go_on(services: Services, scope: Scope) -> int:
    """Have everything that is due looked at now; how many posts it is."""
    now = services.clock.now()
    due = [post for post in store.in_states(scope, _BEFORE_TIKTOK) if _is_due(post, now)]
    for post in due:
        if post.state is State.CHECKING:
            # its patience with TikTok begins anew: the pause isn't TikTok's
            store.change(scope, post.id, begun=now)
        wait(scope.connection, moves.PUBLISH, post.ref, now)
    return len(due)


def ask_about(services: Services, scope: Scope, why: str) -> int:
    """After a restore: posts that were due may have gone out since the backup. Each becomes
    unknown: the creator's public list is looked at, and a person decides about the rest."""
    now = services.clock.now()
    failure = Failure(
        RESTORED,
        f"The service's database was restored from an earlier state ({why}), so this post may "
        "have gone out already.",
        "Look at the creator's profile or inbox, then settle this post with PATCH "
        '{"resolution": "published"} or {"resolution": "notPublished"}.',
    )
    found = 0
    for seen in store.in_states(scope, _BEFORE_TIKTOK):
        post = store.find(scope, seen.id, lock=True)
        if post is None or post.state not in _BEFORE_TIKTOK or not _is_due(post, now):
            continue
        moves.lose(services, scope, post, failure)
        store.change(scope, post.id, held_by=None, held_until=None)
        forget(scope.connection, moves.PUBLISH, post.ref)
        wait(scope.connection, moves.FOLLOW, post.ref, now)
        found += 1
    return found


def went_out(services: Services, scope: Scope, post: Post, public_id: str) -> None:
    """The creator's public list has the post: it was published before the restore."""
    moves.move(
        services,
        scope,
        post,
        State.PUBLISHED,
        failure=None,
        public_ids=[public_id],
        visibility=Visibility.PUBLIC.value,
    )
    forget(scope.connection, moves.FOLLOW, post.ref)


def _is_due(post: Post, now: float) -> bool:
    return post.state is not State.SCHEDULED or (post.publish_at or 0.0) <= now
