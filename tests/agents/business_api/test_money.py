"""Grants that limit money: in the currency of the ad account, on a day and altogether."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from stagedoor.agents.decisions.decision import Allow
from stagedoor.agents.decisions.request import DecisionRequest
from stagedoor.agents.grants.grant import Conditions, Grant, Level
from stagedoor.agents.grants.words import of
from stagedoor.platform.operation import Resource
from stagedoor.platform.products import business_ads
from tests.support.business_connecting import ADVERTISER, OTHER_ADVERTISER
from tests.support.connecting import pass_time

from .fixtures import Business

DAY = 86_400
CREATE = business_ads.CAMPAIGN_CREATE
IN_USD, IN_EUR = ADVERTISER, OTHER_ADVERTISER


def give(business: Business, **conditions: Any) -> None:
    business.agent.given({"resource": "ads", "level": "full", "conditions": conditions})


def create(
    business: Business, name: str, budget: float, advertiser: str = IN_EUR
) -> tuple[int, str]:
    """Create a campaign through the proxy; code and message."""
    values = {
        "advertiser_id": advertiser,
        "campaign_name": name,
        "objective_type": "TRAFFIC",
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": budget,
    }
    http = business.agent.service.http
    answer = http.post(
        f"/agents/proxy{CREATE.path}", json=values, headers={"Access-Token": business.agent.key}
    )
    sent = answer.json()
    return sent["code"], sent["message"]


def test_a_day_and_all_days_are_limited_by_currency(business: Business) -> None:
    give(business, budgetPerDay=60, spendPerDay=120, spendTotal=200)
    assert create(business, "A", 60.01) == (
        40001,
        "denied_by_policy: The budget is above the 60 EUR that this agent may set.",
    )
    assert create(business, "A", 60)[0] == 0
    assert create(business, "B", 59)[0] == 0
    code, message = create(business, "C", 1.01)
    assert (code, "more than 120 EUR would be committed on this day" in message) == (40001, True)
    # what is committed in another currency is counted apart
    assert create(business, "D", 60, IN_USD)[0] == 0
    assert create(business, "E", 60, IN_USD)[0] == 0
    assert create(business, "F", 1, IN_USD)[0] == 40001
    pass_time(business.agent.service, business.local, DAY)
    assert create(business, "G", 60)[0] == 0
    code, message = create(business, "H", 21.01)
    assert (code, "more than 200 EUR would be committed altogether" in message) == (40001, True)
    assert len(business.local.calls(CREATE.id)) == 5
    # TikTok was asked for each currency once
    assert len(business.local.calls("business.advertiser_info")) == 2
    sentences = [row["sentence"] for row in business.agent.rows(operation=CREATE.id)]
    assert any("with budgets of 59.00 EUR. Allowed." in one for one in sentences)


def test_a_currency_that_was_named_or_is_not_known_limits_all(business: Business) -> None:
    give(business, budgetPerDay=60, currency="EUR")
    code, message = create(business, "A", 1, IN_USD)
    assert (code, "is in USD, and this agent may set budgets in EUR" in message) == (40001, True)
    info = "business.advertiser_info"
    business.local.fault(info, "status", status=500, code="50000", times=9)
    code, message = create(business, "B", 1)
    assert (code, "currency of the ad account isn't known" in message) == (40001, True)
    assert business.local.calls(CREATE.id) == []
    # without a condition on money nobody needs to know
    give(business)
    assert create(business, "C", 60)[0] == 0
    give(business, spendTotal=130)
    business.local.control("DELETE", "faults")
    assert create(business, "D", 60)[0] == 0
    # what was committed before its currency was known is counted apart
    assert create(business, "E", 71)[0] == 40001


def test_calls_at_one_moment_stay_within_the_total(business: Business) -> None:
    give(business, spendTotal=140)
    account, agent = business.ads, business.agent
    assert create(business, "First", 60)[0] == 0
    values = {"advertiser_id": IN_EUR, "campaign_name": "X", "objective_type": "TRAFFIC"}
    budget = {"budget_mode": "BUDGET_MODE_DAY", "budget": 20}

    def decided(_: int) -> bool:
        found = agent.agents.gate.decide(agent.caller, CREATE.id, account, values | budget)
        return isinstance(found, Allow)

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(decided, range(12))) == 4


def test_calls_that_are_decided_together_stay_within_the_total(business: Business) -> None:
    give(business, spendTotal=140)
    assert create(business, "First", 60)[0] == 0
    values: dict[str, Any] = {
        "advertiser_id": IN_EUR,
        "campaign_name": "X",
        "objective_type": "TRAFFIC",
    }
    values |= {"budget_mode": "BUDGET_MODE_DAY", "budget": 20}
    call = DecisionRequest(business.agent.caller, CREATE.id, business.ads, values)
    found = business.agent.agents.gate.answers([call] * 6)
    assert [isinstance(one, Allow) for one in found] == [True] * 4 + [False] * 2
    [later] = business.agent.agents.gate.answers([call])
    assert not isinstance(later, Allow)


def test_a_person_sees_the_money_with_its_currency(business: Business) -> None:
    business.agent.given({"resource": "ads", "level": "full", "askFirst": True})
    code, message = create(business, "Sale", 75.5)
    assert (code, message.split(":")[0]) == (40001, "approval_required")
    [waiting] = business.agent.service.api("GET", "/api/approvals")["approvals"]
    shown = {line["name"]: line["value"] for line in waiting["preview"]["lines"]}
    assert shown["Budgets and bids together"] == "75.50 EUR"
    assert shown["budget"] == "75.5 EUR"
    assert shown["advertiser_id"] == IN_EUR
    assert "with budgets of 75.50 EUR" in waiting["preview"]["sentence"]
    # the ads credential has no handle: people know it by its name
    [ads] = [
        one
        for one in business.agent.service.api("GET", "/api/integrations")["integrations"]
        if one["id"] == waiting["integrationId"]
    ]
    assert waiting["preview"]["account"] == ads["accountName"]
    assert ads["accountName"] in waiting["preview"]["sentence"]
    assert ads["id"] not in waiting["preview"]["sentence"] + waiting["preview"]["title"]


@pytest.mark.parametrize(
    ("amount", "words"), [(1_000_000, "1000000"), (123_456.78, "123456.78"), (0.5, "0.5")]
)
def test_a_large_limit_is_told_to_the_last_digit(amount: float, words: str) -> None:
    conditions = Conditions(budget_per_day=amount, spend_per_day=amount, spend_total=amount)
    grant = Grant(resource=Resource.ADS, level=Level.FULL, conditions=conditions)
    assert of(grant).count(words) == 3
    assert "e+" not in of(grant)
