"""JSON schemas of posts: requests and responses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, field_validator, model_validator

from stagedoor.platform.bounds import AtMost
from stagedoor.platform.encodable import first_problem
from stagedoor.platform.media import MAX_FILE, PHOTO
from stagedoor.platform.products.posting import PrivacyLevel
from stagedoor.platform.refusal import InvalidRequest

from ..errors import BadRequest, unfit
from ..pages import Page
from ..shapes import Model, ResponseModel, example
from . import content
from .drafts import Begun
from .journal import Step
from .posts import Kind, Mode
from .service import Record
from .states import State, Visibility

_MAX_LABEL = 500
_Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.~-]+$")]
_Text = Annotated[str, Field(max_length=8_000)]
_Label = Annotated[str, Field(max_length=_MAX_LABEL)]


def _https(url: str) -> str:
    try:
        parts = urlsplit(url)
        fine = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or len(url) > 2_048:
        raise ValueError("is no https URL, and TikTok fetches from nothing else")
    return url


class _Settings(Model):
    """`privacyLevel` is required to post directly: TikTok has no default for it."""

    privacy_level: PrivacyLevel | None = None
    """Who may see the post. Required to post directly: TikTok has no default for it."""
    disable_comment: bool | None = None
    """Whether comments are off."""
    brand_content: bool | None = None
    """Whether the post is a paid partnership."""
    brand_organic: bool | None = None
    """Whether the post promotes the creator's own business."""
    is_aigc: bool | None = None
    """Whether the content was made by AI."""

    def chosen(self) -> dict[str, Any]:
        return {
            "privacy_level": self.privacy_level,
            "disable_comment": self.disable_comment,
            "brand_content_toggle": self.brand_content,
            "brand_organic_toggle": self.brand_organic,
            "is_aigc": self.is_aigc,
        }


class _VideoSettings(_Settings):
    disable_duet: bool | None = None
    """Whether others may not make duets with the video."""
    disable_stitch: bool | None = None
    """Whether others may not use parts of the video."""
    cover_timestamp_ms: Annotated[int, Field(ge=0)] | None = None
    """The moment of the video that becomes its cover, in milliseconds."""

    def chosen(self) -> dict[str, Any]:
        return super().chosen() | {
            "disable_duet": self.disable_duet,
            "disable_stitch": self.disable_stitch,
            "video_cover_timestamp_ms": self.cover_timestamp_ms,
        }


class InitVideoUpload(_VideoSettings):
    """`title` is your own label; TikTok shows `caption`, or `title` without one.

    With `videoUrl` TikTok fetches the video itself, and there is no `uploadUrl`. With `size`, in
    bytes, the upload's length is checked.
    """

    model_config = example(
        title="Summer recipes, part 1",
        caption="Three salads in ten minutes #summer",
        privacyLevel="SELF_ONLY",
    )

    title: _Label = ""
    """The organisation's own label; TikTok shows it where there is no `caption`."""
    caption: _Text | None = None
    """The text that TikTok shows."""
    mode: Mode = Mode.DIRECT
    """Whether the post is published directly, or the creator finishes it in TikTok."""
    integration_id: _Id | None = None
    """The account to post to; may be left out while only one is connected."""
    publish_at: AwareDatetime | None = None
    """When to publish; without it as soon as publish-video is called."""
    video_url: str | None = None
    """An https URL that TikTok fetches the video from; then there is no upload."""
    size: Annotated[int, Field(ge=1, le=MAX_FILE)] | None = None
    """The file's length in bytes; with it the upload's length is checked."""

    @field_validator("video_url")
    @classmethod
    def _is_https(cls, url: str | None) -> str | None:
        return None if url is None else _https(url)

    def content(self) -> dict[str, Any]:
        """Raises `BadRequest` for values that TikTok wouldn't accept."""
        text = self.caption if self.caption is not None else self.title or None
        values = self.chosen() | {"text": text, "video_url": self.video_url}
        if self.caption is None:
            values[content.CAPTION_IS_TITLE] = True
        return checked(Kind.VIDEO, self.mode, values)


