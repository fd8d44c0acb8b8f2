"""Fixtures of all tests of the emulator's behaviour."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stagedoor.platform.errors import OK
from stagedoor.testing import TikTokEmulator
from tests.support.shows import effect_of


@pytest.fixture(autouse=True)
def _really_shown(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that is marked to show a write did it, and asked the operation through which its
    example says that the effect is seen."""
    marks = list(request.node.iter_markers("shows"))
    if not marks:
        yield
        return
    server: TikTokEmulator = request.getfixturevalue("tiktok_emulator_server")
    yield
    seen = [
        (one.operation, one.status < 300 and one.code in ("", OK)) for one in server.world.requests
    ]
    for mark in marks:
        write, through = mark.args[0], effect_of(mark.args[0]).id
        assert (write, True) in seen, f"{write} never succeeded"
        after = [name for name, _ in seen[seen.index((write, True)) :]]
        assert through in after, f"{through} was not asked after {write}"
