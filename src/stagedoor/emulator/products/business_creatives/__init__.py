"""Videos and images for ads, their uploads and names."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "business_creatives",
    calls=("/open_api/v1.3/file/", "/tos-emulator-ads-0068/"),
    control=("/_emulator/business/creatives/",),
    state=True,
    seed_after=("business",),
)
