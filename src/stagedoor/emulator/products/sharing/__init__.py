"""Share Kit: shares from apps to TikTok's app."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "sharing", calls=("/opensdk/share",), control=("/_emulator/phone/",), state=True
)
