"""Bodies that come slowly or never, on every route that reads one."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import pytest

from stagedoor.agents.container import Agents
from stagedoor.agents.extension import extend
from stagedoor.agents.oauth.addresses import AUTHORIZE, REGISTER, REVOKE, TOKEN
from stagedoor.connector.body_deadline import BodyPace, BodyPaces
from stagedoor.connector.container import Container
from tests.agents.conftest import AgentFixture, make
from tests.connector.conftest import Service, serving

PATIENCE = 30.0
SHORT = BodyPaces(BodyPace(0.3, 1 << 20), {"/upload/": BodyPace(0.3, 1 << 20)})
FORM = "application/x-www-form-urlencoded"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def service(services: Container, service_socket: socket.socket) -> Iterator[Service]:
    yield from serving(services, service_socket, None, extend, SHORT)


@pytest.fixture
def agent(services: Container, service: Service) -> AgentFixture:
    return make(service, Agents(services))


def begin(
    service: Service, path: str, kind: str, key: str, length: int | None, body: bytes = b""
) -> socket.socket:
    """A POST whose headers are there, with `body`; the rest of it is to come."""
    parts = urlsplit(service.url)
    assert parts.hostname
    assert parts.port
    length_of = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
    connection = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
    connection.sendall(
        f"POST {path} HTTP/1.1\r\nhost: {parts.netloc}\r\ncontent-type: {kind}\r\n"
        f"authorization: Bearer {key}\r\norgid: acme\r\nconnection: close\r\n"
        f"{length_of}\r\n\r\n".encode()
        + body
    )
    return connection


def status(connection: socket.socket) -> int:
    """Of the answer; the server has to close the connection after it."""
    got = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            got += part
    assert got.startswith(b"HTTP/1.1 "), got
    return int(got.split(b" ", 2)[1])


def routes(agent: AgentFixture) -> list[tuple[str, str, str]]:
    """(path, content type, key) of a route of each kind that reads a body."""
    service = agent.service
    asked = {"integrationId": agent.account, "privacyLevel": "SELF_ONLY"}
    upload = service.api("POST", "/api/upstream/call/tiktok-provider/init-video-upload", asked)
    return [
        (TOKEN, FORM, "none"),
        (REGISTER, "application/json", "none"),
        (REVOKE, FORM, "none"),
        (AUTHORIZE, FORM, "none"),
        ("/agents/approve/abc", FORM, "none"),
        ("/agents/proxy/v2/video/query/", "application/json", agent.key),
        ("/mcp", "application/json", agent.key),
        ("/api/agents", "application/json", service.token()),
        ("/connect/webhook/tiktok", "application/json", "none"),
        (urlsplit(upload["uploadUrl"]).path, "application/octet-stream", "none"),
    ]


@pytest.mark.parametrize("length", [4_000, None], ids=["declared", "chunked"])
def test_a_body_that_does_not_move_is_answered_with_408_and_cut_off(
    agent: AgentFixture, length: int | None
) -> None:
    begun = b"{" if length else b"1\r\n{\r\n"
    with ExitStack() as stack:
        waiting = []
        for path, kind, key in routes(agent):
            connection = stack.enter_context(begin(agent.service, path, kind, key, length))
            connection.sendall(begun)
            waiting.append((path, connection))
        for path, connection in waiting:
            assert status(connection) == 408, path


def test_a_body_that_is_announced_too_large_is_not_waited_for(agent: AgentFixture) -> None:
    for path, kind, key in routes(agent):
        with begin(agent.service, path, kind, key, 1 << 40) as connection:
            expected = 400 if path.startswith("/agents/approve/") else 413
            assert status(connection) == expected, path


def test_a_body_that_drips_is_cut_off_and_one_that_comes_is_answered(agent: AgentFixture) -> None:
    def drip(route: tuple[str, str, str]) -> None:
        path, kind, key = route
        with begin(agent.service, path, kind, key, 4_000) as connection:
            end = time.monotonic() + PATIENCE
            with suppress(ConnectionResetError, BrokenPipeError):
                for _ in range(4_000):
                    assert time.monotonic() < end, path
                    connection.sendall(b" ")
                    time.sleep(0.02)
                pytest.fail(f"{path} waited for all of it")

    every = routes(agent)
    with ThreadPoolExecutor(len(every)) as threads:
        list(threads.map(drip, every))
    for path, kind, key in every:
        # at once: a busy machine may take longer between two parts than the service waits
        with begin(agent.service, path, kind, key, 4_000, b" " * 4_000) as connection:
            assert status(connection) != 408, path


def test_a_broken_off_request_is_one_log_line_without_a_traceback(
    agent: AgentFixture, caplog: pytest.LogCaptureFixture
) -> None:
    for path, kind, key in routes(agent):
        caplog.clear()
        caplog.set_level(logging.INFO)
        connection = begin(agent.service, path, kind, key, 4_000)
        connection.sendall(b"{")
        time.sleep(0.1)
        connection.close()
        agent.service.until(lambda: "broken off" in caplog.text or "cut off" in caplog.text)
        agent.service.http.get("/healthz")
        told = [record for record in caplog.records if record.name != "httpx2"]  # the test's own
        assert len(told) == 1, (path, told)
        assert told[0].exc_info is None
