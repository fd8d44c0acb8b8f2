"""Tools for ads and comments, called through MCP by an agent of an organisation that advertises."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from stagedoor.agents.tools import operations, task_tools
from stagedoor.platform.operation import Host, OperationEffect
from tests.examples import example_of, json_of
from tests.examples.tools import tool_example
from tests.support.business_connecting import ADVERTISER, OTHER_ADVERTISER
from tests.support.mcp_client import Talk, talking

from .fixtures import EVERYTHING, Business

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SEED = 20261130
SAMPLE = 14
"""Operations that are called by their own tools; the proxy's tests call every one."""


@pytest.fixture
def talk(business: Business) -> Iterator[Talk]:
    with talking(business.agent.service.url, business.agent.key) as talk:
        yield talk


def test_each_job_of_business_reaches_tiktok_and_answers_by_its_schema(
    business: Business, talk: Talk
) -> None:
    business.agent.given(*EVERYTHING)
    jobs = [
        tool
        for tool in task_tools.tools()
        if tool.own is None and tool.does[0].host is Host.BUSINESS
    ]
    assert len(jobs) == 8
    for tool in jobs:
        example = tool_example(tool.name)
        assert example.operation in tool.does
        business.rest()
        before = len(business.local.calls(example.operation.id))
        talk.good(tool.name, **example.arguments(business.seeded))
        assert len(business.local.calls(example.operation.id)) == before + 1, tool.name


def test_operations_answer_by_the_schemas_of_their_own_tools(
    business: Business, talk: Talk
) -> None:
    business.agent.given(*EVERYTHING)
    patch: dict[str, Any] = {"tools": "all"}
    business.agent.service.api("PATCH", f"/api/agents/{business.agent.id}", patch)
    listed = talk.tools()
    every = [one for one in operations.callable_ones() if one.host is Host.BUSINESS]
    own = [one for one in every if operations.name_of(one) in listed]
    # those of most arguments have none: call_operation calls them
    assert {one.id for one in every} - {one.id for one in own} == {
        "business.adgroup_create",
        "business.adgroup_update",
        "business.ad_create",
        "business.ad_update",
    }
    assert "call_operation" in listed
    good = [one for one in own if not (example_of(one).refused or example_of(one).ends)]
    chance = random.Random(SEED)
    for operation in chance.sample(good, SAMPLE):
        business.rest()
        told = talk.call(operations.name_of(operation), **json_of(operation, business.seeded))
        assert not told.is_error, f"{operation.id}: {told.text}"


def test_campaigns_are_listed_with_what_they_spent(business: Business, talk: Talk) -> None:
    business.agent.given({"resource": "ads", "level": "read"})
    # the consent reaches two ad accounts
    several = talk.call("list_campaigns")
    assert several.is_error
    assert "advertiser_id: several ad accounts are reached" in several.text
    [shown] = talk.good("list_accounts")["accounts"]
    assert [one["id"] for one in shown["ad_accounts"]] == [ADVERTISER, OTHER_ADVERTISER]
    page = talk.good("list_campaigns", advertiser_id=ADVERTISER, page_size=2)
    assert [set(one) >= {"campaign_id", "operation_status", "spend"} for one in page["list"]]
    assert any(one["spend"] > 0 for one in page["list"])
    assert page["next"] == {"page": 2}
    business.agent.given({"resource": "ads", "level": "read", "actions": ["read-campaigns"]})
    business.rest()
    alone = talk.good("list_campaigns", advertiser_id=ADVERTISER, page_size=2)
    assert not [one for one in alone["list"] if "spend" in one]
    assert {row["decision"] for row in business.agent.rows()} <= {"allowed", "denied"}
    assert [row["operation"] for row in business.agent.rows(limit=1)] == ["business.campaign_get"]


