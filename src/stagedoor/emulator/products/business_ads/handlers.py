"""The operations of campaigns, ad groups, ads, identities and regions."""

from __future__ import annotations

from stagedoor.platform.products import business_ads

from ...calls import Handlers
from . import ad_groups, ads, campaigns, identities, regions, reviews

HANDLERS: Handlers = {
    business_ads.CAMPAIGN_GET: campaigns.query,
    business_ads.CAMPAIGN_CREATE: campaigns.create,
    business_ads.CAMPAIGN_UPDATE: campaigns.update,
    business_ads.CAMPAIGN_STATUS_UPDATE: campaigns.update_status,
    business_ads.ADGROUP_GET: ad_groups.query,
    business_ads.ADGROUP_CREATE: ad_groups.create,
    business_ads.ADGROUP_UPDATE: ad_groups.update,
    business_ads.ADGROUP_STATUS_UPDATE: ad_groups.update_status,
    business_ads.ADGROUP_BUDGET_UPDATE: ad_groups.update_budgets,
    business_ads.ADGROUP_REVIEW_INFO: reviews.of_groups,
    business_ads.ADGROUP_APPEAL: reviews.appeal,
    business_ads.AD_GET: ads.query,
    business_ads.AD_CREATE: ads.create,
    business_ads.AD_UPDATE: ads.update,
    business_ads.AD_STATUS_UPDATE: ads.update_status,
    business_ads.AD_REVIEW_INFO: reviews.of_ads,
    business_ads.IDENTITY_GET: identities.query,
    business_ads.IDENTITY_CREATE: identities.create,
    business_ads.TOOL_REGION: regions.query,
}