class InitPhotoUpload(Model):
    """The number of photos to upload."""

    model_config = example(count=2)

    count: Annotated[int, Field(ge=1, le=PHOTO.max_count)] = 1
    """The number of photos to upload."""


class PublishPhotos(_Settings):
    """`uploads` (ids of init-photo-upload) or `urls`, in their order; `cover` counts from 0.

    `title` and `caption` become TikTok's title and description.
    """

    model_config = example(
        urls=["https://media.example.com/salad-1.jpg", "https://media.example.com/salad-2.jpg"],
        title="Three salads",
        caption="Ten minutes each #summer",
        privacyLevel="SELF_ONLY",
    )

    uploads: Annotated[list[_Id], AtMost(PHOTO.max_count)] = Field(default_factory=list)
    """The photos by the ids of init-photo-upload, in their order."""
    urls: Annotated[list[str], AtMost(PHOTO.max_count)] = Field(default_factory=list)
    """The photos by https URLs that TikTok fetches, in their order."""
    cover: Annotated[int, Field(ge=0)] = 0
    """Which photo is the cover, counted from 0."""
    title: _Label = ""
    """The post's title at TikTok, and the organisation's label."""
    caption: _Text | None = None
    """The post's description at TikTok."""
    mode: Mode = Mode.DIRECT
    """Whether the post is published directly, or the creator finishes it in TikTok."""
    integration_id: _Id | None = None
    """The account to post to; may be left out while only one is connected."""
    publish_at: AwareDatetime | None = None
    """When to publish; without it at once."""
    auto_add_music: bool | None = None
    """Whether TikTok adds music."""

    @field_validator("urls")
    @classmethod
    def _are_https(cls, urls: list[str]) -> list[str]:
        return [_https(url) for url in urls]

    @model_validator(mode="after")
    def _has_photos(self) -> Self:
        if bool(self.uploads) == bool(self.urls):
            raise ValueError("give photos as uploads or as urls, one of the two")
        count = len(self.uploads) or len(self.urls)
        if self.cover >= count:
            raise ValueError(f"cover is {self.cover}, but the photos count from 0 to {count - 1}")
        return self

    def content(self) -> dict[str, Any]:
        """Raises `BadRequest` for values that TikTok wouldn't accept."""
        values = self.chosen() | {
            "photo_title": self.title or None,
            "text": self.caption,
            "auto_add_music": self.auto_add_music,
            "cover": self.cover,
            "urls": list(self.urls),
        }
        return checked(Kind.PHOTOS, self.mode, values)


