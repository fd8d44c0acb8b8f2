"""The organisation's own spend limit, which holds for agents' calls whatever their grants say."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from stagedoor.agents.calls import executor
from stagedoor.connector.ads.models import ad_spend_guards
from stagedoor.platform import catalogue
from stagedoor.platform.marks import BUDGET, names_of
from stagedoor.platform.operation import Operation, OperationEffect, Surface
from stagedoor.platform.products import business_ads as ads
from stagedoor.platform.products.business_reports import REPORT_INTEGRATED_GET
from tests.examples import request_of
from tests.support.business_connecting import ADVERTISER
from tests.support.mcp_client import Talk, talking

from .fixtures import Business

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = {
    "advertiser_id": ADVERTISER,
    "campaign_name": "Sale",
    "objective_type": "TRAFFIC",
    "budget_mode": "BUDGET_MODE_DAY",
}
CHECKED = {
    *(ads.CAMPAIGN_CREATE, ads.CAMPAIGN_UPDATE, ads.CAMPAIGN_STATUS_UPDATE),
    *(ads.ADGROUP_CREATE, ads.ADGROUP_UPDATE, ads.ADGROUP_STATUS_UPDATE),
    *(ads.ADGROUP_BUDGET_UPDATE, ads.AD_CREATE, ads.AD_UPDATE, ads.AD_STATUS_UPDATE),
}


@pytest.fixture
def limited(business: Business) -> Business:
    """The agent may do everything with ads, and 160 USD a day is all that may be spent, of which
    the campaign that is on at the local TikTok has 100."""
    business.agent.given({"resource": "ads", "level": "full"})
    limit(business, "160")
    return business


@pytest.fixture
def talk(limited: Business) -> Iterator[Talk]:
    with talking(limited.agent.service.url, limited.agent.key) as talk:
        yield talk


def limit(business: Business, usd: str) -> None:
    business.agent.service.api("PUT", "/api/settings/ad-spend", {"limits": {"USD": usd}})


def post(business: Business, operation: Operation[..., Any], **values: Any) -> Any:
    """Send a call through the proxy; all of its answer."""
    sent = business.agent.service.http.post(
        f"/agents/proxy{operation.path}",
        json={"advertiser_id": ADVERTISER, **values},
        headers={"Access-Token": business.agent.key},
    )
    assert sent.status_code == 200, sent.text
    return sent.json()


def unreadable(business: Business) -> None:
    """Let every read fail by which budgets and spend are known."""
    for one in (ads.CAMPAIGN_GET, ads.ADGROUP_GET, REPORT_INTEGRATED_GET):
        business.local.fault(one.id, "gateway", status=503, times=99)


def refused(business: Business, operation: Operation[..., Any], **values: Any) -> str:
    """As `post`: a refusal by the limit, of which nothing reached TikTok; its message."""
    before = len(business.local.calls(operation.id))
    answer = post(business, operation, **values)
    assert (answer["code"], answer["data"]) == (40001, {}), answer
    assert answer["message"].startswith("spend_limit_exceeded: "), answer
    assert len(business.local.calls(operation.id)) == before
    [row] = business.agent.rows(operation=operation.id, limit=1)
    assert (row["decision"], row["outcome"]) == ("allowed", "failed")
    return str(answer["message"])


def good(business: Business, operation: Operation[..., Any], **values: Any) -> Any:
    answer = post(business, operation, **values)
    assert answer["code"] == 0, answer
    return answer["data"]


def group(business: Business, campaign: str, **values: Any) -> dict[str, Any]:
    """A new ad group with a daily budget, by the example's other values."""
    example = request_of(ads.ADGROUP_CREATE, business.seeded)
    sent = example.model_dump(mode="json", exclude_none=True)
    return {**sent, "campaign_id": campaign, "budget_mode": "BUDGET_MODE_DAY", **values}


