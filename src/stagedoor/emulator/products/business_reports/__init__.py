"""Reports of ads: spending and results by object, time and audience."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "business_reports",
    calls=("/open_api/v1.3/report/", "/report-files/"),
    control=("/_emulator/business/ads/",),
    state=True,
)
