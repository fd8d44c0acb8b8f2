"""oEmbed, the player, and the pages that handed-out addresses lead to."""

from ...product import Product

PRODUCT = Product(
    "embed",
    calls=("/oembed", "/@", "/ZM", "/embed", "/player/", "/static/"),
    control=("/_emulator/live-domains",),
    state=True,
)
