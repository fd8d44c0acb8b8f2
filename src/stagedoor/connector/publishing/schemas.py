"""JSON schemas of posts: requests. `responses` has the responses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from stagedoor.platform.addresses import https_problem
from stagedoor.platform.bounds import AtMost
from stagedoor.platform.encodable import first_problem
from stagedoor.platform.media import MAX_FILE, PHOTO
from stagedoor.platform.products.posting import PrivacyLevel, guidelines
from stagedoor.platform.reasons import formed
from stagedoor.platform.refusal import InvalidRequest

from ..errors import unfit, unfit_parts
from ..shapes import Model, PatchModel, example
from . import content
from .posts import Mode, PostKind

_MAX_LABEL = 500
_ID = formed(r"^[A-Za-z0-9_.~-]+$", "should be an id as an answer of the service gave it")
_Id = Annotated[str, Field(min_length=1, max_length=64, pattern=_ID)]
_Text = Annotated[str, Field(max_length=8_000)]
_Label = Annotated[str, Field(max_length=_MAX_LABEL)]


def _https(url: str) -> str:
    problem = https_problem(url)
    if problem is not None:
        raise ValueError(problem)
    return url


_Url = Annotated[str, AfterValidator(_https)]


class Consent(Model):
    """A person's consent to post, as the application recorded it."""

    text: Annotated[str, Field(max_length=300)]
    """The declaration that the person saw, in TikTok's wording."""
    accepted_at: AwareDatetime
    """When the person agreed, RFC 3339 with its zone."""
    by: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The person who agreed, by an id of your own."""
    preview_shown: bool | None = None
    """Whether the person saw a preview of the content."""

    def stored(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "acceptedAt": self.accepted_at.isoformat(),
            "by": self.by,
            "previewShown": self.preview_shown,
        }


class _Settings(Model):
    """`privacyLevel` is required to post directly: TikTok has no default for it."""

    privacy_level: PrivacyLevel | None = None
    """The post's audience. Required to post directly: TikTok has no default for it."""
    disable_comment: bool | None = None
    """Whether comments are off."""
    brand_content: bool | None = None
    """Whether the post is a paid partnership."""
    brand_organic: bool | None = None
    """Whether the post promotes the creator's own business."""
    is_aigc: bool | None = None
    """Whether the content was made by AI."""
    consent: Consent | None = None
    """The person's consent, kept with the post as evidence for TikTok's audit."""

    def consented(self) -> dict[str, Any]:
        return {"consent": None if self.consent is None else self.consent.stored()}

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
    video_url: _Url | None = None
    """An https URL that TikTok fetches the video from; then there is no upload."""
    media_id: _Id | None = None
    """A video of the media library, instead of an upload or a `videoUrl`."""
    size: Annotated[int, Field(ge=1, le=MAX_FILE)] | None = None
    """The file's length in bytes; with it the upload's length is checked."""

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if self.media_id is not None and self.video_url is not None:
            raise ValueError("give mediaId or videoUrl, not both")
        return self

    def content(self) -> dict[str, Any]:
        """Raises `InvalidInput` for values that TikTok wouldn't accept."""
        text = self.caption if self.caption is not None else self.title or None
        values = self.chosen() | self.consented() | {"text": text, "video_url": self.video_url}
        if self.caption is None:
            values[content.CAPTION_IS_TITLE] = True
        return checked(PostKind.VIDEO, self.mode, values)


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
    urls: Annotated[list[_Url], AtMost(PHOTO.max_count)] = Field(default_factory=list)
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

    @model_validator(mode="after")
    def _has_photos(self) -> Self:
        if bool(self.uploads) == bool(self.urls):
            raise ValueError("give photos as uploads or as urls, one of the two")
        count = len(self.uploads) or len(self.urls)
        if self.cover >= count:
            raise ValueError(f"cover is {self.cover}, but the photos count from 0 to {count - 1}")
        return self

    def content(self) -> dict[str, Any]:
        """Raises `InvalidInput` for values that TikTok wouldn't accept."""
        values = (
            self.chosen()
            | self.consented()
            | {
                "photo_title": self.title or None,
                "text": self.caption,
                "auto_add_music": self.auto_add_music,
                "cover": self.cover,
                "urls": list(self.urls),
            }
        )
        return checked(PostKind.PHOTOS, self.mode, values)


