"""Trying a failed post again, with its media, once its cause is mended.

Only a post that certainly had no effect is tried again. A post whose outcome is unknown is settled
by a person first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..database import Scope
from ..waiting.store import wait
from . import journal, moves, store
from .errors import MediaGone, WrongState
from .journal import Name, Outcome
from .posts import Kind, Post
from .states import State, Visibility

if TYPE_CHECKING:
    from ..services import Services

_UNDER_WAY = (State.SCHEDULED, State.CHECKING, State.UPLOADING, State.PROCESSING)


def retry(services: Services, scope: Scope, post: Post) -> None:
    """Publish a failed post anew, now or at its time; repeated, it is the same try.

    Raises `WrongState`, `MediaGone`.
    """
    if post.state in _UNDER_WAY and journal.of(store.steps(scope, post.id), Name.RETRY):
        return
    if post.state is not State.FAILED:
        raise WrongState(_why_not(post.state))
    if post.public_ids:
        raise WrongState("TikTok told of a public post of this one: it isn't published again.")
    _hold_media(services, scope, post)
    now = services.clock.now()
    later = post.publish_at is not None and post.publish_at > now
    moves.move(
        services,
        scope,
        post,
        State.SCHEDULED if later else State.CHECKING,
        begun=None if later else now,
        handed_over=None,
        ended=None,
        tiktok_publish_id=None,
        upload_url=None,
        chunk_size=None,
        visibility=Visibility.UNKNOWN.value,
        failure=None,
        woken=False,
    )
    step = store.begin_step(scope, post.id, Name.RETRY.value, _tries(scope, post) + 1, now)
    before = None if post.failure is None else {"after": post.failure.reason}
    store.end_step(scope, step.key, now, Outcome.OK.value, None, before)
    wait(scope.connection, moves.PUBLISH, post.ref, (post.publish_at or now) if later else now)


def _tries(scope: Scope, post: Post) -> int:
    return len(journal.of(store.steps(scope, post.id), Name.RETRY))


def _hold_media(services: Services, scope: Scope, post: Post) -> None:
    if post.content.get("video_url") or post.content.get("urls"):
        return
    media = services.media.of_post(scope, post.id)
    if not media or not services.media.hold_again(scope, post.id):
        what = "photos are" if post.kind is Kind.PHOTOS else "file is"
        raise MediaGone(f"The post's {what} no longer kept: make a new post.")
    if not all(medium.complete for medium in media):
        raise MediaGone("The post's file never came whole: make a new post.")


def _why_not(state: State) -> str:
    match state:
        case State.UNKNOWN:
            return (
                "It isn't known whether TikTok published this post: look, and settle it with PATCH "
                '{"resolution": "published"} or {"resolution": "notPublished"} first.'
            )
        case State.DRAFT:
            return "The post is a draft: publish it with publish-video."
        case State.CANCELLED:
            return "The post was cancelled: make a new one."
        case _:
            return f"The post is {state}: only a failed post can be tried again."
