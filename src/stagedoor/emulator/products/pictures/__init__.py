"""Covers, avatars, effects and received files, behind signed links."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct("pictures", calls=("/tos-emulator-",))
