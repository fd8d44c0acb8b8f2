"""Conversions that advertisers report, and subscriptions to webhooks of ads."""

from ...product import Product

PRODUCT = Product("business_events", state=True)
