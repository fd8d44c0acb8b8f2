"""The same expectations, of the emulator or of real TikTok.

With STAGEDOOR_CONTRACT_ACCESS_TOKEN set, `either` is real TikTok acting for that account;
without it, the emulator. Nothing here posts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx2
import pytest

from stagedoor import Hosts, TikTok
from stagedoor.platform.errors import OK
from stagedoor.testing import TikTokEmulator
from tests.support.shows import effect_of

REAL = os.environ.get("STAGEDOOR_CONTRACT_ACCESS_TOKEN")


@pytest.fixture
def either(request: pytest.FixtureRequest) -> Iterator[TikTok]:
    if REAL:
        request.getfixturevalue("socket_enabled")
        token, hosts = REAL, Hosts()
    else:
        server: TikTokEmulator = request.getfixturevalue("tiktok_emulator_server")
        asked = {"client_key": "emulator-client-key"}
        token = httpx2.post(f"{server.url}/_emulator/tokens", json=asked).json()["access_token"]
        hosts = Hosts.at(server.url)
    with TikTok(access_token=token, hosts=hosts) as tiktok:
        yield tiktok


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
