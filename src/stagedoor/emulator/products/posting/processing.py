"""Processing of a post after its media has arrived: check, process, then publish, deliver or fail.

The durations are settings (`posting.yaml` status_flow, `media.yaml` processing_time). This module
answers no caller: an error ends as FAILED with a reason, never as an HTTP error.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from stagedoor.platform.media import VIDEO
from stagedoor.platform.products.posting import TERMINAL, FailReason, PrivacyLevel, PublishStatus
from stagedoor.platform.vocabulary import CommercialLabel

from ...world import Video, World
from ...world.clock import Handlers
from ...world.entities import Moderation
from ...world.settings import Processing
from ..media.probe import MediaFault, ProbedVideo, probe_photo, probe_video
from ..oauth.state import GRANTS, CreatorGrant
from . import events
from .state import NEXT_FAILURES, PROCESSING_OF_GRANT, PUBLISHES, Publish
from .visibility import watched

STEP = "publish.step"
MODERATE = "publish.moderate"
PROBE = "publish.probe"
DOWNLOAD = "media.download"

_PROCESSING = (PublishStatus.PROCESSING_UPLOAD, PublishStatus.PROCESSING_DOWNLOAD)
_ANYONE = "*"
_PROBE_PATIENCE = 60.0


def handlers(world: World) -> Handlers:
    """Timer handlers: a post's media is probed, its processing ends, its moderation passes."""

    async def step_due(publish_id: str) -> None:
        step(world, world[PUBLISHES][publish_id])

    async def moderation_due(video_id: str) -> None:
        pass_moderation(world, world.videos[video_id])

    async def probe_due(publish_id: str) -> None:
        start_probe(world, world[PUBLISHES][publish_id])

    return {STEP: step_due, MODERATE: moderation_due, PROBE: probe_due}


def resume(world: World) -> None:
    """Continue the posts that were in progress when the world was saved."""
    for publish in world[PUBLISHES].values():
        if publish.arrived is not None and publish.status in _PROCESSING:
            kind = STEP if publish.checked else PROBE
            world.clock.drop(kind, publish.id)
            world.clock.at(world.now(), kind, publish.id)
    for video in world.videos.values():
        if video.moderation is Moderation.PENDING:
            world.clock.drop(MODERATE, video.id)
            _plan_moderation(world, video)


def media_arrived(world: World, publish: Publish) -> asyncio.Task[None]:
    """All media has arrived: probe it, then start processing."""
    publish.arrived = world.now()
    return start_probe(world, publish)


def start_probe(world: World, publish: Publish) -> asyncio.Task[None]:
    return world.clock.start(PROBE, publish.id, _probe(world, publish), _PROBE_PATIENCE)


async def _probe(world: World, publish: Publish) -> None:
    fault = await _inspect(world, publish)
    if publish.status in TERMINAL:
        return
    publish.checked = True
    if fault is not None:
        publish.problem, publish.fail_detail = fault.reason.value, fault.detail
    mode = world.settings.processing
    if mode is Processing.IMMEDIATE:
        step(world, publish)
    elif mode is Processing.TIMED:
        due = (publish.arrived or 0.0) + world.settings.processing_seconds
        world.clock.at(due, STEP, publish.id)


async def _inspect(world: World, publish: Publish) -> MediaFault | None:
    creator = world.creators[publish.creator_id]
    paths = [Path(name) for name in publish.media]
    if missing := [path.name for path in paths if not path.exists()]:
        return MediaFault(FailReason.INTERNAL, f"the emulator lost the bytes of {missing[0]}")
    if not publish.flow.photo:
        # A draft may be longer than the creator's own maximum, since it can be trimmed in the app.
        longest = VIDEO.max_seconds
        if publish.flow.direct:
            longest = min(longest, creator.max_video_seconds)
        shortest = world.settings.min_video_seconds
        facts, fault = await asyncio.to_thread(probe_video, paths[0], shortest, longest)
        if facts is not None:
            publish.facts = [facts.shown()]
            _keep_shape(publish, facts)
        return fault
    publish.facts = []
    for number, path in enumerate(paths, 1):
        photo, fault = await asyncio.to_thread(probe_photo, path)
        if photo is not None:
            publish.facts.append(photo.shown())
            if number - 1 == publish.cover_index:
                publish.width, publish.height = photo.width, photo.height
        if fault is not None:
            return MediaFault(fault.reason, f"photo {number} of {len(paths)}: {fault.detail}")
    return None


