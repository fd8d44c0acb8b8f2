"""Every table of the gateway."""

from __future__ import annotations

from importlib import import_module

DOMAINS = ("identity", "oauth", "grants", "decisions", "audit", "approvals", "calls")
"""Folders with a `models` module."""


def import_all() -> None:
    """Import all table declarations, so that the metadata is complete."""
    for domain in DOMAINS:
        import_module(f"{__package__}.{domain}.models")