def test_budgets_beyond_the_limit_never_reach_tiktok(limited: Business) -> None:
    assert refused(limited, ads.CAMPAIGN_CREATE, **NEW, budget=61) == (
        "spend_limit_exceeded: The organisation's ads may spend 160 USD a day, and this asks for "
        "61 USD where 60 USD are left. Nothing was sent to TikTok."
    )
    campaign = good(limited, ads.CAMPAIGN_CREATE, **NEW, budget=60)["campaign_id"]
    refused(limited, ads.CAMPAIGN_CREATE, **NEW | {"campaign_name": "B"}, budget=161)
    refused(limited, ads.CAMPAIGN_UPDATE, campaign_id=campaign, budget=161)
    limit(limited, "220")
    good(limited, ads.CAMPAIGN_UPDATE, campaign_id=campaign, budget=120)
    made = good(limited, ads.ADGROUP_CREATE, **group(limited, campaign, budget=50))["adgroup_id"]
    limit(limited, "200")
    later = [{"adgroup_id": made, "scheduled_budget": 101}]
    refused(limited, ads.ADGROUP_BUDGET_UPDATE, scheduled_budget=later)
    refused(limited, ads.ADGROUP_UPDATE, adgroup_id=made, budget=101)
    refused(limited, ads.ADGROUP_CREATE, **group(limited, campaign, budget=51, request_id="77"))
    later = [{"adgroup_id": made, "scheduled_budget": 100}]
    good(limited, ads.ADGROUP_BUDGET_UPDATE, scheduled_budget=later)


@SQLITE
def test_launches_beyond_the_limit_are_refused_and_pauses_pass(limited: Business) -> None:
    campaign = good(limited, ads.CAMPAIGN_CREATE, **NEW, budget=60)["campaign_id"]
    values = group(limited, campaign, budget=60)
    made = good(limited, ads.ADGROUP_CREATE, **values)["adgroup_id"]
    off, on = ({"operation_status": one} for one in ("DISABLE", "ENABLE"))
    of_campaign = {"campaign_ids": [campaign]}
    good(limited, ads.CAMPAIGN_STATUS_UPDATE, **of_campaign, **off)
    good(limited, ads.ADGROUP_STATUS_UPDATE, adgroup_ids=[made], **off)
    limit(limited, "159")
    # without its ad group the campaign spends nothing
    good(limited, ads.CAMPAIGN_STATUS_UPDATE, **of_campaign, **on)
    refused(limited, ads.ADGROUP_STATUS_UPDATE, adgroup_ids=[made], **on)
    limit(limited, "160")
    good(limited, ads.ADGROUP_STATUS_UPDATE, adgroup_ids=[made], **on)
    limit(limited, "159")
    ad = request_of(ads.AD_CREATE, limited.seeded).model_dump(mode="json", exclude_none=True)
    assert "campaigns that are on may spend as much already" in refused(
        limited, ads.AD_CREATE, **ad
    )
    good(limited, ads.AD_CREATE, **ad | {"creatives": [one | off for one in ad["creatives"]]})
    good(limited, ads.CAMPAIGN_STATUS_UPDATE, **of_campaign, **off)
    refused(limited, ads.CAMPAIGN_STATUS_UPDATE, **of_campaign, **on)
    wrong = post(limited, ads.CAMPAIGN_STATUS_UPDATE, campaign_ids=["17900000000000001"], **on)
    assert (wrong["code"], wrong["message"].split(":")[0]) == (40007, "not_found")
    unreadable(limited)
    good(limited, ads.CAMPAIGN_STATUS_UPDATE, **of_campaign, **off)
    good(limited, ads.CAMPAIGN_UPDATE, campaign_id=campaign, campaign_name="C")
    good(limited, ads.CAMPAIGN_STATUS_UPDATE, **of_campaign, operation_status="DELETE")


@SQLITE
def test_calls_that_fit_alone_stay_within_the_limit_together(limited: Business) -> None:
    unlimited = NEW | {"budget_mode": "BUDGET_MODE_INFINITE"}
    campaign = good(limited, ads.CAMPAIGN_CREATE, **unlimited)["campaign_id"]
    limit(limited, "210")

    def create(number: int) -> int:
        values = group(limited, campaign, budget=50, adgroup_name=f"{number}")
        return int(post(limited, ads.ADGROUP_CREATE, **values)["code"])

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(create, range(4))) == [0, 0, 40001, 40001]
    # without a budget nothing bounds it
    values = group(limited, campaign, budget_mode="BUDGET_MODE_INFINITE")
    del values["budget"]
    answer = post(limited, ads.ADGROUP_CREATE, **values)
    assert (answer["code"], answer["message"].split(":")[0]) == (50000, "spend_unreadable")
    assert "no budget bounds the campaign Sale" in answer["message"]


