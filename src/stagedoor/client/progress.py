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


OnProgress = Callable[[Progress], None]
