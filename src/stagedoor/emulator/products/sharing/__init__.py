"""Share Kit: shares from apps to TikTok's app."""

from ...product import Product

PRODUCT = Product("sharing", calls=("/opensdk/share",), control=("/_emulator/phone/",), state=True)
