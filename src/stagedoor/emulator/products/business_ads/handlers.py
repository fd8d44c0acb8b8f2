"""The operations of campaigns, ad groups, ads, identities and regions."""

from __future__ import annotations

from ...calls import Handlers
from . import ad_groups, ads, campaigns, identities, regions, reviews

HANDLERS: Handlers = {
    **ad_groups.HANDLERS,
    **ads.HANDLERS,
    **campaigns.HANDLERS,
    **identities.HANDLERS,
    **regions.HANDLERS,
    **reviews.HANDLERS,
}
