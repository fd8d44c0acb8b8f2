"""The operations of campaigns, ad groups, ads, identities and regions."""

from __future__ import annotations

from ...operation import AnyOf, Effect, Retry
from ..business.common import COMMON, PREFIX, case, numbered
from ..business.product import ADVERTISER
from .answers import Campaign
from .campaign_models import CampaignChange, CampaignQuery, CampaignStatusChange, NewCampaign
from .common import MAX_PAGE
from .pages import CampaignPage, CampaignStatuses

_NO_ADVERTISER = case(40300, "advertiser unknown")

CAMPAIGN_GET = ADVERTISER.operation(
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

CAMPAIGN_CREATE = ADVERTISER.operation(
    "campaign_create",
    "POST",
    f"{PREFIX}/campaign/create/",
    request=NewCampaign,
    response=Campaign,
    summary="Create a campaign",
    action="Create and change campaigns",
    effect=Effect.WRITE,
    scopes=AnyOf(("201",)),
    errors=(*COMMON, case(40050, "the same request_id again; no second campaign is made")),
    source="business-ads.yaml campaign_create",
)

CAMPAIGN_UPDATE = ADVERTISER.operation(
    "campaign_update",
    "POST",
    f"{PREFIX}/campaign/update/",
    request=CampaignChange,
    response=Campaign,
    summary="Change a campaign's name or budget",
    action="Create and change campaigns",
    effect=Effect.WRITE,
    scopes=AnyOf(("201",)),
    errors=(*COMMON, case(40007, "unknown campaign"), case(40012, "nothing to change")),
    source="business-ads.yaml campaign_update",
)

CAMPAIGN_STATUS_UPDATE = ADVERTISER.operation(
    "campaign_status_update",
    "POST",
    f"{PREFIX}/campaign/status/update/",
    request=CampaignStatusChange,
    response=CampaignStatuses,
    summary="Launch, pause or delete campaigns",
    action="Create and change campaigns",
    effect=Effect.WRITE,
    scopes=AnyOf(("201",)),
    errors=(*COMMON, case(40007, "unknown campaign"), case(40011, "more than 20 ids")),
    source="business-ads.yaml campaign_status_update",
)
