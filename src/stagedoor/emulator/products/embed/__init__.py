"""oEmbed, the player, and the pages of posts and profiles to which issued URLs point."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "embed",
    calls=("/oembed", "/@", "/ZM", "/embed", "/player/", "/static/"),
    control=("/_emulator/live-domains",),
    state=True,
)
