"""The operations of campaigns and ad groups."""

from __future__ import annotations

from ...model import Empty
from ...operation import AnyOf, OperationEffect, Retry
from ..business.common import COMMON, PREFIX, case, numbered
from ..business.product import GRANTABLE_ADVERTISER, WITHOUT_TOOL
from .ad_group_models import (
    AdGroupBudgets,
    AdGroupChange,
    AdGroupQuery,
    AdGroupReviewQuery,
    AdGroupStatusChange,
    AppealRequest,
    NewAdGroup,
)
from .answers import AdGroup, Campaign
from .campaign_models import CampaignChange, CampaignQuery, CampaignStatusChange, NewCampaign
from .common import MAX_PAGE
from .created import CreatedAdGroup, CreatedCampaign
from .pages import AdGroupPage, AdGroupStatuses, CampaignPage, CampaignStatuses
from .review_answers import AdGroupReviews

_NO_ADVERTISER = case(40300, "advertiser unknown")

CAMPAIGN_GET = GRANTABLE_ADVERTISER.operation(
    "campaign_get",
    "GET",
    f"{PREFIX}/campaign/get/",
    request=CampaignQuery,
    response=CampaignPage,
    summary="List campaigns, newest first",
    action="Read campaigns",
    scopes=AnyOf(("200",)),
    paging=numbered(MAX_PAGE),
    retry=Retry.SAFE,
    errors=(*COMMON, _NO_ADVERTISER),
    source="business-ads.yaml campaign_get",
)

CAMPAIGN_CREATE = GRANTABLE_ADVERTISER.operation(
    "campaign_create",
    "POST",
    f"{PREFIX}/campaign/create/",
    request=NewCampaign,
    response=CreatedCampaign,
    summary="Create a campaign",
    action="Create and change campaigns",
    effect=OperationEffect.WRITE,
    scopes=AnyOf(("201",)),
    errors=(*COMMON, case(40050, "the same request_id again; no second campaign is made")),
    source="business-ads.yaml campaign_create",
)

CAMPAIGN_UPDATE = GRANTABLE_ADVERTISER.operation(
    "campaign_update",
    "POST",
    f"{PREFIX}/campaign/update/",
    request=CampaignChange,
    response=Campaign,
    summary="Change a campaign's name or budget",
    action="Create and change campaigns",
    effect=OperationEffect.WRITE,
    scopes=AnyOf(("201",)),
    errors=(*COMMON, case(40007, "unknown campaign"), case(40012, "nothing to change")),
    source="business-ads.yaml campaign_update",
)

CAMPAIGN_STATUS_UPDATE = GRANTABLE_ADVERTISER.operation(
    "campaign_status_update",
    "POST",
    f"{PREFIX}/campaign/status/update/",
    request=CampaignStatusChange,
    response=CampaignStatuses,
    summary="Launch, pause or delete campaigns",
    action="Create and change campaigns",
    effect=OperationEffect.WRITE,
    scopes=AnyOf(("201",)),
    errors=(*COMMON, case(40007, "unknown campaign"), case(40011, "more than 20 ids")),
    source="business-ads.yaml campaign_status_update",
)

ADGROUP_GET = GRANTABLE_ADVERTISER.operation(
    "adgroup_get",
    "GET",
    f"{PREFIX}/adgroup/get/",
    request=AdGroupQuery,
    response=AdGroupPage,
    summary="List ad groups, newest first",
    action="Read ad groups",
    scopes=AnyOf(("210",)),
    paging=numbered(MAX_PAGE),
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-ads.yaml adgroup_get",
)

ADGROUP_CREATE = GRANTABLE_ADVERTISER.operation(
    "adgroup_create",
    "POST",
    f"{PREFIX}/adgroup/create/",
    request=NewAdGroup,
    response=CreatedAdGroup,
    summary="Create an ad group in a campaign",
    action="Create and change ad groups",
    effect=OperationEffect.WRITE,
    surfaces=WITHOUT_TOOL,
    scopes=AnyOf(("211",)),
    errors=(
        *COMMON,
        case(40007, "unknown campaign"),
        case(40050, "the same request_id again; no second ad group is made"),
        case(40065, "targeting that ages 13 to 17 in the United States rule out"),
    ),
    source="business-ads.yaml adgroup_create",
)

ADGROUP_UPDATE = GRANTABLE_ADVERTISER.operation(
    "adgroup_update",
    "POST",
    f"{PREFIX}/adgroup/update/",
    request=AdGroupChange,
    response=AdGroup,
    summary="Change an ad group's targeting, budget, bids or schedule",
    action="Create and change ad groups",
    effect=OperationEffect.WRITE,
    surfaces=WITHOUT_TOOL,
    scopes=AnyOf(("211",)),
    errors=(*COMMON, case(40007, "unknown ad group"), case(40012, "nothing to change")),
    source="business-ads.yaml adgroup_update",
)

ADGROUP_STATUS_UPDATE = GRANTABLE_ADVERTISER.operation(
    "adgroup_status_update",
    "POST",
    f"{PREFIX}/adgroup/status/update/",
    request=AdGroupStatusChange,
    response=AdGroupStatuses,
    summary="Launch, pause or delete ad groups",
    action="Create and change ad groups",
    effect=OperationEffect.WRITE,
    scopes=AnyOf(("211",)),
    errors=(*COMMON, case(40007, "unknown ad group"), case(40011, "more than 20 ids")),
    source="business-ads.yaml adgroup_status_update",
)

ADGROUP_BUDGET_UPDATE = GRANTABLE_ADVERTISER.operation(
    "adgroup_budget_update",
    "POST",
    f"{PREFIX}/adgroup/budget/update/",
    request=AdGroupBudgets,
    response=Empty,
    summary="Change budgets of ad groups, now or at the next midnight",
    action="Create and change ad groups",
    effect=OperationEffect.WRITE,
    scopes=AnyOf(("211",)),
    errors=(*COMMON, case(40007, "unknown ad group")),
    source="business-ads.yaml adgroup_budget_update",
)

ADGROUP_REVIEW_INFO = GRANTABLE_ADVERTISER.operation(
    "adgroup_review_info",
    "GET",
    f"{PREFIX}/adgroup/review_info/",
    request=AdGroupReviewQuery,
    response=AdGroupReviews,
    summary="Read the reviews of ad groups and of their ads",
    action="Read ad groups",
    scopes=AnyOf(("210",)),
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-ads.yaml adgroup_review_info",
)

ADGROUP_APPEAL = GRANTABLE_ADVERTISER.operation(
    "adgroup_appeal",
    "POST",
    f"{PREFIX}/adgroup/appeal/",
    request=AppealRequest,
    response=Empty,
    summary="Appeal against a rejection",
    action="Create and change ad groups",
    effect=OperationEffect.WRITE,
    scopes=AnyOf(("211",)),
    errors=(*COMMON, case(40007, "unknown ad group or ad")),
    confidence="medium",
    source="business-ads.yaml adgroup_appeal",
)