@SQLITE
def test_a_spend_that_cannot_be_read_refuses(limited: Business, talk: Talk) -> None:
    limited.local.fault(REPORT_INTEGRATED_GET.id, "gateway", status=503, times=99)
    answer = post(limited, ads.CAMPAIGN_CREATE, **NEW, budget=1)
    assert (answer["code"], answer["message"].split(":")[0]) == (50000, "spend_unreadable")
    assert ADVERTISER in answer["message"]
    told = talk.call("create_campaign", **NEW, budget=1, dry_run=False)
    assert told.is_error
    assert told.text.startswith("spend_unreadable: ")
    assert limited.local.calls(ads.CAMPAIGN_CREATE.id) == []
    rows = limited.agent.rows(operation=ads.CAMPAIGN_CREATE.id)
    assert {(row["decision"], row["outcome"]) for row in rows} == {("allowed", "failed")}
    limited.local.control("DELETE", "faults")
    good(limited, ads.CAMPAIGN_CREATE, **NEW, budget=50)


@SQLITE
def test_tools_are_told_how_much_is_left(limited: Business, talk: Talk) -> None:
    told = talk.call("create_campaign", **NEW, budget=70, dry_run=False)
    assert told.is_error
    assert "spend_limit_exceeded: The organisation's ads may spend 160 USD a day" in told.text
    assert "60 USD are left" in told.text
    assert "What to do: Ask for less" in told.text
    assert limited.local.calls(ads.CAMPAIGN_CREATE.id) == []
    assert talk.good("create_campaign", **NEW, budget=60, dry_run=False)["campaign_id"]


@SQLITE
def test_a_dry_run_is_told_what_the_limit_would_refuse(limited: Business, talk: Talk) -> None:
    shown = talk.good("create_campaign", **NEW, budget=70)
    assert (shown["dry_run"], shown["decision"]) == (True, "denied")
    assert "70 USD where 60 USD are left" in shown["reason"]
    assert talk.good("create_campaign", **NEW, budget=60)["decision"] == "allowed"
    campaign = good(limited, ads.CAMPAIGN_CREATE, **NEW, budget=60)["campaign_id"]
    good(limited, ads.ADGROUP_CREATE, **group(limited, campaign, budget=60))
    switch = {"advertiser_id": ADVERTISER, "campaign_ids": [campaign]}
    status = partial(talk.good, "set_campaign_status", **switch, dry_run=True)
    limit(limited, "159")
    assert status(operation_status="ENABLE")["reason"].startswith("spend_limit_exceeded: ")
    assert status(operation_status="DISABLE")["decision"] == "allowed"
    limited.local.fault(REPORT_INTEGRATED_GET.id, "gateway", status=503, times=99)
    assert status(operation_status="ENABLE")["reason"].startswith("spend_unreadable: ")
    assert limited.local.calls(ads.CAMPAIGN_STATUS_UPDATE.id) == []


@SQLITE
def test_a_call_whose_lease_another_process_took_is_not_sent(
    limited: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = executor.Executor._client

    def late(*arguments: Any) -> Any:
        lease = {"lease_until": time.time() + 60, "fence": ad_spend_guards.c.fence + 1}
        with limited.agent.service.services.database.begin() as connection:
            connection.execute(update(ad_spend_guards).values(**lease))
        return client(*arguments)

    monkeypatch.setattr(executor.Executor, "_client", late)
    answer = post(limited, ads.CAMPAIGN_CREATE, **NEW, budget=1)
    assert (answer["code"], answer["message"].split(":")[0]) == (50000, "spend_unreadable")
    assert limited.local.calls(ads.CAMPAIGN_CREATE.id) == []


@SQLITE
def test_an_organisation_without_a_limit_asks_tiktok_nothing_more(business: Business) -> None:
    business.agent.given({"resource": "ads", "level": "full"})
    unreadable(business)
    good(business, ads.CAMPAIGN_CREATE, **NEW, budget=100_000)
    limit(business, "160")
    answer = post(business, ads.CAMPAIGN_CREATE, **NEW | {"campaign_name": "B"}, budget=50)
    assert answer["message"].startswith("spend_unreadable: ")


def test_every_operation_that_may_add_to_spending_is_checked() -> None:
    """An operation that is declared later, with money or a switch, has to be read as well."""
    found = set()
    for one in catalogue.operations().values():
        if Surface.PROXY in one.surfaces and one.effect is OperationEffect.WRITE:
            model: Any = one.request
            fields = json.dumps(model.model_json_schema())
            if names_of(model, BUDGET) or '"operation_status"' in fields:
                found.add(one)
    assert found == CHECKED
