"""The community: comments, likes, reposts, follows, playlists, messages; and shops."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "community",
    control=(
        "/_emulator/apps",
        "/_emulator/comments",
        "/_emulator/follows",
        "/_emulator/people",
        "/_emulator/playlists",
        "/_emulator/products",
        "/_emulator/shops",
        "/_emulator/videos",
    ),
    state=True,
    seed_after=("commercial",),
)
