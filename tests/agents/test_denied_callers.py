"""Denied callers: they use up their rate limit, don't fill the audit, and are refused before their
body is read."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from stagedoor.agents.audit import store as entries
from stagedoor.agents.audit.excerpt import MAX_TEXT, written
from stagedoor.agents.container import Agents
from stagedoor.agents.decisions.arguments import NotRead
from stagedoor.agents.decisions.decision import Allow, Ask, Deny, Guard
from stagedoor.agents.decisions.request import DecisionRequest
from stagedoor.agents.identity.caller_cache import CallerCache
from tests.agents.conftest import AgentFixture, make
from tests.connector.conftest import Service
from tests.support.every import every

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

READ = {"resource": "videos", "level": "read"}
LIST = "display.video_list"


def test_denied_and_asked_calls_use_up_the_minute(service: Service, agents: Agents) -> None:
    denied = make(service, agents, "Denied", callsPerMinute=2)
    found = [denied.asks(LIST) for _ in range(3)]
    assert [one.rule for one in found] == [Guard.NO_GRANT, Guard.NO_GRANT, Guard.TOO_MANY_CALLS]
    asking = make(service, agents, "Asking", callsPerMinute=1)
    asking.given({**READ, "askFirst": True})
    assert isinstance(asking.asks(LIST), Ask)
    assert asking.asks(LIST).rule == Guard.TOO_MANY_CALLS
    allowed = make(service, agents, "Allowed", callsPerMinute=2)
    allowed.given(READ)
    assert isinstance(allowed.asks(LIST), Allow)


def test_denials_beyond_the_pace_become_one_entry(service: Service, agents: Agents) -> None:
    agent = make(service, agents, callsPerMinute=1)
    found = [agent.asks(LIST) for _ in range(200)]
    found += [agent.asks("display.user_info") for _ in range(100)]
    assert all(isinstance(one, Deny) for one in found)
    assert len(agent.rows(limit=100)) == 2
    assert agents.gate.summarise() == 0
    assert agents.gate.summarise(everything=True) == 1
    summary, first, _ = agent.rows(limit=100)
    assert (summary["rule"], summary["decision"]) == (Guard.SUMMARY, "denied")
    assert summary["counted"] == 298
    assert "198 display.video_list (too-many-calls)" in summary["sentence"]
    assert "100 display.user_info (too-many-calls)" in summary["sentence"]
    assert (first["rule"], first["counted"]) == (Guard.TOO_MANY_CALLS, 1)
    assert agents.audit.verify("acme").intact


def test_a_key_that_ended_takes_nothing_of_the_agent_s_pace(
    service: Service, agents: Agents
) -> None:
    agent = make(service, agents, callsPerMinute=1)
    agent.given(READ)
    old = agent.caller
    agent.key = service.api("POST", f"/api/agents/{agent.id}/keys", {"overlapHours": 0})["key"]
    for _ in range(50):
        found = agents.gate.decide(old, LIST, agent.account, {})
        assert isinstance(found, Deny)
        assert found.rule == Guard.KEY_OVER
    assert len(agent.rows(limit=100)) == 1
    assert isinstance(agent.asks(LIST), Allow)


def test_what_an_entry_holds_is_bounded() -> None:
    whole = {"sentence": "x", "context": {"fields": ["id"] * 170_000}, "reason": "y" * 90_000}
    kept = json.loads(written(whole))
    assert len(written(whole)) <= MAX_TEXT
    assert kept["sentence"] == "x"
    assert kept["cut"]["bytes"] > 850_000
    assert any(one.startswith("context.fields: ") for one in kept["cut"]["left"])
    small = {"sentence": "x", "context": {"fields": ["id"] * 100}}
    assert json.loads(written(small)) == small


def test_readers_take_few_long_rows_at_once(
    agent: AgentFixture, agents: Agents, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.given(READ)
    changes = agents.audit.verify("acme").entries
    for _ in range(9):
        agent.asks(LIST, {"fields": ["id", "title"]})
    at_once: list[int] = []

    def counted(sizes: Any) -> Any:
        found = fitting(sizes)
        at_once.append(len(found))
        return found

    fitting = entries.fitting
    monkeypatch.setattr(entries, "MAX_READ", 700)
    monkeypatch.setattr(entries, "fitting", counted)
    assert len(list(agents.audit.all("acme"))) == 9
    report = agents.audit.verify("acme")
    assert (report.intact, report.entries) == (True, changes + 9)
    followed = agents.audit.after("acme", 0)
    assert [row.seq for row in followed] == list(range(1, len(followed) + 1))
    assert max(at_once) < 9
    page = agents.audit.page("acme", limit=500)
    assert 0 < len(page.items) < 9
    assert page.next_cursor == str(page.items[-1].seq)


def exchanged(service: Service, head: str) -> bytes:
    """The answer to a request of which nothing but the head is ever sent."""
    host, _, port = service.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(head.replace("\n", "\r\n").encode())
        parts = b""
        while b"\r\n\r\n" not in parts and (part := line.recv(65_536)):
            parts += part
        while part := line.recv(65_536):
            parts += part
        return parts


def head(service: Service, path: str, key: str, length: int = 60_000) -> str:
    return (
        f"POST {path} HTTP/1.1\nHost: {service.url.removeprefix('http://')}\n"
        f"Authorization: Bearer {key}\nContent-Type: application/json\n"
        f"Accept: application/json\nContent-Length: {length}\n\n"
    )


@sqlite_only
@pytest.mark.parametrize("path", ["/mcp", "/agents/proxy/v2/video/list/?fields=id"])
def test_who_may_not_call_is_told_so_before_the_body(
    service: Service, agents: Agents, path: str
) -> None:
    agent = make(service, agents, callsPerMinute=1)
    agent.given(READ)
    foreign = exchanged(service, head(service, path, agent.key[:-4] + "AAAA"))
    assert b" 401 " in foreign
    assert isinstance(agent.asks(LIST), Allow)
    full = exchanged(service, head(service, path, agent.key))
    assert (b" 429 " if path == "/mcp" else b" 403 ") in full
    assert b"in a minute are its limit" in full
    service.api("POST", f"/api/agents/{agent.id}/stop")
    stopped = exchanged(service, head(service, path, agent.key))
    assert b" 403 " in stopped
    assert agent.rows()[0]["decision"] == "denied"


@sqlite_only
@pytest.mark.parametrize("path", ["/mcp", "/agents/proxy/v2/video/list/?fields=id"])
def test_a_body_that_no_call_needs_is_refused_unread(agent: AgentFixture, path: str) -> None:
    agent.given(READ)
    answer = exchanged(agent.service, head(agent.service, path, agent.key, 1 << 20))
    assert b" 413 " in answer


@every("operation", [LIST, "tools/call", "oauth.revoke"])
def test_a_probe_denies_nothing_that_depends_on_the_request(
    agent: AgentFixture, agents: Agents, operation: str
) -> None:
    """A caller may be let in between its admission and the probe: then its request is read."""
    agent.given(READ)
    before = agents.audit.verify("acme").entries
    call = DecisionRequest(agent.caller, operation, None, NotRead())
    for found in (agents.gate.answers([call])[0], agents.gate.answers([call, call])[1]):
        assert isinstance(found, Deny)
        assert found.rule == Guard.NOT_READ
    assert agents.audit.verify("acme").entries == before
    agent.service.api("POST", f"/api/agents/{agent.id}/stop")
    found = agents.gate.answers([call])[0]
    assert isinstance(found, Deny)
    assert found.rule == Guard.STOPPED
    agent.service.api("PATCH", f"/api/agents/{agent.id}", {"stopped": False})


def test_a_cache_forgets_keys_that_ended(service: Service, agents: Agents) -> None:
    import asyncio

    agent = make(service, agents)
    cache = CallerCache(agents.identity.caller, agents.identity.admission, lambda: 0.0)

    async def known() -> bool | None:
        found = await cache.find(agent.key)
        return None if found is None else found.admitted

    async def looked() -> None:
        assert await known() is True
        assert len(cache) == 1
        service.api("POST", f"/api/agents/{agent.id}/stop")
        assert await known() is True, "for moments only: the gate decides"
        await asyncio.to_thread(cache._found, agent.key)
        assert len(cache) == 0
        assert await known() is False
        service.api("DELETE", f"/api/agents/{agent.id}")
        assert await known() is None

    asyncio.run(looked())
