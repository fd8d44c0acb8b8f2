"""Content Posting API: creator info, three inits, status, cancel (`posting.yaml`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from .bounds import AtMost
from .errors import OVER_LIMIT, SERVER_FAULT, TOKEN_INVALID, case
from .media import MAX_PHOTO_DESCRIPTION, MAX_PHOTO_TITLE, MAX_VIDEO_TITLE, PHOTO
from .model import AT_TIKTOK, OPEN, Answer, Empty, Id, Request, declared, in_context, text
from .operation import (
    GIVEN,
    SERVED,
    AnyOf,
    ByValue,
    Effect,
    LimitKey,
    Operation,
    RateLimit,
    Resource,
    Retry,
)
from .scopes import Scope
from .vocabulary import PrivacyLevel as PrivacyLevel
from .vocabulary import PublishStatus as PublishStatus

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
    DIRECT_POST = "DIRECT_POST"
    MEDIA_UPLOAD = "MEDIA_UPLOAD"


TERMINAL = frozenset({PublishStatus.PUBLISH_COMPLETE, PublishStatus.FAILED})
STOP_POLLING = TERMINAL | {PublishStatus.SEND_TO_USER_INBOX}


class FailReason(StrEnum):
    """Why a post failed after init; `remedy` says what to do."""

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
    """The creator's settings as of now: read them each time before a direct post."""

    creator_username: str
    creator_nickname: str
    privacy_level_options: tuple[Annotated[PrivacyLevel | str, OPEN], ...]
    comment_disabled: bool
    duet_disabled: bool
    stitch_disabled: bool
    max_video_post_duration_sec: int
    creator_avatar_url: str = ""


class VideoPostInfo(Request):
    """`privacy_level` has no default on purpose; `title` is the caption."""

    privacy_level: Annotated[PrivacyLevel | str, OPEN, declared(PrivacyLevel)]
    title: Annotated[str, text(MAX_VIDEO_TITLE)] | None = None
    disable_duet: bool | None = None
    disable_stitch: bool | None = None
    disable_comment: bool | None = None
    video_cover_timestamp_ms: Annotated[int, Field(ge=0)] | None = None
    brand_content_toggle: bool | None = None
    brand_organic_toggle: bool | None = None
    is_aigc: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _missing_level_is_a_mismatch(cls, values: Any, info: ValidationInfo) -> Any:
        """TikTok answers privacy_level_option_mismatch, not invalid_params, when it is missing."""
        if in_context(AT_TIKTOK, info) and isinstance(values, dict):
            return {"privacy_level": "", **values}
        return values


class FileUpload(Request):
    """`total_chunk_count` is floor(video_size / chunk_size); the last chunk takes the rest."""

    video_size: int
    chunk_size: int
    total_chunk_count: int
    source: Literal["FILE_UPLOAD"] = "FILE_UPLOAD"


class PullFromUrl(Request):
    video_url: str
    source: Literal["PULL_FROM_URL"] = "PULL_FROM_URL"


VideoSource = Annotated[FileUpload | PullFromUrl, Field(discriminator="source")]


class VideoInit(Request):
    post_info: VideoPostInfo
    source_info: VideoSource


class InboxVideoInit(Request):
    """The creator chooses caption and privacy in the app."""

    source_info: VideoSource


_LEVELS = ", ".join(PrivacyLevel)


class PhotoPostInfo(Request):
    """`privacy_level` is needed for DIRECT_POST; MEDIA_UPLOAD takes title and description only."""

    title: Annotated[str, text(MAX_PHOTO_TITLE)] | None = None
    description: Annotated[str, text(MAX_PHOTO_DESCRIPTION)] | None = None
    privacy_level: Annotated[PrivacyLevel | str | None, OPEN, declared(PrivacyLevel)] = None
    disable_comment: bool | None = None
    auto_add_music: bool | None = None
    brand_content_toggle: bool | None = None
    brand_organic_toggle: bool | None = None
    is_aigc: bool | None = None


