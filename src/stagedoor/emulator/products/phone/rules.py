"""A creator's actions in TikTok's app; the phone's control routes call these functions."""

from __future__ import annotations

from collections.abc import Sequence

from stagedoor.platform.vocabulary import PrivacyLevel, PublishStatus

from ...control.errors import ControlError, unknown, wrong
from ...world import Creator, Video, World
from ..oauth import removal
from ..oauth.state import GRANTS, GRANTS_OF_CREATOR, CreatorGrant
from ..posting import processing
from ..posting.handlers import levels
from ..posting.state import PUBLISHES, PUBLISHES_OF_CREATOR, Publish
from ..posting.visibility import watched
from .control_bodies import Disconnect, Finish, PhoneSettings

_IN_INBOX = (PublishStatus.SEND_TO_USER_INBOX, PublishStatus.PUBLISH_COMPLETE)


def creator_named(world: World, username: str) -> Creator:
    creator = world.creator_named(username)
    if creator is None:
        raise unknown("creator", username)
    return creator


def drafts(world: World, creator: Creator) -> list[Publish]:
    """The drafts from apps in the inbox that the creator hasn't discarded, oldest first."""
    return [
        publish
        for publish in world[PUBLISHES].by(PUBLISHES_OF_CREATOR, creator.id)
        if not publish.flow.direct and publish.status in _IN_INBOX and publish.discarded is None
    ]


def connected(world: World, creator: Creator) -> list[CreatorGrant]:
    return list(world[GRANTS].by(GRANTS_OF_CREATOR, creator.id))


def draft_of(world: World, creator: Creator, publish_id: str) -> Publish:
    """The draft in the inbox; ControlError if it isn't there, or not any more."""
    publish = world[PUBLISHES].get(publish_id)
    if publish is None or publish.creator_id != creator.id or publish.flow.direct:
        raise ControlError(404, f"{creator.username} has no draft {publish_id!r}.")
    if publish.discarded is not None:
        raise ControlError(409, "The draft was discarded.")
    if publish.status not in _IN_INBOX:
        raise ControlError(409, f"The draft isn't in the inbox: its status is {publish.status}.")
    return publish


def finish(world: World, creator: Creator, publish: Publish, order: Finish) -> Video:
    """Post from a draft. The draft stays in the inbox, so another post can be made from it."""
    if creator.banned:
        raise ControlError(409, "The creator is banned from posting.")
    level = order.privacy or levels(creator)[0]
    _check_level(creator, level)
    seconds = order.seconds or publish.duration
    if seconds > publish.duration and not publish.flow.photo:
        raise wrong("seconds", f"is more than the draft's {publish.duration}")
    if seconds > creator.max_video_seconds and not publish.flow.photo:
        raise ControlError(
            409,
            f"The creator may post {creator.max_video_seconds} s and this has {seconds}: "
            "trim it with seconds.",
        )
    video = Video(
        id=world.ids.number(world.now()),
        creator_id=creator.id,
        created=world.now(),
        title=processing.caption(publish) if order.title is None else order.title,
        duration=0 if publish.flow.photo else seconds,
        privacy=level,
        comment_disabled=creator.comment_disabled or order.comment_disabled,
        duet_disabled=creator.private or creator.duet_disabled or order.duet_disabled,
        stitch_disabled=creator.private or creator.stitch_disabled or order.stitch_disabled,
    )
    processing.complete(world, publish, video)
    return video


def discard(world: World, publish: Publish) -> None:
    """Discard the draft. TikTok sends the app no event for this (`webhooks.yaml` events)."""
    publish.discarded = world.now()


def video_of(world: World, creator: Creator, video_id: str) -> Video:
    video = world.videos.get(video_id)
    if video is None or video.creator_id != creator.id:
        raise ControlError(404, f"{creator.username} has no post {video_id!r}.")
    if video.deleted:
        raise ControlError(409, "The post was deleted.")
    return video


def delete(world: World, video: Video) -> None:
    with watched(world, [video]):
        video.deleted = True


def show_to(world: World, creator: Creator, video: Video, level: PrivacyLevel) -> None:
    """Change the privacy level of a post."""
    _check_level(creator, level)
    with watched(world, [video]):
        video.privacy = level


def _check_level(creator: Creator, level: PrivacyLevel) -> None:
    offered = levels(creator)
    if level not in offered:
        kind = "private" if creator.private else "public"
        raise ControlError(
            409, f"A {kind} account can't choose {level}, only {', '.join(offered)}."
        )


def change_settings(world: World, creator: Creator, order: PhoneSettings) -> None:
    """Change account settings. A private account hides all public posts; opening it shows them."""
    videos: Sequence[Video] = ()
    if order.private is not None and order.private is not creator.private:
        videos = world.videos_of(creator.id)
    with watched(world, videos):
        for name in order.model_fields_set:
            value = getattr(order, name)
            if value is not None:
                setattr(creator, name, value)


def disconnect(world: World, creator: Creator, order: Disconnect) -> None:
    """Remove an app's access: its tokens become invalid before the app is notified."""
    ended = [g for g in connected(world, creator) if g.client_key == order.client_key]
    if not ended:
        raise ControlError(409, f"{creator.username} has no connected app {order.client_key!r}.")
    for grant in ended:
        removal.end(world, grant, order.reason)
