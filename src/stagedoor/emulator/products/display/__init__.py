"""Display: profiles and lists of videos."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct("display", calls=("/v2/user/", "/v2/video/"), state=True)
