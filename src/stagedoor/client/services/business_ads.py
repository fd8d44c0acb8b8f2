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