def checked(kind: Kind, mode: Mode, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values`, validated by TikTok's own model; `BadRequest` names each problem by path."""
    if mode is Mode.DIRECT and not values.get("privacy_level"):
        raise BadRequest(
            "privacyLevel: is needed to post directly; creator-info says which are offered",
            detail={"problems": [{"path": "privacyLevel", "reason": "is missing"}]},
        )
    try:
        if (problem := first_problem(values)) is not None:
            raise InvalidRequest("the post", [problem])
        if kind is Kind.PHOTOS:
            content.photo_info(values, mode)
        elif mode is Mode.DIRECT:
            content.video_info(values)
    except InvalidRequest as error:
        problems = [{"path": _outside(kind, path), "reason": why} for path, why in error.problems]
        first = problems[0]
        raise BadRequest(
            f"{first['path']}: {first['reason']}", detail={"problems": problems}
        ) from None
    return {name: value for name, value in values.items() if value is not None}


def _outside(kind: Kind, path: str) -> str:
    name = path.partition(".")[0]
    if name == "title":
        return "title" if kind is Kind.PHOTOS else "caption"
    if name == "description":
        return "caption"
    return content.OUTSIDE.get(name, name)


class PublishIdBody(Model):
    """Names a post."""

    publish_id: _Id
    """The post: its id here, or for post-status TikTok's."""


class PatchPost(_VideoSettings):
    """Only the fields that are sent change: while the post hasn't begun, or after it failed;
    `title` always.

    A caption that init-video-upload took from the title changes with it, as does the title of
    photos at TikTok.

    `resolution` settles a post whose outcome is unknown, after a person has looked.
    """

    model_config = example(caption="Three salads in nine minutes #summer")

    title: _Label | None = None
    """The organisation's label."""
    caption: _Text | None = None
    """The text that TikTok shows."""
    publish_at: AwareDatetime | None = None
    """When to publish; null makes a scheduled post a draft again."""
    auto_add_music: bool | None = None
    """Whether TikTok adds music to photos."""
    resolution: Literal["published", "notPublished"] | None = None
    """What a person found at TikTok about a post whose outcome is unknown."""

    def chosen(self) -> dict[str, Any]:
        return super().chosen() | {"auto_add_music": self.auto_add_music}

    def changes(self, kind: Kind) -> dict[str, Any]:
        """The changed fields, by our own names. Raises `BadRequest` for fields of another kind of
        post."""
        named = self._outside()
        values = {
            name: value
            for name, value in self.chosen().items()
            if content.OUTSIDE.get(name, name) in named
        }
        settings = content.PHOTO_SETTINGS if kind is Kind.PHOTOS else content.VIDEO_SETTINGS
        for name in values:
            if name not in (*settings, "is_aigc"):
                raise unfit(content.OUTSIDE[name], f"is no setting of {kind.value}")
        if "caption" in self.model_fields_set:
            values["text"] = self.caption
            values[content.CAPTION_IS_TITLE] = None
        return values

    def _outside(self) -> set[str]:
        """The names of the fields that were sent, as in the JSON."""
        fields = type(self).model_fields
        return {str(fields[name].alias or name) for name in self.model_fields_set}


class StepShown(ResponseModel):
    """A step on a post's way to TikTok."""

    step: str
    """The name of the step, such as `init` or `upload`."""
    attempt: int
    """The number of the attempt, from 1."""
    started: datetime
    """When the step began, in UTC."""
    ended: datetime | None
    """When its outcome was known, in UTC; null: not yet."""
    outcome: str | None
    """How it ended; null: not yet."""
    log_id: str | None
    detail: Any
    """More for programs; its fields depend on the step."""


class FailureShown(ResponseModel):
    """`reason` is TikTok's own where there is one; `remedy` says what to do."""

    reason: str
    """TikTok's own reason where there is one, else the service's."""
    message: str
    """What happened, for people."""
    remedy: str
    """What to do."""
    log_id: str | None
    retryable: bool
    """Whether the post may be retried as it is."""
    retry_at: datetime | None
    """When the service retries by itself, in UTC; null: it doesn't."""


class MediaShown(ResponseModel):
    """A file of a post."""

    upload_id: str
    """The id of the file."""
    kind: str
    """`video` or `photo`."""
    received: int
    """How many bytes have arrived."""
    size: int | None
    """The file's length in bytes; null: unknown until it is complete."""
    complete: bool
    """Whether the whole file has arrived."""


class PostShown(ResponseModel):
    """A post."""

    publish_id: str
    """The id of the post here."""
    tiktok_publish_id: str | None
    """TikTok's publish id; null until TikTok knows the post."""
    integration_id: str
    """The account that the post is for."""
    kind: Kind
    """What the post consists of."""
    mode: Mode
    """Whether it is published directly or finished by the creator."""
    state: State
    """How far the post is."""
    visibility: Visibility
    """Who can see the post at TikTok, as far as it is known."""
    title: str
    """The organisation's label."""
    caption: str | None
    """The text that TikTok shows."""
    settings: dict[str, Any]
    """The settings that were chosen, by the names of the request."""
    publish_at: datetime | None
    """When the post is to be published, in UTC; null: no time is set."""
    created: datetime
    """When the post was created, in UTC."""
    updated: datetime
    """When the post last changed, in UTC."""
    ended: datetime | None
    """When the post reached a final state, in UTC."""
    public_ids: list[str]
    """TikTok's ids of the published post, once known."""
    link: str | None
    """The post's public address, once known."""
    failure: FailureShown | None
    """Why the post failed, and what to do; null: it didn't."""
    retry_at: datetime | None
    """When the service goes on by itself, in UTC; null: nothing waits."""
    media: list[MediaShown]
    """The post's files."""
    warnings: list[str]
    """What to know about the post, in words."""
    history: list[StepShown]
    """The steps so far, in their order."""

    @classmethod
    def of(cls, record: Record) -> Self:
        post = record.post
        failure = post.failure
        settings = {
            content.OUTSIDE.get(name, name): value
            for name, value in post.content.items()
            if name in content.VIDEO_SETTINGS or name in content.PHOTO_SETTINGS
        }
        if post.kind is Kind.PHOTOS:
            settings["cover"] = post.content.get("cover", 0)
            settings["urls"] = list(post.content.get("urls", ()))
        elif post.content.get("video_url"):
            settings["videoUrl"] = post.content["video_url"]
        return cls(
            publish_id=post.id,
            tiktok_publish_id=post.tiktok_publish_id,
            integration_id=post.integration,
            kind=post.kind,
            mode=post.mode,
            state=post.state,
            visibility=post.visibility,
            title=post.title,
            caption=post.content.get("text"),
            settings=settings,
            publish_at=_time(post.publish_at),
            created=_moment(post.created),
            updated=_moment(post.updated),
            ended=_time(post.ended),
            public_ids=list(post.public_ids),
            link=post.link,
            failure=None
            if failure is None
            else FailureShown(
                reason=failure.reason,
                message=failure.message,
                remedy=failure.remedy,
                log_id=failure.log_id,
                retryable=failure.retryable,
                retry_at=_time(failure.retry_at),
            ),
            retry_at=_time(post.retry_at),
            media=[
                MediaShown(
                    upload_id=one.id,
                    kind=one.kind.value,
                    received=one.received,
                    size=one.size,
                    complete=one.complete,
                )
                for one in record.media
            ],
            warnings=list(record.warnings),
            history=[_step(step) for step in record.steps],
        )


class VideoBegun(ResponseModel):
    """`uploadUrl` is a secret for this one file, and valid for a day."""

    publish_id: str
    """The id of the new post."""
    upload_url: str | None
    """Where to send the file, by PUT or as a form: a secret for this one file, valid for a day.
    null: TikTok fetches the video."""
    post: PostShown
    """The new post."""

    @classmethod
    def of(cls, begun: Begun) -> Self:
        url = None if begun.upload is None else begun.upload.url
        post = PostShown.of(begun.record)
        return cls(publish_id=post.publish_id, upload_url=url, post=post)


class UploadShown(ResponseModel):
    """A place to upload one file to."""

    upload_id: str
    """The id of the file, for publish-photos."""
    upload_url: str
    """Where to send the file: a secret for this one file, valid for a day."""


class PhotosBegun(ResponseModel):
    """Places to upload photos to."""

    uploads: list[UploadShown]
    """One place for each photo, in their order."""


class PostsShown(ResponseModel):
    """A page of posts."""

    posts: list[PostShown]
    """The posts of this page, newest first."""
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page[Record]) -> Self:
        return cls(posts=[PostShown.of(one) for one in page.items], next_cursor=page.next_cursor)


def _step(step: Step) -> StepShown:
    return StepShown(
        step=step.name,
        attempt=step.attempt,
        started=_moment(step.started),
        ended=_time(step.ended),
        outcome=step.outcome,
        log_id=step.log_id,
        detail=step.detail,
    )


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _time(at: float | None) -> datetime | None:
    return None if at is None else _moment(at)


def seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
