"""The operations of an advertiser in the creator marketplace."""

from __future__ import annotations

from ...operation import AnyOf, OperationEffect, Retry
from ...paging import CursorPaging
from ..business.common import COMMON, PREFIX, WRONG_APP, case, numbered
from ..business.product import ADVERTISER
from .answers import (
    CreatorCampaign,
    CreatorCampaignPage,
    CreatorLabels,
    CreatorPostPage,
    CreatorRanking,
    HandleStatuses,
    LinkedVideo,
    LinkedVideoPage,
    MarketplaceAccount,
    MarketplaceAccounts,
    MarketplaceCreator,
    MarketplaceCreatorPage,
)
from .campaigns import (
    CreatorCampaignChange,
    CreatorCampaignQuery,
    CreatorReportQuery,
    NewCreatorCampaign,
    VideoLinking,
    VideoLinkQuery,
)
from .discovery import (
    MAX_CREATOR_POSTS,
    MAX_ROWS,
    CreatorPostQuery,
    CreatorQuery,
    CreatorSearch,
    CreatorStatusQuery,
    LabelQuery,
    MarketplaceAccountQuery,
    MarketplaceAccountsQuery,
    RankingQuery,
)
from .report import CreatorReport

_MARKETPLACE = AnyOf(("13000000",))
_WRITES = AnyOf(("13010000",))
_READS = AnyOf(("13020000",))
_NO_CREATOR = case(40121, "the handle is not a marketplace creator's")
_NO_COUNTRY = case(40122, "the creator's country isn't supported")
_NO_CAMPAIGN = case(40007, "unknown campaign")
_READ_ACCOUNTS = "Read accounts of TikTok One"
_FIND = "Find creators"
_READ_CAMPAIGNS = "Read campaigns with creators"
_CHANGE_CAMPAIGNS = "Create and change campaigns with creators"

TTO_ACCOUNTS = ADVERTISER.operation(
    "tto_accounts",
    "GET",
    f"{PREFIX}/tto/oauth2/tcm/",
    request=MarketplaceAccountsQuery,
    response=MarketplaceAccounts,
    summary="List the TikTok One accounts that a token reaches",
    action=_READ_ACCOUNTS,
    scopes=_MARKETPLACE,
    retry=Retry.SAFE,
    errors=(*COMMON, WRONG_APP),
    confidence="medium",
    source="business-accounts.yaml tto_accounts",
)

TTO_ACCOUNT_INFO = ADVERTISER.operation(
    "tto_account_info",
    "GET",
    f"{PREFIX}/tto/oauth2/info/",
    request=MarketplaceAccountQuery,
    response=MarketplaceAccount,
    summary="Read a TikTok One account",
    action=_READ_ACCOUNTS,
    scopes=_MARKETPLACE,
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business-accounts.yaml tto_account_info",
)

TTO_CREATOR_STATUS = ADVERTISER.operation(
    "tto_creator_status",
    "GET",
    f"{PREFIX}/tto/tcm/creator/status/get/",
    request=CreatorStatusQuery,
    response=HandleStatuses,
    summary="Check whether the owners of handles are marketplace creators",
    action=_FIND,
    scopes=AnyOf(("13030000",)),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business-accounts.yaml tto_creator_status",
)

TTO_CREATOR_PUBLIC = ADVERTISER.operation(
    "tto_creator_public",
    "GET",
    f"{PREFIX}/tto/tcm/creator/public/",
    request=CreatorQuery,
    response=MarketplaceCreator,
    summary="Read a creator's profile, numbers and audience",
    action=_FIND,
    scopes=AnyOf(("14010200",)),
    retry=Retry.SAFE,
    errors=(*COMMON, _NO_CREATOR, _NO_COUNTRY),
    confidence="medium",
    source="business-accounts.yaml tto_creator_public",
)

TTO_CREATOR_PUBLIC_VIDEOS = ADVERTISER.operation(
    "tto_creator_public_videos",
    "GET",
    f"{PREFIX}/tto/tcm/creator/public/video/list/",
    request=CreatorPostQuery,
    response=CreatorPostPage,
    summary="List a creator's public posts, newest first",
    action=_FIND,
    scopes=AnyOf(("14020100",)),
    paging=CursorPaging("posts", MAX_CREATOR_POSTS, size="limit", within="page_info"),
    retry=Retry.SAFE,
    errors=(*COMMON, _NO_CREATOR, _NO_COUNTRY),
    confidence="medium",
    source="business-accounts.yaml tto_creator_public_videos",
)

