"""The operations of the older creator marketplace, which TikTok One replaces."""

from __future__ import annotations

from dataclasses import replace

from ...model import Empty
from ...operation import AnyOf, OperationEffect, Resource, Retry
from ...paging import CursorPaging
from ..business.common import COMMON, COMMON_ACCOUNT, PREFIX, WRONG_APP, case, numbered
from ..business.product import ACCOUNT_HOLDER, ADVERTISER
from .answers import (
    TcmAccounts,
    TcmConnected,
    TcmCreator,
    TcmCreatorPage,
    TcmHandleStatuses,
    TcmInvited,
    TcmOrderPage,
    TcmOrders,
    TcmPostPage,
    TcmReport,
    TcmReviews,
    TcmSimilar,
    TcmSparkState,
)
from .models import (
    MAX_TCM_ACCOUNTS,
    MAX_TCM_FOUND,
    MAX_TCM_INSIGHTS,
    MAX_TCM_ORDERS,
    MAX_TCM_POSTS,
    NewTcmOrder,
    TcmAccountsQuery,
    TcmConnectedQuery,
    TcmCreatorQuery,
    TcmCreatorSearch,
    TcmInvitation,
    TcmOrderQuery,
    TcmOwnPostQuery,
    TcmOwnQuery,
    TcmPostQuery,
    TcmReportQuery,
    TcmReviewQuery,
    TcmSimilarQuery,
    TcmSparkQuery,
    TcmSparkRequest,
    TcmStatusQuery,
)

_HOLDER_VIDEOS = replace(ACCOUNT_HOLDER, resource=Resource.VIDEOS)
_MARKETPLACE = AnyOf(("13000000",))
_WRITES = AnyOf(("13010000",))
_READS = AnyOf(("13020000",))
_STATUS = AnyOf(("13030000",))
_SPARK = AnyOf(("13040000",))
_INSIGHTS = AnyOf(("biz.creator.insights",))
_NO_CREATOR = case(40121, "the handle is not a marketplace creator's")
_NO_COUNTRY = case(40122, "the creator's country isn't supported")
_NO_VIDEO = case(40007, "unknown video")
_HOLDER_ERRORS = (*COMMON_ACCOUNT, case(40130, "the scope isn't granted"))
_READ_ACCOUNTS = "Read accounts of the creator marketplace"
_FIND = "Find creators"
_READ_ORDERS = "Read orders of videos"
_INSIGHTS_ACTION = "Read insights as a creator"
_SHEET = "business-accounts.yaml tcm_legacy."

TCM_ACCOUNTS = ADVERTISER.operation(
    "tcm_accounts",
    "GET",
    f"{PREFIX}/oauth2/tcm/get/",
    request=TcmAccountsQuery,
    response=TcmAccounts,
    summary="List the accounts of the older creator marketplace that a token reaches",
    action=_READ_ACCOUNTS,
    scopes=_MARKETPLACE,
    paging=numbered(MAX_TCM_ACCOUNTS, "tcm_account_ids"),
    retry=Retry.SAFE,
    errors=(*COMMON, WRONG_APP),
    confidence="medium",
    source=f"{_SHEET}tcm_accounts",
)

TCM_CONNECTED = ACCOUNT_HOLDER.operation(
    "tcm_creators",
    "GET",
    f"{PREFIX}/oauth2/creator/get/",
    request=TcmConnectedQuery,
    response=TcmConnected,
    summary="List the creators whose accounts a token reaches",
    action=_INSIGHTS_ACTION,
    scopes=_INSIGHTS,
    retry=Retry.SAFE,
    errors=_HOLDER_ERRORS,
    confidence="medium",
    source=f"{_SHEET}tcm_creators",
)

TCM_CREATOR_DISCOVER = ADVERTISER.operation(
    "tcm_creator_discover",
    "POST",
    f"{PREFIX}/tcm/creator/discover/",
    request=TcmCreatorSearch,
    response=TcmCreatorPage,
    summary="Find creators in the older creator marketplace",
    action=_FIND,
    scopes=_READS,
    paging=numbered(MAX_TCM_FOUND, "creators"),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source=f"{_SHEET}tcm_creator_discover",
)

TCM_CREATOR_PUBLIC = ADVERTISER.operation(
    "tcm_creator_public",
    "GET",
    f"{PREFIX}/tcm/creator/public/",
    request=TcmCreatorQuery,
    response=TcmCreator,
    summary="Read a creator's profile, numbers and audience, by the older call",
    action=_FIND,
    scopes=AnyOf(("14010200",)),
    retry=Retry.SAFE,
    errors=(*COMMON, _NO_CREATOR, _NO_COUNTRY),
    confidence="medium",
    source=f"{_SHEET}tcm_creator_public",
)

TCM_CREATOR_PUBLIC_VIDEOS = ADVERTISER.operation(
    "tcm_creator_public_videos",
    "GET",
    f"{PREFIX}/tcm/creator/public/video/list/",
    request=TcmPostQuery,
    response=TcmPostPage,
    summary="List a creator's public posts, newest first, by the older call",
    action=_FIND,
    scopes=AnyOf(("14020100",)),
    paging=CursorPaging("posts", MAX_TCM_POSTS, size="limit", within="page_info"),
    retry=Retry.SAFE,
    errors=(*COMMON, _NO_CREATOR, _NO_COUNTRY),
    confidence="medium",
    source=f"{_SHEET}tcm_creator_public_videos",
)

