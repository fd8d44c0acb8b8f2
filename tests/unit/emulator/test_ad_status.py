"""Precedence of delivery states: property tests of the pure functions."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.emulator.products.business_ads.status import (
    AdAccountState,
    AdFacts,
    CampaignFacts,
    GroupFacts,
    account,
    ad_status,
    campaign_status,
    delivers,
    group_status,
    group_verdict,
    matches,
)
from stagedoor.platform.products.business import AdvertiserStatus
from stagedoor.platform.products.business_ads import OperationStatus, PrimaryStatus


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """The usual value in most draws, so that the lower levels decide often enough."""
    return st.sampled_from([usual] * 4 * len(others) + [*others])


CAMPAIGNS = st.builds(
    CampaignFacts,
    deleted=mostly(False, True),
    account=mostly(*AdAccountState),
    enabled=mostly(True, False),
    exceeded=st.booleans(),
)
GROUPS = st.builds(
    GroupFacts,
    CAMPAIGNS,
    deleted=mostly("", "own", "campaign"),
    switch=mostly(OperationStatus.ENABLE, OperationStatus.DISABLE),
    review=st.sampled_from(["approved", "pending", "partial", "rejected"]),
    again=st.booleans(),
    phase=st.sampled_from(["during", "before", "after"]),
    no_balance=st.booleans(),
    exceeded=st.booleans(),
)
ADS = st.builds(
    AdFacts,
    GROUPS,
    deleted=mostly("", "own", "adgroup", "campaign"),
    enabled=mostly(True, False),
    review=st.sampled_from(["approved", "pending", "partial", "rejected"]),
    again=st.booleans(),
)
many = settings(max_examples=600, deadline=None)


def level(status: str) -> int:
    """The place of a status in the documented precedence, 0 the highest."""
    if status.endswith("DELETE"):
        return 0
    if "ADVERTISER" in status:
        return 1
    if status.endswith("CAMPAIGN_DISABLE") or status == "CAMPAIGN_STATUS_DISABLE":
        return 2
    if status.endswith("_DISABLE"):
        return 3
    if any(word in status for word in ("AUDIT", "REVIEW")):
        return 4
    if status.endswith(("NOT_START", "TIME_DONE", "STATUS_DONE")):
        return 5
    if status.endswith("EXCEED"):
        return 6
    assert status.endswith(("DELIVERY_OK", "STATUS_ENABLE")), status
    return 7


def expected(facts: AdFacts) -> int:
    """The highest level of which something holds."""
    group, above = facts.group, facts.group.campaign
    return next(
        number
        for number, holds in enumerate(
            (
                facts.deleted or group.deleted or above.deleted,
                above.account is not AdAccountState.USABLE,
                not above.enabled,
                group.switch is OperationStatus.DISABLE or not facts.enabled,
                facts.review != "approved" or group.review in ("pending", "rejected"),
                group.phase != "during",
                group.no_balance or above.exceeded or group.exceeded,
                True,
            )
        )
        if holds
    )


@many
@given(ADS)
def test_the_first_level_that_holds_decides_an_ads_status(facts: AdFacts) -> None:
    assert level(ad_status(facts)) == expected(facts)


@many
@given(GROUPS)
def test_the_first_level_that_holds_decides_an_ad_groups_status(facts: GroupFacts) -> None:
    above = facts.campaign
    holding = (
        facts.deleted or above.deleted,
        above.account is not AdAccountState.USABLE,
        not above.enabled,
        facts.switch is OperationStatus.DISABLE,
        facts.review != "approved",
        facts.phase != "during",
        facts.no_balance or above.exceeded or facts.exceeded,
        True,
    )
    assert level(group_status(facts)) == next(n for n, holds in enumerate(holding) if holds)


@many
@given(CAMPAIGNS)
def test_a_campaigns_status_has_no_review_and_no_schedule(facts: CampaignFacts) -> None:
    holding = {
        0: facts.deleted,
        1: facts.account is not AdAccountState.USABLE,
        2: not facts.enabled,
        6: facts.exceeded,
        7: True,
    }
    assert level(campaign_status(facts)) == next(n for n, holds in holding.items() if holds)


@many
@given(ADS)
def test_an_ad_is_shown_only_below_the_review(facts: AdFacts) -> None:
    status = ad_status(facts)
    if delivers(facts):
        assert level(status) > 4 or status == "AD_STATUS_REVIEW_PARTIALLY_APPROVED"
    elif level(status) == 7:
        pytest.fail(f"{status} without delivery")


@given(ADS, st.booleans())
def test_what_comes_after_the_deciding_level_changes_nothing(facts: AdFacts, off: bool) -> None:
    paused = replace(facts, enabled=False)
    budget = replace(paused, group=replace(paused.group, exceeded=off, no_balance=off))
    assert ad_status(budget) == ad_status(paused)


def test_an_ad_group_stands_for_its_ads() -> None:
    assert group_verdict("approved", ()) == "none"
    for own, ad in product(("pending", "rejected", "partial"), ("approved", "rejected")):
        assert group_verdict(own, (ad,)) == own  # type: ignore[arg-type]
    assert group_verdict("approved", ("rejected", "approved")) == "approved"
    assert group_verdict("approved", ("rejected", "pending")) == "pending"
    assert group_verdict("approved", ("rejected", "rejected")) == "rejected"
    assert group_verdict("approved", ("rejected", "partial")) == "partial"


def test_every_status_of_an_account_stands_for_a_state() -> None:
    states = {one: account(one) for one in AdvertiserStatus}
    assert [one for one, state in states.items() if state is AdAccountState.USABLE] == [
        "STATUS_ENABLE"
    ]
    assert len(set(states.values())) == len(AdAccountState)


@many
@given(ADS)
def test_a_primary_status_covers_each_object_once(facts: AdFacts) -> None:
    status = ad_status(facts)
    deleted = level(status) == 0
    found = [one for one in PrimaryStatus if matches(one, status, deleted)]
    whole = [PrimaryStatus.ALL, PrimaryStatus.DELETE if deleted else PrimaryStatus.NOT_DELETE]
    assert found[: len(whole)] == whole
    assert len(found) == (2 if deleted else 3)
