"""Covers, avatars, effects and received files, behind signed links."""

from ...product import Product

PRODUCT = Product("pictures", calls=("/tos-emulator-",))
