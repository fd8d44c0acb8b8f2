"""Requests, answers and player messages of embedding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from ...model import Answer, Request, says

VIDEO, PROFILE = "video", "profile"
"""The two kinds of pages that /oembed takes."""

_HOST = "tiktok.com"
SHORT_HOSTS = ("vm.tiktok.com", "vt.tiktok.com")
_ID = r"(?P<id>[0-9]{1,20})"
_CODE = r"(?P<code>[A-Za-z0-9]{1,64})"
_HANDLE = r"@(?P<handle>[A-Za-z0-9_.-]{1,64})"
_FORMS = (
    (re.compile(rf"/{_HANDLE}/(?:video|photo)/{_ID}/?"), VIDEO),
    (re.compile(rf"/v/{_ID}(?:\.html)?/?"), VIDEO),  # m.tiktok.com
    (re.compile(rf"/share/(?:video|photo)/{_ID}/?"), VIDEO),
    (re.compile(rf"/t/{_CODE}/?"), VIDEO),
    (re.compile(rf"/{_HANDLE}/?"), PROFILE),
)
_SHORT = re.compile(rf"/{_CODE}/?")


@dataclass(frozen=True, slots=True)
class PageAddress:
    """A TikTok page: a video by its `video_id` or short `code`, or the profile of `handle`.

    `use` is VIDEO or PROFILE. A short link doesn't contain its target; in practice it is a video.
    """

    use: str
    handle: str | None = None
    video_id: str | None = None
    code: str | None = None


def address(url: str) -> PageAddress | None:
    """The page of a URL, with or without its scheme; None if the URL is no TikTok page."""
    if not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        return None
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    if host in SHORT_HOSTS:
        forms: tuple[tuple[re.Pattern[str], str], ...] = ((_SHORT, VIDEO),)
    elif host == _HOST or host.endswith(f".{_HOST}"):
        forms = _FORMS
    else:
        return None
    for form, use in forms:
        if found := form.fullmatch(parts.path):
            named = found.groupdict()
            return PageAddress(use, named.get("handle"), named.get("id"), named.get("code"))
    return None


def use_of(url: str) -> str | None:
    """The kind of page of a URL, VIDEO or PROFILE; None if the URL is neither."""
    found = address(url)
    return None if found is None else found.use


class OEmbedQuery(Request):
    """Which page to show."""

    url: Annotated[
        str,
        says(
            "the page of a video (`/@handle/video/ID`, `m.tiktok.com/v/ID.html`, "
            "`/share/video/ID`, a short link) or of a profile (`/@handle`)"
        ),
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
    """The embed code for a profile, for your own page."""

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
"""The player's parameters that are on by default."""


class LiveParams(Request):
    """`embed_domain` is the page's host; TikTok has to have approved it. All others begin on."""

    embed_domain: str
    autoplay: bool | None = None
    muted: bool | None = None
    controls: bool | None = None


class LegacyFrameParams(Request):
    lang: str | None = None


PLAYER_MARK = "x-tiktok-player"
"""Member of each message to and from the player, `{x-tiktok-player, type, value}`; always true."""


class ToPlayer(StrEnum):
    """Messages from a page to the player. SEEK_TO takes seconds, NAVIGATE_TO an image's index."""

    PLAY = "play"
    PAUSE = "pause"
    SEEK_TO = "seekTo"
    MUTE = "mute"
    UNMUTE = "unMute"
    NAVIGATE_TO = "navigateTo"


class FromPlayer(StrEnum):
    """Messages from the player to the page. ERROR is the older form of PLAYER_ERROR."""

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
