"""The operations of campaigns, ad groups, ads, identities and regions."""

from __future__ import annotations

from stagedoor.platform.products import business_ads

from ...calls import Handlers
from . import campaigns

HANDLERS: Handlers = {
    business_ads.CAMPAIGN_GET: campaigns.query,
    business_ads.CAMPAIGN_CREATE: campaigns.create,
    business_ads.CAMPAIGN_UPDATE: campaigns.update,
    business_ads.CAMPAIGN_STATUS_UPDATE: campaigns.update_status,
}
