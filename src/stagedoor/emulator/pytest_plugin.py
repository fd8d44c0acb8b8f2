"""Fixtures for tests against the local TikTok.

- `tiktok_emulator`: in process, an `Emulator`; `.asgi` takes calls, `.world` has the state.
- `tiktok_emulator_server`: on a loopback port; `.url` is its address. One server per session,
  reset for each test.

pytest imports this module at every start, so no other module of the emulator is imported here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .app import Emulator
    from .background import Running


@pytest.fixture
def tiktok_emulator() -> Iterator[Emulator]:
    """A local TikTok in this process, seeded with creators, videos and apps."""
    from .app import Emulator

    emulator = Emulator()
    yield emulator
    emulator.close()


@pytest.fixture(scope="session")
def _tiktok_emulator_session() -> Iterator[Running]:
    from .background import running

    with running() as server:
        yield server


@pytest.fixture
def tiktok_emulator_server(_tiktok_emulator_session: Running) -> Running:
    """A local TikTok on a port, reset for this test."""
    _tiktok_emulator_session.reset()
    return _tiktok_emulator_session
