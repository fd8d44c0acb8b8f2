"""A file that comes after its call: the call is decided again when the last byte is there."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from stagedoor.agents.calls import routes
from tests.agents.approval_steps import ASKED, says
from tests.agents.call_requests import call_request
from tests.agents.conftest import AgentFixture
from tests.agents.job_pump import PULLED, Pump
from tests.support import media
from tests.support.local import Local
from tests.support.mcp_client import talking

FULL = {"resource": "posting", "level": "full"}
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_PULL_URL": PULLED}


def begun(agent: AgentFixture, film: bytes, *grants: dict[str, Any]) -> tuple[str, str]:
    """The post of a call whose file is still to come, and where it goes."""
    agent.given(*(grants or (FULL,)))
    size = len(film)
    source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size}
    arguments = {
        "post_info": {"title": "A film", "privacy_level": "SELF_ONLY"},
        "source_info": source | {"total_chunk_count": 1},
    }
    done = agent.agents.calls.make(
        agent.caller, call_request(agent, "posting.video_init", arguments)
    )
    url = str(done.data["upload_url"])
    return str(done.data["publish_id"]), url[url.index("/agents/upload/") :]


def put(agent: AgentFixture, path: str, film: bytes, begin: int = 0, end: int | None = None) -> Any:
    last = (len(film) if end is None else end) - 1
    headers = {"content-range": f"bytes {begin}-{last}/{len(film)}"}
    return agent.service.http.put(path, content=film[begin : last + 1], headers=headers)


def post_of(agent: AgentFixture, post_id: str) -> dict[str, Any]:
    found: dict[str, Any] = agent.service.api("GET", f"/api/posts/{post_id}")
    return found


TAKEN: dict[str, tuple[Callable[[AgentFixture], Any], str]] = {
    "its key ended": (
        lambda agent: agent.service.api(
            "POST", f"/api/agents/{agent.id}/keys", {"overlapHours": 0}
        ),
        "key has ended",
    ),
    "its grants were emptied": (lambda agent: agent.given(), "is off for this agent"),
    "the level isn't allowed any more": (
        lambda agent: agent.given(
            {**FULL, "conditions": {"privacyLevels": ["PUBLIC_TO_EVERYONE"]}}
        ),
        "SELF_ONLY",
    ),
    "it was stopped": (
        lambda agent: agent.service.api("POST", f"/api/agents/{agent.id}/stop"),
        "was stopped",
    ),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_was_taken_away_before_the_last_byte_is_not_published(
    agent: AgentFixture, pump: Pump, local: Local, what: str
) -> None:
    take, words = TAKEN[what]
    film = media.video()
    post_id, path = begun(agent, film)
    assert put(agent, path, film, 0, 1_000).status_code == 206
    take(agent)
    answer = put(agent, path, film, 1_000)
    assert answer.status_code == 403, answer.text
    assert words in answer.text
    pump.run(60)
    assert local.publishes() == []
    post = post_of(agent, post_id)
    assert post["state"] == "cancelled"
    assert words in post["failure"]["message"]
    (step,) = post["history"]
    assert (step["step"], step["outcome"]) == ("decision", "failed")
    denied, first = agent.rows()
    assert (denied["decision"], first["decision"], first["outcome"]) == (
        "denied",
        "allowed",
        "failed",
    )
    told = agent.service.api("GET", "/api/notices")["notices"]
    assert ("post.refused", post_id) in [(one["kind"], one["subject"]) for one in told]


def test_what_is_still_allowed_is_published_with_one_row_and_one_place_of_the_day(
    agent: AgentFixture, pump: Pump, local: Local
) -> None:
    film = media.video()
    given = {**FULL, "conditions": {"postsPerDay": 1}}
    _, path = begun(agent, film, given)
    assert put(agent, path, film).status_code == 201
    pump.until(lambda: agent.rows()[0]["outcome"])
    assert len(local.publishes()) == 1
    (row,) = agent.rows()
    assert (row["decision"], row["outcome"]) == ("allowed", "done")
    assert put(agent, path, film).status_code in (201, 400, 403, 410, 416)
    assert len(local.publishes()) == 1


@pytest.mark.parametrize("word", ["approve", "refuse"])
def test_where_the_grants_ask_by_then_a_person_is_asked(
    agent: AgentFixture, pump: Pump, local: Local, word: str
) -> None:
    film = media.video()
    post_id, path = begun(agent, film, {**FULL, "conditions": {"postsPerDay": 1}})
    agent.given({**ASKED, "conditions": {"postsPerDay": 1}})
    assert put(agent, path, film).status_code == 201
    pump.run(60)
    assert local.publishes() == []
    (approval,) = agent.service.api("GET", "/api/approvals")["approvals"]
    assert approval["id"] == post_id
    assert approval["preview"]["files"]
    says(agent, post_id, word)
    pump.run(10)
    if word == "refuse":
        assert local.publishes() == []
        assert post_of(agent, post_id)["state"] == "cancelled"
        return
    pump.until(lambda: post_of(agent, post_id)["state"] == "published")
    assert len(local.publishes()) == 1
    outcomes = [(row["decision"], row["outcome"]) for row in agent.rows()]
    assert outcomes == [("allowed", "done"), ("pending", "approved"), ("allowed", "done")]


def test_what_waits_for_its_file_is_not_asked_about_once_it_is_denied(
    agent: AgentFixture, local: Local
) -> None:
    agent.given(ASKED)
    film = media.video()
    size = len(film)
    source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size}
    arguments = {
        "post_info": {"privacy_level": "SELF_ONLY"},
        "source_info": source | {"total_chunk_count": 1},
    }
    with pytest.raises(Exception, match="approves what is here") as needed:
        agent.agents.calls.make(agent.caller, call_request(agent, "posting.video_init", arguments))
    url = str(needed.value.detail["uploadUrl"])  # type: ignore[attr-defined]
    agent.given()
    assert put(agent, url[url.index("/agents/upload/") :], film).status_code == 403
    assert agent.service.api("GET", "/api/approvals")["approvals"] == []


@sqlite_only
def test_an_upload_that_is_under_way_is_broken_off(
    agent: AgentFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "WATCH_SECONDS", 0.2)
    film = media.padded_video(400_000)
    post_id, path = begun(agent, film)
    where = urlsplit(agent.service.url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as sender:
        head = f"PUT {path} HTTP/1.1\r\nhost: {where.netloc}\r\ncontent-length: {len(film)}\r\n\r\n"
        sender.sendall(head.encode() + film[:1_000])
        agent.service.api("POST", f"/api/agents/{agent.id}/stop")
        answer = sender.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"The agent was stopped." in answer
    assert post_of(agent, post_id)["state"] == "cancelled"


@pytest.mark.parametrize("what", ["its key ended", "it was stopped"])
def test_a_file_for_a_later_call_is_taken_only_from_an_agent_that_may_call(
    agent: AgentFixture, what: str
) -> None:
    agent.given(FULL)
    with talking(agent.service.url, agent.key) as talk:
        paths = [
            urlsplit(talk.good("begin_upload")["uploads"][0]["upload_url"]).path for _ in range(2)
        ]
    film = media.video()
    assert put(agent, paths[0], film).status_code == 201
    assert put(agent, paths[1], film, 0, 1_000).status_code == 206
    take, words = TAKEN[what]
    take(agent)
    answer = put(agent, paths[1], film, 1_000)
    assert answer.status_code == 403
    assert words in answer.text
