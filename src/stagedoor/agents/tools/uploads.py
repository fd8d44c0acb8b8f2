"""begin_upload: creates an upload for a file, before the post that uses it."""

from __future__ import annotations

from typing import Any

from stagedoor.connector.errors import ApiError
from stagedoor.connector.limits.errors import TooFast
from stagedoor.connector.limits.pacer import DatabasePacer
from stagedoor.connector.media.service import UPLOAD_SECONDS, MediaKind
from stagedoor.platform.media import PHOTO
from stagedoor.platform.model import Answer
from stagedoor.platform.operation import LimitKey, RateLimit
from stagedoor.platform.products import posting

from ..calls import posts
from ..calls import uploads as sending
from ..calls.request import CallAnswer, CallRequest
from . import schema
from .tool import Asking, Hints, Tool, Unfit

_LIMIT = RateLimit(60, 60, LimitKey.CLIENT)
"""Uploads per minute for each agent: an upload is no call, so no other limit counts it."""
_HOW = (
    "PUT the file's bytes to upload_url within a day, whole or with Content-Range; a photo as it "
    "is, JPEG or WebP. Then give the handle as `upload` (or in `uploads`) to the tool that posts."
)


class TooManyUploads(ApiError):
    code, http, retryable = "rate_limited", 429, True

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"An agent may begin {_LIMIT.requests} uploads a minute; try again later.",
            retry_after=seconds,
        )


class Place(Answer):
    upload: str
    upload_url: str


class Places(Answer):
    """The uploads. `upload` is a file's handle, an upload_url a capability URL for one file."""

    uploads: tuple[Place, ...]
    how: str
    expires_in: int


def _begin(asking: Asking) -> CallAnswer:
    arguments = dict(asking.arguments)
    kind, count = arguments.pop("kind", MediaKind.VIDEO.value), arguments.pop("count", 1)
    if kind not in (MediaKind.VIDEO.value, MediaKind.PHOTO.value):
        raise Unfit("kind: is neither video nor photo")
    most = PHOTO.max_count if kind == MediaKind.PHOTO.value else 1
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= most:
        raise Unfit(f"count: must be 1 to {most} for a {kind}")
    for name in arguments:
        raise Unfit(f"{name}: is no argument of this tool")
    parts, caller = asking.parts, asking.caller
    paced = DatabasePacer(parts.database, parts.clock, patience=0.0)
    try:
        for _ in range(count):
            paced.reserve(("agent-uploads", caller.org, caller.agent_id), _LIMIT)
    except TooFast as full:
        raise TooManyUploads(full.retry_after or _LIMIT.per_seconds) from full
    if kind == MediaKind.PHOTO.value:
        places = parts.drafts.begin_photos(caller.org, count)
    else:
        places = [parts.drafts.begin_upload(caller.org)]
    for one in places:
        sending.begin(parts.database, parts.clock, caller, one.media_id)
    uploads = [
        {"upload": one.media_id, "upload_url": posts.upload_url(parts.public_url, one.url)}
        for one in places
    ]
    data: dict[str, Any] = {"uploads": uploads, "how": _HOW, "expires_in": int(UPLOAD_SECONDS)}
    return CallAnswer(data)


def _draft(asking: Asking) -> CallRequest:
    """Return the call that a denial names: the least privileged use of a file."""
    source = {"source": "FILE_UPLOAD", "video_size": 1, "chunk_size": 1, "total_chunk_count": 1}
    return CallRequest(posting.INBOX_VIDEO_INIT, asking.account, {"source_info": source})


BEGIN_UPLOAD = Tool(
    name="begin_upload",
    title="Begin an upload",
    description=f"A place to send a file to that isn't on the web. {_HOW}",
    does=(posting.VIDEO_INIT, posting.INBOX_VIDEO_INIT, posting.CONTENT_INIT),
    input={
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["video", "photo"], "default": "video"},
            "count": {
                "type": "integer",
                "minimum": 1,
                "maximum": PHOTO.max_count,
                "default": 1,
                "description": "How many photos.",
            },
        },
        "additionalProperties": False,
    },
    output=schema.answered(Places, more=False),
    hints=Hints(read_only=False, destructive=False, idempotent=False, open_world=False),
    wants=_draft,
    own=_begin,
    takes_account=False,
    trusted=True,
)
