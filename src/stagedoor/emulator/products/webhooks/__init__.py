"""Outgoing webhooks: signed, delivered, retried."""

from ...product import Product

PRODUCT = Product(
    "webhooks",
    control=("/_emulator/apps", "/_emulator/deliveries"),
    timers=("webhook",),
    state=True,
)
