"""Taking out any single guard lets at least one attack through: each is needed, and each is seen
to hold."""

from __future__ import annotations

import pytest

from .attack_environment import Arena
from .guards import Guard, guards
from .judge import Breach, Judge

pytestmark = [pytest.mark.timeout(180), pytest.mark.long]


def _tried(arena: Arena, judge: Judge, guard: Guard) -> list[Breach]:
    """What gets through, from a stage that is as it should be."""
    guard.before(arena)
    try:
        judge.since(guard.attack)
        return judge.held([guard.attack])
    finally:
        guard.after(arena)
        arena.carry()
        arena.consents.clear()
        judge.since(guard.attack)


def test_without_any_single_guard_something_gets_through(arena: Arena, judge: Judge) -> None:
    known = guards(arena)
    assert len({guard.name for guard in known}) == len(known)
    unnoticed = []
    for guard in known:
        assert _tried(arena, judge, guard) == [], guard.name
        with pytest.MonkeyPatch.context() as patch:
            guard.out(patch)
            if not _tried(arena, judge, guard):
                unnoticed.append(guard.name)
        assert _tried(arena, judge, guard) == [], f"{guard.name}, again"
    assert unnoticed == []
