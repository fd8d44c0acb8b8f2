"""HTML that embeds TikTok content in your own page: the player, a LIVE, a quoted post or profile.

All input is validated or escaped: handles and ids by their format, texts as text. The output can
be inserted into a page as it is.
"""

from __future__ import annotations

import re
from html import escape

from stagedoor.platform.arguments import checked
from stagedoor.platform.markup import (
    PROFILE_QUOTE_STYLE,
    QUOTE_CLASS,
    SCRIPT_PATH,
    VIDEO_QUOTE_STYLE,
)
from stagedoor.platform.products import embed
from stagedoor.platform.products.embed import LiveParams, PlayerParams
from stagedoor.platform.wire import encode

from .errors import InvalidRequest
from .hosts import Hosts

__all__ = [
    "LiveParams",
    "PlayerParams",
    "live_frame",
    "live_url",
    "player_frame",
    "player_url",
    "profile_quote",
    "script",
    "video_quote",
]

_POST_ID = re.compile(r"[0-9]{1,20}")
_HANDLE = re.compile(r"[A-Za-z0-9_.]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_LENGTH = re.compile(r"[0-9]{1,5}%?")

_FRAME_ALLOWS = "fullscreen; autoplay; encrypted-media"


@checked
def player_url(
    post_id: str | int, params: PlayerParams | None = None, *, hosts: Hosts | None = None
) -> str:
    """The address of the player of a video or photos; `post_id` is the number in the post's URL."""
    path = embed.PLAYER.path.format(post_id=_post_id(post_id))
    query = encode(embed.PLAYER, params).query if params is not None else ""
    return f"{_www(hosts)}{path}{'?' if query else ''}{query}"


@checked
def player_frame(
    post_id: str | int,
    params: PlayerParams | None = None,
    *,
    title: str = "TikTok",
    width: int | str = 325,
    height: int | str = 580,
    hosts: Hosts | None = None,
) -> str:
    """An iframe with the player. `width` and `height` are pixels or, as text, percents (`100%`).

    `title` is the frame's accessible name, which screen readers read out. The page must listen to
    `message` before this element: the player sends its first messages as soon as it has loaded.
    """
    return _frame(player_url(post_id, params, hosts=hosts), title, width, height)


@checked
def live_url(username: str, params: LiveParams, *, hosts: Hosts | None = None) -> str:
    """The address of a creator's LIVE for an approved domain."""
    if not _DOMAIN.fullmatch(params.embed_domain):
        raise _refused("embed_domain", "is no host name")
    path = embed.LIVE.path.format(username=_handle(username))
    return f"{_www(hosts)}{path}?{encode(embed.LIVE, params).query}"


@checked
def live_frame(
    username: str,
    params: LiveParams,
    *,
    title: str = "TikTok LIVE",
    width: int | str = 325,
    height: int | str = 580,
    hosts: Hosts | None = None,
) -> str:
    """An iframe with a creator's LIVE; see `player_frame` for `width` and `height`."""
    return _frame(live_url(username, params, hosts=hosts), title, width, height)


@checked
def video_quote(
    username: str,
    post_id: str | int,
    caption: str = "",
    *,
    with_script: bool = True,
    hosts: Hosts | None = None,
) -> str:
    """A post as a blockquote that TikTok's script turns into a frame; readable without the script.

    If a page has several quotes, one script is enough: pass `with_script=False` for the others.
    """
    handle, number, www = _handle(username), _post_id(post_id), _www(hosts)
    profile = f"{www}/@{handle}"
    text = f"<p>{escape(caption)}</p>" if caption else ""
    return (
        f'<blockquote class="{QUOTE_CLASS}" cite="{escape(f"{profile}/video/{number}")}" '
        f'data-video-id="{number}" style="{VIDEO_QUOTE_STYLE}"><section>'
        f'<a target="_blank" rel="noopener" title="@{handle}" '
        f'href="{escape(f"{profile}?refer=embed")}">@{handle}</a>'
        f"{text}</section></blockquote>{script(hosts) if with_script else ''}"
    )


@checked
def profile_quote(username: str, *, with_script: bool = True, hosts: Hosts | None = None) -> str:
    """A creator's profile as a blockquote that TikTok's script turns into a card."""
    handle, www = _handle(username), _www(hosts)
    profile = f"{www}/@{handle}"
    return (
        f'<blockquote class="{QUOTE_CLASS}" cite="{escape(profile)}" data-unique-id="{handle}" '
        f'data-embed-type="creator" style="{PROFILE_QUOTE_STYLE}"><section>'
        f'<a target="_blank" rel="noopener" href="{escape(f"{profile}?refer=creator_embed")}">'
        f"@{handle}</a></section></blockquote>{script(hosts) if with_script else ''}"
    )


@checked
def script(hosts: Hosts | None = None) -> str:
    """The script element that turns blockquotes into frames; include it once per page."""
    return f'<script async src="{escape(f"{_www(hosts)}{SCRIPT_PATH}")}"></script>'


def _frame(url: str, title: str, width: int | str, height: int | str) -> str:
    return (
        f'<iframe src="{escape(url)}" title="{escape(title)}" '
        f'width="{_measure("width", width)}" height="{_measure("height", height)}" '
        f'style="border:0" allow="{_FRAME_ALLOWS}"></iframe>'
    )


def _www(hosts: Hosts | None) -> str:
    return (hosts or Hosts()).www


def _post_id(post_id: str | int) -> str:
    text = str(post_id)
    if isinstance(post_id, bool) or not _POST_ID.fullmatch(text):
        raise _refused("post_id", "is not the number of a post")
    return text


def _handle(username: str) -> str:
    handle = username.removeprefix("@")
    if not _HANDLE.fullmatch(handle):
        raise _refused("username", "is no handle of TikTok's: letters, digits, _ and .")
    return handle


def _measure(name: str, value: int | str) -> str:
    text = str(value)
    if isinstance(value, bool) or not _LENGTH.fullmatch(text):
        raise _refused(name, "is neither pixels nor a percentage")
    return text


def _refused(name: str, why: str) -> InvalidRequest:
    return InvalidRequest("the embed", [(name, why)])
