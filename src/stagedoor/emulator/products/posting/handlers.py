"""The operations of Content Posting; checks are in the order of `posting.yaml` emulator_rules."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products import posting
from stagedoor.platform.products.posting import (
    AVATAR_URL_SECONDS,
    MIN_INBOX_APP_VERSION,
    PRIVATE_ACCOUNT_LEVELS,
    PUBLIC_ACCOUNT_LEVELS,
    ContentInit,
    CreatorInfo,
    FileUpload,
    InboxVideoInit,
    Initiated,
    PhotoPostInfo,
    PostMode,
    PrivacyLevel,
    PublishStatus,
    PullFromUrl,
    VideoInit,
    VideoInitiated,
)
from stagedoor.platform.scopes import Scope

from ...calls import AdmittedCall, Handlers, Refusal
from ...cdn import avatar_url
from ...world import App, Creator
from ..media import pull, uploads
from ..media.state import UPLOADS
from . import caps
from .chunks import chunk_problem
from .ownership import Ownership, ownership
from .state import PUBLISHES, Flow, Publish

_DIRECT_FILE_ID = "v2-1"
_OTHER_ID = "v2"


def creator_info(call: AdmittedCall) -> CreatorInfo:
    """The creator's settings. Errors that prevent a post have HTTP 200 here, as TikTok's do."""
    app, _, creator = call.party
    if call.world.settings.strict_creator_info_scope and not _may_publish(call):
        raise Refusal("scope_not_authorized")
    if creator.banned:
        raise Refusal("spam_risk_user_banned_from_posting", http=200)
    if caps.posts_used_up(call.world, app, creator):
        raise Refusal("spam_risk_too_many_posts", http=200)
    if caps.creators_used_up(call.world, app, creator):
        raise Refusal("reached_active_user_cap", http=200)
    return CreatorInfo(
        creator_avatar_url=avatar_url(
            call.world, call.base_url, creator, seconds=AVATAR_URL_SECONDS
        ),
        creator_username=creator.username,
        creator_nickname=creator.display_name,
        privacy_level_options=levels(creator),
        comment_disabled=creator.comment_disabled,
        duet_disabled=creator.private or creator.duet_disabled,
        stitch_disabled=creator.private or creator.stitch_disabled,
        max_video_post_duration_sec=creator.max_video_seconds,
    )


def _may_publish(call: AdmittedCall) -> bool:
    return call.token is not None and Scope.VIDEO_PUBLISH in call.token.scopes


def levels(creator: Creator) -> tuple[PrivacyLevel, ...]:
    """The privacy levels that the creator can choose at present."""
    return PRIVATE_ACCOUNT_LEVELS if creator.private else PUBLIC_ACCOUNT_LEVELS


def video_init(call: AdmittedCall) -> VideoInitiated:
    app, _, creator = call.party
    request: VideoInit = call.request
    source, info = request.source_info, request.post_info
    _check_source(call, source)
    _check_direct(call, app, creator, info.privacy_level)
    _check_ownership(app, source)
    by_file = isinstance(source, FileUpload)
    publish = _new(call, Flow.DIRECT_FILE if by_file else Flow.DIRECT_URL)
    publish.title = info.title or ""
    publish.privacy = PrivacyLevel(info.privacy_level)
    publish.comment_disabled = creator.comment_disabled or bool(info.disable_comment)
    publish.duet_disabled = creator.private or creator.duet_disabled or bool(info.disable_duet)
    publish.stitch_disabled = (
        creator.private or creator.stitch_disabled or bool(info.disable_stitch)
    )
    publish.cover_ms = info.video_cover_timestamp_ms
    publish.aigc = bool(info.is_aigc)
    publish.branded = bool(info.brand_content_toggle)
    publish.own_brand = bool(info.brand_organic_toggle)
    return _begin_video(call, publish, source)


def inbox_video_init(call: AdmittedCall) -> VideoInitiated:
    app, _, creator = call.party
    request: InboxVideoInit = call.request
    source = request.source_info
    _check_source(call, source)
    _check_draft(call, app, creator)
    _check_ownership(app, source)
    by_file = isinstance(source, FileUpload)
    return _begin_video(call, _new(call, Flow.INBOX_FILE if by_file else Flow.INBOX_URL), source)


def content_init(call: AdmittedCall) -> Initiated:
    app, _, creator = call.party
    request: ContentInit = call.request
    source, info = request.source_info, request.post_info
    if source.photo_cover_index >= len(source.photo_images):
        raise Refusal(
            "invalid_params",
            f"source_info.photo_cover_index: is {source.photo_cover_index}, counted from 0, "
            f"of {len(source.photo_images)} photos",
        )
    for number, url in enumerate(source.photo_images):
        _check_url(app, url, f"source_info.photo_images.{number}")
    direct = request.post_mode is PostMode.DIRECT_POST
    if direct:
        _check_direct(call, app, creator, info.privacy_level or "")
    else:
        if creator.app_version < MIN_INBOX_APP_VERSION:
            raise Refusal("app_version_check_failed")
        _check_draft(call, app, creator)
    for url in source.photo_images:
        _check_owned(app, url)
    publish = _new(call, Flow.PHOTO_DIRECT if direct else Flow.PHOTO_INBOX)
    publish.title, publish.description = info.title or "", info.description or ""
    publish.aigc = bool(request.is_aigc or info.is_aigc)
    if direct:
        _keep_photo_choices(publish, info, creator)
    publish.urls = list(source.photo_images)
    publish.cover_index = source.photo_cover_index
    pull.begin(call.world, publish)
    return Initiated(publish_id=publish.id)


def _keep_photo_choices(publish: Publish, info: PhotoPostInfo, creator: Creator) -> None:
    """Store choices that MEDIA_UPLOAD leaves to the creator; photos have no duet and stitch."""
    publish.privacy = PrivacyLevel(info.privacy_level or "")
    publish.comment_disabled = creator.comment_disabled or bool(info.disable_comment)
    publish.music = bool(info.auto_add_music)
    publish.branded = bool(info.brand_content_toggle)
    publish.own_brand = bool(info.brand_organic_toggle)


def _check_source(call: AdmittedCall, source: FileUpload | PullFromUrl) -> None:
    if isinstance(source, PullFromUrl):
        _check_url(call.party[0], source.video_url, "source_info.video_url")
        return
    problem = chunk_problem(
        source.video_size,
        source.chunk_size,
        source.total_chunk_count,
        call.world.settings.single_chunk,
    )
    if problem is not None:
        raise Refusal("invalid_params", problem)


def _check_url(app: App, url: str, field: str) -> None:
    if ownership(app, url) is Ownership.NO_URL:
        raise Refusal("invalid_params", f"{field}: is no https URL")


def _check_ownership(app: App, source: FileUpload | PullFromUrl) -> None:
    if isinstance(source, PullFromUrl):
        _check_owned(app, source.video_url)


def _check_owned(app: App, url: str) -> None:
    if ownership(app, url) is not Ownership.VERIFIED:
        raise Refusal("url_ownership_unverified")


def _check_direct(call: AdmittedCall, app: App, creator: Creator, level: str) -> None:
    if creator.banned:
        raise Refusal("spam_risk_user_banned_from_posting")
    if caps.posts_used_up(call.world, app, creator):
        raise Refusal("spam_risk_too_many_posts")
    if caps.creators_used_up(call.world, app, creator):
        raise Refusal("reached_active_user_cap")
    # Observed live also for a private account when the level isn't SELF_ONLY.
    if _restricted(app) and not (creator.private and level == PrivacyLevel.SELF_ONLY):
        raise Refusal("unaudited_client_can_only_post_to_private_accounts")
    if level not in levels(creator):
        raise Refusal("privacy_level_option_mismatch")


def _check_draft(call: AdmittedCall, app: App, creator: Creator) -> None:
    if creator.banned:
        raise Refusal("spam_risk_user_banned_from_posting")
    if caps.shares_pending(call.world, app, creator):
        raise Refusal("spam_risk_too_many_pending_share")


def _restricted(app: App) -> bool:
    """Whether the app's posts stay private (`posting.yaml` caps: unaudited, sandbox)."""
    return app.sandbox or not app.audited


