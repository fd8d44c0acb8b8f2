"""Media on its way in: chunked uploads, downloads from URLs, and what the files really are."""

from __future__ import annotations

from ..world import World


def register(world: World) -> None:
    """Have the clock end uploads and downloads that take too long."""
    from . import pull, uploads

    uploads.register(world)
    pull.register(world)


__all__ = ["register"]
