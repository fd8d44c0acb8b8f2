"""Posting tools: options, uploads, posts and drafts, and their status."""

from __future__ import annotations

from typing import Annotated, Any

from stagedoor.connector.database import TenantConnection
from stagedoor.platform.media import PHOTO
from stagedoor.platform.model import OPEN, Answer, Id
from stagedoor.platform.products import posting
from stagedoor.platform.products.posting import FailReason, PostMode, PublishStatus

from ...calls.request import CallRequest
from .. import schema
from ..factory import make_tool, part_of, request_of, sunk, whole
from ..tool import Asking, Tool, Unfit
from ..uploads import BEGIN_UPLOAD
from .listing import LIST_POSTS

_URL = {
    "type": "string",
    "description": "An https address of the video. Stagedoor fetches it as it is now, and posts "
    "exactly that.",
}
_UPLOAD = {
    "type": "string",
    "description": "In place of video_url: the handle of a file that was sent to begin_upload's "
    "upload_url.",
}
_URLS = {
    "type": "array",
    "items": {"type": "string"},
    "minItems": 1,
    "maxItems": PHOTO.max_count,
    "description": "https addresses of the photos, in their order.",
}
_UPLOADS = {
    "type": "array",
    "items": {"type": "string"},
    "minItems": 1,
    "maxItems": PHOTO.max_count,
    "description": "In place of photo_urls: handles of begin_upload, in their order.",
}
_COVER = {
    "type": "integer",
    "minimum": 0,
    "default": 0,
    "description": "Which photo is the cover, counted from 0.",
}
_AS_DRAFT = {
    "type": "boolean",
    "default": False,
    "description": "Leave them in the creator's inbox, who chooses the privacy and posts.",
}
_AGAIN = {
    "type": "boolean",
    "default": False,
    "description": "Make another post, though you made one of the same media and text within a "
    "day. Without it such a call gets the post that exists: so call again after a lost answer.",
}
_SETTINGS = {
    "privacy_level": "Who may see it: one of posting_options' privacy_level_options.",
    "brand_content_toggle": "It promotes somebody else's brand (paid partnership).",
    "brand_organic_toggle": "It promotes the creator's own business.",
    "is_aigc": "It was made with AI.",
}
_PLACEHOLDER = "https://uploads.invalid/"
_THEN = (
    "check_post tells what becomes of it; the publish_id is the post's from now on. The same call "
    "within a day gets the same post."
)


class Published(Answer):
    """The answer of a post. `status` and the fields after it are set if the call waited for the
    post. `already_posted`: an earlier call made this post, and this call made none; `note`
    describes the difference."""

    publish_id: str
    already_posted: bool | None = None
    note: str | None = None
    status: Annotated[PublishStatus | str | None, OPEN] = None
    fail_reason: Annotated[FailReason | str | None, OPEN] = None
    publicaly_available_post_id: tuple[Id, ...] = ()
    uploaded_bytes: int | None = None


def tools() -> tuple[Tool, ...]:
    return (
        whole(
            posting.CREATOR_INFO,
            name="posting_options",
            title="See what may be posted now",
            description="What the account may post as of now: the privacy levels that it offers, "
            "the longest video, and which interactions are off. Read it before each direct post.",
        ),
        BEGIN_UPLOAD,
        _video(),
        _draft(),
        _photos(),
        whole(
            posting.STATUS,
            name="check_post",
            title="Check a post",
            description="Where a post is: processing, in the creator's inbox "
            "(SEND_TO_USER_INBOX: the creator has to finish it), PUBLISH_COMPLETE, or FAILED "
            "with a reason.",
            of_post=True,
            waits=True,
        ),
        whole(
            posting.CANCEL,
            name="cancel_post",
            title="Cancel a post",
            description="Cancel a post that hasn't reached TikTok, or whose media TikTok is still "
            "fetching. What was published can only be deleted by the creator, in TikTok.",
            of_post=True,
        ),
        LIST_POSTS,
    )


def _video() -> Tool:
    takes = schema.request_schema(request_of(posting.VIDEO_INIT))
    takes = schema.lifted(schema.without(takes, ("source_info",)), ("post_info",))
    return make_tool(
        posting.VIDEO_INIT,
        name="publish_video",
        title="Publish a video",
        description="Post a video to the account's profile, from a URL or an upload. `title` is "
        f"the caption with its hashtags. {_THEN}",
        wants=lambda asking: _posted(asking, posting.VIDEO_INIT, ("post_info",)),
        takes=schema.described(
            schema.beside(takes, {"video_url": _URL, "upload": _UPLOAD, "again": _AGAIN}), _SETTINGS
        ),
        output=Published,
        waits=True,
    )


