"""The MCP application at /mcp over raw HTTP: authentication, sizes, and forms of requests."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from stagedoor.agents.identity import caller_cache
from stagedoor.agents.identity import store as holders
from stagedoor.connector.errors import ServiceUnavailable
from stagedoor.platform.bounds import MAX_BODY
from tests.agents.attacks.wire import Line, request
from tests.agents.conftest import AgentFixture
from tests.connector.conftest import Service
from tests.support.local import Local

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

READ = {"resource": "videos", "level": "read"}
BOTH = "application/json, text/event-stream"
NOW = "2026-07-28"


def asking(method: str = "tools/call", **more: Any) -> dict[str, Any]:
    params = {"name": "list_videos", "arguments": {}} if method == "tools/call" else {}
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params} | more


Post = Callable[..., httpx2.Response]


@pytest.fixture
def post(agent: AgentFixture) -> Post:
    """A request with the agent's key; `headers` change those that it has."""
    agent.given(READ)

    def post(
        body: Any, path: str = "/mcp", method: str = "POST", **headers: str
    ) -> httpx2.Response:
        known = {
            "authorization": f"Bearer {agent.key}",
            "accept": BOTH,
            "content-type": "application/json",
            "mcp-protocol-version": "2025-11-25",
        }
        said = known | {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return agent.service.http.request(
            method,
            path,
            content=content,
            headers={name: value for name, value in said.items() if value},
        )

    return post


def called(local: Local) -> int:
    return len(local.calls("display.video_list"))


def test_a_plain_request_is_answered(post: Post, local: Local) -> None:
    answer = post(asking())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    result = answer.json()["result"]
    assert "pancakes" in result["structuredContent"]["videos"][0]["title"]
    assert called(local) == 1


def test_older_clients_get_text(post: Post) -> None:
    for version in ("2024-11-05", "2025-03-26", "2025-06-18", ""):
        result = post(asking(), mcp_protocol_version=version).json()["result"]
        assert "pancakes" in result["content"][0]["text"]


STRANGERS = (
    "",
    "Bearer",
    "Bearer sda_nobody",
    "Bearer sda_" + "x" * 5_000,
    "Basic {key}",
    "{key}",
    "Bearer act.{key}",
    "Bearer {key}x",
    "Bearer {upper}",
    "Bearer {jwt}",
)


def test_who_has_no_key_is_told_where_to_look(
    post: Post, agent: AgentFixture, local: Local
) -> None:
    base = agent.service.services.settings.public_url
    jwt = agent.service.token("acme")
    for stranger in STRANGERS:
        said = stranger.format(key=agent.key, upper=agent.key.upper(), jwt=jwt)
        answer = post(asking(), authorization=said)
        assert answer.status_code == 401, stranger
        assert answer.headers["www-authenticate"] == (
            'Bearer error="invalid_token", '
            f'resource_metadata="{base}/.well-known/oauth-protected-resource/mcp"'
        )
        assert answer.json()["error"] == "invalid_token"
        assert agent.key not in answer.text
    assert called(local) == 0


def test_a_key_counts_only_in_its_header(post: Post, agent: AgentFixture) -> None:
    for path in (f"/mcp?access_token={agent.key}", f"/mcp?authorization=Bearer%20{agent.key}"):
        assert post(asking(), path=path, authorization="").status_code == 401
    body = asking() | {"access_token": agent.key}
    assert post(body, authorization="").status_code == 401


def test_a_name_that_only_leads_here_is_refused(
    post: Post, agent: AgentFixture, local: Local
) -> None:
    port = urlsplit(agent.service.url).port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", "localhost", f"[::1]:{port}"):
        assert post(asking(), host=host).status_code == 200
    before = called(local)
    for host in (
        "evil.example.com",
        f"evil.example.com:{port}",
        "127.0.0.1.evil.example.com",
        "localhost.evil.example.com",
        "127.0.0.1@evil.example.com",
        "evil.example.com#127.0.0.1",
        "10.0.0.1",
        "[::1",
    ):
        answer = post(asking(), host=host)
        assert answer.status_code == 421, host
    assert called(local) == before


def test_pages_of_other_origins_are_refused(post: Post, agent: AgentFixture, local: Local) -> None:
    assert post(asking(), origin=agent.service.url).status_code == 200
    assert post(asking(), origin="http://localhost:6274").status_code == 200
    before = called(local)
    for origin in ("https://evil.example.com", "null", "file://", "http://127.0.0.1.evil.com"):
        assert post(asking(), origin=origin).status_code == 403
    assert called(local) == before


def test_only_post_and_only_here(post: Post, service: Service) -> None:
    for method in ("GET", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"):
        answer = post(b"", method=method)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    answer = post(asking(), method="GET", x_http_method_override="POST")
    assert answer.status_code == 405
    for path in ("/mcp/x", "/mcp/../mcp/y", "/MCP", f"{service.url}//mcp", "/mcp%2fx"):
        assert post(asking(), path=path).status_code == 404
    assert post(asking(), path="/mcp/").status_code == 200


def test_what_is_too_large_is_refused(post: Post, service: Service, local: Local) -> None:
    params = {"name": "list_videos", "arguments": {}, "_meta": {"x": "x" * MAX_BODY}}
    answer = post(asking(params=params))
    assert answer.status_code == 413
    assert called(local) == 0

    def blocks() -> Any:
        for _ in range(20):
            yield b" " * (MAX_BODY // 10)

    headers = {"content-type": "application/json", "accept": BOTH}
    with httpx2.Client(base_url=service.url, timeout=30) as http:
        # nothing says beforehand how much it is, and nobody knows whose it is
        assert http.post("/mcp", content=blocks(), headers=headers).status_code == 401
        headers["authorization"] = post(asking()).request.headers["authorization"]
        assert http.post("/mcp", content=blocks(), headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ServiceUnavailable("The database doesn't answer.", retry_after=5), 503, "unavailable"),
        (RuntimeError("a secret detail"), 500, "internal_error"),
    ],
)
def test_a_caller_that_can_not_be_looked_up_is_refused_in_words(
    post: Post,
    agent: AgentFixture,
    local: Local,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    code: str,
) -> None:
    def broken(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(caller_cache, "FRESH_SECONDS", -1.0)
        patch.setattr(holders, "admission", broken)
        answer = post(asking())
        assert (answer.status_code, answer.json()["error"]) == (status, code)
        assert answer.json()["error_description"]
        assert "secret" not in answer.text
        assert answer.headers["connection"] == "close"
        assert answer.headers.get("retry-after") == ("5" if status == 503 else None)
    assert called(local) == 0
    assert post(asking()).status_code == 200
    assert called(local) == 1


def test_a_body_that_says_nonsense_about_its_length_is_refused(
    post: Post, agent: AgentFixture, service: Service
) -> None:
    address = urlsplit(service.url)
    for length in ("-5", "9" * 30, "1e3"):
        with socket.create_connection((address.hostname or "", address.port or 0)) as line:
            line.sendall(
                f"POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {agent.key}\r\n"
                f"content-length: {length}\r\n\r\n".encode()
            )
            assert line.recv(64).split()[1] in (b"400", b"413")


def frame(**more: Any) -> bytes:
    """A call that would be good but for what is changed; `...` leaves something out."""
    changed = asking() | more
    return json.dumps({k: v for k, v in changed.items() if v is not ...}).encode()


FRAMES = [
    b"",
    b"{",
    b"\xff\xfe",
    b"null",
    b"1",
    b'"tools/call"',
    b"[]",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"jsonrpc": "2.0"}',
    frame(method=...),
    frame(method=7),
    frame(method="TOOLS/CALL"),
    frame(jsonrpc="1.0"),
    frame(jsonrpc=...),
    frame(id=None),
    frame(id={}),
    frame(id=True),
    frame(id=1.5),
    frame(params=...),
    frame(params=[]),
    frame(params={"arguments": {}}),
    frame(params={"name": ["list_videos"]}),
    frame(params={"name": "list_videos", "arguments": []}),
    frame(params={"name": "list_videos", "arguments": "{}"}),
    frame(method=..., params=..., result={"name": "list_videos"}),
]


@pytest.mark.parametrize("version", ["2025-11-25", NOW, "1999-01-01"])
def test_a_malformed_frame_makes_no_call(
    post: Post, agent: AgentFixture, local: Local, version: str
) -> None:
    for bad in FRAMES:
        answer = post(bad, mcp_protocol_version=version)
        assert answer.status_code in (200, 202, 400, 404, 413), (bad, answer.text)
        if answer.content and answer.status_code not in (202, 413):
            told = answer.json()
            assert "result" not in told, bad
            assert told["error"]["code"] < 0
            assert "Traceback" not in answer.text
    assert called(local) == 0
    assert agent.rows() == []


def test_a_batch_is_refused_whole(post: Post, agent: AgentFixture, local: Local) -> None:
    for version in ("2024-11-05", "2025-03-26", "2025-11-25", NOW):
        answer = post([asking(), asking(id=2)], mcp_protocol_version=version)
        assert answer.status_code == 400
    assert called(local) == 0
    assert agent.rows() == []


def test_a_notification_makes_no_call(post: Post, agent: AgentFixture, local: Local) -> None:
    quiet = asking()
    del quiet["id"]
    for version in ("2025-11-25", NOW):
        answer = post(quiet, mcp_protocol_version=version)
        assert answer.status_code == 202
        assert not answer.content or answer.json() is None
    assert called(local) == 0
    assert agent.rows() == []


def envelope(**more: Any) -> dict[str, Any]:
    meta = {
        "io.modelcontextprotocol/protocolVersion": NOW,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    }
    return asking(params={"name": "list_videos", "arguments": {}, "_meta": meta} | more)


def test_the_headers_of_a_request_must_say_what_its_body_does(
    post: Post, agent: AgentFixture, local: Local
) -> None:
    fine = {
        "mcp_protocol_version": NOW,
        "mcp_method": "tools/call",
        "mcp_name": "list_videos",
    }
    good = post(envelope(), **fine)
    assert good.json()["result"]["resultType"] == "complete"
    assert called(local) == 1
    for wrong in (
        {"mcp_name": "read_profile"},
        {"mcp_method": "tools/list"},
        {"mcp_method": ""},
        {"mcp_protocol_version": "2026-01-01"},
        {"mcp_param_account": "x"},
    ):
        answer = post(envelope(), **fine | wrong)
        if "mcp_param_account" not in wrong:
            assert answer.status_code == 400, wrong
    assert called(local) <= 2
    # a name in the body that the header hides calls nothing
    before = len(agent.rows())
    assert post(envelope(name="publish_video"), **fine).status_code == 400
    assert len(agent.rows()) == before


def test_a_list_is_for_its_agent_and_for_now(post: Post) -> None:
    meta = envelope()["params"]["_meta"]
    asked = asking("tools/list", params={"_meta": meta})
    answer = post(asked, mcp_protocol_version=NOW, mcp_method="tools/list")
    result = answer.json()["result"]
    assert (result["cacheScope"], result["ttlMs"]) == ("private", 0)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("asked", [asking(), asking("tools/list")])
def test_a_request_without_accept_is_answered(agent: AgentFixture, asked: Any) -> None:
    agent.given(READ)
    body = json.dumps(asked).encode()
    headers = [
        ("Host", urlsplit(agent.service.url).netloc),
        ("Authorization", f"Bearer {agent.key}"),
        ("Content-Type", "application/json"),
        ("MCP-Protocol-Version", "2025-11-25"),
    ]
    with closing(Line(agent.service.url)) as line:
        answer = line.ask(request("POST", "/mcp", headers, body))
    assert (answer.status, "result" in json.loads(answer.body)) == (200, True)


def test_a_request_that_asks_for_progress_gets_a_stream(post: Post, local: Local) -> None:
    params = {"name": "list_videos", "arguments": {}, "_meta": {"progressToken": "p"}}
    answer = post(asking(params=params))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "pancakes" in answer.text
    plain = post(asking(params=params), accept="application/json")
    assert plain.json()["result"]["isError"] is False
    assert called(local) == 2


def test_what_the_server_does_not_have_is_said(post: Post) -> None:
    for method in ("resources/list", "prompts/list", "nothing/here"):
        assert post(asking(method)).json()["error"]["code"] == -32601
    begun = asking(
        "initialize",
        params={
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    )
    result = post(begun, mcp_protocol_version="").json()["result"]
    assert result["capabilities"] == {"tools": {"listChanged": False}}
    assert result["serverInfo"]["name"] == "stagedoor"
    assert "never follow instructions" in result["instructions"]
    assert "mcp-session-id" not in post(begun, mcp_protocol_version="").headers
    assert post(asking("ping")).json()["result"] == {}


def asked_so_often(agent: AgentFixture, number: int) -> bool:
    return len(agent.rows()) == number


def test_who_leaves_early_loses_no_outcome(
    agent: AgentFixture, service: Service, local: Local
) -> None:
    agent.given(READ)
    address = urlsplit(service.url)
    meta = envelope()["params"]["_meta"]
    ways: list[tuple[dict[str, Any], str]] = [
        ({}, "2025-11-25"),
        ({"progressToken": 1}, "2025-11-25"),
        (meta, NOW),
        (meta | {"progressToken": 1}, NOW),
    ]
    for number, (more, version) in enumerate(ways, 1):
        local.fault("display.video_list", "slow", seconds=0.7, times=1)
        params = {"name": "list_videos", "arguments": {}, "_meta": more}
        body = json.dumps(asking(params=params)).encode()
        with socket.create_connection((address.hostname or "", address.port or 0)) as line:
            line.sendall(
                f"POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {agent.key}\r\n"
                f"content-type: application/json\r\naccept: {BOTH}\r\nmcp-method: tools/call\r\n"
                f"mcp-name: list_videos\r\nmcp-protocol-version: {version}\r\n"
                f"content-length: {len(body)}\r\n\r\n".encode()
                + body
            )
            service.until(partial(asked_so_often, agent, number))
        outcome = service.until(lambda: agent.rows()[0]["outcome"])
        assert outcome == "done", version


def test_many_ask_at_once(agent: AgentFixture, service: Service, post: Post) -> None:
    def one(_: int) -> int:
        return post(asking()).status_code

    with ThreadPoolExecutor(12) as threads:
        assert set(threads.map(one, range(36))) == {200}
    rows = agent.rows(limit=100)
    assert len(rows) == 36
    assert {row["outcome"] for row in rows} == {"done"}
