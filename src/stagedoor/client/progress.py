"""Progress reports of long-running work, for display to people."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from stagedoor.platform.records import frozen


class Stage(StrEnum):
    """The current step of a post or an archive; the value is a text for people."""

    CHECKING = "checking"
    SETTINGS = "reading the creator's settings"
    INIT = "announcing the post"
    UPLOADING = "uploading"
    PROCESSING = "processing at TikTok"
    COLLECTING = "collecting at TikTok"
    DOWNLOADING = "downloading"
    DONE = "done"


@frozen
class Progress:
    """`done` of `total` units (bytes while uploading and downloading); total 0 means unknown."""

    stage: Stage
    done: int = 0
    total: int = 0
    note: str = ""
    publish_id: str | None = None
    """TikTok's id of the post, once it is known."""
    may_be_published: bool = False
    """Whether TikTok may have everything that it needs to publish the post: from here on an
    interrupted call must not be retried.
    """
    request_id: str | None = None
    """TikTok's id of the request for a copy of a person's data, once it is known."""


OnProgress = Callable[[Progress], None]
