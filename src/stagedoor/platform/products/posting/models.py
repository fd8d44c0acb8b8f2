"""Requests and answers of the Content Posting API."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ...addresses import WEB
from ...bounds import AtMost
from ...marks import PRIVACY, PUBLISHED_TEXT
from ...media import MAX_PHOTO_DESCRIPTION, MAX_PHOTO_TITLE, MAX_VIDEO_TITLE, PHOTO
from ...model import AT_TIKTOK, OPEN, Answer, Id, Request, declared, in_context, says, text
from ...vocabulary import PrivacyLevel as PrivacyLevel
from ...vocabulary import PublishStatus as PublishStatus

PUBLIC_ACCOUNT_LEVELS = (
    PrivacyLevel.PUBLIC_TO_EVERYONE,
    PrivacyLevel.MUTUAL_FOLLOW_FRIENDS,
    PrivacyLevel.SELF_ONLY,
)
PRIVATE_ACCOUNT_LEVELS = (
    PrivacyLevel.FOLLOWER_OF_CREATOR,
    PrivacyLevel.MUTUAL_FOLLOW_FRIENDS,
    PrivacyLevel.SELF_ONLY,
)


class PostMode(StrEnum):
    """The destination of a post: the profile, or the inbox as a draft."""

    DIRECT_POST = "DIRECT_POST"
    MEDIA_UPLOAD = "MEDIA_UPLOAD"


TERMINAL = frozenset({PublishStatus.PUBLISH_COMPLETE, PublishStatus.FAILED})
STOP_POLLING = TERMINAL | {PublishStatus.SEND_TO_USER_INBOX}


class FailReason(StrEnum):
    """The reason why a post failed after init; `remedy` says what to do."""

    remedy: str
    retry: bool

    def __new__(cls, value: str, retry: bool, remedy: str) -> FailReason:
        member = str.__new__(cls, value)
        member._value_ = value
        member.retry = retry
        member.remedy = remedy
        return member

    FILE_FORMAT = (
        "file_format_check_failed",
        False,
        "The format or codec isn't supported: use H.264 in MP4 (or H.265, VP8, VP9 in MP4, MOV or "
        "WebM), and JPEG or WebP for photos.",
    )
    DURATION = ("duration_check_failed", False, "Make the video longer or shorter.")
    FRAME_RATE = ("frame_rate_check_failed", False, "Use 23 to 60 frames per second.")
    PICTURE_SIZE = (
        "picture_size_check_failed",
        False,
        "Use 360 to 4096 pixels a side for videos, at most 1080p for photos.",
    )
    INTERNAL = ("internal", True, "A part of TikTok was unavailable: post again later.")
    VIDEO_PULL = (
        "video_pull_failed",
        True,
        "TikTok couldn't download the video in an hour: see that the URL answers 200 without "
        "redirect or login.",
    )
    PHOTO_PULL = (
        "photo_pull_failed",
        True,
        "TikTok couldn't download a photo in an hour: see that each URL answers 200 without "
        "redirect or login.",
    )
    CANCELLED = ("publish_cancelled", False, "The post was cancelled; nothing was published.")
    AUTH_REMOVED = (
        "auth_removed",
        False,
        "The creator removed the app's access while the post was under way: connect again.",
    )
    TOO_MANY_POSTS = (
        "spam_risk_too_many_posts",
        False,
        "The creator has used up today's posts through the API: post tomorrow or in the app.",
    )
    BANNED = (
        "spam_risk_user_banned_from_posting",
        False,
        "TikTok has banned the creator from posting.",
    )
    SPAM_TEXT = ("spam_risk_text", False, "TikTok judged the caption risky: change it.")
    SPAM = ("spam_risk", False, "TikTok judged the post risky: look at content and caption.")


class PublishType(StrEnum):
    INBOX_SHARE = "INBOX_SHARE"
    DIRECT_PUBLISH = "DIRECT_PUBLISH"


DAILY_POSTS = 15
PENDING_SHARES = 5
UNAUDITED_USERS = 5
CAP_SECONDS = 86_400
AVATAR_URL_SECONDS = 7_200
MIN_INBOX_APP_VERSION = (31, 8)


class CreatorInfoQuery(Request):
    """Takes nothing."""


class CreatorInfo(Answer):
    """The creator's current settings: read them before each direct post."""

    creator_username: Annotated[str, says("the handle, without @")]
    creator_nickname: Annotated[str, says("the name that is shown")]
    privacy_level_options: Annotated[
        tuple[Annotated[PrivacyLevel | str, OPEN], ...],
        says("who may see a post; show these to a person"),
    ]
    comment_disabled: Annotated[bool, says("comments are off for the account")]
    duet_disabled: Annotated[bool, says("duets are off for the account")]
    stitch_disabled: Annotated[bool, says("stitches are off for the account")]
    max_video_post_duration_sec: Annotated[
        int, says("the longest video that may be posted, in seconds")
    ]
    creator_avatar_url: Annotated[str, says("the address expires after two hours")] = ""


