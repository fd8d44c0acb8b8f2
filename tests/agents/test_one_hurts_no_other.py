"""Slow calls of one organisation leave the service to the others, and end when their agent may not
go on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from stagedoor.agents.calls import scheduler as module
from stagedoor.agents.container import Agents
from stagedoor.connector.container import Container
from stagedoor.connector.fair_queue import Shares
from stagedoor.connector.fetching import service as fetching
from stagedoor.connector.fetching.service import FetchLimits
from stagedoor.connector.media.service import MediaKind
from stagedoor.platform.media import MAX_FILE
from tests.agents.approval_steps import ASKED
from tests.agents.conftest import AgentFixture, make
from tests.connector.conftest import Service
from tests.support import media
from tests.support.connecting import connect
from tests.support.mcp_client import talking
from tests.support.site import Site

FULL = {"resource": "posting", "level": "full"}
READ = {"resource": "videos", "level": "read"}
ALONE = {"privacy_level": "SELF_ONLY"}
SECONDS = 60.0
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1"}


@pytest.fixture(autouse=True)
def few_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stagedoor.agents.container.SLOW", Shares(4, 3, 3, 100))
    monkeypatch.setattr(module, "AT_ONCE", Shares(12, 8, 8, 200))
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.2)
    # what is cancelled here isn't cut off for being slow
    patient = FetchLimits(MAX_FILE, 900.0, step_seconds=900.0)
    monkeypatch.setitem(fetching.LIMITS, MediaKind.VIDEO, patient)


@pytest.fixture
def agent(agent: AgentFixture) -> AgentFixture:
    agent.given(FULL, READ)
    agent.service.api("PATCH", f"/api/agents/{agent.id}", {"callsPerMinute": 1_000})
    return agent


class Dripping:
    """A host whose films never end; `open` is how many connections it has."""

    def __init__(self) -> None:
        self.url = ""
        self.open = 0
        self.most = 0
        self.changed = threading.Condition()
        self.ended = threading.Event()

    def count(self, by: int) -> None:
        with self.changed:
            self.open += by
            self.most = max(self.most, self.open)
            self.changed.notify_all()

    def until(self, check: Callable[[int], bool]) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: check(self.open), SECONDS)


@contextmanager
def dripping() -> Iterator[Dripping]:
    host = Dripping()

    def answer(connection: socket.socket) -> None:
        with connection:
            connection.recv(65_536)
            host.count(1)
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + media.video()[:100])
                while not host.ended.wait(0.1):
                    connection.sendall(b"x")
            except OSError:
                pass
            finally:
                host.count(-1)

    def accept(bound: socket.socket) -> None:
        while True:
            try:
                connection, _ = bound.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(200)
        host.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        thread = threading.Thread(target=accept, args=(bound,), daemon=True)
        thread.start()
        yield host
        host.ended.set()
        bound.shutdown(socket.SHUT_RDWR)
    thread.join(10)


@pytest.fixture
def host() -> Iterator[Dripping]:
    with dripping() as host:
        yield host


def publish(agent: AgentFixture, url: str, number: int) -> httpx2.Response:
    """One call through MCP, without a session."""
    arguments = {"video_url": f"{url}/{number}.mp4", "title": f"film {number}", **ALONE}
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "publish_video", "arguments": arguments},
    }
    headers = {
        "authorization": f"Bearer {agent.key}",
        "accept": "application/json",
        "mcp-protocol-version": "2025-06-18",
    }
    with httpx2.Client(timeout=SECONDS, trust_env=False) as http:
        return http.post(f"{agent.service.url}/mcp", json=body, headers=headers)


class Theirs(Service):
    """The same service, asked by another organisation."""

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        return super().send(method, path, body, **{"org": "other"} | more)


def other_organisation(service: Service, agents: Agents) -> AgentFixture:
    """An agent of another organisation, which holds the same account."""
    theirs = Theirs(service.url, service.services, service.http)
    connect(theirs, org="other")
    agent = make(theirs, agents, "Their Agent")
    agent.given(FULL, READ)
    return agent


@pytest.mark.parametrize("asks", [False, True])
def test_many_slow_posts_of_one_organisation_leave_the_others_theirs(
    agent: AgentFixture, agents: Agents, host: Dripping, site: Site, asks: bool
) -> None:
    site.pages["/0.mp4"] = media.video()
    if asks:
        agent.given(ASKED)
    others = other_organisation(agent.service, agents)
    with ThreadPoolExecutor(30) as pool:
        calls = [pool.submit(publish, agent, host.url, number) for number in range(30)]
        assert host.until(lambda now: now == 3)
        told = publish(others, site.url, 0).json()["result"]
        assert told["isError"] is False, told
        with talking(others.service.url, others.key) as talk:
            assert talk.good("list_videos")["videos"] is not None
        # they take no place of quick calls either, whoever's those are
        with talking(agent.service.url, agent.key) as talk:
            assert talk.good("list_accounts")["accounts"]
        assert host.most == 3
        agent.service.api("POST", f"/api/agents/{agent.id}/stop")
        answers = [call.result(SECONDS).json()["result"] for call in calls]
    assert host.until(lambda now: now == 0)
    assert host.most == 3
    assert all(one["isError"] for one in answers)
    assert others.service.api("GET", "/api/posts")["posts"]
    assert agent.service.api("GET", "/api/posts")["posts"] == []


TAKEN: dict[str, Callable[[AgentFixture], Any]] = {
    "the agent was stopped": lambda agent: agent.service.api(
        "POST", f"/api/agents/{agent.id}/stop"
    ),
    "its key ended": lambda agent: agent.service.api(
        "POST", f"/api/agents/{agent.id}/keys", {"overlapHours": 0}
    ),
    "its grants were emptied": lambda agent: agent.given(),
    "it was deleted": lambda agent: agent.service.send("DELETE", f"/api/agents/{agent.id}"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_an_agent_may_not_do_any_more_is_broken_off_in_every_process(
    agent: AgentFixture, services: Container, host: Dripping, what: str
) -> None:
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(publish, agent, host.url, 1)
        assert host.until(lambda now: now == 1)
        # by rows alone: the change comes from another process
        TAKEN[what](agent)
        assert host.until(lambda now: now == 0)
        told = call.result(SECONDS).json()["result"]
    assert told["content"][0]["text"].startswith("denied_by_policy: ")
    first, last = agent.rows()[-1], agent.rows()[0]
    assert (first["decision"], first["outcome"]) == ("allowed", "failed")
    assert last["decision"] == "denied"
    assert agent.service.api("GET", "/api/posts")["posts"] == []


@sqlite_only
def test_a_change_that_takes_nothing_away_breaks_nothing_off(
    agent: AgentFixture, host: Dripping, site: Site
) -> None:
    site.hold, site.pages["/1.mp4"] = threading.Event(), media.video()
    agent.given({**FULL, "conditions": {"postsPerDay": 1}}, READ)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(publish, agent, site.url, 1)
        assert site.held.wait(SECONDS)
        agent.given({**FULL, "conditions": {"postsPerDay": 1}})
        make(agent.service, agent.agents, "Another")
        agent.service.api("PATCH", f"/api/agents/{agent.id}", {"name": "Renamed"})
        threading.Event().wait(1.0)  # some looks at what runs
        site.hold.set()
        told = call.result(SECONDS).json()["result"]
    assert told["isError"] is False, told


@sqlite_only
def test_a_call_that_waits_for_its_post_ends_when_its_agent_is_stopped(
    agent: AgentFixture, site: Site
) -> None:
    site.pages["/film.mp4"] = media.video()

    def waits() -> Any:
        with talking(agent.service.url, agent.key) as talk:
            asked = {"video_url": f"{site.url}/film.mp4", "wait_seconds": 50, **ALONE}
            return talk.call("publish_video", **asked)

    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(waits)
        agent.service.until(lambda: agent.service.api("GET", "/api/posts")["posts"])
        agent.service.api("POST", f"/api/agents/{agent.id}/stop")
        told = call.result(30)
    assert told.text.startswith("interrupted: ")
