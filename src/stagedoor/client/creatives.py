"""Uploads of videos and images for ads: in one request, in parts, or by an address."""

from __future__ import annotations

import hashlib
import io
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Any

from stagedoor.platform.arguments import AtLeast, Says
from stagedoor.platform.products import business_creatives as creatives
from stagedoor.platform.products.business_creatives import (
    MAX_NAME,
    MIN_CHUNKED,
    AdImage,
    AdVideo,
    AdVideos,
    FileKind,
    UploadPart,
    UploadType,
)

from .effects import Blocking, Flow, Sleep
from .errors import (
    AnswerLost,
    BadRequest,
    TransportError,
    UnexpectedAnswer,
    UploadError,
    UploadRefused,
    VideoNotReady,
)
from .parameters import OnProgressOrNone, StreamSize, Wait
from .post_steps import Url
from .progress import Stage
from .reports import PostReporter
from .session import Session, call
from .source import Media, Source, SourcePart, buffered, md5_of, open_source

WAIT_SECONDS = 600.0
"""Default number of seconds to wait for a video; TikTok takes from 30 seconds to 5 minutes."""
CHUNK_ABOVE = 64_000_000
"""Bytes from which on a file is uploaded in parts."""
_FIRST_POLL = 0.4
_LAST_POLL = 10.0
_PAGE = 1_000

CreativeMedia = Annotated[
    Media | bytes | Url,
    Says("a path, an open binary stream, bytes, or a `Url` that TikTok downloads itself"),
]
NewName = Annotated[
    str | None, Says("the name in the ad account, where it is unique; None: the file's")
]
ChunkAbove = Annotated[
    int, AtLeast(MIN_CHUNKED), Says("the size in bytes from which on a file is sent in parts")
]
VideoId = Annotated[str, Says("TikTok's id of the video")]
Account = Annotated[str | int, Says("the ad account; empty: that of `for_advertiser`")]


def upload_video(
    session: Session,
    media: CreativeMedia,
    *,
    name: NewName = None,
    advertiser_id: Account = "",
    size: StreamSize = None,
    chunk_above: ChunkAbove = CHUNK_ABOVE,
    wait: Wait = WAIT_SECONDS,
    progress: OnProgressOrNone = None,
) -> Flow[AdVideo]:
    """Upload a video for ads, and wait until TikTok has processed it.

    The MD5 of a file is sent with it; a file above `chunk_above` is sent in parts. A name that
    another video of the ad account has is refused.

    Raises a `TikTokError`, or `VideoNotReady` after `wait` seconds.
    """
    tell = PostReporter(progress)
    added = yield from _handed_over(
        session, _VIDEO, media, name, advertiser_id, size, chunk_above, tell
    )
    if not added.list:
        raise UnexpectedAnswer("TikTok's answer to the upload has no video", 200)
    return (yield from _processed(session, added.list[0], advertiser_id, wait, tell))


def upload_image(
    session: Session,
    media: CreativeMedia,
    *,
    name: NewName = None,
    advertiser_id: Account = "",
    size: StreamSize = None,
    chunk_above: ChunkAbove = CHUNK_ABOVE,
    progress: OnProgressOrNone = None,
) -> Flow[AdImage]:
    """Upload an image for ads. A name that another image of the ad account has is refused."""
    tell = PostReporter(progress)
    added: AdImage = yield from _handed_over(
        session, _IMAGE, media, name, advertiser_id, size, chunk_above, tell
    )
    yield tell(Stage.DONE, 1, 1)
    return added


def wait_for_video(
    session: Session,
    video_id: VideoId,
    *,
    advertiser_id: Account = "",
    wait: Annotated[float, AtLeast(0), Says("how many seconds to wait")] = WAIT_SECONDS,
    progress: OnProgressOrNone = None,
) -> Flow[AdVideo]:
    """Wait until TikTok has processed a video. Raises `VideoNotReady` after `wait` seconds."""
    video = AdVideo(video_id=video_id)
    return (yield from _processed(session, video, advertiser_id, wait, PostReporter(progress)))


@dataclass(frozen=True, slots=True)
class _Kind:
    """The operation of an upload, and the names of its fields."""

    operation: Any
    kind: FileKind
    ending: str

    def named(self, field: str) -> str:
        return f"{self.kind.value}_{field}"


_VIDEO = _Kind(creatives.FILE_VIDEO_UPLOAD, FileKind.VIDEO, "mp4")
_IMAGE = _Kind(creatives.FILE_IMAGE_UPLOAD, FileKind.IMAGE, "jpg")


def _handed_over(
    session: Session,
    kind: _Kind,
    media: Media | bytes | Url,
    name: str | None,
    advertiser_id: str | int,
    size: int | None,
    chunk_above: int,
    tell: PostReporter,
) -> Flow[Any]:
    """TikTok's answer to the upload."""
    values: dict[str, Any] = {"advertiser_id": advertiser_id}
    if isinstance(media, Url):
        yield tell(Stage.UPLOADING)
        values |= {
            "upload_type": UploadType.URL,
            kind.named("url"): media.value,
            "file_name": name,
        }
        return (yield from call(session, kind.operation, values))
    stream: Media = io.BytesIO(media) if isinstance(media, bytes) else media
    source: Source = yield Blocking(open_source, (stream, size))
    with closing(source):
        if source.size >= chunk_above:
            file = yield from _in_parts(session, source, kind.kind, values, name, tell)
            values |= {"upload_type": UploadType.FILE_ID, "file_id": file, "file_name": name}
            return (yield from call(session, kind.operation, values))
        sent = source
        if not source.seekable:
            sent = yield Blocking(buffered, (source, 0, source.size))
        yield tell(Stage.CHECKING, note=source.name)
        digest = yield Blocking(md5_of, (sent, 0, sent.size))
        if name is None:
            name = _own_name(media, source) or f"{digest}.{kind.ending}"
        part = _part(sent, name, 0, sent.size, tell, 0, sent.size)
        values |= {
            "upload_type": UploadType.FILE,
            "file_name": name,
            kind.named("file"): part,
            kind.named("signature"): digest,
        }
        return (yield from call(session, kind.operation, values))


