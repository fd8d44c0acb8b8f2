"""Host names that the emulator reaches on loopback instead of on the internet."""

from __future__ import annotations

from urllib.parse import urlsplit

from .world import World
from .world.state import HOSTS


def reached_at(world: World, url: str) -> str | None:
    """The loopback address that stands for `url`, path and query kept; None if none is mapped."""
    parts = urlsplit(url)
    hosts = world[HOSTS]
    base = hosts.get(parts.netloc.lower()) or hosts.get(parts.hostname or "")
    if base is None:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"{base.rstrip('/')}{parts.path or '/'}{query}"