def _keep_shape(publish: Publish, facts: ProbedVideo) -> None:
    publish.duration = max(1, round(facts.seconds))
    publish.width, publish.height = facts.width, facts.height


def step(world: World, publish: Publish) -> None:
    """End the processing of a checked post, with success or failure."""
    if publish.status not in _PROCESSING or not publish.checked:
        return
    grant = world[GRANTS][publish.grant_id]
    creator = world.creators[publish.creator_id]
    ordered = world[NEXT_FAILURES].pop(creator.id, None)
    if ordered is None:
        ordered = world[NEXT_FAILURES].pop(_ANYONE, None)
    if ordered is not None:
        fail(world, publish, ordered, "ordered on the control route")
    elif grant.ended is not None:
        fail(world, publish, FailReason.AUTH_REMOVED, "the grant ended while the post was made")
    elif creator.banned:
        fail(world, publish, FailReason.BANNED, "the creator was banned while the post was made")
    elif publish.problem:
        fail(world, publish, publish.problem, publish.fail_detail)
    elif publish.flow.direct:
        complete(world, publish, _posted(world, publish))
    else:
        publish.status = PublishStatus.SEND_TO_USER_INBOX
        events.delivered(world, publish)


def fail(world: World, publish: Publish, reason: str, detail: str) -> None:
    """Fail the post and send the app the `FailReason`. The detail is for control routes only."""
    publish.status = PublishStatus.FAILED
    publish.fail_reason = str(reason)
    publish.fail_detail = detail
    publish.finished = world.now()
    world.clock.drop(STEP, publish.id)
    events.failed(world, publish)


def access_ended(world: World, grant: CreatorGrant) -> None:
    """Fail the posts in progress of a grant that ended."""
    for publish in list(world[PUBLISHES].by(PROCESSING_OF_GRANT, grant.id)):
        if publish.status in _PROCESSING:
            world.clock.stop(DOWNLOAD, publish.id)
            fail(world, publish, FailReason.AUTH_REMOVED, "the grant ended while it was made")


def fail_next(world: World, creator_id: str | None, reason: FailReason | None) -> None:
    """Make the next post that reaches processing fail; a reason of None cancels this."""
    key = creator_id or _ANYONE
    if reason is None:
        world[NEXT_FAILURES].pop(key, None)
    else:
        world[NEXT_FAILURES][key] = reason.value


def _posted(world: World, publish: Publish) -> Video:
    return Video(
        id=world.ids.number(world.now()),
        creator_id=publish.creator_id,
        created=world.now(),
        title=caption(publish),
        privacy=publish.privacy or PrivacyLevel.SELF_ONLY,
        comment_disabled=publish.comment_disabled,
        duet_disabled=publish.duet_disabled,
        stitch_disabled=publish.stitch_disabled,
        ai_labelled=publish.aigc,
        ads_only=publish.ads_only,
    )


def caption(publish: Publish) -> str:
    """Title and description as one text, as on a profile; drafts of videos have neither."""
    return " ".join(part for part in (publish.title, publish.description) if part)


def complete(world: World, publish: Publish, video: Video) -> None:
    """Put the post on the profile, notify the app, and start moderation."""
    video.publish_id = publish.id
    video.duration = video.duration or publish.duration
    video.width, video.height = publish.width, publish.height
    video.photos = len(publish.media) if publish.flow.photo else 0
    if publish.branded:
        video.label = CommercialLabel.PAID_PARTNERSHIP
    elif publish.own_brand:
        video.label = CommercialLabel.PROMOTIONAL
    video.digest, video.media = publish.digest, list(publish.media)
    video.moderation = Moderation.PENDING
    if publish.restricted:
        video.privacy = PrivacyLevel.SELF_ONLY
    world.add_video(video)
    publish.video_ids.append(video.id)
    publish.status = PublishStatus.PUBLISH_COMPLETE
    publish.finished = world.now()
    events.completed(world, publish)
    if world.settings.processing is Processing.IMMEDIATE:
        pass_moderation(world, video)
    elif world.settings.processing is Processing.TIMED:
        _plan_moderation(world, video)


def _plan_moderation(world: World, video: Video) -> None:
    world.clock.at(world.now() + world.settings.moderation_seconds, MODERATE, video.id)


def pass_moderation(world: World, video: Video) -> None:
    """Pass moderation: everybody can now see a public post, and its id is announced."""
    if video.moderation is Moderation.PENDING:
        with watched(world, [video]):
            video.moderation = Moderation.PASSED