class VideoPostInfo(Request):
    """The text of a video post, and who may see it."""

    privacy_level: Annotated[
        PrivacyLevel | str,
        OPEN,
        declared(PrivacyLevel),
        PRIVACY,
        says(
            "who may see the post: one of the creator's "
            "`privacy_level_options`; no default, since TikTok wants a "
            "person to choose"
        ),
    ]
    title: Annotated[
        Annotated[str, text(MAX_VIDEO_TITLE)] | None,
        PUBLISHED_TEXT,
        says("the caption, with hashtags and mentions, at most 2,200 UTF-16 units"),
    ] = None
    disable_duet: Annotated[bool | None, says("nobody may make a duet")] = None
    disable_stitch: Annotated[bool | None, says("nobody may stitch")] = None
    disable_comment: Annotated[bool | None, says("nobody may comment")] = None
    video_cover_timestamp_ms: Annotated[
        Annotated[int, Field(ge=0)] | None,
        says("the cover's moment in the video, in milliseconds"),
    ] = None
    brand_content_toggle: Annotated[
        bool | None, says("the post is a paid partnership with another brand")
    ] = None
    brand_organic_toggle: Annotated[
        bool | None, says("the post promotes the creator's own business")
    ] = None
    is_aigc: Annotated[bool | None, says("the post is labelled as made by AI")] = None

    @model_validator(mode="before")
    @classmethod
    def _missing_level_is_a_mismatch(cls, values: Any, info: ValidationInfo) -> Any:
        """TikTok answers a missing level with privacy_level_option_mismatch, not invalid_params."""
        if in_context(AT_TIKTOK, info) and isinstance(values, dict):
            return {"privacy_level": "", **values}
        return values


class FileUpload(Request):
    """A video whose bytes are uploaded."""

    video_size: Annotated[int, says("in bytes")]
    chunk_size: Annotated[int, says("in bytes; `stagedoor.plan_chunks` says which")]
    total_chunk_count: Annotated[
        int, says("floor(video_size / chunk_size); the last chunk takes the rest")
    ]
    source: Annotated[Literal["FILE_UPLOAD"], says("the bytes are uploaded")] = "FILE_UPLOAD"


class PullFromUrl(Request):
    """A video that TikTok downloads itself."""

    video_url: Annotated[
        str, WEB, says("an https address that TikTok downloads, verified for the app")
    ]
    source: Annotated[Literal["PULL_FROM_URL"], says("TikTok downloads the video")] = (
        "PULL_FROM_URL"
    )


VideoSource = Annotated[FileUpload | PullFromUrl, Field(discriminator="source")]


class VideoInit(Request):
    """A video for the profile."""

    post_info: Annotated[VideoPostInfo, says("what the post says and who may see it")]
    source_info: Annotated[
        VideoSource, says("where the bytes come from: `FileUpload` or `PullFromUrl`")
    ]


class InboxVideoInit(Request):
    """The creator chooses caption and privacy in the app."""

    source_info: Annotated[
        VideoSource, says("where the bytes come from: `FileUpload` or `PullFromUrl`")
    ]


_LEVELS = ", ".join(PrivacyLevel)


