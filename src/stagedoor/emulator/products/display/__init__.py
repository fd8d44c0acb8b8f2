"""Display: profiles and lists of videos."""

from ...product import Product

PRODUCT = Product("display", calls=("/v2/user/", "/v2/video/"), state=True)
