"""The operations of embedding."""

from __future__ import annotations

from ...errors import Case
from ...operation import (
    GIVEN,
    ApiProduct,
    BrowserPage,
    Host,
    Resource,
    Retry,
    Subject,
)
from ...protocols.plain_json import PLAIN_JSON
from .models import (
    PROFILE,
    VIDEO,
    LegacyFrameParams,
    LiveParams,
    OEmbedProfile,
    OEmbedQuery,
    OEmbedVideo,
    PlayerParams,
)

_BAD_URL = (Case(400, "", "bad, private, removed or unknown URL"),)


EMBED = ApiProduct(
    name="embed",
    protocol=PLAIN_JSON,
    subject=Subject.NOBODY,
    resource=Resource.VIDEOS,
    host=Host.WWW,
    surfaces=GIVEN,
)

OEMBED_VIDEO = EMBED.operation(
    "oembed_video",
    "GET",
    "/oembed",
    selector=("url", VIDEO),
    request=OEmbedQuery,
    response=OEmbedVideo,
    summary="Get what it takes to embed a public video",
    action="Embed public videos",
    retry=Retry.SAFE,
    errors=_BAD_URL,
    source="embed.yaml oembed_video",
)

OEMBED_PROFILE = EMBED.operation(
    "oembed_profile",
    "GET",
    "/oembed",
    selector=("url", PROFILE),
    request=OEmbedQuery,
    response=OEmbedProfile,
    summary="Get what it takes to embed a creator's profile",
    resource=Resource.PROFILE,
    action="Embed public profiles",
    retry=Retry.SAFE,
    errors=_BAD_URL,
    source="embed.yaml oembed_profile",
)


PLAYER = BrowserPage(
    id="embed.player",
    path="/player/v1/{post_id}",
    request=PlayerParams,
    summary="The frame that plays a video or shows photos, steered by messages",
    source="embed.yaml embed_player",
)
LIVE = BrowserPage(
    id="embed.live",
    path="/embed/live/@{username}",
    request=LiveParams,
    summary="The frame of a LIVE; the page's domain needs TikTok's approval",
    source="embed.yaml embed_live",
)
LEGACY_FRAME = BrowserPage(
    id="embed.legacy_frame",
    path="/embed/v2/{video_id}",
    request=LegacyFrameParams,
    summary="The frame that embed.js makes of a blockquote; undocumented",
    source="embed.yaml embed_legacy_iframe",
)
