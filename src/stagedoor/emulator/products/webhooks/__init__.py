"""Webhooks on their way out: signed, delivered, tried again."""

from ...product import Product

PRODUCT = Product(
    "webhooks",
    control=("/_emulator/apps", "/_emulator/deliveries"),
    timers=("webhook",),
    state=True,
)
