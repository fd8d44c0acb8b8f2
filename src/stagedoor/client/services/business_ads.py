"""Campaigns, ad groups, ads and identities of ad accounts."""

from __future__ import annotations

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    Ad,
    AdGroup,
    AdGroupQuery,
    AdQuery,
    Campaign,
    CampaignQuery,
    Identity,
    IdentityQuery,
)

from .. import switches
from ..service import Call, M, Service, Steps, Walk
from ..walks import Walked


class AllCampaigns(Walked[Campaign], CampaignQuery):
    """All matching campaigns, newest first; pages are fetched on demand."""


class Campaigns(Service[M]):
    """Campaigns of an ad account. A campaign holds ad groups, an ad group holds ads."""

    list = Call(business_ads.CAMPAIGN_GET)
    create = Call(business_ads.CAMPAIGN_CREATE)
    update = Call(business_ads.CAMPAIGN_UPDATE)
    update_status = Call(business_ads.CAMPAIGN_STATUS_UPDATE)
    switch = Steps(switches.switch_campaigns, business_ads.CAMPAIGN_STATUS_UPDATE)
    all_campaigns = Walk(business_ads.CAMPAIGN_GET, AllCampaigns)


class AllAdGroups(Walked[AdGroup], AdGroupQuery):
    """All matching ad groups, newest first; pages are fetched on demand."""


class AdGroups(Service[M]):
    """Ad groups: targeting, budget, schedule and bids."""

    list = Call(business_ads.ADGROUP_GET)
    create = Call(business_ads.ADGROUP_CREATE)
    update = Call(business_ads.ADGROUP_UPDATE)
    update_status = Call(business_ads.ADGROUP_STATUS_UPDATE)
    switch = Steps(switches.switch_ad_groups, business_ads.ADGROUP_STATUS_UPDATE)
    update_budgets = Call(business_ads.ADGROUP_BUDGET_UPDATE)
    reviews = Call(business_ads.ADGROUP_REVIEW_INFO)
    appeal = Call(business_ads.ADGROUP_APPEAL)
    list_regions = Call(business_ads.TOOL_REGION)
    all_ad_groups = Walk(business_ads.ADGROUP_GET, AllAdGroups)


class AllAds(Walked[Ad], AdQuery):
    """All matching ads, newest first; pages are fetched on demand."""


class Ads(Service[M]):
    """Ads, each with its creative."""

    list = Call(business_ads.AD_GET)
    create = Call(business_ads.AD_CREATE)
    update = Call(business_ads.AD_UPDATE)
    update_status = Call(business_ads.AD_STATUS_UPDATE)
    switch = Steps(switches.switch_ads, business_ads.AD_STATUS_UPDATE)
    reviews = Call(business_ads.AD_REVIEW_INFO)
    all_ads = Walk(business_ads.AD_GET, AllAds)


class AllIdentities(Walked[Identity], IdentityQuery):
    """All matching identities; pages are fetched on demand."""


class Identities(Service[M]):
    """The accounts under which ads appear."""

    list = Call(business_ads.IDENTITY_GET)
    info = Call(business_ads.IDENTITY_INFO)
    create = Call(business_ads.IDENTITY_CREATE)
    all_identities = Walk(business_ads.IDENTITY_GET, AllIdentities)
