"""The rate limit of failed sign-ins, counted by the client's address, also behind a proxy."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from stagedoor.agents.oauth import consent
from stagedoor.connector.container import Container
from tests.agents.conftest import AgentFixture
from tests.agents.test_oauth import agent, person, raw
from tests.connector.conftest import Service, serving
from tests.support.browsing import Browser
from tests.support.signing_in import Raw, guarded

__all__ = ["agent", "person", "raw"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ATTEMPTS = 3


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    return environment | getattr(request, "param", {})


@pytest.fixture
def service(
    services: Container, service_socket: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    monkeypatch.setattr(consent, "_ATTEMPTS", ATTEMPTS)
    yield from serving(services, service_socket, None, guarded)


def tried(person: Browser, raw: Raw, proof: str, came_from: str = "") -> int:
    person.http.headers["x-forwarded-for"] = came_from
    page = person.open(raw.authorize())
    return person.press(page, "Continue", proof=proof).answer.status_code


def test_what_succeeds_does_not_count(agent: AgentFixture, person: Browser, raw: Raw) -> None:
    raw.register()
    for _ in range(ATTEMPTS * 2):
        assert tried(person, raw, agent.key) == 200
    for _ in range(ATTEMPTS):
        assert tried(person, raw, "sda_wrong") != 429
    assert tried(person, raw, "sda_wrong") == 429
    assert tried(person, raw, agent.key) == 429


def test_a_peer_s_own_word_for_where_it_comes_from_is_no_way_round(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.register()
    for number in range(ATTEMPTS):
        assert tried(person, raw, "sda_wrong", f"203.0.113.{number}") != 429
    assert tried(person, raw, "sda_wrong", "203.0.113.99") == 429


@pytest.mark.parametrize(
    "environment", [{"STAGEDOOR_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"}], indirect=True
)
def test_behind_a_trusted_proxy_each_client_has_its_own_pace(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.register()
    for _ in range(ATTEMPTS):
        assert tried(person, raw, "sda_wrong", "203.0.113.1") != 429
    assert tried(person, raw, "sda_wrong", "203.0.113.1") == 429
    # what the client itself put before the proxy's word changes nothing
    assert tried(person, raw, "sda_wrong", "8.8.8.8, 203.0.113.1, 10.1.2.3") == 429
    assert tried(person, raw, agent.key, "203.0.113.2") == 200
