"""State transitions of a post, each in one commit with its side effects."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..clock import Clock
from ..database import TenantConnection
from ..event_types import Emit, EventType
from ..media.service import MediaService
from ..notices.service import Notices
from ..schedule.store import forget
from . import store
from .errors import WrongPostState
from .outcomes import PostFailure
from .posts import StoredPost
from .states import FINAL, PostState, Visibility, may

PUBLISH = "publish"
FOLLOW = "follow"

Listener = Callable[[TenantConnection, StoredPost, PostState], object]
"""Called in the transaction of a transition, with the post as it was and its new state."""
VideoListener = Callable[[TenantConnection, StoredPost], object]
"""Called in the transaction in which a post's public ids or visibility changed, with the post as it
is now."""

_TOLD = {
    PostState.PUBLISHED: EventType.POST_PUBLISHED,
    PostState.FAILED: EventType.POST_FAILED,
    PostState.CANCELLED: EventType.POST_CANCELLED,
    PostState.UNKNOWN: EventType.POST_UNKNOWN,
    PostState.IN_INBOX: EventType.POST_IN_INBOX,
}
"""The states that events tell of."""

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
        emit: Emit = lambda tenant, type_, data: None,
    ) -> None:
        """`listeners` are called on transitions of posts that a higher layer asked for,
        `video_listeners` on changes of any post's public ids and visibility."""
        self._emit = emit
        self._clock = clock
        self._media = media
        self._notices = notices
        self._listeners = listeners
        self._video_listeners = video_listeners

    def move(
        self, tenant: TenantConnection, post: StoredPost, state: PostState, **values: Any
    ) -> None:
        """Raises `WrongPostState` when the transition isn't allowed."""
        if not may(post.state, state):
            raise WrongPostState(f"The post is {post.state}: it can't become {state}.")
        now = self._clock.now()
        changed: dict[str, Any] = {"state": state.value, "updated": now, "attempts": 0, "polls": 0}
        changed |= {"retry_at": None}
        if state in FINAL or state is PostState.UNKNOWN:
            changed["upload_url"] = None
        if state in FINAL:
            changed["ended"] = now
            forget(tenant.connection, PUBLISH, post.ref)
            self._media.release(tenant, post.id)
        store.change(tenant, post.id, **(changed | values))
        if state in _TOLD:
            self.tell(tenant, post.id, _TOLD[state])
        if post.asked_by is not None:
            for listener in self._listeners:
                listener(tenant, post, state)
        if values.get("public_ids"):
            self._tell_of_video(tenant, _changed(post, values))
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

    def show(self, tenant: TenantConnection, post: StoredPost, **values: Any) -> None:
        """Change the public ids or the visibility of a post, whose state stays; subscribers hear of
        a change, and admins of the end of its visibility."""
        store.change(tenant, post.id, **values)
        now_is = _changed(post, values)
        self._tell_of_video(tenant, now_is)
        gone = now_is.visibility is not post.visibility and now_is.visibility is Visibility.REMOVED
        if now_is != post:
            self.tell(tenant, post.id, EventType.POST_VISIBILITY)
        if gone:
            self._removed(tenant, post)

    def found(self, tenant: TenantConnection, post_id: str, *, public: bool) -> None:
        """Record that the video of a post is public now, or isn't any more, as TikTok's lists have
        it; TikTok may have told of a later change."""
        post = store.find(tenant, post_id, lock=True)
        now = self._clock.now()
        seen = Visibility.PUBLIC if public else Visibility.REMOVED
        if post is not None and post.visibility is not seen and now >= post.public_at:
            self.show(tenant, post, visibility=seen.value, public_at=now, updated=now)

    def _tell_of_video(self, tenant: TenantConnection, post: StoredPost) -> None:
        for listener in self._video_listeners:
            listener(tenant, post)

    def tell(self, tenant: TenantConnection, post_id: str, type_: EventType) -> None:
        """Emit an event about a post, as it is now."""
        self._emit(tenant, type_, lambda: _data(store.find(tenant, post_id)))

    def _removed(self, tenant: TenantConnection, post: StoredPost) -> None:
        """Tell the organisation's admins that a post isn't public any more."""
        self._notices.tell(
            tenant,
            EventType.POST_REMOVED,
            post.id,
            f"Post {_called(post)} isn't public any more: the creator made it private or deleted "
            "it, or TikTok removed it. Look at the post in TikTok, which names a violation there.",
            {"publicIds": list(post.public_ids)},
        )

    def fail(self, tenant: TenantConnection, post: StoredPost, failure: PostFailure) -> None:
        """Fail the post; its organisation's admins are notified."""
        self.move(tenant, post, PostState.FAILED, failure=failure.stored())
        forget(tenant.connection, FOLLOW, post.ref)
        self._notices.tell(
            tenant,
            EventType.POST_FAILED,
            post.id,
            f"Post {_called(post)} failed: {failure.message} {failure.remedy}".rstrip(),
            failure.stored(),
        )

    def lose(self, tenant: TenantConnection, post: StoredPost, failure: PostFailure) -> None:
        """Set the post's outcome to unknown: an admin is asked to settle it."""
        self.move(tenant, post, PostState.UNKNOWN, failure=failure.stored())
        self._notices.tell(
            tenant,
            EventType.POST_UNKNOWN,
            post.id,
            f"It isn't known what became of post {_called(post)}: {failure.message} "
            f"{failure.remedy}",
            failure.stored(),
        )


def _data(post: StoredPost | None) -> Mapping[str, Any]:
    """The data of an event about a post, by the names of the API."""
    if post is None:
        return {}
    return {
        "publishId": post.id,
        "tiktokPublishId": post.tiktok_publish_id,
        "integrationId": post.integration,
        "state": post.state.value,
        "visibility": post.visibility.value,
        "title": post.title,
        "publicIds": list(post.public_ids),
        "link": post.link,
        "failure": None if post.failure is None else post.failure.stored(),
    }


def _called(post: StoredPost) -> str:
    return f"{post.id} ({post.title})" if post.title else post.id


def _changed(post: StoredPost, values: Mapping[str, Any]) -> StoredPost:
    """The post with the public ids and the visibility of `values`."""
    return replace(
        post,
        public_ids=tuple(values.get("public_ids", post.public_ids)),
        visibility=Visibility(values.get("visibility", post.visibility)),
    )