def _new(call: AdmittedCall, flow: Flow) -> Publish:
    prefix = call.world.settings.photo_inbox_prefix if flow is Flow.PHOTO_INBOX else flow.value
    version = _DIRECT_FILE_ID if flow is Flow.DIRECT_FILE else _OTHER_ID
    return new_publish(call, flow, prefix, version)


def new_publish(call: AdmittedCall, flow: Flow, prefix: str, version: str) -> Publish:
    """A new post of the call's app for its creator; `prefix` and `version` begin its id."""
    world = call.world
    app, grant, creator = call.party
    number = world.ids.number(call.now)
    waiting = PublishStatus.PROCESSING_UPLOAD if flow.upload else PublishStatus.PROCESSING_DOWNLOAD
    publish = Publish(
        id=f"{prefix}~{version}.{number}",
        flow=flow,
        client_key=app.client_key,
        grant_id=grant.id,
        creator_id=creator.id,
        created=call.now,
        status=waiting,
        restricted=_restricted(app),
        share_id=f"video.{world.ids.number(call.now)}.{world.ids.uuid()[:8]}",
    )
    world[PUBLISHES].add(publish)
    return publish


def _begin_video(
    call: AdmittedCall, publish: Publish, source: FileUpload | PullFromUrl
) -> VideoInitiated:
    if isinstance(source, PullFromUrl):
        publish.urls = [source.video_url]
        pull.begin(call.world, publish)
        return VideoInitiated(publish_id=publish.id)
    upload = uploads.expect(
        call.world, publish, source.video_size, source.chunk_size, source.total_chunk_count
    )
    path = call.world.settings.upload_path
    secret = f"upload_id={upload.id}&upload_token={upload.token}"
    return VideoInitiated(publish_id=publish.id, upload_url=f"{call.base_url}{path}?{secret}")


