"""Every table of the service, whichever domain declares it."""

from __future__ import annotations

from importlib import import_module

DOMAINS = (
    "installation",
    "tenants",
    "waiting",
    "notices",
    "integrations",
    "apps",
    "vault",
    "webhooks",
    "limits",
    "media",
    "publishing",
    "witness",
    "pauses",
)
"""Folders with a `models` module."""


def import_all() -> None:
    """Import all table declarations, so that the metadata is complete."""
    for domain in DOMAINS:
        import_module(f"{__package__}.{domain}.models")