def checked(kind: PostKind, mode: Mode, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values`, validated by TikTok's own model; `InvalidInput` names each problem by path."""
    if mode is Mode.DIRECT and not values.get("privacy_level"):
        raise unfit(
            "privacyLevel", "is needed to post directly; creator-info says which are offered"
        )
    _check_consent(values)
    try:
        if (problem := first_problem(values)) is not None:
            raise InvalidRequest("the post", [problem])
        if kind is PostKind.PHOTOS:
            content.photo_info(values, mode)
        elif mode is Mode.DIRECT:
            content.video_info(values)
    except InvalidRequest as error:
        problems = [(_outside(kind, path), why) for path, why in error.problems]
        raise unfit_parts(problems) from None
    return {name: value for name, value in values.items() if value is not None}


def _check_consent(values: Mapping[str, Any]) -> None:
    """TikTok mandates the wording, which depends on what is disclosed."""
    consent = values.get("consent")
    if consent is None:
        return
    needed = guidelines.consent_text(bool(values.get("brand_content_toggle")))
    if consent["text"].replace("\u2019", "'").strip().rstrip(".") != needed:
        raise unfit("consent.text", f"has to be TikTok's wording for this post: {needed!r}")


def _outside(kind: PostKind, path: str) -> str:
    name = path.partition(".")[0]
    if name == "title":
        return "title" if kind is PostKind.PHOTOS else "caption"
    if name == "description":
        return "caption"
    return content.OUTSIDE.get(name, name)


class PublishIdBody(Model):
    """Names a post."""

    publish_id: _Id
    """The post: its id here, or for post-status TikTok's."""

    @classmethod
    def elsewhere(cls, name: str) -> str:
        taking = [
            route
            for route, model in (
                ("init-video-upload", InitVideoUpload),
                ("publish-photos", PublishPhotos),
                ("PATCH /api/posts/<publishId>", PatchPost),
            )
            if any(name in (field.alias, own) for own, field in model.model_fields.items())
        ]
        if not taking:
            return ""
        *others, last = taking
        return f" {', '.join(others)} and {last} take it" if others else f" {last} takes it"


class PatchPost(_VideoSettings, PatchModel):
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
    """A person's finding at TikTok about a post whose outcome is unknown."""

    @classmethod
    def null_removes(cls, name: str) -> bool:
        return name != "resolution"

    def chosen(self) -> dict[str, Any]:
        return super().chosen() | {"auto_add_music": self.auto_add_music}

    def changes(self, kind: PostKind) -> dict[str, Any]:
        """The changed fields, by our own names. Raises `InvalidInput` for fields of another kind of
        post."""
        named = self._outside()
        values = {
            name: value
            for name, value in self.chosen().items()
            if content.OUTSIDE.get(name, name) in named
        }
        settings = content.PHOTO_SETTINGS if kind is PostKind.PHOTOS else content.VIDEO_SETTINGS
        for name in values:
            if name not in (*settings, "is_aigc"):
                raise unfit(content.OUTSIDE[name], f"is no setting of {kind.value}")
        if "caption" in self.model_fields_set:
            values["text"] = self.caption
            values[content.CAPTION_IS_TITLE] = None
        if "consent" in self.model_fields_set:
            values |= self.consented()
        return values

    def _outside(self) -> set[str]:
        """The names of the fields that were sent, as in the JSON."""
        fields = type(self).model_fields
        return {str(fields[name].alias or name) for name in self.model_fields_set}


def seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
