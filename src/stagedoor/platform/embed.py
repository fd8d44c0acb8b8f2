"""Public, token-free embedding: oEmbed, the players and what they say, markup (`embed.yaml`)."""

from __future__ import annotations

import re
from enum import Enum, IntEnum, StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from .model import Answer, Request, says
from .operation import GIVEN, Auth, Case, Host, Operation, Page, Resource, Retry, Shape

_BAD_URL = (Case(400, "", "bad, private, removed or unknown URL"),)


VIDEO, PROFILE = "video", "profile"
"""The two uses of /oembed."""

_HOST = "tiktok.com"
_SHORT_HOSTS = ("vm.tiktok.com", "vt.tiktok.com")
_USES = (
    (re.compile(r"/@[A-Za-z0-9_.-]{1,64}/(?:video|photo)/[0-9]{1,20}/?"), VIDEO),
    (re.compile(r"/@[A-Za-z0-9_.-]{1,64}/?"), PROFILE),
)
_SHORT = re.compile(r"/[A-Za-z0-9]{1,64}/?")


def use_of(url: str) -> str | None:
    """Which use of /oembed an address means; None: it is no address of a post or profile.

    It may lack the scheme. What a short link leads to can't be seen: in practice a post.
    """
    if not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        return None
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    if host in _SHORT_HOSTS:
        return VIDEO if _SHORT.fullmatch(parts.path) else None
    if host != _HOST and not host.endswith(f".{_HOST}"):
        return None
    return next((use for form, use in _USES if form.fullmatch(parts.path)), None)


class OEmbedQuery(Request):
    """Which page to show."""

    url: Annotated[
        str, says("the page of a video (`/@handle/video/ID`) or of a profile (`/@handle`)")
    ]
    format: Annotated[str | None, says("json; TikTok gives nothing else")] = None


class OEmbedVideo(Answer):
    """`width` and `height` are percent strings."""

    title: str
    author_name: str
    author_url: str
    html: str
    type: str = "video"
    version: str = "1.0"
    width: str | int | None = None
    height: str | int | None = None
    thumbnail_url: str | None = None
    thumbnail_width: int | None = None
    thumbnail_height: int | None = None
    provider_url: str | None = None
    provider_name: str | None = None
    author_unique_id: str | None = None
    embed_product_id: str | None = None
    embed_type: str | None = None


class OEmbedProfile(Answer):
    """How to show a profile on a page of your own."""

    title: str
    author_name: str
    author_url: str
    html: str
    type: str = "rich"
    version: str = "1.0"
    width: str | int | None = None
    height: str | int | None = None
    provider_url: str | None = None
    provider_name: str | None = None


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


class PlayerParams(Request):
    """How the player looks and begins. None: TikTok's own default, in brackets.

    For videos and photos: `controls` (on) is the master switch, `volume_control` (on),
    `fullscreen_button` (on), `music_info` (off), `description` (off), `native_context_menu` (on),
    `muted` (off; on also keeps the viewer from unmuting). For videos: `progress_bar` (on),
    `play_button` (on), `timestamp` (on), `loop` (off), `autoplay` (off), `rel` (on: recommended
    videos at the end; off: the same author's), `closed_caption` (on).
    """

    controls: bool | None = None
    progress_bar: bool | None = None
    play_button: bool | None = None
    volume_control: bool | None = None
    fullscreen_button: bool | None = None
    timestamp: bool | None = None
    loop: bool | None = None
    autoplay: bool | None = None
    music_info: bool | None = None
    description: bool | None = None
    rel: bool | None = None
    native_context_menu: bool | None = None
    closed_caption: bool | None = None
    muted: bool | None = None


PLAYER_ON = frozenset(
    {
        "controls",
        "progress_bar",
        "play_button",
        "volume_control",
        "fullscreen_button",
        "timestamp",
        "rel",
        "native_context_menu",
        "closed_caption",
    }
)
"""What the player shows unless told not to."""


class LiveParams(Request):
    """`embed_domain` is the page's host; TikTok has to have approved it. All others begin on."""

    embed_domain: str
    autoplay: bool | None = None
    muted: bool | None = None
    controls: bool | None = None


class LegacyFrameParams(Request):
    lang: str | None = None


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

PLAYER_MARK = "x-tiktok-player"
"""True in every message, `{x-tiktok-player, type, value}`, to and from the player."""


class ToPlayer(StrEnum):
    """What a page may tell the player. SEEK_TO takes seconds, NAVIGATE_TO an image's index."""

    PLAY = "play"
    PAUSE = "pause"
    SEEK_TO = "seekTo"
    MUTE = "mute"
    UNMUTE = "unMute"
    NAVIGATE_TO = "navigateTo"


class FromPlayer(StrEnum):
    """What the player tells the page. ERROR is the older form of PLAYER_ERROR."""

    READY = "onPlayerReady"
    STATE_CHANGE = "onStateChange"
    CURRENT_TIME = "onCurrentTime"
    MUTE = "onMute"
    VOLUME_CHANGE = "onVolumeChange"
    IMAGE_CHANGE = "onImageChange"
    PLAYER_ERROR = "onPlayerError"
    ERROR = "onError"


class PlayerState(IntEnum):
    """The value of STATE_CHANGE."""

    INIT = -1
    ENDED = 0
    PLAYING = 1
    PAUSED = 2
    BUFFERING = 3


class PlayerError(Enum):
    """The value of PLAYER_ERROR: its number, and the name as errorType."""

    INVALID_VIDEO = 1001
    SERVER_ERROR = 2001
    PLAYBACK_ERROR = 3001
    AUTOPLAY_ERROR = 3002
