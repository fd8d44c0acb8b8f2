"""oEmbed: what everybody may see of a post or a profile (`embed.yaml`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from stagedoor.platform.embed import OEmbedProfile, OEmbedQuery, OEmbedVideo

from .. import cdn, links
from ..calls import Call, Refusal
from ..world import Creator, Video, World

_VIDEO = re.compile(r"/@(?P<handle>[^/]+)/(?:video|photo)/(?P<id>\d+)/?")
_PROFILE = re.compile(r"/@(?P<handle>[^/]+)/?")
_TIKTOK = "tiktok.com"
_SHORT_HOST = links.SHORT.removeprefix("https://")

VIDEO, PROFILE = "video", "profile"


@dataclass(frozen=True, slots=True)
class Address:
    """The path of a post or profile; `video_id` is None for a profile."""

    handle: str
    video_id: str | None


def address(url: str) -> Address | None:
    """What a TikTok address names; None: it isn't one of a post or profile."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    if host != _TIKTOK and not host.endswith(f".{_TIKTOK}"):
        return None
    if host == _SHORT_HOST:
        video_id = links.unshortened(parts.path.strip("/"))
        return None if video_id is None else Address("", video_id)
    video = _VIDEO.fullmatch(parts.path)
    if video is not None:
        return Address(video["handle"], video["id"])
    profile = _PROFILE.fullmatch(parts.path)
    return Address(profile["handle"], None) if profile is not None else None


def kind_of(url: str) -> str:
    """Which of the two uses of /oembed this URL means."""
    found = address(url)
    return PROFILE if found is not None and found.video_id is None else VIDEO


def video_card(call: Call) -> OEmbedVideo:
    request: OEmbedQuery = call.request
    found = address(request.url)
    if found is None or found.video_id is None:
        raise _bad_url(call)
    video = call.world.all.videos.get(found.video_id)
    if video is None or not call.world.is_public(video):
        raise _bad_url(call)
    creator = call.world.all.creators[video.creator_id]
    return _card(call, creator, video)


def profile_card(call: Call) -> OEmbedProfile:
    request: OEmbedQuery = call.request
    found = address(request.url)
    creator = by_handle(call.world, found.handle) if found else None
    if creator is None or creator.private:
        raise _bad_url(call)
    return OEmbedProfile(
        version="1.0",
        type="rich",
        title=f"{creator.display_name}'s Creator Profile",
        author_url=links.profile(creator),
        author_name=creator.display_name,
        width="100%",
        height="100%",
        html=links.profile_html(creator),
        provider_url=links.WWW,
        provider_name="TikTok",
    )


def by_handle(world: World, handle: str) -> Creator | None:
    wanted = handle.removeprefix("@").lower()
    found = (c for c in world.all.creators.values() if c.username.lower() == wanted)
    return next(found, None)


def _card(call: Call, creator: Creator, video: Video) -> OEmbedVideo:
    return OEmbedVideo(
        version="1.0",
        type="video",
        title=video.title,
        author_url=links.profile(creator),
        author_name=creator.display_name,
        width="100%",
        height="100%",
        html=links.embed_html(creator, video, "oembed"),
        thumbnail_width=video.width,
        thumbnail_height=video.height,
        thumbnail_url=cdn.cover_url(call.world, call.base_url, video, call.now),
        provider_url=links.WWW,
        provider_name="TikTok",
        author_unique_id=creator.username,
        embed_product_id=video.id,
        embed_type="video",
    )


def _bad_url(call: Call) -> Refusal:
    status = call.world.settings.oembed_bad_url_status
    return Refusal("invalid_params", "Something went wrong", status)
