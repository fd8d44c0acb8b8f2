"""TikTok in the test's own process, and an agent of an organisation that advertises."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from stagedoor.agents.container import Agents
from stagedoor.emulator import Running
from tests.agents.conftest import make
from tests.connector.conftest import Service
from tests.support.local import Local

from .fixtures import Business, connected


@pytest.fixture
def local(tiktok_emulator_server: Running) -> Iterator[Local]:
    """In this process, so that its world can be looked at."""
    with httpx2.Client(base_url=tiktok_emulator_server.url, timeout=30) as http:
        local = Local(tiktok_emulator_server.url, http)
        local.settings(rate_limits=False)
        yield local


@pytest.fixture
def business(
    service: Service, agents: Agents, local: Local, tiktok_emulator_server: Running
) -> Business:
    agent = make(service, agents, callsPerMinute=1_000)
    return connected(agent, local, tiktok_emulator_server)
