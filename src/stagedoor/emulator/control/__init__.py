"""The control plane: the world's clock, settings, apps, creators, requests and faults."""

from ..product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "control",
    control=("/$", "/_emulator", "/_emulator/apps", "/_emulator/creators"),
)
