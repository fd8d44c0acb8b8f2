"""The operations of a creator's own account in the creator marketplace."""

from __future__ import annotations

from dataclasses import replace

from ...model import Empty
from ...operation import AnyOf, OperationEffect, Resource, Retry
from ...paging import CursorPaging
from ..business.common import COMMON_ACCOUNT, PREFIX, case
from ..business.product import ACCOUNT_HOLDER
from .answers import LinkRequests, MarketplaceCreator, OwnPostPage
from .discovery import MAX_CREATOR_POSTS
from .holder import (
    AuthorizedCreatorQuery,
    CampaignJoin,
    LinkRequestAnswer,
    LinkRequestQuery,
    OwnPostQuery,
    OwnVideoLink,
)

_POSTS = replace(ACCOUNT_HOLDER, resource=Resource.VIDEOS)
_INSIGHTS = AnyOf(("biz.creator.insights",))
_LINKS = AnyOf(("tto.campaign.link",))
_JOIN = "Join campaigns of brands"
_LINK = "Link videos to campaigns of brands"
_ERRORS = (*COMMON_ACCOUNT, case(40130, "the scope isn't granted"))

TTO_CREATOR_AUTHORIZED = ACCOUNT_HOLDER.operation(
    "tto_creator_authorized",
    "GET",
    f"{PREFIX}/tto/creator/authorized/",
    request=AuthorizedCreatorQuery,
    response=MarketplaceCreator,
    summary="Read the account's numbers and audience as brands see them",
    action="Read insights as a creator",
    scopes=_INSIGHTS,
    retry=Retry.SAFE,
    errors=_ERRORS,
    confidence="low",
    source="business-accounts.yaml tto_creator_authorized",
)

TTO_CREATOR_AUTHORIZED_VIDEOS = _POSTS.operation(
    "tto_creator_authorized_videos",
    "GET",
    f"{PREFIX}/tto/creator/authorized/video/list/",
    request=OwnPostQuery,
    response=OwnPostPage,
    summary="List the account's public posts with their numbers, newest first",
    action="Read posts as a creator",
    scopes=_INSIGHTS,
    paging=CursorPaging("posts", MAX_CREATOR_POSTS, size="limit"),
    retry=Retry.SAFE,
    errors=_ERRORS,
    confidence="low",
    source="business-accounts.yaml tto_creator_authorized_videos",
)

TTO_CREATOR_JOIN = ACCOUNT_HOLDER.operation(
    "tto_creator_join",
    "POST",
    f"{PREFIX}/tto/creator/campaign/join/",
    request=CampaignJoin,
    response=Empty,
    summary="Join a campaign by its invite link",
    action=_JOIN,
    effect=OperationEffect.WRITE,
    scopes=_LINKS,
    errors=_ERRORS,
    confidence="medium",
    source="business-accounts.yaml tto_creator_join",
)

TTO_CREATOR_VIDEO_LINK = _POSTS.operation(
    "tto_creator_video_link",
    "POST",
    f"{PREFIX}/tto/creator/campaign/video/link/",
    request=OwnVideoLink,
    response=Empty,
    summary="Link a video of the account to a campaign that it joined",
    action=_LINK,
    effect=OperationEffect.WRITE,
    scopes=_LINKS,
    errors=(*_ERRORS, case(40007, "unknown video")),
    confidence="medium",
    source="business-accounts.yaml tto_creator_video_link",
)

TTO_CREATOR_LINK_REQUEST_GET = _POSTS.operation(
    "tto_creator_link_request_get",
    "GET",
    f"{PREFIX}/tto/creator/link/request/get/",
    request=LinkRequestQuery,
    response=LinkRequests,
    summary="List a campaign's requests to link videos of the account",
    action=_LINK,
    scopes=_LINKS,
    retry=Retry.SAFE,
    errors=_ERRORS,
    confidence="medium",
    source="business-accounts.yaml tto_creator_link_request_get",
)

TTO_CREATOR_LINK_REQUEST_CONFIRM = _POSTS.operation(
    "tto_creator_link_request_confirm",
    "POST",
    f"{PREFIX}/tto/creator/link/request/confirm/",
    request=LinkRequestAnswer,
    response=Empty,
    summary="Approve or reject a request to link a video of the account",
    action=_LINK,
    effect=OperationEffect.WRITE,
    scopes=_LINKS,
    errors=(*_ERRORS, case(40007, "unknown request")),
    confidence="medium",
    source="business-accounts.yaml tto_creator_link_request_confirm",
)
