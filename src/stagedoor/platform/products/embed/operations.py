"""The operations of embedding."""

from __future__ import annotations

from ...operation import GIVEN, Auth, Case, Host, Operation, Page, Resource, Retry, Shape
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


OEMBED_VIDEO = Operation(
    id="embed.oembed_video",
    method="GET",
    path="/oembed",
    host=Host.WWW,
    selector=("url", VIDEO),
    request=OEmbedQuery,
    response=OEmbedVideo,
    summary="Get what it takes to embed a public video",
    resource=Resource.VIDEOS,
    action="Embed public videos",
    auth=Auth.NONE,
    shape=Shape.PLAIN,
    retry=Retry.SAFE,
    errors=_BAD_URL,
    source="embed.yaml oembed_video",
    surfaces=GIVEN,
)

OEMBED_PROFILE = Operation(
    id="embed.oembed_profile",
    method="GET",
    path="/oembed",
    host=Host.WWW,
    selector=("url", PROFILE),
    request=OEmbedQuery,
    response=OEmbedProfile,
    summary="Get what it takes to embed a creator's profile",
    resource=Resource.PROFILE,
    action="Embed public profiles",
    auth=Auth.NONE,
    shape=Shape.PLAIN,
    retry=Retry.SAFE,
    errors=_BAD_URL,
    source="embed.yaml oembed_profile",
    surfaces=GIVEN,
)


PLAYER = Page(
    id="embed.player",
    path="/player/v1/{post_id}",
    request=PlayerParams,
    summary="The frame that plays a video or shows photos, steered by messages",
    source="embed.yaml embed_player",
)
LIVE = Page(
    id="embed.live",
    path="/embed/live/@{username}",
    request=LiveParams,
    summary="The frame of a LIVE; the page's domain needs TikTok's approval",
    source="embed.yaml embed_live",
)
LEGACY_FRAME = Page(
    id="embed.legacy_frame",
    path="/embed/v2/{video_id}",
    request=LegacyFrameParams,
    summary="The frame that embed.js makes of a blockquote; undocumented",
    source="embed.yaml embed_legacy_iframe",
)
