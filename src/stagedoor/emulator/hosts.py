"""Host names that the emulator maps to loopback addresses."""

from __future__ import annotations

from urllib.parse import urlsplit

from .world import World
from .world.state import HOSTS


def reached_at(world: World, url: str) -> str | None:
    """`url` with its host mapped to loopback, same path and query; None if it isn't mapped."""
    parts = urlsplit(url)
    hosts = world[HOSTS]
    base = hosts.get(parts.netloc.lower()) or hosts.get(parts.hostname or "")
    if base is None:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"{base.rstrip('/')}{parts.path or '/'}{query}"
