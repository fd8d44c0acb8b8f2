"""A post, and the steps that publish it: check, settings, init, send, wait.

The flows of `publish.py` combine them. Each step's reports and errors tell what TikTok may have
of the post afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from stagedoor.platform.addresses import https_problem
from stagedoor.platform.arguments import check_fields
from stagedoor.platform.counting import counted
from stagedoor.platform.media import PHOTO, VIDEO
from stagedoor.platform.products import posting
from stagedoor.platform.products.posting import (
    CreatorInfo,
    FailReason,
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
from .progress import Stage
from .reports import PostReporter, told_while_sent
from .session import Session, build, call
from .source import Media, Source, open_source
from .upload import upload

_FIRST_POLL = 0.4
_LAST_POLL = 10.0
_FRESH_SECONDS = 30.0
"""Seconds during which TikTok may not know a new publish_id (`posting.yaml`, fresh_id_race)."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post that TikTok accepted.

    `status` is TikTok's. `post_ids` are the ids of the public posts: they appear after moderation,
    and never for posts that aren't public. `url` is the page of the first.
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
        why = https_problem(self.value)
        if why is not None:
            raise InvalidRequest("Url()", [("value", why)])


@dataclass(frozen=True, slots=True)
class VideoTransfer:
    """A video and how to send it."""

    media: Media | Url
    size: int | None
    chunk_size: int
    check: bool


def hand_over(
    session: Session,
    operation: Any,
    values: dict[str, Any],
    parcel: VideoTransfer,
    privacy_level: PrivacyLevel | str | None,
    tell: PostReporter,
) -> Flow[tuple[str, str]]:
    """Check, read the settings, init, and send.

    Returns TikTok's publish_id and the creator's handle. `privacy_level` None means a draft, for
    which the creator's settings don't matter.
    """
    if isinstance(parcel.media, Url):
        url = parcel.media.value
        username = yield from offered_settings(session, tell, privacy_level, url, None)
        source_info = posting.PullFromUrl(video_url=url)
        values = values | {"source_info": source_info}
        started = yield from init_pull(session, operation, values, tell)
        return started.publish_id, username
    source: Source = yield Blocking(open_source, (parcel.media, parcel.size))
    with closing(source):
        plan = plan_chunks(source.size, parcel.chunk_size)
        seconds: float | None = None
        if parcel.check:
            yield tell(Stage.CHECKING, note=source.name)
            seconds = (yield Blocking(check_video, (source,))).seconds
        username = yield from offered_settings(session, tell, privacy_level, source.name, seconds)
        yield tell(Stage.INIT)
        upload_info = posting.FileUpload(
            video_size=plan.size, chunk_size=plan.chunk_size, total_chunk_count=plan.count
        )
        started = yield from _init_upload(session, operation, values | {"source_info": upload_info})
        tell.publish_id = started.publish_id
        yield from send(session, source, plan, started, tell)
    return started.publish_id, username


def check_copies(
    copies: Sequence[Media] | None, urls: Sequence[str], tell: PostReporter
) -> Flow[None]:
    if copies is None:
        return
    if len(copies) != len(urls):
        why = f"has {counted(len(copies), 'file')} for {counted(len(urls), 'photo')}"
        raise InvalidRequest("the post", [("copies", why)])
    for number, copy in enumerate(copies, 1):
        yield tell(Stage.CHECKING, number - 1, len(copies), f"photo {number} of {len(copies)}")
        yield Blocking(check_photo, (copy, number, PHOTO))


def offered_settings(
    session: Session,
    tell: PostReporter,
    privacy_level: PrivacyLevel | str | None,
    name: str,
    seconds: float | None,
) -> Flow[str]:
    """The creator's handle; refuses settings that the creator can't use before anything is sent."""
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
    """Init of an upload. Publishes nothing by itself, so a lost answer is retried once."""
    build(operation, values)
    try:
        return (yield from call(session, operation, values))
    except (AnswerLost, UnexpectedAnswer):
        yield Sleep(session.retry.backoff(1))
        return (yield from call(session, operation, values))


def init_pull(
    session: Session, operation: Any, values: dict[str, Any], tell: PostReporter
) -> Flow[Any]:
    """Init of a post that TikTok downloads itself. Never retried: a lost answer stays unknown."""
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


def send(
    session: Session,
    source: Source,
    plan: ChunkPlan,
    started: Any,
    tell: PostReporter,
    start: int = 0,
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


def finish(
    session: Session,
    publish_id: str,
    wait: float | None,
    until_public: bool,
    username: str,
    tell: PostReporter,
) -> Flow[Post]:
    """Poll until TikTok reports a final status; never claim more than TikTok reported."""
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
