"""Campaigns, ad groups, ads, their review and spending, identities and regions."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "business_ads",
    calls=(
        "/open_api/v1.3/campaign/",
        "/open_api/v1.3/adgroup/",
        "/open_api/v1.3/ad/",
        "/open_api/v1.3/identity/",
        "/open_api/v1.3/tool/region/",
    ),
    control=(
        "/_emulator/business/reviews",
        "/_emulator/business/spending",
        "/_emulator/business/identities",
    ),
    timers=("ad_review", "ad_budget"),
    state=True,
    seed_after=("business",),
)
