"""The declaration of a product's folder: its paths, timers, state and seed.

A product is one folder of `products/`. Its `__init__.py` holds one value, `PRODUCT`, and imports
nothing else; the modules have fixed names and are imported by the first call that needs them:

    handlers.py   `HANDLERS` (declared operations) and `ROUTES` (pages) below `calls`
    control.py    `ROUTES` of the control plane below `control`
    timers.py     `handlers(world)` and `resume(world)` for the kinds of timers in `timers`
    state.py      the product's collections
    seed.py       `seed(world)`: what exists at the start
"""

from __future__ import annotations

from stagedoor.platform.records import frozen


@frozen
class EmulatedProduct:
    """Paths are prefixes; the longest one that matches decides. A trailing `$`: the whole path."""

    name: str
    calls: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    timers: tuple[str, ...] = ()
    """The first words of the kinds of timers that `timers.py` handles."""
    state: bool = False
    seed_after: tuple[str, ...] | None = None
    """Products whose entities `seed.py` needs; None: there is no `seed.py`."""
