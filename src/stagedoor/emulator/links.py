"""TikTok's URLs of posts and profiles, and the markup that embeds them."""

from __future__ import annotations

from html import escape

from stagedoor.platform.markup import (
    PROFILE_QUOTE_STYLE,
    QUOTE_CLASS,
    SCRIPT_PATH,
    VIDEO_QUOTE_STYLE,
)
from stagedoor.platform.operation import Host

from .world import Creator, Video

WWW = Host.WWW.value
EMBED_SCRIPT = f'<script async src="{WWW}{SCRIPT_PATH}"></script>'

SHORT = "https://vm.tiktok.com"
SHORT_MARK = "ZM"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CAMPAIGN = "utm_campaign=tt4d_open_api"


def profile(creator: Creator) -> str:
    return f"{WWW}/@{creator.username}"


def page(creator: Creator, video: Video) -> str:
    kind = "photo" if video.photos else "video"
    return f"{WWW}/@{creator.username}/{kind}/{video.id}"


def short(video: Video) -> str:
    """The short link of a post, as in the app's share sheet."""
    return f"{SHORT}/{SHORT_MARK}{_base36(int(video.id))}/"


def unshortened(code: str) -> str | None:
    """Decode the post's id from the path of a short link; None for any other path."""
    digits = code.removeprefix(SHORT_MARK)
    try:
        return str(int(digits, 36)) if digits != code and len(digits) < 20 else None
    except ValueError:
        return None


def share(creator: Creator, video: Video, client_key: str) -> str:
    return f"{page(creator, video)}?{_CAMPAIGN}&utm_source={client_key}"


def embed(video: Video, client_key: str) -> str:
    return (
        f"{WWW}/static/profile-video?id={video.id}&hide_author=1&{_CAMPAIGN}"
        f"&utm_source={client_key}"
    )


def embed_html(creator: Creator, video: Video, source: str | None = None) -> str:
    """The blockquote that embed.js replaces by a player. `source`: `oembed`, or None."""
    handle = escape(creator.username)
    origin = f'data-embed-from="{source}" ' if source else ""
    return (
        f'<blockquote class="{QUOTE_CLASS}" cite="{escape(page(creator, video))}" '
        f'data-video-id="{video.id}" {origin}style="{VIDEO_QUOTE_STYLE}">'
        f'<section><a target="_blank" title="@{handle}" '
        f'href="{escape(profile(creator))}?refer=embed">@{handle}</a>'
        f"<p>{escape(video.title)}</p></section></blockquote>{EMBED_SCRIPT}"
    )


def profile_html(creator: Creator) -> str:
    handle, address = escape(creator.username), escape(profile(creator))
    return (
        f'<blockquote class="{QUOTE_CLASS}" cite="{address}" data-unique-id="{handle}" '
        'data-embed-type="creator" data-embed-from="oembed" '
        f'style="{PROFILE_QUOTE_STYLE}">'
        f'<section><a target="_blank" href="{address}?refer=creator_embed">@{handle}</a>'
        f"</section></blockquote>{EMBED_SCRIPT}"
    )


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, last = divmod(number, 36)
        digits = _DIGITS[last] + digits
    return digits
