"""Outgoing webhooks: signed, delivered, retried."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "webhooks",
    control=("/_emulator/apps", "/_emulator/deliveries"),
    timers=("webhook",),
    state=True,
)