TTO_CREATOR_DISCOVER = ADVERTISER.operation(
    "tto_creator_discover",
    "GET",
    f"{PREFIX}/tto/tcm/creator/discover/",
    request=CreatorSearch,
    response=MarketplaceCreatorPage,
    summary="Find creators by country, audience, views, price and words",
    action=_FIND,
    scopes=_READS,
    paging=numbered(MAX_ROWS, "creators"),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business-accounts.yaml tto_creator_discover",
)

TTO_RANK = ADVERTISER.operation(
    "tto_rank",
    "GET",
    f"{PREFIX}/tto/tcm/rank/",
    request=RankingQuery,
    response=CreatorRanking,
    summary="Read the ranking of a country's creators over a past week or month",
    action=_FIND,
    scopes=_READS,
    paging=numbered(MAX_ROWS, "creators"),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="low",
    source="business-accounts.yaml tto_rank",
)

TTO_LABELS = ADVERTISER.operation(
    "tto_labels",
    "GET",
    f"{PREFIX}/tto/tcm/category/label/",
    request=LabelQuery,
    response=CreatorLabels,
    summary="List the labels of creators",
    action=_FIND,
    scopes=_READS,
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business-accounts.yaml tto_labels",
)

TTO_CAMPAIGN_CREATE = ADVERTISER.operation(
    "tto_campaign_create",
    "POST",
    f"{PREFIX}/tto/tcm/campaign/create/",
    request=NewCreatorCampaign,
    response=CreatorCampaign,
    summary="Create a campaign with creators, which gets an invite link",
    action=_CHANGE_CAMPAIGNS,
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    errors=COMMON,
    confidence="medium",
    source="business-accounts.yaml tto_campaign_create",
)

TTO_CAMPAIGN_UPDATE = ADVERTISER.operation(
    "tto_campaign_update",
    "POST",
    f"{PREFIX}/tto/tcm/campaign/update/",
    request=CreatorCampaignChange,
    response=CreatorCampaign,
    summary="Invite more creators to a campaign, or change its ad accounts",
    action=_CHANGE_CAMPAIGNS,
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    errors=(*COMMON, _NO_CAMPAIGN),
    confidence="medium",
    source="business-accounts.yaml tto_campaign_update",
)

TTO_CAMPAIGN_GET = ADVERTISER.operation(
    "tto_campaign_get",
    "GET",
    f"{PREFIX}/tto/tcm/campaign/",
    request=CreatorCampaignQuery,
    response=CreatorCampaignPage,
    summary="List campaigns with creators, newest first",
    action=_READ_CAMPAIGNS,
    scopes=_READS,
    paging=numbered(MAX_ROWS, "campaigns"),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business-accounts.yaml tto_campaign_get",
)

TTO_CAMPAIGN_LINK = ADVERTISER.operation(
    "tto_campaign_link",
    "POST",
    f"{PREFIX}/tto/tcm/campaign/link/",
    request=VideoLinking,
    response=LinkedVideo,
    summary="Ask a creator to link a video to a campaign, or revoke the link",
    action=_CHANGE_CAMPAIGNS,
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    errors=(*COMMON, _NO_CAMPAIGN, case(40007, "unknown video")),
    confidence="medium",
    source="business-accounts.yaml tto_campaign_link",
)

TTO_CAMPAIGN_LINK_STATUS = ADVERTISER.operation(
    "tto_campaign_link_status",
    "GET",
    f"{PREFIX}/tto/tcm/campaign/link/status/",
    request=VideoLinkQuery,
    response=LinkedVideoPage,
    summary="List the links between videos and campaigns with their states",
    action=_READ_CAMPAIGNS,
    scopes=_READS,
    paging=numbered(MAX_ROWS, "video_infos"),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business-accounts.yaml tto_campaign_link_status",
)

TTO_REPORT = ADVERTISER.operation(
    "tto_report",
    "GET",
    f"{PREFIX}/tto/tcm/report/",
    request=CreatorReportQuery,
    response=CreatorReport,
    summary="Read the results of a campaign's linked videos, by day",
    action=_READ_CAMPAIGNS,
    scopes=_READS,
    paging=numbered(MAX_ROWS, "videos"),
    retry=Retry.SAFE,
    errors=(*COMMON, _NO_CAMPAIGN),
    confidence="medium",
    source="business-accounts.yaml tto_report",
)
