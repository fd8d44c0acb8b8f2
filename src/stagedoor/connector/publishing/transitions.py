"""State transitions of a post, each in one commit with its side effects."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
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
from .states import FINAL, State, Visibility, may

PUBLISH = "publish"
FOLLOW = "follow"

Listener = Callable[[TenantConnection, Post, State], object]
"""Called in the transaction of a transition, with the post as it was and its new state."""
VideoListener = Callable[[TenantConnection, Post], object]
"""Called in the transaction in which a post's public ids or visibility changed, with the post as it
is now."""

logger = logging.getLogger("stagedoor.posts")


class Transitions:
    """Moves posts between states. Thread-safe. Every method works in the caller's transaction."""

    def __init__(
        self,
        clock: Clock,
        media: MediaService,
        notices: Notices,
        listeners: Iterable[Listener] = (),
        video_listeners: Iterable[VideoListener] = (),
    ) -> None:
        """`listeners` are called on transitions of posts that a higher layer asked for,
        `video_listeners` on changes of any post's public ids and visibility."""
        self._clock = clock
        self._media = media
        self._notices = notices
        self._listeners = listeners
        self._video_listeners = video_listeners

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
        if values.get("public_ids"):
            self._tell(tenant, post, values)
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

    def show(self, tenant: TenantConnection, post: Post, **values: Any) -> None:
        """Change the public ids or the visibility of a post, whose state stays."""
        store.change(tenant, post.id, **values)
        self._tell(tenant, post, values)

    def found(self, tenant: TenantConnection, post_id: str, *, public: bool) -> None:
        """Record that the video of a post is public now, or isn't any more, as TikTok's lists have
        it; TikTok may have told of a later change."""
        post = store.find(tenant, post_id, lock=True)
        now = self._clock.now()
        seen = Visibility.PUBLIC if public else Visibility.REMOVED
        if post is not None and post.visibility is not seen and now >= post.public_at:
            self.show(tenant, post, visibility=seen.value, public_at=now, updated=now)

    def _tell(self, tenant: TenantConnection, post: Post, values: Mapping[str, Any]) -> None:
        now_is = replace(
            post,
            public_ids=tuple(values.get("public_ids", post.public_ids)),
            visibility=Visibility(values.get("visibility", post.visibility)),
        )
        for listener in self._video_listeners:
            listener(tenant, now_is)

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
