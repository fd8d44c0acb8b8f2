"""Publishing for an account, by the posting product: the same download, processing and caps."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products import business_accounts
from stagedoor.platform.products.business_accounts import (
    AccountPhotos,
    AccountVideo,
    PublishQuery,
    Shared,
)
from stagedoor.platform.products.posting import PublishStatus
from stagedoor.platform.vocabulary import PrivacyLevel

from ...calls import AdmittedCall, Handlers, Refusal
from ..business_creators import campaigns
from ..business_creators import links as links  # links the post to its campaign once it is made
from ..media import pull
from ..posting import caps
from ..posting.handlers import levels, new_publish
from ..posting.ownership import Ownership, ownership
from ..posting.state import PUBLISHES, Flow, Publish

_VERSION = "v1"


def video(call: AdmittedCall) -> Shared:
    """Begin to publish a video; it gets the account's widest privacy level."""
    request: AccountVideo = call.request
    creator, info = call.party[2], request.post_info
    draft = bool(info.upload_to_draft)
    _check_scope(call, draft)
    check_url(call, "video_url", request.video_url)
    if request.custom_thumbnail_url is not None:
        check_url(call, "custom_thumbnail_url", request.custom_thumbnail_url)
    invite_link = "" if draft else info.tto_invite_link or ""
    if invite_link:
        campaign = campaigns.invited_by(call.world, invite_link, "post_info.tto_invite_link")
        campaigns.check_joinable(creator)
        invite_link = campaign.invite_link
    _check_cap(call, draft)
    publish = _new(call, Flow.INBOX_URL if draft else Flow.DIRECT_URL)
    publish.invite_link = invite_link
    if not draft:
        publish.title = info.caption or ""
        publish.privacy = PrivacyLevel(levels(creator)[0])
        publish.comment_disabled = creator.comment_disabled or bool(info.disable_comment)
        publish.duet_disabled = creator.private or creator.duet_disabled or bool(info.disable_duet)
        publish.stitch_disabled = (
            creator.private or creator.stitch_disabled or bool(info.disable_stitch)
        )
        publish.cover_ms = info.thumbnail_offset
        publish.aigc = bool(info.is_ai_generated)
        publish.branded = bool(info.is_branded_content)
        publish.own_brand = bool(info.is_brand_organic)
        if info.is_ads_only:
            publish.ads_only, publish.privacy = True, PrivacyLevel.SELF_ONLY
    publish.urls = [request.video_url]
    pull.begin(call.world, publish)
    return Shared(share_id=publish.id)


def photos(call: AdmittedCall) -> Shared:
    """Begin to publish photos."""
    request: AccountPhotos = call.request
    creator, info = call.party[2], request.post_info
    draft = bool(info.is_draft)
    _check_scope(call, draft)
    for number, url in enumerate(request.photo_images):
        check_url(call, f"photo_images.{number}", url)
    cover = request.photo_cover_index or 0
    if cover >= len(request.photo_images):
        raise Refusal("40002", f"photo_cover_index: Out of range of {len(request.photo_images)}.")
    if info.privacy_level not in levels(creator):
        names = ", ".join(levels(creator))
        raise Refusal("40002", f"post_info.privacy_level: Must be one of: {names}.")
    _check_cap(call, draft)
    publish = _new(call, Flow.PHOTO_INBOX if draft else Flow.PHOTO_DIRECT)
    publish.title, publish.description = info.title or "", info.caption or ""
    if not draft:
        publish.privacy = PrivacyLevel(info.privacy_level)
        publish.comment_disabled = creator.comment_disabled or bool(info.disable_comment)
        publish.music = bool(info.auto_add_music)
        publish.branded = bool(info.is_branded_content)
        publish.own_brand = bool(info.is_brand_organic)
    publish.urls, publish.cover_index = list(request.photo_images), cover
    pull.begin(call.world, publish)
    return Shared(share_id=publish.id)


def status(call: AdmittedCall) -> dict[str, Any]:
    """The state of a post; a failed post isn't an error."""
    request: PublishQuery = call.request
    world = call.world
    app, _, creator = call.party
    publish = world[PUBLISHES].get(request.publish_id)
    if publish is None or (publish.client_key, publish.creator_id) != (app.client_key, creator.id):
        raise Refusal("40002", "publish_id: Unknown.")
    known: dict[str, Any] = {"status": publish.status}
    if publish.status is PublishStatus.FAILED:
        known["reason"] = publish.fail_reason
    videos = [world.videos[one] for one in publish.video_ids]
    if shown := [one.id for one in videos if one.ads_only or world.is_public(one)]:
        known["post_ids"] = shown
    return known


def _new(call: AdmittedCall, flow: Flow) -> Publish:
    prefix = Flow.PHOTO_DIRECT if flow.photo else Flow.DIRECT_URL
    return new_publish(call, flow, prefix.value, _VERSION)


def _check_scope(call: AdmittedCall, draft: bool) -> None:
    needed = "video.upload" if draft else "video.publish"
    if call.token is None or needed not in call.token.scopes:
        raise Refusal("40130", f"Scope not granted by the user: {needed}.")


def check_url(call: AdmittedCall, name: str, url: str) -> None:
    """Refuse an address that isn't on one of the app's verified URL properties."""
    scheme, _, rest = url.partition("://")
    found = ownership(call.party[0], f"https://{rest}" if scheme == "http" else url)
    if found is Ownership.NO_URL:
        raise Refusal("40002", f"{name}: Not a valid URL.")
    if found is Ownership.UNVERIFIED:
        raise Refusal("40002", f"{name}: The URL property is not verified for the app.")


def _check_cap(call: AdmittedCall, draft: bool) -> None:
    app, _, creator = call.party
    used_up = caps.shares_pending if draft else caps.posts_used_up
    if used_up(call.world, app, creator):
        raise Refusal("40100", "The account's publishing limit is reached.")


HANDLERS: Handlers = {
    business_accounts.BUSINESS_VIDEO_PUBLISH: video,
    business_accounts.BUSINESS_PHOTO_PUBLISH: photos,
    business_accounts.BUSINESS_PUBLISH_STATUS: status,
}
