"""The ad library."""

from __future__ import annotations

from stagedoor.platform.products import commercial

from .. import library
from ..service import Call, M, Service, WalkSteps


class Commercial(Service[M]):
    """The library of ads and of posts with a commercial label. Calls use the app's own token."""

    query_ads = Call(commercial.AD_QUERY)
    ad = Call(commercial.AD_DETAIL)
    report = Call(commercial.AD_REPORT)
    query_advertisers = Call(commercial.ADVERTISER_QUERY)
    query_contents = Call(commercial.CONTENT_QUERY)
    all_ads = WalkSteps(library.all_ads, commercial.AD_QUERY)
    all_contents = WalkSteps(library.all_contents, commercial.CONTENT_QUERY)
