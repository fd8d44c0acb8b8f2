"""Commercial Content's declared operations and what answers them."""

from __future__ import annotations

from stagedoor.platform.products import commercial

from ..calls import Handlers
from . import contents, service

HANDLERS: Handlers = {
    commercial.AD_QUERY: service.ad_query,
    commercial.AD_DETAIL: service.ad_detail,
    commercial.AD_REPORT: service.ad_report,
    commercial.ADVERTISER_QUERY: service.advertiser_query,
    commercial.CONTENT_QUERY: contents.content_query,
}
