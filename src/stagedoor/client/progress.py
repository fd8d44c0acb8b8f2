"""What a person sees of long work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What is being done for a post or an archive; the value is worded for people."""

    CHECKING = "checking"
    SETTINGS = "reading the creator's settings"
    INIT = "announcing the post"
    UPLOADING = "uploading"
    PROCESSING = "processing at TikTok"
    COLLECTING = "collecting at TikTok"
    DOWNLOADING = "downloading"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` units (bytes while uploading and downloading); total 0: not known."""

    stage: Stage
    done: int = 0
    total: int = 0
    note: str = ""
    publish_id: str | None = None
    """TikTok's id of the post, as soon as it has one."""
    may_be_published: bool = False
    """Whether TikTok may have all that it needs to publish the post: from here on an interrupted
    call must not be repeated."""
    request_id: str | None = None
    """TikTok's id of the request for a copy of a person's data, as soon as it has one."""


OnProgress = Callable[[Progress], None]