class PhotoSource(Request):
    """`photo_cover_index` counts from 0."""

    photo_images: Annotated[tuple[str, ...], Field(min_length=1), AtMost(PHOTO.max_count)]
    photo_cover_index: Annotated[int, Field(ge=0)]
    source: Literal["PULL_FROM_URL"] = "PULL_FROM_URL"

    @field_validator("photo_cover_index")
    @classmethod
    def _is_one_of_the_photos(cls, index: int, info: ValidationInfo) -> int:
        count = len(info.data.get("photo_images", ()))
        if count and index >= count and not in_context(AT_TIKTOK, info):
            raise ValueError(f"is {index}, but the photos count from 0 to {count - 1}")
        return index


class ContentInit(Request):
    post_mode: PostMode
    source_info: PhotoSource
    post_info: PhotoPostInfo = PhotoPostInfo.model_construct()
    media_type: Literal["PHOTO"] = "PHOTO"
    is_aigc: bool | None = None

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
    publish_id: Annotated[str, Field(max_length=64)]


class VideoInitiated(Answer):
    """`upload_url` (a secret for an hour) comes with FILE_UPLOAD only."""

    publish_id: str
    upload_url: Annotated[str | None, Field(repr=False)] = None


class Initiated(Answer):
    publish_id: str


class PostStatus(Answer):
    """Where a post is. The public ids come after moderation, never for non-public posts.

    `publicaly_available_post_id` is TikTok's own spelling; the ids are strings here.
    """

    status: Annotated[PublishStatus | str, OPEN]
    fail_reason: Annotated[FailReason | str | None, OPEN] = None
    publicaly_available_post_id: tuple[Id, ...] = ()
    uploaded_bytes: int | None = None
    downloaded_bytes: int | None = None


_EITHER = AnyOf((Scope.VIDEO_PUBLISH, Scope.VIDEO_UPLOAD))
_INIT_LIMIT = RateLimit(6, 60, LimitKey.USER_TOKEN)
_BAD_FIELD = case("invalid_params", "bad field, chunk size or chunk count")
_TOO_MANY = case("spam_risk_too_many_posts", "the creator's daily cap is reached")
_PENDING = case("spam_risk_too_many_pending_share", "5 unfinished shares within 24 h")
_BANNED = case("spam_risk_user_banned_from_posting", "the creator is banned from posting")
_USER_CAP = case("reached_active_user_cap", "the app's daily number of creators is reached")
_UNAUDITED = case(
    "unaudited_client_can_only_post_to_private_accounts", "unaudited app, account not private"
)
_UNVERIFIED = case("url_ownership_unverified", "host or prefix not verified for the app")
_MISMATCH = case("privacy_level_option_mismatch", "privacy_level missing or not offered")
_UNSCOPED = case("scope_not_authorized", "the posting scope isn't granted")
_UNKNOWN_ID = case("invalid_publish_id", "unknown publish_id")
_FOREIGN_ID = case(
    "token_not_authorized_for_specified_publish_id", "publish_id of another creator or app"
)
_ALWAYS = (TOKEN_INVALID, _UNSCOPED, OVER_LIMIT, SERVER_FAULT)

CREATOR_INFO = Operation(
    id="posting.creator_info",
    method="POST",
    path="/v2/post/publish/creator_info/query/",
    request=CreatorInfoQuery,
    response=CreatorInfo,
    summary="Read what the creator may post and how, as of now",
    resource=Resource.POSTING,
    action="See posting settings",
    scopes=_EITHER,
    limit=RateLimit(20, 60, LimitKey.USER_TOKEN),
    retry=Retry.SAFE,
    errors=(
        # HTTP 200 on purpose: creator_info_exception in errors.yaml
        case("spam_risk_too_many_posts", "the creator's daily cap is reached", 200),
        case("spam_risk_user_banned_from_posting", "the creator is banned from posting", 200),
        case("reached_active_user_cap", "the app's daily number of creators is reached", 200),
        *_ALWAYS,
    ),
    source="posting.yaml creator_info_query",
    surfaces=SERVED,
)

