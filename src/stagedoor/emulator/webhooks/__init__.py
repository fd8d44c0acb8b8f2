"""Webhooks on their way out: signed, delivered, tried again."""
