"""The outcomes of allowed and of denied calls."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor.agents.calls.errors import Denied, NoSuchPost
from stagedoor.agents.calls.request import CallRequest
from stagedoor.agents.container import Agents
from stagedoor.connector.container import Container
from stagedoor.connector.errors import ApiError
from stagedoor.platform import catalogue
from tests.agents.conftest import AgentFixture, make, working
from tests.connector.conftest import Service
from tests.support import media
from tests.support.local import Local

FULL = {"resource": "posting", "level": "full"}
READS = ({"resource": "profile", "level": "read"}, {"resource": "videos", "level": "read"})


@pytest.fixture
def service(services: Container, service_socket: socket.socket, local: Local) -> Iterator[Service]:
    """With a worker: posts come to their end."""
    yield from working(services, service_socket, local)


@pytest.fixture
def agent(service: Service, agents: Agents) -> AgentFixture:
    return make(service, agents)


def call_request(agent: AgentFixture, name: str, arguments: Any = None, **more: Any) -> CallRequest:
    account = more.pop("account", agent.account)
    return CallRequest(catalogue.operations()[name], account, arguments or {}, **more)


def test_an_allowed_read_gives_what_tiktok_said_and_is_settled_with_its_log_id(
    agent: AgentFixture,
) -> None:
    agent.given(*READS)
    fields = {"fields": ["open_id", "display_name"]}
    done = agent.agents.calls.make(agent.caller, call_request(agent, "display.user_info", fields))
    assert done.data["user"]["display_name"]
    assert set(done.data["user"]) == {"open_id", "display_name"}
    (row,) = agent.rows()
    assert row["decision"] == "allowed"
    assert row["outcome"] == "done"
    assert row["logId"] == done.log_id


def test_a_denied_call_never_reaches_tiktok(agent: AgentFixture) -> None:
    with pytest.raises(Denied, match="List own videos is off for this agent"):
        agent.agents.calls.make(
            agent.caller, call_request(agent, "display.video_list", {"fields": ["id"]})
        )
    (row,) = agent.rows()
    assert (row["decision"], row["outcome"]) == ("denied", None)


def test_what_tiktok_refuses_is_settled_as_failed(agent: AgentFixture) -> None:
    agent.given({"resource": "portability", "level": "read"})
    asked = call_request(agent, "portability.data_check", {"request_id": 1})
    with pytest.raises(ApiError, match="scope"):
        agent.agents.calls.make(agent.caller, asked)
    assert agent.rows()[0]["outcome"] == "failed"


def test_an_init_becomes_a_post_of_the_service_whose_end_is_in_the_audit(
    agent: AgentFixture, service: Service, tmp_path: Path
) -> None:
    agent.given(FULL)
    film = media.video()
    arguments = {
        "post_info": {"title": "Behind the curtain", "privacy_level": "SELF_ONLY"},
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": len(film),
            "chunk_size": len(film),
            "total_chunk_count": 1,
        },
    }
    begun = agent.agents.calls.make(
        agent.caller, call_request(agent, "posting.video_init", arguments)
    )
    url = begun.data["upload_url"]
    assert "/agents/upload/" in url
    path = url[url.index("/agents/upload/") :]
    half = len(film) // 2
    first = service.http.put(
        path, content=film[:half], headers={"content-range": f"bytes 0-{half - 1}/{len(film)}"}
    )
    assert (first.status_code, first.headers["content-range"]) == (
        206,
        f"bytes 0-{half - 1}/{len(film)}",
    )
    rest = {"content-range": f"bytes {half}-{len(film) - 1}/{len(film)}"}
    assert service.http.put(path, content=film[half:], headers=rest).status_code == 201
    # the answer was lost, say: the same piece again changes nothing
    assert service.http.put(path, content=film[half:], headers=rest).status_code == 201
    asked = call_request(agent, "posting.status", {"publish_id": begun.data["publish_id"]})

    def outcome() -> Any:
        (row,) = agent.rows(operation="posting.video_init")
        return row if row["outcome"] else None

    row = service.until(outcome)
    assert row["outcome"] == "done"
    assert row["logId"]
    assert agent.agents.calls.make(agent.caller, asked).data["status"] == "PUBLISH_COMPLETE"
    posts = service.api("GET", "/api/posts")["posts"]
    assert [post["state"] for post in posts] == ["published"]


def test_a_stopped_agent_can_not_finish_its_upload(agent: AgentFixture, service: Service) -> None:
    agent.given(FULL)
    film = media.video()
    size = len(film)
    source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size}
    arguments = {
        "post_info": {"privacy_level": "SELF_ONLY"},
        "source_info": source | {"total_chunk_count": 1},
    }
    begun = agent.agents.calls.make(
        agent.caller, call_request(agent, "posting.video_init", arguments)
    )
    service.api("POST", f"/api/agents/{agent.id}/stop")
    url = begun.data["upload_url"]
    answer = service.http.put(url[url.index("/agents/upload/") :], content=film)
    assert answer.status_code == 403
    assert "was stopped" in answer.text


def test_a_post_of_another_account_or_of_nobody_is_not_found(agent: AgentFixture) -> None:
    agent.given(FULL)
    with pytest.raises(NoSuchPost):
        agent.agents.calls.make(
            agent.caller, call_request(agent, "posting.status", {"publish_id": "v1"})
        )