def test_a_campaign_is_shown_before_it_is_made(business: Business, talk: Talk) -> None:
    agent, local = business.agent, business.local
    asked = {
        "advertiser_id": OTHER_ADVERTISER,
        "campaign_name": "Sale",
        "objective_type": "TRAFFIC",
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 75.5,
    }
    money = {"resource": "ads", "level": "full", "conditions": {"spendPerDay": 100}}
    agent.given(money)
    for _ in range(2):  # neither is counted
        shown = talk.good("create_campaign", **asked)
        assert (shown["dry_run"], shown["decision"]) == (True, "allowed")
        assert "with budgets of 75.50 EUR" in shown["sentence"]
        assert shown["would_send"].items() >= asked.items()
    agent.given(money | {"askFirst": True})
    assert talk.good("create_campaign", **asked)["decision"] == "pending"
    agent.given(money | {"conditions": {"budgetPerDay": 50}})
    denied = talk.good("create_campaign", **asked)
    assert denied["decision"] == "denied"
    assert denied["reason"] == "The budget is above the 50 EUR that this agent may set."
    agent.given({"resource": "ads", "level": "read"})
    assert talk.good("create_campaign", **asked)["decision"] == "denied"
    unfit = talk.call("create_campaign", **asked | {"budget": "much"})
    assert unfit.is_error
    assert "invalid_arguments: The arguments don't fit: budget: is no number" in unfit.text
    assert local.calls("business.campaign_create") == []
    assert agent.service.api("GET", "/api/approvals")["approvals"] == []
    assert agent.rows() == []
    agent.given(money)
    made = talk.good("create_campaign", **asked, dry_run=False)
    assert made["campaign_id"]
    # after a lost answer the same call makes no second one
    again = talk.call("create_campaign", **asked, dry_run=False)
    assert again.is_error
    assert len(local.calls("business.campaign_create")) == 1
    agent.given({"resource": "ads", "level": "full"})
    talk.call("create_campaign", **asked, dry_run=False)
    campaigns = business.running.world.all.campaigns.values()
    assert len([one for one in campaigns if one.name == "Sale"]) == 1


def test_an_agent_may_reply_and_nothing_else(business: Business, talk: Talk) -> None:
    business.agent.given(preset="replier")
    assert {"list_comments", "reply_to_comment"} <= set(talk.tools())
    assert "hide_comment" not in talk.tools()
    reply = tool_example("reply_to_comment")
    written = talk.good("reply_to_comment", **reply.arguments(business.seeded))
    assert written["comment_id"]
    [row] = business.agent.rows()
    said = "Social Agent asked to reply to comments of @maracooks with '"
    assert row["sentence"].startswith(said)
    refused = [
        one
        for one in operations.callable_ones()
        if one.resource == "comments"
        and one.effect is OperationEffect.WRITE
        and one is not reply.operation
    ]
    assert len(refused) == 5
    for operation in refused:
        arguments = json_of(operation, business.seeded)
        told = talk.call("call_operation", operation=operation.id, arguments=arguments)
        assert told.is_error, operation
        assert "denied_by_policy" in told.text
        assert business.local.calls(operation.id) == []


def test_whatever_has_no_tool_of_its_own_is_found_and_called(
    business: Business, talk: Talk
) -> None:
    business.agent.given({"resource": "ads", "level": "full"})
    assert {"find_operations", "call_operation"} <= set(talk.tools())
    found = talk.good("find_operations", words="ad group")["operations"]
    assert "business.adgroup_create" in {one["operation"] for one in found}
    assert not [one for one in found if "takes" in one]
    name = "business.adgroup_status_update"
    [one] = talk.good("find_operations", operation=name)["operations"]
    assert one["changes"] is True
    assert "adgroup_ids" in one["takes"]["properties"]
    by_id = {each.id: each for each in operations.callable_ones()}
    arguments = json_of(by_id[name], business.seeded)
    shown = talk.good("call_operation", operation=name, arguments=arguments, dry_run=True)
    assert (shown["decision"], shown["would_send"]["adgroup_ids"]) == (
        "allowed",
        arguments["adgroup_ids"],
    )
    assert business.local.calls(name) == []
    done = talk.good("call_operation", operation=name, arguments=arguments)
    assert len(business.local.calls(name)) == 1
    assert "status" in done or "adgroup_ids" in done
    # what it may not do it neither finds nor calls, nor does it learn what there is
    assert talk.good("find_operations", words="comment")["operations"] == []
    comments = json_of(by_id["business.comment_list"], business.seeded)
    for other in ("business.comment_list", "business.oauth2_access_token", "nothing", ""):
        told = talk.call("call_operation", operation=other, arguments=comments)
        assert told.is_error
        assert "denied_by_policy" in told.text


def test_an_agent_without_business_sees_no_tools_of_it(business: Business, talk: Talk) -> None:
    business.agent.given({"resource": "posting", "level": "read"})
    names = set(talk.tools())
    assert "list_campaigns" not in names
    assert "call_operation" not in names
