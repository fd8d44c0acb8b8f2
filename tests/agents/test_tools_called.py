"""Each tool, called once: its answer fits its schema, which the client checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from stagedoor.agents import vocabulary
from stagedoor.agents.tools import operations, task_tools
from stagedoor.emulator import Running
from stagedoor.emulator import running as emulating
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Host, Resource, Surface
from stagedoor.platform.products import research
from stagedoor.platform.scopes import USER_SCOPES, Scope
from tests.agents.conftest import AgentFixture, make
from tests.connector.conftest import Service
from tests.examples import Seeded, begin, json_of
from tests.examples.tools import tool_example
from tests.support.connecting import connect
from tests.support.local import KEY, SECRET, UNAUDITED, Local
from tests.support.mcp_client import Talk, talking
from tests.support.researcher import Researcher

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SCOPES = [*map(str, USER_SCOPES), str(Scope.PORTABILITY_ALL_ONGOING)]


@pytest.fixture
def tiktok() -> Iterator[Running]:
    """A local TikTok in this process, whose world the test can see."""
    with emulating() as tiktok:
        yield tiktok


@pytest.fixture
def local(tiktok: Running) -> Iterator[Local]:
    with httpx2.Client(base_url=tiktok.url, timeout=30) as http:
        local = Local(tiktok.url, http)
        local.settings(processing_seconds=0, export_seconds=0, validation_seconds=0)
        yield local


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """With another app: the organisation brings its own, and says what it was approved for."""
    return environment | {"TIKTOK_CLIENT_KEY": UNAUDITED, "TIKTOK_CLIENT_SECRET": SECRET}


@pytest.fixture
def agent(service: Service, agents: Any) -> AgentFixture:
    own = {"clientKey": KEY, "clientSecret": SECRET, "scopes": SCOPES}
    service.api("PUT", "/api/apps/tiktok", own)
    connect(service, scopes=SCOPES)
    agent = make(service, agents, tools="all", callsPerMinute=600)
    every = [{"resource": one.value, "level": "full"} for one in vocabulary.TITLES]
    agent.given(*every)
    return agent


@pytest.fixture
def talk(agent: AgentFixture) -> Iterator[Talk]:
    with talking(agent.service.url, agent.key) as talk:
        yield talk


@pytest.fixture
def seeded(local: Local, tiktok: Running) -> Seeded:
    user = local.control("POST", "tokens", {"client_key": "emulator-client-key", "scopes": SCOPES})
    bearer = {"Authorization": f"Bearer {user['access_token']}"}
    begun = begin(local.http, bearer, Researcher(local.http).headers)
    local.advance(1)
    return Seeded(tiktok.world, begun)


def test_each_operation_s_tool_answers_by_its_schema(
    agent: AgentFixture, talk: Talk, seeded: Seeded
) -> None:
    listed = talk.tools()
    declared = [
        one
        for one in catalogue.operations().values()
        # those of TikTok API for Business: business_api/test_business_tools.py
        if Surface.TOOL in one.surfaces and one.host is not Host.BUSINESS
    ]
    assert {operations.name_of(one) for one in declared} <= set(listed)
    assert not [one for one in declared if one.resource is Resource.AUTHORIZATION]
    ours = None
    for operation in declared:
        arguments = json_of(operation, seeded)
        if "publish_id" in arguments:
            arguments["publish_id"] = ours
        told = talk.call(operations.name_of(operation), **arguments)
        assert not told.is_error, f"{operation.id}: {told.text}"
        ours = told.data.get("publish_id") or ours
        if operation.id == "posting.inbox_video_init":
            assert "/agents/upload/" in told.data["upload_url"]
    rows = agent.rows(limit=200)
    assert {row["operation"] for row in rows} == {one.id for one in declared}
    assert {row["decision"] for row in rows} == {"allowed"}


def test_each_job_reaches_tiktok_and_answers_by_its_schema(
    agent: AgentFixture, talk: Talk, local: Local, seeded: Seeded
) -> None:
    """Those about posts are called where a worker brings posts to their end."""
    calling = [tool for tool in task_tools.tools() if tool.does and tool.own is None]
    for tool in calling:
        example = tool_example(tool.name)
        assert example.operation in tool.does
        if example.operation.host is Host.BUSINESS:
            continue  # business_api/test_business_tools.py
        if example.operation.resource is Resource.POSTING and example.operation.id not in READS:
            continue
        before = len(local.calls(example.operation.id))
        talk.good(tool.name, **example.arguments(seeded))
        assert len(local.calls(example.operation.id)) == before + 1, tool.name


READS = {"posting.creator_info"}
"""Of what is about posting: it needs no post."""


def test_pages_go_on_where_they_ended(agent: AgentFixture, talk: Talk, seeded: Seeded) -> None:
    asked = json_of(research.VIDEO_QUERY, seeded) | {"max_count": 3}
    seen: list[str] = []
    onwards: dict[str, Any] = {}
    for _ in range(4):
        page = talk.good("research_videos", **asked | onwards)
        seen += [one["id"] for one in page.get("videos", [])]
        onwards = page.get("next", {})
        if not onwards:
            break
        assert onwards == {"cursor": page["cursor"], "search_id": page["search_id"]}
    assert len(seen) > 3
    assert len(set(seen)) == len(seen)
