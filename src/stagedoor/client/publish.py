"""Publishing: check, read the creator's settings, init, send, wait. At most one post per call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from stagedoor.platform.addresses import https_problem
from stagedoor.platform.arguments import AtLeast, Says
from stagedoor.platform.bounds import MAX_PROBLEMS
from stagedoor.platform.media import SAFE_MAX_CHUNK
from stagedoor.platform.products import posting
from stagedoor.platform.products.posting import (
    PostMode,
    PrivacyLevel,
)

from .chunks import ChunkPlan
from .effects import Blocking, Flow
from .errors import (
    InvalidRequest,
)
from .parameters import (
    Check,
    ChunkBytes,
    Copies,
    Cover,
    OnProgressOrNone,
    PhotoUrls,
    PublishId,
    StreamSize,
    Wait,
    WaitPublic,
)
from .post_steps import (
    Post,
    Url,
    VideoTransfer,
    check_copies,
    finish,
    hand_over,
    init_pull,
    offered_settings,
    send,
)
from .reports import PostReporter
from .session import Session
from .source import Media, Source, open_source

WAIT_SECONDS = 600.0
"""Default number of seconds to wait for a post; TikTok documents no upper bound."""
VideoMedia = Annotated[
    Media | Url, Says("a path, an open binary stream, or a `Url` that TikTok downloads itself")
]
CoverTime = Annotated[
    int | None, AtLeast(0), Says("the cover's moment in the video, in milliseconds")
]
BrandContent = Annotated[bool | None, Says("the post is a paid partnership with another brand")]
BrandOrganic = Annotated[bool | None, Says("the post promotes the creator's own business")]
WaitSeconds = Annotated[float, AtLeast(0), Says("how many seconds to wait")]
Started = Annotated[posting.VideoInitiated, Says("the answer to the init of this upload")]
AnnouncedChunk = Annotated[
    int, AtLeast(1), Says("the chunk size that the init announced, in bytes")
]
Stored = Annotated[int, AtLeast(0), Says("how many bytes TikTok has already")]


def publish_video(
    session: Session,
    media: VideoMedia,
    *,
    privacy_level: PrivacyLevel | str,
    title: str | None = None,
    disable_comment: bool | None = None,
    disable_duet: bool | None = None,
    disable_stitch: bool | None = None,
    cover_timestamp_ms: CoverTime = None,
    brand_content: BrandContent = None,
    brand_organic: BrandOrganic = None,
    is_aigc: bool | None = None,
    size: StreamSize = None,
    chunk_size: ChunkBytes = SAFE_MAX_CHUNK,
    check: Check = True,
    wait: Wait = WAIT_SECONDS,
    wait_until_public: WaitPublic = False,
    progress: OnProgressOrNone = None,
) -> Flow[Post]:
    """Post a video from a path, an open binary stream or a `Url` to the creator's profile.

    A file is checked against TikTok's limits before anything is sent (`check=False` leaves the
    check to TikTok), then the creator's settings are read, and the bytes are uploaded in chunks.

    Raises `MediaRejected`, `InvalidRequest`, a `TikTokError`, `PostFailed`, `StillProcessing`, or
    `OutcomeUnknown` if the network failed after TikTok may have received everything: all bytes of
    a file, or the init of a `Url`.
    """
    tell = PostReporter(progress)
    post_info = _info(
        posting.VideoPostInfo,
        privacy_level=privacy_level,
        title=title,
        disable_comment=disable_comment,
        disable_duet=disable_duet,
        disable_stitch=disable_stitch,
        video_cover_timestamp_ms=cover_timestamp_ms,
        brand_content_toggle=brand_content,
        brand_organic_toggle=brand_organic,
        is_aigc=is_aigc,
    )
    publish_id, username = yield from hand_over(
        session,
        posting.VIDEO_INIT,
        {"post_info": post_info},
        VideoTransfer(media, size, chunk_size, check),
        privacy_level,
        tell,
    )
    return (yield from finish(session, publish_id, wait, wait_until_public, username, tell))


def send_to_inbox(
    session: Session,
    media: VideoMedia,
    *,
    size: StreamSize = None,
    chunk_size: ChunkBytes = SAFE_MAX_CHUNK,
    check: Check = True,
    wait: Wait = WAIT_SECONDS,
    progress: OnProgressOrNone = None,
) -> Flow[Post]:
    """Leave a video as a draft in the inbox of the creator, who finishes and posts it in TikTok.

    The result's status is SEND_TO_USER_INBOX. Raises the same errors as `publish_video`.
    """
    tell = PostReporter(progress)
    parcel = VideoTransfer(media, size, chunk_size, check)
    publish_id, _ = yield from hand_over(session, posting.INBOX_VIDEO_INIT, {}, parcel, None, tell)
    return (yield from finish(session, publish_id, wait, False, "", tell))


def publish_photos(
    session: Session,
    urls: PhotoUrls,
    *,
    privacy_level: PrivacyLevel | str,
    title: str | None = None,
    description: str | None = None,
    cover: Cover = 0,
    disable_comment: bool | None = None,
    auto_add_music: bool | None = None,
    brand_content: BrandContent = None,
    brand_organic: BrandOrganic = None,
    is_aigc: bool | None = None,
    copies: Copies = None,
    wait: Wait = WAIT_SECONDS,
    wait_until_public: WaitPublic = False,
    progress: OnProgressOrNone = None,
) -> Flow[Post]:
    """Post photos that TikTok downloads from `urls` (https, verified for the app).

    TikTok doesn't tell which photo it rejects: pass `copies`, the same photos as local files, and
    each is checked before anything is sent.

    Raises `OutcomeUnknown` if the answer to init is lost: TikTok may have accepted the post.
    """
    tell = PostReporter(progress)
    body = _photos(urls, cover, PostMode.DIRECT_POST, is_aigc) | {
        "post_info": _info(
            posting.PhotoPostInfo,
            title=title,
            description=description,
            privacy_level=privacy_level,
            disable_comment=disable_comment,
            auto_add_music=auto_add_music,
            brand_content_toggle=brand_content,
            brand_organic_toggle=brand_organic,
        )
    }
    yield from check_copies(copies, urls, tell)
    username = yield from offered_settings(session, tell, privacy_level, "the photos", None)
    started = yield from init_pull(session, posting.CONTENT_INIT, body, tell)
    post: Post = yield from finish(
        session, started.publish_id, wait, wait_until_public, username, tell
    )
    return replace(post, photos=True)


def send_photos_to_inbox(
    session: Session,
    urls: PhotoUrls,
    *,
    title: str | None = None,
    description: str | None = None,
    cover: Cover = 0,
    is_aigc: bool | None = None,
    copies: Copies = None,
    wait: Wait = WAIT_SECONDS,
    progress: OnProgressOrNone = None,
) -> Flow[Post]:
    """Leave photos as a draft in the creator's inbox. Raises the errors of `publish_photos`."""
    tell = PostReporter(progress)
    body = _photos(urls, cover, PostMode.MEDIA_UPLOAD, is_aigc) | {
        "post_info": _info(posting.PhotoPostInfo, title=title, description=description)
    }
    yield from check_copies(copies, urls, tell)
    started = yield from init_pull(session, posting.CONTENT_INIT, body, tell)
    return (yield from finish(session, started.publish_id, wait, False, "", tell))


