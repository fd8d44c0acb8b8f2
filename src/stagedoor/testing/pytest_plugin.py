"""Fixtures for tests against a local TikTok. Both give a `TikTokEmulator`, as new for each test.

- `tiktok_emulator`: in this process, reached by its `transport` or `async_transport`.
- `tiktok_emulator_server`: on a loopback port, for programs of any language.

pytest imports this module at every start, so it imports no module that is heavy.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stagedoor import testing


@pytest.fixture(scope="session")
def _tiktok_emulator_in_process() -> Iterator[testing.TikTokEmulator]:
    with testing.in_process() as emulator:
        yield emulator


@pytest.fixture
def tiktok_emulator(_tiktok_emulator_in_process: testing.TikTokEmulator) -> testing.TikTokEmulator:
    """A local TikTok in this process, reset for this test."""
    _tiktok_emulator_in_process.reset()
    return _tiktok_emulator_in_process


@pytest.fixture(scope="session")
def _tiktok_emulator_session() -> Iterator[testing.TikTokEmulator]:
    with testing.on_port() as emulator:
        yield emulator


@pytest.fixture
def tiktok_emulator_server(
    _tiktok_emulator_session: testing.TikTokEmulator,
) -> testing.TikTokEmulator:
    """A local TikTok on a port, reset for this test."""
    _tiktok_emulator_session.reset()
    return _tiktok_emulator_session
