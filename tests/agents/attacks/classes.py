"""All classes of attack, and the seed by which they are generated."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from types import ModuleType

from . import (
    accounts,
    approvals,
    arguments,
    business,
    entrances,
    frames,
    headers,
    keys,
    messages,
    methods,
    paths,
    shared_paths,
    tools,
)
from .attack import Attack, Way

SEED = 20_261_126
CLASSES: tuple[ModuleType, ...] = (
    keys,
    accounts,
    paths,
    methods,
    headers,
    arguments,
    shared_paths,
    business,
    frames,
    approvals,
    tools,
    messages,
    entrances,
)
"""Modules with `KIND`, `attacks` and `controls`."""


def attacks(module: ModuleType, way: Way | None = None) -> list[Attack]:
    """Return the attacks of one class, the same each time."""
    made: Iterator[Attack] = module.attacks(random.Random(f"{SEED} {module.KIND}"))
    return [one for one in made if way is None or one.way is way]


def controls(module: ModuleType) -> list[Attack]:
    made: Iterator[Attack] = module.controls()
    return list(made)


def counted() -> Counter[tuple[str, Way]]:
    """Return the number of attacks by class and way."""
    return Counter((one.kind, one.way) for module in CLASSES for one in attacks(module))
