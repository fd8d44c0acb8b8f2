"""The older creator marketplace, TTCM: creators, orders, reports, rights to videos."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "business_marketplace",
    calls=(
        "/open_api/v1.3/oauth2/tcm/",
        "/open_api/v1.3/oauth2/creator/",
        "/open_api/v1.3/tcm/",
    ),
    control=("/_emulator/business/spark_requests",),
    state=True,
    seed_after=("business_creators",),
)
