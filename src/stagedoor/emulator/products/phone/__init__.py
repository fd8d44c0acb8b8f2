"""The creator's phone: inbox, own posts, account settings, connected apps."""

from ...product import Product

PRODUCT = Product("phone", control=("/_emulator/phone/",))
