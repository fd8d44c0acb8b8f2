"""The handling of a share by TikTok's app (`embed.yaml`, share_kit).

A person decides on each share: it becomes a post at once, a draft that can be posted later, or
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError

from stagedoor.platform import wire
from stagedoor.platform.model import problems_of
from stagedoor.platform.products import sharing, webhooks
from stagedoor.platform.products.sharing import (
    ANDROID_ERRORS,
    MAX_ASPECT,
    AndroidError,
    AndroidShare,
    BundleKey,
    IosError,
    IosShare,
    MediaType,
    MessageType,
    Outcome,
    ShareFormat,
    ShareState,
)

from ...control.errors import ControlError, unknown
from ...world import App, Creator, Video, World
from ...world.entities import AppState
from ..oauth import tokens
from ..posting.handlers import levels
from ..webhooks.events import announce
from .control_bodies import MediaFacts, ShareChoice
from .state import SHARES, SHARES_OF_CREATOR, ShareAttempt

Asked = IosShare | AndroidShare

_IOS_ERRORS = {
    ShareState.SUCCESS: IosError.NONE,
    ShareState.CANCELLED: IosError.CANCELLED,
    ShareState.NOT_PERMITTED: IosError.DENIED,
    ShareState.PARAMS_INVALID: IosError.MISSING_PARAMS,
    ShareState.UNKNOWN: IosError.COMMON,
}
"""The coarse code of each state isn't published; all other states: FAILED (low confidence)."""


def asked_by_url(query: str) -> IosShare:
    """Parse the request in an iOS URL; `wire.Malformed` if it breaks a limit."""
    request: IosShare = wire.parse(sharing.SHARE, query)
    return request


def asked_by_bundle(bundle: Mapping[str, Any]) -> AndroidShare:
    try:
        return sharing.unbundled(bundle)
    except ValidationError as error:
        raise wire.Malformed(problems_of(error)) from None


def take(
    world: World, creator: Creator, asked: Asked, order: ShareChoice
) -> tuple[ShareState, ShareAttempt | None]:
    """Apply the person's choice: returns the final state, and the share that is stored, if any."""
    app = world.apps.get(asked.key if isinstance(asked, IosShare) else asked.client_key)
    if app is None or (app.state is not AppState.LIVE and not app.sandbox):
        return ShareState.NOT_PERMITTED, None
    if app.sandbox and creator.id not in app.target_users:
        return ShareState.NOT_PERMITTED, None
    if order.share_state is not None:
        return order.share_state, None
    problem = _problem(creator, asked, order.media)
    if problem is not None:
        return problem, None
    state = _OUTCOMES[order.outcome]
    if state is ShareState.CANCELLED:
        return state, None
    return state, _keep(world, app, creator, asked, order, state.outcome)


_OUTCOMES = {
    "post": ShareState.SUCCESS,
    "draft": ShareState.SAVED_AS_DRAFT,
    "cancel": ShareState.CANCELLED,
}


def ios_answer(world: World, asked: IosShare, state: ShareState) -> str:
    """The URL of the answer, which TikTok's app opens."""
    said: dict[str, str | int] = {
        "request_id": asked.request_id,
        "response_id": world.ids.uuid(),
        "error_code": int(_IOS_ERRORS.get(state, IosError.FAILED)),
        "share_state": int(state),
    }
    if asked.state is not None:
        said["state"] = asked.state
    if state is not ShareState.SUCCESS:
        said["error_description"] = state.name.lower()
    joint = "&" if "?" in asked.redirect_uri else "?"
    return f"{asked.redirect_uri}{joint}{urlencode(said)}"


def android_answer(asked: AndroidShare, state: ShareState) -> dict[str, Any]:
    """The bundle of the answer to the app's activity."""
    error = _android_error(state)
    answer: dict[str, Any] = {
        BundleKey.TYPE: int(MessageType.SHARE_RESPONSE),
        BundleKey.ERROR_CODE: error.code,
        BundleKey.SUB_ERROR_CODE: error.sub,
    }
    if asked.state is not None:
        answer[BundleKey.STATE] = asked.state
    if error is not AndroidError.NONE:
        answer[BundleKey.ERROR_MSG] = error.name.lower()
    return answer


