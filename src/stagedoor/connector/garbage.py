"""Garbage collection of a process that serves requests."""

from __future__ import annotations

import gc

_THRESHOLDS = (10_000, 20, 20)
"""For the three generations. The default (700, 10, 10) collects on every other request."""


def tune() -> None:
    """Call it once everything is loaded: it excludes all loaded objects from later collections, and
    makes collections rarer.

    A collection of the oldest generation visits every loaded object and stops all threads
    meanwhile. Objects without reference cycles are freed at once as before.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
