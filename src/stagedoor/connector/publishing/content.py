"""Converting a post's content into the parameters of TikTok's inits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stagedoor.client import ChunkPlan
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import posting
from stagedoor.platform.products.posting import PostMode, PrivacyLevel, guidelines

from .posts import Mode, PostKind, StoredPost

VIDEO_SETTINGS = (
    "privacy_level",
    "disable_comment",
    "disable_duet",
    "disable_stitch",
    "video_cover_timestamp_ms",
    "brand_content_toggle",
    "brand_organic_toggle",
    "is_aigc",
)
PHOTO_SETTINGS = (
    "privacy_level",
    "disable_comment",
    "auto_add_music",
    "brand_content_toggle",
    "brand_organic_toggle",
)
CAPTION_IS_TITLE = "caption_is_title"
"""In a video's content: no caption was given, so `text` is a copy of the post's title."""
_CHOSEN_IN_TIKTOK = "in draft mode the creator chooses it in TikTok, so it isn't sent"


def operation(kind: PostKind, mode: Mode) -> Operation[..., Any]:
    """The init operation for such a post."""
    if kind is PostKind.PHOTOS:
        return posting.CONTENT_INIT
    return posting.VIDEO_INIT if mode is Mode.DIRECT else posting.INBOX_VIDEO_INIT


def video(post: StoredPost, plan: ChunkPlan | None) -> dict[str, Any]:
    """The parameters of a video's init; `plan` None: TikTok fetches the video."""
    source: Any
    if plan is None:
        source = posting.PullFromUrl(video_url=str(post.content["video_url"]))
    else:
        source = posting.FileUpload(
            video_size=plan.size, chunk_size=plan.chunk_size, total_chunk_count=plan.count
        )
    if not post.direct:
        return {"source_info": source}
    return {"post_info": video_info(post.content), "source_info": source}


def video_info(content: Mapping[str, Any]) -> posting.VideoPostInfo:
    """Raises `InvalidRequest`."""
    chosen: dict[str, Any] = {name: content.get(name) for name in VIDEO_SETTINGS}
    return posting.VideoPostInfo(title=content.get("text"), **chosen)


def photo_info(content: Mapping[str, Any], mode: Mode) -> posting.PhotoPostInfo:
    """Raises `InvalidRequest`."""
    names = PHOTO_SETTINGS if mode is Mode.DIRECT else ()
    chosen: dict[str, Any] = {name: content.get(name) for name in names}
    return posting.PhotoPostInfo(
        title=content.get("photo_title"), description=content.get("text"), **chosen
    )


def photos(post: StoredPost, urls: Sequence[str]) -> dict[str, Any]:
    return {
        "post_mode": PostMode.DIRECT_POST if post.direct else PostMode.MEDIA_UPLOAD,
        "post_info": photo_info(post.content, post.mode),
        "source_info": posting.PhotoSource(
            photo_images=tuple(urls), photo_cover_index=int(post.content.get("cover") or 0)
        ),
        "is_aigc": post.content.get("is_aigc"),
    }


def with_title(kind: PostKind, content: Mapping[str, Any], title: str | None) -> dict[str, Any]:
    """The content after a change of the post's title, which may change TikTok's text as well."""
    if kind is PostKind.PHOTOS:
        return {**content, "photo_title": title or None}
    if content.get(CAPTION_IS_TITLE):
        return {**content, "text": title or None}
    return dict(content)


def shown_text(post: StoredPost) -> str:
    """The text that the creator's public list shows for the post."""
    parts = (post.content.get("photo_title"), post.content.get("text"))
    return " ".join(str(part) for part in parts if part)


def warnings(kind: PostKind, mode: Mode, content: Mapping[str, Any]) -> list[str]:
    """Warnings about settings that were given and aren't sent (nothing is dropped silently), and
    about those that TikTok's rules forbid or that concern the licence of music."""
    if mode is Mode.DIRECT:
        return _rules(content)
    names = VIDEO_SETTINGS if kind is PostKind.VIDEO else PHOTO_SETTINGS
    given = [name for name in names if content.get(name) is not None and name != "is_aigc"]
    if kind is PostKind.VIDEO:
        given += [name for name in ("text", "is_aigc") if content.get(name) is not None]
    return [f"{OUTSIDE.get(name, name)}: {_CHOSEN_IN_TIKTOK}" for name in given]


def _rules(content: Mapping[str, Any]) -> list[str]:
    found = []
    branded = bool(content.get("brand_content_toggle"))
    if branded and content.get("privacy_level") == PrivacyLevel.SELF_ONLY:
        found.append("brandContent: TikTok's guidelines forbid private branded content")
    if content.get("auto_add_music") and (branded or content.get("brand_organic_toggle")):
        found.append(
            "autoAddMusic: TikTok chooses the music, and music that isn't licensed for commercial "
            "use may be muted in a post that promotes something: choose it in TikTok, see "
            f"{guidelines.MUSIC_USAGE}"
        )
    return found


OUTSIDE = {
    "privacy_level": "privacyLevel",
    "disable_comment": "disableComment",
    "disable_duet": "disableDuet",
    "disable_stitch": "disableStitch",
    "video_cover_timestamp_ms": "coverTimestampMs",
    "brand_content_toggle": "brandContent",
    "brand_organic_toggle": "brandOrganic",
    "is_aigc": "isAigc",
    "auto_add_music": "autoAddMusic",
    "text": "caption",
    "photo_title": "title",
}
"""The API's names of TikTok's fields."""
