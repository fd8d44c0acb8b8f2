"""How media is sent to TikTok, and which media TikTok accepts (`media.yaml`).

Sizes are bytes. TikTok never says whether its MB is 10^6 or 2^20; `MAX_CHUNK` and the like are
sizes that it was observed to accept, `SAFE_*` are valid under either reading.
"""

from __future__ import annotations

from typing import Final

from .durations import PULL_SECONDS as PULL_SECONDS
from .durations import UPLOAD_URL_SECONDS as UPLOAD_URL_SECONDS
from .errors import Case
from .model import Empty, Request, Secret
from .operation import Host, Operation, OperationEffect, Resource, Subject
from .protocols.upload_transfer import UPLOAD_TRANSFER
from .records import frozen

MIN_CHUNK: Final = 5_000_000
MAX_CHUNK: Final = 67_108_864
MAX_LAST_CHUNK: Final = 134_217_728
MAX_CHUNKS: Final = 1_000
MAX_FILE: Final = 4_294_967_296
SAFE_MIN_CHUNK: Final = 5_242_880
SAFE_MAX_CHUNK: Final = 64_000_000

UPLOAD_PATHS: Final = ("/video/", "/upload/", "/upload")
"""Paths of upload URLs; they differ by TikTok's host."""
BAD_CHUNK_SIZE: Final = "The chunk size is invalid"
BAD_CHUNK_COUNT: Final = "The total chunk count is invalid"
"""TikTok's texts for a refused chunk plan."""


@frozen
class VideoLimits:
    """Limits for a video; beside each limit is the `fail_reason` for breaking it."""

    containers: tuple[str, ...] = ("mp4", "mov", "webm")
    codecs: tuple[str, ...] = ("h264", "hevc", "vp8", "vp9")
    min_fps: float = 23
    max_fps: float = 60
    min_side: int = 360
    max_side: int = 4096
    min_seconds: float = 3
    """From vendors' docs; low confidence."""
    max_seconds: float = 600
    """Accounts have tiers of 180, 300 and 600: see max_video_post_duration_sec."""
    max_bytes: int = MAX_FILE
    max_samples: int = 1_000_000
    """Entries of the sample tables of all tracks. Ten minutes at 60 frames a second with sound
    have 64,000; a longer video up to this bound is refused for its length, not for its tables."""
    fps_slack: float = 0.05
    """Tolerance for containers' time scales (milliseconds or their own): 60.02 counts as 60."""
    seconds_slack: float = 0.05
    """The same for the length: about one frame."""
    damage_seconds: float = 1.0
    damage_share: float = 0.05
    """The length in the header and that of the frames may differ by the larger of the two."""

    def takes_fps(self, fps: float) -> bool:
        return self.min_fps - self.fps_slack <= fps <= self.max_fps + self.fps_slack

    def takes_side(self, pixels: int) -> bool:
        return self.min_side <= pixels <= self.max_side

    def is_too_short(self, seconds: float, shortest: float | None = None) -> bool:
        return seconds < (self.min_seconds if shortest is None else shortest) - self.seconds_slack

    def is_too_long(self, seconds: float, longest: float | None = None) -> bool:
        return seconds > (self.max_seconds if longest is None else longest) + self.seconds_slack

    def same_length(self, said: float, found: float) -> bool:
        """Whether two lengths of one video, in seconds, are equal within the tolerance."""
        slack = max(self.damage_seconds, self.damage_share * max(said, found))
        return abs(said - found) <= slack


@frozen
class PhotoLimits:
    formats: tuple[str, ...] = ("jpeg", "webp")
    max_bytes: int = 20_000_000
    max_short_side: int = 1080
    max_long_side: int = 1920
    """1080p, read as 1080x1920 or 1920x1080 (medium confidence)."""
    max_count: int = 35
    max_pixels: int | None = None
    """The most pixels of the whole picture, instead of the limits of its sides."""
    min_side: int = 1

    @property
    def sizes(self) -> str:
        """The allowed sizes in words."""
        if self.max_pixels is not None:
            return f"at most {self.max_pixels:,} in all"
        smallest = f"at least {self.min_side}x{self.min_side} and " if self.min_side > 1 else ""
        return f"{smallest}at most {self.max_short_side}x{self.max_long_side}, either way round,"

    def takes_size(self, width: int, height: int) -> bool:
        if self.max_pixels is not None:
            return width * height <= self.max_pixels
        short, long = sorted((width, height))
        return self.min_side <= short <= self.max_short_side and long <= self.max_long_side


VIDEO: Final = VideoLimits()
PHOTO: Final = PhotoLimits()

MAX_VIDEO_TITLE: Final = 2_200
MAX_PHOTO_TITLE: Final = 90
MAX_PHOTO_DESCRIPTION: Final = 4_000


class ChunkPut(Request):
    """Query of `upload_url`, which is to be used as it came."""

    upload_id: str
    upload_token: Secret


UPLOAD_CHUNK = Operation(
    id="media.upload_chunk",
    method="PUT",
    path="/video/",
    host=Host.HANDED_OUT,
    request=ChunkPut,
    response=Empty,
    summary="Send one chunk of a video to the upload_url that init gave",
    resource=Resource.AUTHORIZATION,
    action="Send media",
    effect=OperationEffect.WRITE,
    protocol=UPLOAD_TRANSFER,
    subject=Subject.NOBODY,
    errors=(
        Case(400, "", "bad headers, or the body isn't as long as declared"),
        Case(403, "", "upload_url older than 1 hour"),
        Case(404, "", "upload_id or token unknown"),
        Case(416, "", "the range doesn't continue the stored bytes"),
        Case(500, "", "server fault: the same chunk may be sent again"),
    ),
    source="media.yaml upload_chunk",
)
