"""Commercial Content: the ad library and posts with a commercial label."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "commercial",
    calls=("/v2/research/adlib/",),
    control=("/_emulator/ads", "/_emulator/advertisers", "/_emulator/videos"),
    state=True,
    seed_after=(),
)
