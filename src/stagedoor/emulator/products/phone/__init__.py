"""The creator's phone: inbox, own posts, account settings, connected apps."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct("phone", control=("/_emulator/phone/",))
