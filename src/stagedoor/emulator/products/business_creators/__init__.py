"""The creator marketplace, TikTok One: creators, campaigns with them, linked videos."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "business_creators",
    calls=("/open_api/v1.3/tto/",),
    control=("/_emulator/business/creator_links",),
    timers=("creator_link",),
    state=True,
    seed_after=("business",),
)
