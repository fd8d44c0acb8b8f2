"""Content Posting: inits, caps, processing, status, cancel."""

from ...product import Product

PRODUCT = Product(
    "posting",
    calls=("/v2/post/",),
    control=("/_emulator/next-post", "/_emulator/publishes"),
    timers=("publish",),
    state=True,
)
