"""Posts that wait because publishing is paused, and posts that may have been published before a
restore."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from ..clock import Clock
from ..database import TenantConnection, organisations_with
from ..leases import RELEASED
from ..schedule.store import forget, wait
from . import store, transitions
from .models import posts
from .outcomes import PostFailure
from .posts import StoredPost
from .states import PostState, Visibility
from .transitions import Transitions

SECONDS = 600.0
"""Between two checks of a post that waits; `go_on` doesn't wait for the next one."""
Paused = Callable[[TenantConnection], bool]
"""Whether publishing is paused for the organisation of a transaction."""
RESTORED = "database_restored"
_BEFORE_TIKTOK = (PostState.SCHEDULED, PostState.CHECKING, PostState.UPLOADING)


def organisations_waiting(connection: Connection) -> Sequence[str]:
    """The organisations with posts that are still to be published."""
    states = [state.value for state in _BEFORE_TIKTOK]
    return organisations_with(connection, posts, posts.c.state.in_(states))


class Holding:
    """Holds posts back and releases them. Every method works in the caller's transaction."""

    def __init__(self, clock: Clock, transitions: Transitions, paused: Paused) -> None:
        self._clock = clock
        self._transitions = transitions
        self._paused = paused

    def paused(self, tenant: TenantConnection) -> bool:
        """Whether publishing is paused for the organisation."""
        return self._paused(tenant)

    def words(self, tenant: TenantConnection, post: StoredPost) -> tuple[str, ...]:
        """The warnings for a post that waits because publishing is paused."""
        if post.state in _BEFORE_TIKTOK and self._paused(tenant):
            return ("Publishing is paused for this organisation: the post waits for /api/resume.",)
        return ()

    def go_on(self, tenant: TenantConnection) -> int:
        """Schedule every due post now; returns the number of posts."""
        now = self._clock.now()
        due = [post for post in store.in_states(tenant, _BEFORE_TIKTOK) if _is_due(post, now)]
        for post in due:
            if post.state is PostState.CHECKING:
                # the time limit for retries starts again: the pause isn't TikTok's fault
                store.change(tenant, post.id, begun=now)
            wait(tenant.connection, transitions.PUBLISH, post.ref, now)
        return len(due)

    def ask_about(self, tenant: TenantConnection, why: str) -> int:
        """After a restore, due posts may have been published since the backup. The outcome of each
        becomes unknown: the creator's public list is read, and a person decides about the rest.
        Returns the number of posts."""
        now = self._clock.now()
        failure = PostFailure(
            RESTORED,
            f"The service's database was restored from an earlier state ({why}), so this post may "
            "have gone out already.",
            "Look at the creator's profile or inbox, then settle this post with PATCH "
            '{"resolution": "published"} or {"resolution": "notPublished"}.',
        )
        found = 0
        for seen in store.in_states(tenant, _BEFORE_TIKTOK):
            post = store.find(tenant, seen.id, lock=True)
            if post is None or post.state not in _BEFORE_TIKTOK or not _is_due(post, now):
                continue
            self._transitions.lose(tenant, post, failure)
            store.change(tenant, post.id, **RELEASED)
            forget(tenant.connection, transitions.PUBLISH, post.ref)
            wait(tenant.connection, transitions.FOLLOW, post.ref, now)
            found += 1
        return found

    def went_out(self, tenant: TenantConnection, post: StoredPost, public_id: str) -> None:
        """Mark a post as published before the restore, because the creator's public list has it."""
        self._transitions.move(
            tenant,
            post,
            PostState.PUBLISHED,
            failure=None,
            public_ids=[public_id],
            visibility=Visibility.PUBLIC.value,
        )
        forget(tenant.connection, transitions.FOLLOW, post.ref)


def _is_due(post: StoredPost, now: float) -> bool:
    return post.state is not PostState.SCHEDULED or (post.publish_at or 0.0) <= now
