"""Publishing: check, read the creator's settings, init, send, wait. At most one post per call."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Annotated, Any

from stagedoor.platform.arguments import AtLeast, Says, check_fields
from stagedoor.platform.media import PHOTO, SAFE_MAX_CHUNK, VIDEO
from stagedoor.platform.products import posting
from stagedoor.platform.products.posting import (
    CreatorInfo,
    FailReason,
    PostMode,
    PostStatus,
    PrivacyLevel,
    PublishStatus,
)

from .chunks import ChunkPlan, plan_chunks
from .effects import Blocking, Flow, Sleep
from .errors import (
    AnswerLost,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PostFailed,
    StillProcessing,
    TikTokError,
    TransportError,
    UnexpectedAnswer,
)
from .mediacheck import check_photo, check_video
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
from .progress import Stage
from .reports import Teller, told_while_sent
from .session import Session, build, call
from .source import Media, Source, open_source
from .upload import upload

WAIT_SECONDS = 600.0
"""How long a post is waited for by default; TikTok names no bound."""
_FIRST_POLL = 0.4
_LAST_POLL = 10.0
_FRESH_SECONDS = 30.0
"""Right after init TikTok may not know the publish_id yet (`posting.yaml`, fresh_id_race)."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post that TikTok took.

    `status` is TikTok's. `post_ids` are the ids of the public posts: they come after moderation,
    and never for posts that aren't public. `url` is the first one's page.
    """

    publish_id: str
    status: PublishStatus | str
    post_ids: tuple[str, ...] = ()
    username: str = ""
    photos: bool = False

    @property
    def url(self) -> str | None:
        if not self.post_ids or not self.username:
            return None
        kind = "photo" if self.photos else "video"
        return f"https://www.tiktok.com/@{self.username}/{kind}/{self.post_ids[0]}"


@dataclass(frozen=True, slots=True)
class Url:
    """A video that TikTok downloads itself: https, a domain verified for the app, no redirect."""

    value: str

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.value.lower().startswith("https://"):
            why = f"must begin with https://, not {self.value[:12]!r}"
            raise InvalidRequest("Url()", [("value", why)])


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

    A file is checked against TikTok's limits before anything is sent (`check=False` leaves that
    to TikTok), then the creator's settings are read, and the bytes go out in chunks.

    Raises `MediaRejected`, `InvalidRequest`, a `TikTokError`, `PostFailed`, `StillProcessing`, or
    `OutcomeUnknown` when the network failed after TikTok may have got everything: all bytes of a
    file, or the init of a `Url`.
    """
    tell = Teller(progress)
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
    publish_id, username = yield from _hand_over(
        session,
        posting.VIDEO_INIT,
        {"post_info": post_info},
        _Parcel(media, size, chunk_size, check),
        privacy_level,
        tell,
    )
    return (yield from _finish(session, publish_id, wait, wait_until_public, username, tell))


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
    """Leave a video as a draft in the creator's inbox, who finishes and posts it in TikTok.

    The status of the result is SEND_TO_USER_INBOX. Errors are those of `publish_video`.
    """
    tell = Teller(progress)
    parcel = _Parcel(media, size, chunk_size, check)
    publish_id, _ = yield from _hand_over(session, posting.INBOX_VIDEO_INIT, {}, parcel, None, tell)
    return (yield from _finish(session, publish_id, wait, False, "", tell))


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

    TikTok doesn't say which photo it dislikes: give `copies`, the same photos as local files, and
    each is checked before anything is sent.

    Raises `OutcomeUnknown` when the answer to init is lost: TikTok may have taken the post.
    """
    tell = Teller(progress)
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
    yield from _check_copies(copies, urls, tell)
    username = yield from _settings(session, tell, privacy_level, "the photos", None)
    started = yield from _init_pull(session, posting.CONTENT_INIT, body, tell)
    post: Post = yield from _finish(
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
    """Leave photos as a draft in the creator's inbox. Errors are those of `publish_photos`."""
    tell = Teller(progress)
    body = _photos(urls, cover, PostMode.MEDIA_UPLOAD, is_aigc) | {
        "post_info": _info(posting.PhotoPostInfo, title=title, description=description)
    }
    yield from _check_copies(copies, urls, tell)
    started = yield from _init_pull(session, posting.CONTENT_INIT, body, tell)
    return (yield from _finish(session, started.publish_id, wait, False, "", tell))