def send_video(
    session: Session,
    started: Started,
    media: Media | Source,
    *,
    chunk_size: AnnouncedChunk,
    stored: Stored = 0,
    progress: OnProgressOrNone = None,
) -> Flow[None]:
    """Send the bytes of a video whose init is done, or resume sending them.

    If TikTok has all bytes already, nothing is sent. An incomplete upload publishes nothing.
    """
    own = not isinstance(media, Source)
    source: Any = (yield Blocking(open_source, (media,))) if own else media
    try:
        plan = ChunkPlan(source.size, chunk_size, max(1, source.size // chunk_size))
        start = plan.index_of(stored)
        if start is None:
            raise InvalidRequest("the upload", [("stored", f"is {stored}, where no chunk begins")])
        yield from send(session, source, plan, started, PostReporter(progress), start)
    finally:
        if own:
            source.close()


def wait_for(
    session: Session,
    publish_id: PublishId,
    *,
    wait: WaitSeconds = WAIT_SECONDS,
    until_public: WaitPublic = False,
    progress: OnProgressOrNone = None,
) -> Flow[Post]:
    """Wait until a post that was started earlier is final (or in the inbox).

    Raises `PostFailed`, or `StillProcessing` after `wait` seconds.
    """
    return (yield from finish(session, publish_id, wait, until_public, "", PostReporter(progress)))


def _info(model: type[Any], **values: Any) -> Any:
    """A part of a request; raises `InvalidRequest` that names the invalid fields."""
    try:
        return model(**values)
    except InvalidRequest as error:
        raise InvalidRequest("the post", error.problems) from None


def _photos(
    urls: Sequence[str], cover: int, mode: PostMode, is_aigc: bool | None
) -> dict[str, Any]:
    if not 0 <= cover < max(1, len(urls)):
        raise InvalidRequest(
            "the post", [("cover", f"is {cover}, but the photos count from 0 to {len(urls) - 1}")]
        )
    found = ((f"urls.{at}", https_problem(url)) for at, url in enumerate(urls))
    problems = [(path, why) for path, why in found if why is not None]
    if problems:
        raise InvalidRequest("the post", problems[:MAX_PROBLEMS])
    source = _info(posting.PhotoSource, photo_images=tuple(urls), photo_cover_index=cover)
    return {"post_mode": mode, "source_info": source, "is_aigc": is_aigc}
