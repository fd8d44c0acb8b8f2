"""Copies of people's data: requests, collection, download, expiry."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "portability",
    calls=("/v2/user/data/",),
    control=("/_emulator/creators", "/_emulator/exports"),
    timers=("export",),
    state=True,
)