class PhotoPostInfo(Request):
    """The text of a photo post, and who may see it; drafts take title and description only."""

    title: Annotated[
        Annotated[str, text(MAX_PHOTO_TITLE)] | None,
        PUBLISHED_TEXT,
        says("the title, at most 90 UTF-16 units"),
    ] = None
    description: Annotated[
        Annotated[str, text(MAX_PHOTO_DESCRIPTION)] | None,
        PUBLISHED_TEXT,
        says("the caption, at most 4,000 UTF-16 units"),
    ] = None
    privacy_level: Annotated[
        PrivacyLevel | str | None,
        OPEN,
        declared(PrivacyLevel),
        PRIVACY,
        says(
            "who may see the post: one of the creator's "
            "`privacy_level_options`; needed for DIRECT_POST"
        ),
    ] = None
    disable_comment: Annotated[bool | None, says("nobody may comment")] = None
    auto_add_music: Annotated[bool | None, says("TikTok adds music")] = None
    brand_content_toggle: Annotated[
        bool | None, says("the post is a paid partnership with another brand")
    ] = None
    brand_organic_toggle: Annotated[
        bool | None, says("the post promotes the creator's own business")
    ] = None
    is_aigc: Annotated[bool | None, says("the post is labelled as made by AI")] = None


class PhotoSource(Request):
    """Photos that TikTok downloads."""

    photo_images: Annotated[
        tuple[Annotated[str, WEB], ...],
        Field(min_length=1),
        AtMost(PHOTO.max_count),
        says("1 to 35 https addresses that TikTok downloads, verified for the app"),
    ]
    photo_cover_index: Annotated[int, Field(ge=0), says("which photo is the cover, counted from 0")]
    source: Annotated[Literal["PULL_FROM_URL"], says("TikTok downloads the photos")] = (
        "PULL_FROM_URL"
    )

    @field_validator("photo_cover_index")
    @classmethod
    def _is_one_of_the_photos(cls, index: int, info: ValidationInfo) -> int:
        count = len(info.data.get("photo_images", ()))
        if count and index >= count and not in_context(AT_TIKTOK, info):
            raise ValueError(f"is {index}, but the photos count from 0 to {count - 1}")
        return index


class ContentInit(Request):
    """Photos for the profile or the inbox."""

    post_mode: Annotated[PostMode, says("post to the profile, or leave a draft in the inbox")]
    source_info: Annotated[PhotoSource, says("which photos")]
    post_info: Annotated[PhotoPostInfo, says("what the post says and who may see it")] = (
        PhotoPostInfo.model_construct()
    )
    media_type: Annotated[Literal["PHOTO"], says("photos")] = "PHOTO"
    is_aigc: Annotated[bool | None, says("the post is labelled as made by AI")] = None

    @field_validator("post_info")
    @classmethod
    def _has_a_level_to_post_directly(
        cls, info: PhotoPostInfo, found: ValidationInfo
    ) -> PhotoPostInfo:
        direct = found.data.get("post_mode") == PostMode.DIRECT_POST
        if direct and info.privacy_level is None and not in_context(AT_TIKTOK, found):
            raise ValueError(f"privacy_level is missing: DIRECT_POST needs one of {_LEVELS}")
        return info


class PublishIdQuery(Request):
    """Which post."""

    publish_id: Annotated[str, Field(max_length=64), says("the post's id, from its init")]


class VideoInitiated(Answer):
    """A new video post, for which TikTok is ready to receive the bytes."""

    publish_id: Annotated[str, says("the post's id")]
    upload_url: Annotated[
        str | None,
        Field(repr=False),
        says("where the bytes go, for an hour; a secret; None for a post by URL"),
    ] = None


class Initiated(Answer):
    """A new post that TikTok accepted."""

    publish_id: Annotated[str, says("the post's id")]


class PostStatus(Answer):
    """The state of a post. The public ids are set after moderation; non-public posts have none."""

    status: Annotated[PublishStatus | str, OPEN, says("how far the post is")]
    fail_reason: Annotated[FailReason | str | None, OPEN, says("why it failed")] = None
    publicaly_available_post_id: Annotated[
        tuple[Id, ...], says("ids of the public posts (TikTok's own spelling)")
    ] = ()
    uploaded_bytes: Annotated[int | None, says("of an upload")] = None
    downloaded_bytes: Annotated[int | None, says("of a post by URL")] = None
