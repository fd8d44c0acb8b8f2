"""Every character of Unicode that differs from its neighbours."""

from __future__ import annotations


def _points() -> list[int]:
    # planes 4 to 13 are unassigned and 15 to 16 private, each throughout: every 509th of them
    same = [*range(0x40000, 0xE0000, 509), *range(0xF0000, 0x110000, 509)]
    edges = [plane * 0x10000 + end for plane in range(4, 17) for end in (0xFFFE, 0xFFFF)]
    return sorted({*range(0x40000), *range(0xE0000, 0xF0000), *same, *edges})


TABLE = [chr(point) for point in _points()]