TCM_CREATOR_AUTHORIZED = ACCOUNT_HOLDER.operation(
    "tcm_creator_authorized",
    "GET",
    f"{PREFIX}/tcm/creator/authorized/",
    request=TcmOwnQuery,
    response=TcmCreator,
    summary="Read the account's numbers and audience as brands see them, by the older call",
    action=_INSIGHTS_ACTION,
    scopes=_INSIGHTS,
    retry=Retry.SAFE,
    errors=_HOLDER_ERRORS,
    confidence="medium",
    source=f"{_SHEET}tcm_creator_authorized",
)

TCM_CREATOR_AUTHORIZED_VIDEOS = _HOLDER_VIDEOS.operation(
    "tcm_creator_authorized_videos",
    "GET",
    f"{PREFIX}/tcm/creator/authorized/video/list/",
    request=TcmOwnPostQuery,
    response=TcmPostPage,
    summary="List the account's public posts with their numbers, by the older call",
    action="Read posts as a creator",
    scopes=_INSIGHTS,
    paging=CursorPaging("posts", MAX_TCM_POSTS, size="limit", within="page_info"),
    retry=Retry.SAFE,
    errors=_HOLDER_ERRORS,
    confidence="medium",
    source=f"{_SHEET}tcm_creator_authorized_videos",
)

TCM_CREATOR_STATUS = ADVERTISER.operation(
    "tcm_creator_status",
    "GET",
    f"{PREFIX}/tcm/creator/status/get/",
    request=TcmStatusQuery,
    response=TcmHandleStatuses,
    summary="Check whether the owners of handles are marketplace creators, by the older call",
    action=_FIND,
    scopes=_STATUS,
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source=f"{_SHEET}tcm_creator_status",
)

TCM_CREATOR_INVITE = ADVERTISER.operation(
    "tcm_creator_invite",
    "POST",
    f"{PREFIX}/tcm/creator/invite/",
    request=TcmInvitation,
    response=TcmInvited,
    summary="Invite creators into the marketplace",
    action="Invite creators into the marketplace",
    effect=OperationEffect.WRITE,
    scopes=_STATUS,
    errors=COMMON,
    confidence="medium",
    source=f"{_SHEET}tcm_creator_invite",
)

TCM_SIMILAR_CREATOR = ADVERTISER.operation(
    "tcm_similar_creator",
    "GET",
    f"{PREFIX}/tcm/similar/creator/",
    request=TcmSimilarQuery,
    response=TcmSimilar,
    summary="List creators who resemble another one",
    action=_FIND,
    scopes=_READS,
    retry=Retry.SAFE,
    errors=(*COMMON, _NO_CREATOR, _NO_COUNTRY),
    confidence="medium",
    source=f"{_SHEET}tcm_similar_creator",
)

TCM_ORDER_CREATE = ADVERTISER.operation(
    "tcm_order_create_v2",
    "POST",
    f"{PREFIX}/tcm/order/create/v2/",
    request=NewTcmOrder,
    response=TcmOrders,
    summary="Order videos from creators, who accept by an invite link",
    action="Order videos from creators",
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    errors=(*COMMON, _NO_CREATOR, _NO_COUNTRY),
    confidence="medium",
    source=f"{_SHEET}tcm_order_create_v2",
)

TCM_ORDER_GET = ADVERTISER.operation(
    "tcm_order_get_v2",
    "GET",
    f"{PREFIX}/tcm/order/get/v2/",
    request=TcmOrderQuery,
    response=TcmOrderPage,
    summary="List orders with their videos",
    action=_READ_ORDERS,
    scopes=_READS,
    paging=numbered(MAX_TCM_ORDERS, "orders"),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source=f"{_SHEET}tcm_order_get_v2",
)

TCM_REPORT_GET = ADVERTISER.operation(
    "tcm_report_get_v2",
    "GET",
    f"{PREFIX}/tcm/report/get/v2/",
    request=TcmReportQuery,
    response=TcmReport,
    summary="Read the results of orders' videos",
    action=_READ_ORDERS,
    scopes=_READS,
    paging=numbered(MAX_TCM_INSIGHTS, "insights"),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source=f"{_SHEET}tcm_report_get_v2",
)

TCM_TT_VIDEO_APPLY = ADVERTISER.operation(
    "tcm_tt_video_apply",
    "POST",
    f"{PREFIX}/tcm/tt_video/apply/",
    request=TcmSparkRequest,
    response=Empty,
    summary="Ask a creator for the right to show an order's video in ads",
    action="Ask creators for rights to their videos",
    effect=OperationEffect.WRITE,
    scopes=_SPARK,
    errors=(*COMMON, _NO_VIDEO),
    confidence="medium",
    source="business-spark.yaml tcm_tt_video_apply",
)

TCM_TT_VIDEO_STATUS = ADVERTISER.operation(
    "tcm_tt_video_status",
    "GET",
    f"{PREFIX}/tcm/tt_video/status/",
    request=TcmSparkQuery,
    response=TcmSparkState,
    summary="Read the request for the right to a video, and its code",
    action="Ask creators for rights to their videos",
    scopes=_SPARK,
    retry=Retry.SAFE,
    errors=(*COMMON, _NO_VIDEO),
    confidence="medium",
    source="business-spark.yaml tcm_tt_video_status",
)

TCM_VIDEO_AUDIT_STATUS = ADVERTISER.operation(
    "tcm_video_audit_status",
    "GET",
    f"{PREFIX}/tcm/video/audit_status/get/",
    request=TcmReviewQuery,
    response=TcmReviews,
    summary="Read the reviews of an order's videos",
    action=_READ_ORDERS,
    scopes=_READS,
    retry=Retry.SAFE,
    errors=(*COMMON, case(40007, "unknown order")),
    confidence="medium",
    source=f"{_SHEET}tcm_video_audit_status",
)
