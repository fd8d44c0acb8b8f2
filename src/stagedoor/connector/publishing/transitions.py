"""State transitions of a post, each in one commit with its side effects."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from ..clock import Clock
from ..database import TenantConnection
from ..media.service import MediaService
from ..notices.service import Notices
from ..schedule.store import forget
from . import store
from .errors import WrongState
from .outcomes import Failure
from .posts import Post
from .states import FINAL, State, may

PUBLISH = "publish"
FOLLOW = "follow"

Listener = Callable[[TenantConnection, Post, State], object]
"""Called in the transaction of a transition, with the post as it was and its new state."""

logger = logging.getLogger("stagedoor.posts")


class Transitions:
    """Moves posts between states. Thread-safe. Every method works in the caller's transaction."""

    def __init__(
        self,
        clock: Clock,
        media: MediaService,
        notices: Notices,
        listeners: Iterable[Listener] = (),
    ) -> None:
        """`listeners` are called on transitions of posts that a higher layer asked for."""
        self._clock = clock
        self._media = media
        self._notices = notices
        self._listeners = listeners

    def move(self, tenant: TenantConnection, post: Post, state: State, **values: Any) -> None:
        """Raises `WrongState` when the transition isn't allowed."""
        if not may(post.state, state):
            raise WrongState(f"The post is {post.state}: it can't become {state}.")
        now = self._clock.now()
        changed: dict[str, Any] = {"state": state.value, "updated": now, "attempts": 0, "polls": 0}
        changed |= {"retry_at": None}
        if state in FINAL or state is State.UNKNOWN:
            changed["upload_url"] = None
        if state in FINAL:
            changed["ended"] = now
            forget(tenant.connection, PUBLISH, post.ref)
            self._media.release(tenant, post.id)
        store.change(tenant, post.id, **(changed | values))
        if post.asked_by is not None:
            for listener in self._listeners:
                listener(tenant, post, state)
        logger.info(
            "post is %s",
            state.value,
            extra={
                "post": post.id,
                "org": post.org,
                "before": post.state.value,
                "tiktok_publish_id": values.get("tiktok_publish_id", post.tiktok_publish_id),
            },
        )

    def fail(self, tenant: TenantConnection, post: Post, failure: Failure) -> None:
        """Fail the post; its organisation's admins are notified."""
        self.move(tenant, post, State.FAILED, failure=failure.stored())
        forget(tenant.connection, FOLLOW, post.ref)
        self._notices.tell(
            tenant,
            "post.failed",
            post.id,
            f"Post {_called(post)} failed: {failure.message} {failure.remedy}".rstrip(),
            failure.stored(),
        )

    def lose(self, tenant: TenantConnection, post: Post, failure: Failure) -> None:
        """Set the post's outcome to unknown: an admin is asked to settle it."""
        self.move(tenant, post, State.UNKNOWN, failure=failure.stored())
        self._notices.tell(
            tenant,
            "post.unknown",
            post.id,
            f"It isn't known what became of post {_called(post)}: {failure.message} "
            f"{failure.remedy}",
            failure.stored(),
        )


def _called(post: Post) -> str:
    return f"{post.id} ({post.title})" if post.title else post.id
