"""Conversions that advertisers report, and subscriptions to webhooks of ads."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "business_events",
    calls=("/open_api/v1.3/event/", "/open_api/v1.3/subscription/"),
    control=("/_emulator/business/subscriptions",),
    timers=("subscription",),
    state=True,
)