def status(call: AdmittedCall) -> dict[str, Any]:
    """The state of the post; a failed post isn't an error (HTTP 200, code ok)."""
    world = call.world
    publish = _own(call)
    if call.now < publish.created + world.settings.fresh_id_race_seconds:
        raise _unknown(call)
    known: dict[str, Any] = {"status": publish.status}
    if publish.fail_reason is not None:
        known["fail_reason"] = publish.fail_reason
    if publish.status not in (
        PublishStatus.PROCESSING_UPLOAD,
        PublishStatus.PROCESSING_DOWNLOAD,
    ):
        # JSON numbers, and TikTok's spelling of the key.
        known["publicaly_available_post_id"] = [
            int(video_id)
            for video_id in publish.video_ids
            if world.is_public(world.videos[video_id])
        ]
    if publish.upload_id is not None:
        known["uploaded_bytes"] = world[UPLOADS][publish.upload_id].stored
    else:
        known["downloaded_bytes"] = publish.downloaded_bytes or 0
    return known


def cancel(call: AdmittedCall) -> dict[str, Any]:
    """Stop a download that is still running; an upload can't be cancelled (low confidence)."""
    publish = _own(call)
    if not pull.downloading(publish):
        raise Refusal("publish_not_cancellable")
    pull.cancel(call.world, publish)
    return {}


def _own(call: AdmittedCall) -> Publish:
    app, _, creator = call.party
    publish = call.world[PUBLISHES].get(call.request.publish_id)
    if publish is None:
        raise _unknown(call)
    if (publish.client_key, publish.creator_id) != (app.client_key, creator.id):
        raise Refusal("token_not_authorized_for_specified_publish_id")
    return publish


def _unknown(call: AdmittedCall) -> Refusal:
    if call.world.settings.unknown_id_as_param:
        return Refusal("invalid_params", "invalid_publish_id")
    return Refusal("invalid_publish_id")


HANDLERS: Handlers = {
    posting.CREATOR_INFO: creator_info,
    posting.VIDEO_INIT: video_init,
    posting.INBOX_VIDEO_INIT: inbox_video_init,
    posting.CONTENT_INIT: content_init,
    posting.STATUS: status,
    posting.CANCEL: cancel,
}
