"""Posts that creators authorised for ads, as the ad accounts that redeem their codes see them."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct("business_spark", calls=("/open_api/v1.3/tt_video/",), state=True)