def send_video(
    session: Session,
    started: Started,
    media: Media | Source,
    *,
    chunk_size: AnnouncedChunk,
    stored: Stored = 0,
    progress: OnProgressOrNone = None,
) -> Flow[None]:
    """Send the bytes of a video whose init is done, or go on with them.

    An upload that TikTok has all of is left alone. Nothing is published by a part of the bytes.
    """
    own = not isinstance(media, Source)
    source: Any = (yield Blocking(open_source, (media,))) if own else media
    try:
        plan = ChunkPlan(source.size, chunk_size, max(1, source.size // chunk_size))
        start = plan.index_of(stored)
        if start is None:
            raise InvalidRequest("the upload", [("stored", f"is {stored}, where no chunk begins")])
        yield from _send(session, source, plan, started, Teller(progress), start)
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

    Raises `PostFailed`, or `StillProcessing` when `wait` seconds are over.
    """
    return (yield from _finish(session, publish_id, wait, until_public, "", Teller(progress)))


def _info(model: type[Any], **values: Any) -> Any:
    """A part of a request, or `InvalidRequest` that names what is wrong."""
    try:
        return model(**values)
    except InvalidRequest as error:
        raise InvalidRequest("the post", error.problems) from None


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A video and how it is to be sent."""

    media: Media | Url
    size: int | None
    chunk_size: int
    check: bool


def _hand_over(
    session: Session,
    operation: Any,
    values: dict[str, Any],
    parcel: _Parcel,
    privacy_level: PrivacyLevel | str | None,
    tell: Teller,
) -> Flow[tuple[str, str]]:
    """Check, read the settings, init, and send; TikTok's publish_id and the creator's handle.

    `privacy_level` None: a draft, for which the creator's settings don't matter.
    """
    if isinstance(parcel.media, Url):
        url = parcel.media.value
        username = yield from _settings(session, tell, privacy_level, url, None)
        source_info = posting.PullFromUrl(video_url=url)
        values = values | {"source_info": source_info}
        started = yield from _init_pull(session, operation, values, tell)
        return started.publish_id, username
    source: Source = yield Blocking(open_source, (parcel.media, parcel.size))
    with closing(source):
        plan = plan_chunks(source.size, parcel.chunk_size)
        seconds: float | None = None
        if parcel.check:
            yield tell(Stage.CHECKING, note=source.name)
            seconds = (yield Blocking(check_video, (source,))).seconds
        username = yield from _settings(session, tell, privacy_level, source.name, seconds)
        yield tell(Stage.INIT)
        upload_info = posting.FileUpload(
            video_size=plan.size, chunk_size=plan.chunk_size, total_chunk_count=plan.count
        )
        started = yield from _init_upload(session, operation, values | {"source_info": upload_info})
        tell.publish_id = started.publish_id
        yield from _send(session, source, plan, started, tell)
    return started.publish_id, username


def _photos(
    urls: Sequence[str], cover: int, mode: PostMode, is_aigc: bool | None
) -> dict[str, Any]:
    if not 0 <= cover < max(1, len(urls)):
        raise InvalidRequest(
            "the post", [("cover", f"is {cover}, but the photos count from 0 to {len(urls) - 1}")]
        )
    source = _info(posting.PhotoSource, photo_images=tuple(urls), photo_cover_index=cover)
    return {"post_mode": mode, "source_info": source, "is_aigc": is_aigc}


def _check_copies(copies: Sequence[Media] | None, urls: Sequence[str], tell: Teller) -> Flow[None]:
    if copies is None:
        return
    if len(copies) != len(urls):
        raise InvalidRequest(
            "the post", [("copies", f"has {len(copies)} files for {len(urls)} photos")]
        )
    for number, copy in enumerate(copies, 1):
        yield tell(Stage.CHECKING, number - 1, len(copies), f"photo {number} of {len(copies)}")
        yield Blocking(check_photo, (copy, number, PHOTO))


def _settings(
    session: Session,
    tell: Teller,
    privacy_level: PrivacyLevel | str | None,
    name: str,
    seconds: float | None,
) -> Flow[str]:
    """The creator's handle; refuses what their settings don't offer before anything is sent."""
    if privacy_level is None:
        return ""
    yield tell(Stage.SETTINGS)
    creator: CreatorInfo = yield from call(session, posting.CREATOR_INFO, {})
    problems = []
    if privacy_level not in creator.privacy_level_options:
        offered = ", ".join(creator.privacy_level_options)
        problems.append(
            (
                "privacy_level",
                f"{privacy_level} is not offered by @{creator.creator_username}, "
                f"who offers {offered}",
            )
        )
    longest = creator.max_video_post_duration_sec
    if seconds is not None and VIDEO.is_too_long(seconds, longest):
        problems.append(
            (
                name,
                f"is {seconds:.1f} s long, @{creator.creator_username} may post at most "
                f"{longest} s (TikTok takes {VIDEO.max_seconds:.0f} s at most)",
            )
        )
    if problems:
        raise InvalidRequest("the post", problems)
    return creator.creator_username


def _init_upload(session: Session, operation: Any, values: dict[str, Any]) -> Flow[Any]:
    """Init of an upload. It publishes nothing by itself, so a lost answer allows a second one."""
    build(operation, values)
    try:
        return (yield from call(session, operation, values))
    except (AnswerLost, UnexpectedAnswer):
        yield Sleep(session.retry.backoff(1))
        return (yield from call(session, operation, values))


def _init_pull(session: Session, operation: Any, values: dict[str, Any], tell: Teller) -> Flow[Any]:
    """Init of a post that TikTok fetches itself: never repeated, a lost answer stays unknown."""
    try:
        started = yield from told_while_sent(call(session, operation, values), tell)
        tell.publish_id = started.publish_id
        return started
    except (AnswerLost, UnexpectedAnswer) as error:
        raise OutcomeUnknown(
            "the answer to init was lost, so TikTok may have taken this post. "
            "Look at the creator's profile or inbox before you post it again.",
            None,
        ) from error


def _send(
    session: Session, source: Source, plan: ChunkPlan, started: Any, tell: Teller, start: int = 0
) -> Flow[None]:
    handed = min(start * plan.chunk_size, plan.size)
    yield tell(Stage.UPLOADING, handed, plan.size)

    def on_stored(done: int) -> None:
        nonlocal handed
        handed = done
        tell.now(Stage.UPLOADING, done, plan.size)

    def on_last() -> None:
        tell.may_be_published = True
        tell.now(Stage.UPLOADING, handed, plan.size)

    def confirm() -> Flow[bool]:
        status = yield from _fetch(session, started.publish_id)
        arrived = (status.uploaded_bytes or 0) >= plan.size
        return arrived or status.status != PublishStatus.PROCESSING_UPLOAD

    if not started.upload_url:
        raise UnexpectedAnswer("TikTok's answer to init has no upload_url", 200)
    yield from upload(session, started.upload_url, source, plan, on_stored, confirm, start, on_last)


def _fetch(session: Session, publish_id: str) -> Flow[PostStatus]:
    status: PostStatus = yield from call(session, posting.STATUS, {"publish_id": publish_id})
    return status


def _finish(
    session: Session,
    publish_id: str,
    wait: float | None,
    until_public: bool,
    username: str,
    tell: Teller,
) -> Flow[Post]:
    """Poll until TikTok says what became of the post; never say more than it said."""
    tell.publish_id, tell.may_be_published = publish_id, True
    if wait is None:
        return Post(publish_id, "", (), username)
    begun = session.now()
    pause = _FIRST_POLL
    last: PublishStatus | str = "no answer yet"
    while True:
        waited = session.now() - begun
        yield tell(Stage.PROCESSING, int(waited), 0, str(last))
        try:
            status = yield from _fetch(session, publish_id)
        except TikTokError as error:
            unknown = isinstance(error, NotFound) or error.message == "invalid_publish_id"
            if not unknown or waited > _FRESH_SECONDS:
                raise
            status = None
        except TransportError as error:
            raise OutcomeUnknown(
                f"post {publish_id} was handed over, but its status can't be read: "
                f"{str(error).rstrip('.')}. "
                "Ask for its status later; don't post it again.",
                publish_id,
            ) from error
        if status is not None:
            last = status.status
            if last == PublishStatus.FAILED:
                raise _failed(publish_id, status)
            done = last == PublishStatus.SEND_TO_USER_INBOX or (
                last == PublishStatus.PUBLISH_COMPLETE
                and (bool(status.publicaly_available_post_id) or not until_public)
            )
            if done:
                yield tell(Stage.DONE, 1, 1, str(last))
                return Post(publish_id, last, status.publicaly_available_post_id, username)
        if session.now() - begun >= wait:
            raise StillProcessing(
                f"post {publish_id} is {last} after {wait:.0f} s. It goes on at TikTok: "
                "wait for it again, and don't post it again.",
                publish_id,
            )
        yield Sleep(min(pause, max(0.05, wait - (session.now() - begun))))
        pause = min(_LAST_POLL, pause * 1.5)


def _failed(publish_id: str, status: PostStatus) -> PostFailed:
    reason = status.fail_reason or "no reason given"
    if isinstance(reason, FailReason):
        return PostFailed(publish_id, reason.value, reason.retry, reason.remedy)
    return PostFailed(publish_id, reason, False, "Stagedoor doesn't know this reason yet.")
