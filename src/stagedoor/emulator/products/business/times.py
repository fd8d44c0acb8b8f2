"""Times as TikTok API for Business writes them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def written(moment: float, zone: tzinfo = UTC) -> str:
    """A moment as YYYY-MM-DD HH:MM:SS in the zone."""
    return datetime.fromtimestamp(moment, zone).strftime("%Y-%m-%d %H:%M:%S")
