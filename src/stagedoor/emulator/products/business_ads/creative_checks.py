"""TikTok's requirements for the creative of an ad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from stagedoor.platform.products.business_ads import (
    CALLS_TO_ACTION,
    AdFormat,
    IdentityType,
    ObjectiveType,
    PromotionType,
)

from ...calls import AdmittedCall, Refusal
from ..business_creatives.state import AdImage, AdVideo, usable_image, usable_video
from . import checks, identities, rights
from .state import CAMPAIGNS, AdGroup

_TO_WEBSITES = (ObjectiveType.TRAFFIC, ObjectiveType.WEB_CONVERSIONS)
_MAX_IMAGES = 35
_RATIO_SLACK = 0.02
"""Sides are rounded to whole pixels, so ratios of 9:16 differ a little."""
_SWITCHES = ("ENABLE", "DISABLE")
_CHOICES = {
    "identity_type": tuple(IdentityType),
    "ad_format": tuple(AdFormat),
    "item_duet_status": _SWITCHES,
    "item_stitch_status": _SWITCHES,
    "dark_post_status": ("ON", "OFF"),
    "call_to_action": CALLS_TO_ACTION,
    "aigc_disclosure_type": ("SELF_DISCLOSURE", "NOT_DECLARED"),
}
_URLS = (
    "landing_page_url",
    "impression_tracking_url",
    "click_tracking_url",
    "video_view_tracking_url",
)


def check(call: AdmittedCall, of: AdGroup, place: str, creative: Mapping[str, Any]) -> None:
    """Check a creative, given as TikTok's JSON. `place` names it in refusals: `creatives.0.`."""
    for name, known in _CHOICES.items():
        checks.choice(f"{place}{name}", creative.get(name), known)
    for name in _URLS:
        if (url := creative.get(name)) is not None and not _is_web(url):
            checks.wrong(f"{place}{name}", "Not a valid URL.")
    for name in ("identity_type", "identity_id"):
        if creative.get(name) is None:
            checks.missing(f"{place}{name}")
    spark = _media(call, place, creative)
    if not spark and creative.get("ad_text") is None and not creative.get("catalog_id"):
        checks.missing(f"{place}ad_text")
    _destination(call, of, place, creative)


def _media(call: AdmittedCall, place: str, creative: Mapping[str, Any]) -> bool:
    """Check identity, video, post and images; whether this is a Spark ad of a creator's post."""
    kind, post = creative["identity_type"], creative.get("tiktok_item_id")
    identity = identities.named(call, f"{place}identity_id", kind, creative["identity_id"])
    bc = creative.get("identity_authorized_bc_id")
    if kind == IdentityType.BC_AUTH_TT and bc != identity.bc_id:
        checks.wrong(f"{place}identity_authorized_bc_id", "It is not the identity's.")
    if post is not None:
        if kind == IdentityType.CUSTOMIZED_USER:
            checks.wrong(f"{place}tiktok_item_id", "Not with CUSTOMIZED_USER.")
        if creative.get("video_id") is not None:
            checks.wrong(f"{place}tiktok_item_id", "Either video_id or tiktok_item_id.")
        if not rights.shows(call.world, identity, post):
            checks.wrong(f"{place}tiktok_item_id", "The post is not available to the identity.")
        return True
    form = creative.get("ad_format")
    if form is None:
        if creative.get("catalog_id") is None:
            checks.missing(f"{place}ad_format")
        return False
    if form == AdFormat.SINGLE_VIDEO:
        video = _video(call, place, creative)
        for cover in _images(call, place, creative, 1):
            _check_ratio(place, video, cover)
    elif form == AdFormat.SINGLE_IMAGE:
        _images(call, place, creative, 1)
    elif form == AdFormat.CAROUSEL_ADS:
        _images(call, place, creative, _MAX_IMAGES)
        if creative.get("music_id") is None:
            checks.missing(f"{place}music_id")
    return False


def _video(call: AdmittedCall, place: str, creative: Mapping[str, Any]) -> AdVideo:
    video_id = creative.get("video_id")
    if video_id is None:
        checks.missing(f"{place}video_id")
    found = usable_video(call.world, call.ad_account.id, video_id)
    if found is None:
        raise Refusal("40053", f"{place}video_id: The video {video_id} is not valid.")
    return found


def _check_ratio(place: str, video: AdVideo, cover: AdImage) -> None:
    """Refuse a cover whose sides don't have the video's ratio."""
    ratio = video.width * cover.height / (video.height * cover.width)
    if abs(ratio - 1) > _RATIO_SLACK:
        checks.wrong(
            f"{place}image_ids",
            f"The cover has {cover.width}x{cover.height} pixels, the video "
            f"{video.width}x{video.height}: their ratios differ.",
        )


def _images(
    call: AdmittedCall, place: str, creative: Mapping[str, Any], most: int
) -> list[AdImage]:
    images = creative.get("image_ids") or ()
    if not images:
        checks.missing(f"{place}image_ids")
    if len(images) > most:
        checks.wrong(f"{place}image_ids", f"At most {most}.")
    found = []
    for image_id in images:
        image = usable_image(call.world, call.ad_account.id, image_id)
        if image is None:
            checks.wrong(f"{place}image_ids", f"The image {image_id} does not exist.")
        found.append(image)
    return found


def _destination(call: AdmittedCall, of: AdGroup, place: str, creative: Mapping[str, Any]) -> None:
    campaign = call.world[CAMPAIGNS][of.campaign_id]
    to_website = (
        campaign.objective_type in _TO_WEBSITES
        and of.fields.get("promotion_type") == PromotionType.WEBSITE
    )
    url = creative.get("landing_page_url")
    if to_website and url is None and creative.get("page_id") is None:
        checks.missing(f"{place}landing_page_url")
    action = creative.get("call_to_action") or creative.get("call_to_action_id")
    if url is not None and action is None:
        checks.missing(f"{place}call_to_action")


def _is_web(url: str) -> bool:
    try:
        found = urlsplit(url)
    except ValueError:
        return False
    return found.scheme in ("http", "https") and bool(found.hostname)
