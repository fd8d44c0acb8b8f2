"""The operations of the Content Posting API."""

from __future__ import annotations

from ...errors import OVER_LIMIT, SERVER_FAULT, TOKEN_INVALID, case
from ...model import Empty
from ...operation import (
    GIVEN,
    SERVED,
    AnyOf,
    ApiProduct,
    ByValue,
    LimitKey,
    OperationEffect,
    RateLimit,
    Resource,
    Retry,
    Subject,
)
from ...protocols.open_api import OPEN_API_TWO_SPELLINGS
from ...scopes import Scope
from .models import (
    ContentInit,
    CreatorInfo,
    CreatorInfoQuery,
    InboxVideoInit,
    Initiated,
    PostMode,
    PostStatus,
    PublishIdQuery,
    VideoInit,
    VideoInitiated,
)

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

POSTING = ApiProduct(
    name="posting",
    protocol=OPEN_API_TWO_SPELLINGS,
    subject=Subject.CREATOR,
    resource=Resource.POSTING,
    scopes=_EITHER,
    surfaces=GIVEN,
)

CREATOR_INFO = POSTING.operation(
    "creator_info",
    "POST",
    "/v2/post/publish/creator_info/query/",
    request=CreatorInfoQuery,
    response=CreatorInfo,
    summary="Read what the creator may post and how, as of now",
    action="See posting settings",
    limits=(RateLimit(20, 60, LimitKey.USER_TOKEN),),
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

VIDEO_INIT = POSTING.operation(
    "video_init",
    "POST",
    "/v2/post/publish/video/init/",
    request=VideoInit,
    response=VideoInitiated,
    summary="Begin to post a video to the creator's profile",
    action="Post to profile",
    effect=OperationEffect.WRITE,
    begins_post=True,
    scopes=AnyOf((Scope.VIDEO_PUBLISH,)),
    limits=(_INIT_LIMIT,),
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
)

INBOX_VIDEO_INIT = POSTING.operation(
    "inbox_video_init",
    "POST",
    "/v2/post/publish/inbox/video/init/",
    request=InboxVideoInit,
    response=VideoInitiated,
    summary="Begin to leave a video as a draft in the creator's inbox",
    action="Leave drafts",
    effect=OperationEffect.WRITE,
    begins_post=True,
    scopes=AnyOf((Scope.VIDEO_UPLOAD,)),
    limits=(_INIT_LIMIT,),
    errors=(_BAD_FIELD, _PENDING, _BANNED, _UNVERIFIED, *_ALWAYS),
    source="posting.yaml inbox_video_init",
)

CONTENT_INIT = POSTING.operation(
    "content_init",
    "POST",
    "/v2/post/publish/content/init/",
    request=ContentInit,
    response=Initiated,
    summary="Post photos, or leave them as a draft",
    action="Post to profile",
    effect=OperationEffect.WRITE,
    begins_post=True,
    scopes=ByValue(
        "post_mode",
        {
            PostMode.DIRECT_POST: Scope.VIDEO_PUBLISH,
            PostMode.MEDIA_UPLOAD: Scope.VIDEO_UPLOAD,
        },
    ),
    limits=(_INIT_LIMIT,),
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
)

STATUS = POSTING.operation(
    "status",
    "POST",
    "/v2/post/publish/status/fetch/",
    request=PublishIdQuery,
    response=PostStatus,
    summary="Ask where a post is",
    action="Check a post",
    limits=(RateLimit(30, 60, LimitKey.USER_TOKEN),),
    retry=Retry.SAFE,
    errors=(_UNKNOWN_ID, _FOREIGN_ID, case("invalid_params", "no publish_id"), *_ALWAYS),
    source="posting.yaml status_fetch",
)

CANCEL = POSTING.operation(
    "cancel",
    "POST",
    "/v2/post/publish/cancel/",
    request=PublishIdQuery,
    response=Empty,
    summary="Cancel a post whose media TikTok is still downloading",
    action="Cancel a post",
    effect=OperationEffect.WRITE,
    errors=(
        _UNKNOWN_ID,
        _FOREIGN_ID,
        case("publish_not_cancellable", "already final or too far along"),
        *_ALWAYS,
    ),
    source="posting.yaml publish_cancel",
)