VIDEO_INIT = Operation(
    id="posting.video_init",
    method="POST",
    path="/v2/post/publish/video/init/",
    request=VideoInit,
    response=VideoInitiated,
    summary="Begin to post a video to the creator's profile",
    resource=Resource.POSTING,
    action="Post to profile",
    effect=Effect.WRITE,
    scopes=AnyOf((Scope.VIDEO_PUBLISH,)),
    limit=_INIT_LIMIT,
    errors=(
        _BAD_FIELD,
        _TOO_MANY,
        _BANNED,
        _USER_CAP,
        _UNAUDITED,
        _UNVERIFIED,
        _MISMATCH,
        *_ALWAYS,
    ),
    source="posting.yaml video_init",
    surfaces=GIVEN,
)

INBOX_VIDEO_INIT = Operation(
    id="posting.inbox_video_init",
    method="POST",
    path="/v2/post/publish/inbox/video/init/",
    request=InboxVideoInit,
    response=VideoInitiated,
    summary="Begin to leave a video as a draft in the creator's inbox",
    resource=Resource.POSTING,
    action="Leave drafts",
    effect=Effect.WRITE,
    scopes=AnyOf((Scope.VIDEO_UPLOAD,)),
    limit=_INIT_LIMIT,
    errors=(_BAD_FIELD, _PENDING, _BANNED, _UNVERIFIED, *_ALWAYS),
    source="posting.yaml inbox_video_init",
    surfaces=GIVEN,
)

CONTENT_INIT = Operation(
    id="posting.content_init",
    method="POST",
    path="/v2/post/publish/content/init/",
    request=ContentInit,
    response=Initiated,
    summary="Post photos, or leave them as a draft",
    resource=Resource.POSTING,
    action="Post to profile",
    effect=Effect.WRITE,
    scopes=ByValue(
        "post_mode",
        {
            PostMode.DIRECT_POST: Scope.VIDEO_PUBLISH,
            PostMode.MEDIA_UPLOAD: Scope.VIDEO_UPLOAD,
        },
    ),
    limit=_INIT_LIMIT,
    errors=(
        _BAD_FIELD,
        case("app_version_check_failed", "MEDIA_UPLOAD and the creator's app is below 31.8"),
        _TOO_MANY,
        _BANNED,
        _PENDING,
        _USER_CAP,
        _UNAUDITED,
        _UNVERIFIED,
        _MISMATCH,
        *_ALWAYS,
    ),
    source="posting.yaml content_init",
    surfaces=GIVEN,
)

STATUS = Operation(
    id="posting.status",
    method="POST",
    path="/v2/post/publish/status/fetch/",
    request=PublishIdQuery,
    response=PostStatus,
    summary="Ask where a post is",
    resource=Resource.POSTING,
    action="Check a post",
    scopes=_EITHER,
    limit=RateLimit(30, 60, LimitKey.USER_TOKEN),
    retry=Retry.SAFE,
    errors=(_UNKNOWN_ID, _FOREIGN_ID, case("invalid_params", "no publish_id"), *_ALWAYS),
    source="posting.yaml status_fetch",
    surfaces=GIVEN,
)

CANCEL = Operation(
    id="posting.cancel",
    method="POST",
    path="/v2/post/publish/cancel/",
    request=PublishIdQuery,
    response=Empty,
    summary="Cancel a post whose media TikTok is still downloading",
    resource=Resource.POSTING,
    action="Cancel a post",
    effect=Effect.WRITE,
    scopes=_EITHER,
    errors=(
        _UNKNOWN_ID,
        _FOREIGN_ID,
        case("publish_not_cancellable", "already final or too far along"),
        *_ALWAYS,
    ),
    source="posting.yaml publish_cancel",
    surfaces=GIVEN,
)
