"""The operations on an account's profile, insights, posts and publishing."""

from __future__ import annotations

from dataclasses import replace

from ...operation import AnyOf, ByField, OperationEffect, Resource, Retry
from ...paging import CursorPaging
from ..business.common import COMMON_ACCOUNT, PREFIX, case
from ..business.limits import ACCOUNT_PUBLISH
from ..business.product import ACCOUNT_HOLDER, GRANTABLE_HOLDER
from .answers import AccountPostPage, AccountProfile, PostSettings
from .fields import POST_FIELDS, PROFILE_FIELDS
from .models import MAX_POSTS, AccountPostQuery, AccountQuery, PostSettingsQuery
from .publishing import AccountPhotos, AccountPublishState, AccountVideo, PublishQuery, Shared

_POSTS = replace(GRANTABLE_HOLDER, resource=Resource.VIDEOS)
_POSTING = replace(ACCOUNT_HOLDER, resource=Resource.POSTING)
_EITHER = AnyOf(("video.publish", "video.upload"))
_UNSCOPED = case(40130, "the scope isn't granted")

BUSINESS_GET = GRANTABLE_HOLDER.operation(
    "business_get",
    "GET",
    f"{PREFIX}/business/get/",
    request=AccountQuery,
    response=AccountProfile,
    summary="Read an account's profile and daily insights",
    action="Read profile and insights",
    scopes=ByField(PROFILE_FIELDS),
    retry=Retry.SAFE,
    errors=(*COMMON_ACCOUNT, case(40130, "the scope of a field isn't granted")),
    source="business-accounts.yaml business_get",
)

BUSINESS_VIDEO_LIST = _POSTS.operation(
    "business_video_list",
    "GET",
    f"{PREFIX}/business/video/list/",
    request=AccountPostQuery,
    response=AccountPostPage,
    summary="List an account's public posts with their insights, newest first",
    action="Read posts and insights",
    scopes=ByField(POST_FIELDS),
    paging=CursorPaging("videos", MAX_POSTS),
    retry=Retry.SAFE,
    errors=(*COMMON_ACCOUNT, case(40130, "the scope of a field isn't granted")),
    source="business-accounts.yaml business_video_list",
)

BUSINESS_VIDEO_SETTINGS = _POSTING.operation(
    "business_video_settings",
    "GET",
    f"{PREFIX}/business/video/settings/",
    request=PostSettingsQuery,
    response=PostSettings,
    summary="Read what the account may post and how",
    action="See posting settings",
    scopes=AnyOf(("video.publish",)),
    retry=Retry.SAFE,
    errors=(*COMMON_ACCOUNT, _UNSCOPED),
    source="business-accounts.yaml business_video_settings",
)

BUSINESS_VIDEO_PUBLISH = _POSTING.operation(
    "business_video_publish",
    "POST",
    f"{PREFIX}/business/video/publish/",
    request=AccountVideo,
    response=Shared,
    summary="Begin to publish a video from a URL, or to leave it as a draft",
    action="Post to profile",
    effect=OperationEffect.WRITE,
    begins_post=True,
    scopes=_EITHER,
    limits=ACCOUNT_PUBLISH,
    errors=(*COMMON_ACCOUNT, _UNSCOPED, case(40016, "the account's publishing limit")),
    source="business-accounts.yaml business_video_publish",
)

BUSINESS_PHOTO_PUBLISH = _POSTING.operation(
    "business_photo_publish",
    "POST",
    f"{PREFIX}/business/photo/publish/",
    request=AccountPhotos,
    response=Shared,
    summary="Begin to publish photos from URLs, or to leave them as a draft",
    action="Post to profile",
    effect=OperationEffect.WRITE,
    begins_post=True,
    scopes=_EITHER,
    limits=ACCOUNT_PUBLISH,
    errors=(*COMMON_ACCOUNT, _UNSCOPED, case(40016, "the account's publishing limit")),
    source="business-accounts.yaml business_photo_publish",
)

BUSINESS_PUBLISH_STATUS = _POSTING.operation(
    "business_publish_status",
    "GET",
    f"{PREFIX}/business/publish/status/",
    request=PublishQuery,
    response=AccountPublishState,
    summary="Read the state of a post that was begun",
    action="Follow posts",
    scopes=AnyOf(("video.publish",)),
    retry=Retry.SAFE,
    errors=(*COMMON_ACCOUNT, _UNSCOPED),
    source="business-accounts.yaml business_publish_status",
)
