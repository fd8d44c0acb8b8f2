"""Each tool, called once: its answer fits its schema, which the client checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from stagedoor.agents import vocabulary
from stagedoor.agents.tools import operations, task_tools
from stagedoor.emulator import Running
from stagedoor.emulator import running as emulating
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Resource, Surface
from stagedoor.platform.scopes import USER_SCOPES, Scope
from tests.agents.conftest import Hand, make
from tests.connector.conftest import Service
from tests.support import good
from tests.support.connecting import connect
from tests.support.local import KEY, SECRET, UNAUDITED, Local
from tests.support.mcping import Talk, talking
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
def hand(service: Service, agents: Any) -> Hand:
    own = {"clientKey": KEY, "clientSecret": SECRET, "scopes": SCOPES}
    service.api("PUT", "/api/apps/tiktok", own)
    connect(service, scopes=SCOPES)
    hand = make(service, agents, tools="all", callsPerMinute=600)
    every = [{"resource": one.value, "level": "full"} for one in vocabulary.TITLES]
    hand.given(*every)
    return hand


@pytest.fixture
def talk(hand: Hand) -> Iterator[Talk]:
    with talking(hand.service.url, hand.key) as talk:
        yield talk


@pytest.fixture
def wanted(local: Local, tiktok: Running) -> dict[str, dict[str, Any]]:
    """A good request of each operation, as JSON."""
    user = local.control("POST", "tokens", {"client_key": "emulator-client-key", "scopes": SCOPES})
    bearer = {"Authorization": f"Bearer {user['access_token']}"}
    begun = good.begin(local.http, bearer, Researcher(local.http).headers)
    local.advance(1)
    found = {}
    for name, values in good.requests(tiktok.world, begun).items():
        request: BaseModel = catalogue.operations()[name].request(**values)
        found[name] = request.model_dump(mode="json", by_alias=True, exclude_none=True)
    return found


def test_each_operation_s_tool_answers_by_its_schema(
    hand: Hand, talk: Talk, wanted: dict[str, dict[str, Any]]
) -> None:
    listed = talk.tools()
    declared = [one for one in catalogue.operations().values() if Surface.TOOL in one.surfaces]
    assert {operations.name_of(one) for one in declared} <= set(listed)
    assert not [one for one in declared if one.resource is Resource.AUTHORIZATION]
    ours = None
    for operation in declared:
        arguments = dict(wanted[operation.id])
        if "publish_id" in arguments:
            arguments["publish_id"] = ours
        told = talk.call(operations.name_of(operation), **arguments)
        assert not told.is_error, f"{operation.id}: {told.text}"
        ours = told.data.get("publish_id") or ours
        if operation.id == "posting.inbox_video_init":
            assert "/agents/upload/" in told.data["upload_url"]
    rows = hand.rows(limit=200)
    assert {row["operation"] for row in rows} == {one.id for one in declared}
    assert {row["decision"] for row in rows} == {"allowed"}


def test_each_job_reaches_tiktok_and_answers_by_its_schema(
    hand: Hand, talk: Talk, local: Local, wanted: dict[str, dict[str, Any]]
) -> None:
    ads, labelled = wanted["commercial.ad_query"], wanted["commercial.content_query"]
    asked = {
        "read_profile": ("display.user_info", {}),
        "list_videos": ("display.video_list", {"max_count": 2}),
        "query_videos": ("display.video_query", wanted["display.video_query"]["filters"]),
        "posting_options": ("posting.creator_info", {}),
        "research_videos": ("research.video_query", wanted["research.video_query"]),
        "research_user": ("research.user_info", wanted["research.user_info"]),
        "research_comments": ("research.comment_list", wanted["research.comment_list"]),
        "research_follows": (
            "research.following",
            wanted["research.following"] | {"direction": "following"},
        ),
        "search_ads": ("commercial.ad_query", {**ads["filters"], "max_count": 2}),
        "search_commercial_content": (
            "commercial.content_query",
            {**labelled["filters"], "max_count": 2},
        ),
        "request_data_copy": ("portability.data_add", wanted["portability.data_add"]),
    }
    for name, (operation, arguments) in asked.items():
        before = len(local.calls(operation))
        data = talk.good(name, **arguments)
        assert len(local.calls(operation)) == before + 1, name
        if name == "request_data_copy":
            asked_for = data["request_id"]
    state = talk.good("check_data_copy", request_id=asked_for)
    assert state["request_id"] == asked_for
    # those about posts are called where a worker brings posts to their end
    posts = {"publish_video", "leave_draft", "publish_photos", "check_post", "cancel_post"}
    others = {"list_accounts", "begin_upload", "list_posts", "check_approval", "check_data_copy"}
    assert {one.name for one in task_tools.tools()} == {*asked, *posts, *others}


def test_pages_go_on_where_they_ended(hand: Hand, talk: Talk, wanted: dict[str, Any]) -> None:
    asked = wanted["research.video_query"] | {"max_count": 3}
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
