"""Fixtures for tests against a local TikTok. Both give a `TikTokEmulator`, as new for each test.

- `tiktok_emulator`: in this process, reached by its `transport` or `async_transport`.
- `tiktok_emulator_server`: on a loopback port, for programs of any language.

pytest imports this module at every start, so no other module of Stagedoor is imported here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .emulator import TikTokEmulator


@pytest.fixture(scope="session")
def _tiktok_emulator_in_process() -> Iterator[TikTokEmulator]:
    from .emulator import in_process

    with in_process() as emulator:
        yield emulator


@pytest.fixture
def tiktok_emulator(_tiktok_emulator_in_process: TikTokEmulator) -> TikTokEmulator:
    """A local TikTok in this process, reset for this test."""
    _tiktok_emulator_in_process.reset()
    return _tiktok_emulator_in_process


@pytest.fixture(scope="session")
def _tiktok_emulator_session() -> Iterator[TikTokEmulator]:
    from .emulator import on_port

    with on_port() as emulator:
        yield emulator


@pytest.fixture
def tiktok_emulator_server(_tiktok_emulator_session: TikTokEmulator) -> TikTokEmulator:
    """A local TikTok on a port, reset for this test."""
    _tiktok_emulator_session.reset()
    return _tiktok_emulator_session
