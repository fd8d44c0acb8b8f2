"""Content Posting: inits, caps, processing, status, cancel."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "posting",
    calls=("/v2/post/",),
    control=("/_emulator/next-post", "/_emulator/publishes"),
    timers=("publish",),
    state=True,
)
