"""How a world begins: its seed, its time, its size, and the content that people wrote by hand."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import TypedDict

from stagedoor.platform.collecting import without_collecting
from stagedoor.platform.records import frozen

from . import registry
from .product import EmulatedProduct
from .world import World
from .world.bounds import read_moment
from .world.seed import LEAST_VIDEOS, MOST_VIDEOS, SEEDED_VIDEOS
from .world.seed import seed as seed_shared

_FRESH_SECONDS = 10
"""How long a world that was seeded at the real time can begin again."""
_MOST_COPIED = 5_000
"""A world with more videos is seeded each time, since a second one in memory is too much."""
_MOST_KEPT = 4


@frozen
class Beginning:
    """The state of a world at its start. Equal values with a `now` give equal worlds."""

    seed: int = 1
    now: float | None = None
    """Unix seconds at which the clock begins; None: the real time."""
    videos: int | None = None
    """How many videos there are; None: as many as the ready-made creators have."""
    content: str = ""
    """A world file's content as JSON; empty: none."""


_Key = tuple[Beginning, tuple[EmulatedProduct, ...]]


class Options(TypedDict, total=False):
    """The fields of a `Beginning` besides the seed, as keyword arguments."""

    now: float | None
    videos: int | None
    content: str


def options(now: str | float | None, videos: int | None, file: str | Path | None) -> Options:
    """The options that a caller chose, checked. Raises ValueError, and `WorldFileError`."""
    if videos is not None and not LEAST_VIDEOS <= videos <= MOST_VIDEOS:
        raise ValueError(f"videos: from {LEAST_VIDEOS} to {MOST_VIDEOS:,} are possible")
    content = ""
    if file is not None:
        from . import world_file

        content = world_file.read(Path(file), _try)
    return Options(now=None if now is None else read_moment(now), videos=videos, content=content)


def _try(content: str) -> None:
    """Begin a world with the content, for its errors."""
    world = World()
    try:
        begin(world, Beginning(content=content))
    finally:
        world.close()


_seeded: OrderedDict[_Key, tuple[float, World]] = OrderedDict()
_guard = threading.Lock()


def begin(world: World, beginning: Beginning) -> None:
    """Drop the world's state and start again. Raises `WorldFileError` for wrong content, and then
    the world stays as it is."""
    if (beginning.videos or 0) > _MOST_COPIED:
        world.take_over(_made(beginning))
    else:
        world.begin(_pristine(beginning))
    if beginning.now is not None:
        world.clock.set(beginning.now)


def _pristine(beginning: Beginning) -> World:
    """A seeded world that others begin as; it is never served, so it stays as it is."""
    key = beginning, tuple(registry.everything().values())
    with _guard:
        made, found = _seeded.get(key, (0.0, None))
        if found is None or (beginning.now is None and time.time() - made > _FRESH_SECONDS):
            made, found = time.time(), _made(beginning)
            _seeded[key] = made, found
        _seeded.move_to_end(key)
        while len(_seeded) > _MOST_KEPT:
            _seeded.popitem(last=False)
        return found


@without_collecting
def _made(beginning: Beginning) -> World:
    world = World(beginning.seed, registry.declared)
    world.close()
    # frozen, so that all of the seed is of one moment
    world.clock.freeze(beginning.now)
    videos = beginning.videos
    seed_shared(world, SEEDED_VIDEOS if videos is None else min(videos, SEEDED_VIDEOS))
    registry.seed(world)
    if videos is not None and videos > SEEDED_VIDEOS:
        from .world import crowd

        crowd.seed(world, videos - SEEDED_VIDEOS)
    if beginning.content:
        from . import world_file

        world_file.fill(world, world_file.parsed(beginning.content))
    return world
