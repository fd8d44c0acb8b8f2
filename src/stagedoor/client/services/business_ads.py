"""Campaigns, ad groups, ads and identities of ad accounts."""

from __future__ import annotations

from stagedoor.platform.products import business_ads

from .. import ads
from ..service import Call, M, Service, Walk


class Campaigns(Service[M]):
    """Campaigns of an ad account. A campaign holds ad groups, an ad group holds ads."""

    list = Call(business_ads.CAMPAIGN_GET)
    create = Call(business_ads.CAMPAIGN_CREATE)
    update = Call(business_ads.CAMPAIGN_UPDATE)
    update_status = Call(business_ads.CAMPAIGN_STATUS_UPDATE)
    all_campaigns = Walk(ads.all_campaigns, business_ads.CAMPAIGN_GET)


class AdGroups(Service[M]):
    """Ad groups: targeting, budget, schedule and bids."""

    list = Call(business_ads.ADGROUP_GET)
    create = Call(business_ads.ADGROUP_CREATE)
    update = Call(business_ads.ADGROUP_UPDATE)
    update_status = Call(business_ads.ADGROUP_STATUS_UPDATE)
    update_budgets = Call(business_ads.ADGROUP_BUDGET_UPDATE)
    reviews = Call(business_ads.ADGROUP_REVIEW_INFO)
    appeal = Call(business_ads.ADGROUP_APPEAL)
    list_regions = Call(business_ads.TOOL_REGION)
    all_ad_groups = Walk(ads.all_ad_groups, business_ads.ADGROUP_GET)


class Ads(Service[M]):
    """Ads, each with its creative."""

    list = Call(business_ads.AD_GET)
    create = Call(business_ads.AD_CREATE)
    update = Call(business_ads.AD_UPDATE)
    update_status = Call(business_ads.AD_STATUS_UPDATE)
    reviews = Call(business_ads.AD_REVIEW_INFO)
    all_ads = Walk(ads.all_ads, business_ads.AD_GET)


class Identities(Service[M]):
    """The accounts under which ads appear."""

    list = Call(business_ads.IDENTITY_GET)
    create = Call(business_ads.IDENTITY_CREATE)
    all_identities = Walk(ads.all_identities, business_ads.IDENTITY_GET)
