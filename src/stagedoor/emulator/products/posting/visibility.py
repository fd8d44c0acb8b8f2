"""Announces changes of a post's visibility to the app that made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ...world import Video, World
from . import events


@contextmanager
def watched(world: World, videos: Iterable[Video]) -> Iterator[None]:
    """Context manager for changes of these posts, or of their creator: announces each post that
    became public or is no longer public."""
    before = [(video, world.is_public(video)) for video in videos]
    yield
    for video, public in before:
        video.version += 1
        if world.is_public(video) is not public:
            events.publication_changed(world, video)
