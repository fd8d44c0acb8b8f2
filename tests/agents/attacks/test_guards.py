"""Removing any single guard lets at least one attack through: each guard is needed, and each
holds."""

from __future__ import annotations

import pytest

from .attack_environment import AttackEnvironment
from .guards import Guard, guards
from .judge import Breach, Judge

pytestmark = [pytest.mark.timeout(180), pytest.mark.long]


def _tried(environment: AttackEnvironment, judge: Judge, guard: Guard) -> list[Breach]:
    """Run a guard's attack in a clean environment and return the breaches."""
    guard.before(environment)
    try:
        judge.since(guard.attack)
        return judge.held([guard.attack])
    finally:
        guard.after(environment)
        environment.run_due_jobs()
        environment.consents.clear()
        judge.since(guard.attack)


def test_without_any_single_guard_something_gets_through(
    environment: AttackEnvironment, judge: Judge
) -> None:
    known = guards(environment)
    assert len({guard.name for guard in known}) == len(known)
    unnoticed = []
    for guard in known:
        assert _tried(environment, judge, guard) == [], guard.name
        with pytest.MonkeyPatch.context() as patch:
            guard.out(patch)
            if not _tried(environment, judge, guard):
                unnoticed.append(guard.name)
        assert _tried(environment, judge, guard) == [], f"{guard.name}, again"
    assert unnoticed == []
