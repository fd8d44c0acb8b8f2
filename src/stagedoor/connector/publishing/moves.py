"""Taking a post from one state to the next, with everything that belongs to it in one commit."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ..database import Scope
from ..waiting.store import forget
from . import store
from .errors import WrongState
from .posts import Post
from .states import FINAL, State, may
from .verdicts import Failure

if TYPE_CHECKING:
    from ..services import Services

PUBLISH = "publish"
FOLLOW = "follow"

logger = logging.getLogger("stagedoor.posts")


def move(services: Services, scope: Scope, post: Post, state: State, **values: Any) -> None:
    """Raises `WrongState` when the post can't go there from where it is."""
    if not may(post.state, state):
        raise WrongState(f"The post is {post.state}: it can't become {state}.")
    now = services.clock.now()
    changed: dict[str, Any] = {"state": state.value, "updated": now, "attempts": 0, "polls": 0}
    changed |= {"retry_at": None}
    if state in FINAL or state is State.UNKNOWN:
        changed["upload_url"] = None
    if state in FINAL:
        changed["ended"] = now
        forget(scope.connection, PUBLISH, post.ref)
        services.media.release(scope, post.id)
    store.change(scope, post.id, **(changed | values))
    if post.asked_by is not None:
        for told in services.on_move:
            told(scope, post, state)
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


def fail(services: Services, scope: Scope, post: Post, failure: Failure) -> None:
    """The post failed for good; its organisation's admins are told."""
    move(services, scope, post, State.FAILED, failure=failure.stored())
    forget(scope.connection, FOLLOW, post.ref)
    services.notices.tell(
        scope,
        "post.failed",
        post.id,
        f"Post {_called(post)} failed: {failure.message} {failure.remedy}".rstrip(),
        failure.stored(),
    )


def lose(services: Services, scope: Scope, post: Post, failure: Failure) -> None:
    """Nobody knows what became of it: a person is asked."""
    move(services, scope, post, State.UNKNOWN, failure=failure.stored())
    services.notices.tell(
        scope,
        "post.unknown",
        post.id,
        f"It isn't known what became of post {_called(post)}: {failure.message} {failure.remedy}",
        failure.stored(),
    )


def _called(post: Post) -> str:
    return f"{post.id} ({post.title})" if post.title else post.id