def shares_of(world: World, creator: Creator) -> list[ShareAttempt]:
    return list(world[SHARES].by(SHARES_OF_CREATOR, creator.id))


def post_draft(world: World, creator: Creator, share_id: str) -> Video:
    """Post a share that was saved as a draft; only once, unlike a draft in the inbox."""
    share = world[SHARES].get(share_id)
    if share is None or share.creator_id != creator.id:
        raise unknown("share", share_id)
    if share.outcome is not Outcome.DRAFT:
        raise ControlError(409, "The share was posted already.")
    share.outcome = Outcome.SHARED
    return _post(world, share, creator)


def _problem(creator: Creator, asked: Asked, media: tuple[MediaFacts, ...]) -> ShareState | None:
    if creator.banned:
        return ShareState.POSTING_FAILED
    for one in media:
        if asked.media_type is MediaType.VIDEO:
            longest = min(sharing.MAX_SECONDS_IOS, creator.max_video_seconds)
            if one.seconds is not None and one.seconds > longest:
                return ShareState.VIDEO_LENGTH
        if one.width and one.height:
            ratio = max(one.width, one.height) / min(one.width, one.height)
            if ratio > MAX_ASPECT:
                photos = asked.media_type is MediaType.IMAGE
                return ShareState.PHOTO_REQUIREMENT if photos else ShareState.VIDEO_RESOLUTION
    return None


def _android_error(state: ShareState) -> AndroidError:
    if state is ShareState.SUCCESS:
        return AndroidError.NONE
    if state is ShareState.CANCELLED:
        return AndroidError.CANCELLED
    if state is ShareState.SAVED_AS_DRAFT:
        return AndroidError.DRAFT_OR_REFUSED
    found = (error for (_, sub), error in ANDROID_ERRORS.items() if sub == state)
    return next(found, AndroidError.UNKNOWN)


def _keep(
    world: World,
    app: App,
    creator: Creator,
    asked: Asked,
    order: ShareChoice,
    outcome: Outcome,
) -> ShareAttempt:
    share = ShareAttempt(
        id=f"video.{world.ids.number(world.now())}.{world.ids.uuid()[:8]}",
        client_key=app.client_key,
        creator_id=creator.id,
        created=world.now(),
        media_type=asked.media_type,
        media=list(asked.media_paths),
        green_screen=asked.share_format is ShareFormat.GREEN_SCREEN,
        outcome=outcome,
    )
    if asked.media_type is MediaType.VIDEO:
        # Several videos are stitched together (android.plain_intent).
        share.seconds = math.ceil(sum(one.seconds or 0 for one in order.media)) or 1
    if order.media and order.media[0].width and order.media[0].height:
        share.width, share.height = order.media[0].width, order.media[0].height
    world[SHARES].add(share)
    if outcome is Outcome.SHARED:
        _post(world, share, creator, order.title)
    return share


def _post(world: World, share: ShareAttempt, creator: Creator, title: str = "") -> Video:
    images = share.media_type is MediaType.IMAGE
    video = world.add_video(
        Video(
            id=world.ids.number(world.now()),
            creator_id=creator.id,
            created=world.now(),
            title=title,
            duration=share.seconds,
            width=share.width,
            height=share.height,
            privacy=levels(creator)[0],
            photos=len(share.media) if images else 0,
        )
    )
    share.video_id = video.id
    _tell(world, share, creator)
    return video


def _tell(world: World, share: ShareAttempt, creator: Creator) -> None:
    """Announce the documented event for a video shared through the kit, with its share_id.

    There is no event for photos, nor for creators who haven't connected the app.
    """
    grant = tokens.live_grant(world, world.apps[share.client_key], creator)
    if grant is None or share.media_type is MediaType.IMAGE or not world.settings.legacy_events:
        return
    event = webhooks.PUBLISH_COMPLETED_OLD
    announce(world, share.client_key, event, {"share_id": share.id}, grant.open_id)