def _own_name(media: Media | bytes, source: Source) -> str | None:
    """The name of the file; None for bytes and streams without a name."""
    if isinstance(media, bytes):
        return None
    if hasattr(media, "read") and not isinstance(getattr(media, "name", None), str):
        return None
    return source.name[-MAX_NAME:]


def _part(
    source: Source, name: str, offset: int, size: int, tell: PostReporter, before: int, total: int
) -> SourcePart:
    """A part of a source as the file of a request, which reports its progress.

    `before` bytes of the `total` were sent earlier.
    """
    handed = before

    def on_start() -> None:
        nonlocal handed
        handed = before
        tell.now(Stage.UPLOADING, handed, total)

    def on_bytes(count: int) -> None:
        nonlocal handed
        handed += count
        tell.now(Stage.UPLOADING, handed, total)

    return SourcePart(source, name, offset, size, on_bytes, on_start)


def _in_parts(
    session: Session,
    source: Source,
    kind: FileKind,
    account: dict[str, Any],
    name: str | None,
    tell: PostReporter,
) -> Flow[str]:
    """Upload a file in the parts that TikTok asks for; returns its `file_id`."""
    started = yield from call(
        session,
        creatives.FILE_START_UPLOAD,
        account
        | {"size": source.size, "content_type": kind, "name": name or source.name[-MAX_NAME:]},
    )
    whole = hashlib.md5(usedforsecurity=False)
    upload = account | {"upload_id": started.upload_id}
    expected: UploadPart = started
    while expected.start_offset < expected.end_offset:
        begin, end = expected.start_offset, expected.end_offset
        if end > source.size:
            raise UploadRefused(f"TikTok asks for {end} bytes of a file of {source.size}.")
        sent, at = source, begin
        if not source.seekable:
            sent, at = (yield Blocking(buffered, (source, begin, end - begin))), 0
        digest = yield Blocking(md5_of, (sent, at, end - begin, whole))
        part = _part(sent, source.name, at, end - begin, tell, begin, source.size)
        values = upload | {"start_offset": begin, "file": part, "signature": digest}
        expected = yield from _transferred(session, values, begin, end, source.size)
        if expected.start_offset != end:
            raise UploadRefused(
                f"TikTok asks for byte {expected.start_offset} after it got those to {end}. "
                "Upload the file again."
            )
    done = yield from call(session, creatives.FILE_FINISH_UPLOAD, upload)
    if done.signature and done.signature.lower() != whole.hexdigest():
        raise UploadError(
            f"TikTok has other bytes than {source.name}: its MD5 differs. Upload the file again."
        )
    return str(done.file_id)


def _transferred(
    session: Session, values: dict[str, Any], begin: int, end: int, total: int
) -> Flow[UploadPart]:
    """Send a part, again if the answer is lost. Returns the part that TikTok expects next."""
    attempt, lost = 0, False
    while True:
        attempt += 1
        try:
            part: UploadPart = yield from call(session, creatives.FILE_TRANSFER_UPLOAD, values)
            return part
        except (AnswerLost, UnexpectedAnswer):
            if attempt >= session.retry.attempts:
                raise
            lost = True
            yield Sleep(session.retry.backoff(attempt))
        except BadRequest:
            if not lost:
                raise
            # TikTok had the part; the MD5 of the whole file is compared at the end
            return UploadPart(start_offset=end, end_offset=min(total, end + end - begin))


def _processed(
    session: Session,
    video: AdVideo,
    advertiser_id: str | int,
    wait: float | None,
    tell: PostReporter,
) -> Flow[AdVideo]:
    """Poll until the video's metadata is there."""
    if wait is None or video.is_ready:
        yield tell(Stage.DONE, 1, 1)
        return video
    begun, pause, video_id = session.now(), _FIRST_POLL, video.video_id
    asked = {"advertiser_id": advertiser_id, "video_ids": (video_id,)}
    while True:
        waited = session.now() - begun
        yield tell(Stage.PROCESSING, int(waited))
        try:
            answer: AdVideos = yield from call(session, creatives.FILE_VIDEO_INFO, asked)
        except TransportError as error:
            raise VideoNotReady(
                f"video {video_id} was uploaded, but its metadata can't be read: "
                f"{str(error).rstrip('.')}. Ask for it later; don't upload the file again.",
                video_id,
            ) from error
        for found in answer.list:
            if found.video_id == video_id and found.is_ready:
                yield tell(Stage.DONE, 1, 1)
                return found
        waited = session.now() - begun
        if waited >= wait:
            raise VideoNotReady(
                f"video {video_id} isn't processed after {wait:.0f} s. It goes on at TikTok: "
                "wait for it again, and don't upload the file again.",
                video_id,
            )
        yield Sleep(min(pause, max(0.05, wait - waited)))
        pause = min(_LAST_POLL, pause * 1.5)