def _draft() -> Tool:
    takes = schema.without(
        schema.request_schema(request_of(posting.INBOX_VIDEO_INIT)), ("source_info",)
    )
    return make_tool(
        posting.INBOX_VIDEO_INIT,
        name="leave_draft",
        title="Leave a video as a draft",
        description="Leave a video in the creator's inbox, from a URL or an upload. The creator "
        f"writes the caption, chooses who sees it, and posts it in TikTok. {_THEN}",
        wants=lambda asking: _posted(asking, posting.INBOX_VIDEO_INIT, ()),
        takes=schema.beside(takes, {"video_url": _URL, "upload": _UPLOAD, "again": _AGAIN}),
        output=Published,
        waits=True,
    )


def _photos() -> Tool:
    takes = schema.request_schema(request_of(posting.CONTENT_INIT))
    takes = schema.without(takes, ("source_info", "post_mode", "media_type"))
    own = {
        "photo_urls": _URLS,
        "uploads": _UPLOADS,
        "cover": _COVER,
        "as_draft": _AS_DRAFT,
        "again": _AGAIN,
    }
    return make_tool(
        posting.CONTENT_INIT,
        name="publish_photos",
        title="Publish photos",
        description="Post photos to the account's profile, from URLs or uploads, or leave them as "
        f"a draft. privacy_level is needed unless as_draft is true. {_THEN}",
        wants=_posted_photos,
        takes=schema.described(schema.beside(schema.lifted(takes, ("post_info",)), own), _SETTINGS),
        output=Published,
        waits=True,
    )


def _posted(asking: Asking, operation: Any, lifted: tuple[str, ...]) -> CallRequest:
    flat = dict(asking.arguments)
    again = _flag(flat, "again")
    url, upload = _one_of(flat, "video_url", "upload")
    parts = {part: part_of(operation, part) for part in lifted}
    arguments = sunk(flat, parts)
    if url is not None:
        arguments["source_info"] = {"source": "PULL_FROM_URL", "video_url": url}
        return CallRequest(operation, asking.account, arguments, fetch=True, once=True, again=again)
    if not isinstance(upload, str):
        raise Unfit("upload: is no handle of begin_upload")
    size = _size(asking, upload)
    arguments["source_info"] = {
        "source": "FILE_UPLOAD",
        "video_size": size,
        "chunk_size": size,
        "total_chunk_count": 1,
    }
    return CallRequest(
        operation, asking.account, arguments, uploads=(upload,), once=True, again=again
    )


def _posted_photos(asking: Asking) -> CallRequest:
    flat = dict(asking.arguments)
    urls, uploads = _one_of(flat, "photo_urls", "uploads")
    cover = flat.pop("cover", 0)
    as_draft, again = _flag(flat, "as_draft"), _flag(flat, "again")
    # is_aigc is a field of the operation and of its part: it is sent once
    in_part = part_of(posting.CONTENT_INIT, "post_info") - {"is_aigc"}
    arguments = sunk(flat, {"post_info": in_part})
    handles: tuple[str, ...] = ()
    if uploads is not None:
        handles = _texts("uploads", uploads, "handles of begin_upload")
        urls = [f"{_PLACEHOLDER}{one}" for one in handles]
    else:
        urls = list(_texts("photo_urls", urls, "https addresses"))
    arguments["source_info"] = {"photo_images": urls, "photo_cover_index": cover}
    arguments["post_mode"] = PostMode.MEDIA_UPLOAD if as_draft else PostMode.DIRECT_POST
    return CallRequest(
        posting.CONTENT_INIT,
        asking.account,
        arguments,
        uploads=handles,
        fetch=uploads is None,
        once=True,
        again=again,
    )


def _texts(name: str, given: Any, what: str) -> tuple[str, ...]:
    """Return the texts, one for each photo. Raises `Unfit`."""
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Unfit(f"{name}: is no list of {what}")
    if not given:
        raise Unfit(f"{name}: must have at least 1 item")
    if len(given) > PHOTO.max_count:
        raise Unfit(f"{name}: must have at most {PHOTO.max_count} items")
    return tuple(given)


def _flag(flat: dict[str, Any], name: str) -> bool:
    found = flat.pop(name, False)
    if not isinstance(found, bool):
        raise Unfit(f"{name}: is neither true nor false")
    return found


def _one_of(flat: dict[str, Any], first: str, second: str) -> tuple[Any, Any]:
    found = flat.pop(first, None), flat.pop(second, None)
    if (found[0] is None) == (found[1] is None):
        raise Unfit(f"{first}: give this or {second}, one of the two")
    return found


def _size(asking: Asking, upload: str) -> int:
    """Return an uploaded file's size; 1 for others, which are rejected when the post is made."""
    parts = asking.parts
    with parts.database.read() as connection:
        medium = parts.media.find(TenantConnection(connection, asking.caller.org), upload)
    return max(1, medium.received) if medium is not None else 1
