"""Arithmetic of budgets, and spending that is settled along the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.emulator.products.business.state import AD_ACCOUNTS, AdAccount
from stagedoor.emulator.products.business_ads import budgets, spending
from stagedoor.emulator.products.business_ads.state import (
    AD_DAYS,
    AD_GROUPS,
    ADS,
    CAMPAIGNS,
    Ad,
    AdGroup,
    Campaign,
    Review,
    SpentBudget,
)
from stagedoor.emulator.world import World
from stagedoor.platform.products.business_ads import BudgetMode, OperationStatus

NEW_YORK = ZoneInfo("America/New_York")
HOUR, DAY = 3_600, 86_400
MOMENTS = st.integers(0, 2**31).map(lambda at: datetime.fromtimestamp(at, UTC))


@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 10**6)), min_size=1, max_size=30),
)
def test_a_division_loses_nothing(amount: int, parts: list[tuple[int, int]]) -> None:
    weights, before = [one for one, _ in parts], [one for _, one in parts]
    shares = budgets.divided(amount, weights, before)
    assert sum(shares) == amount
    whole = sum(weights)
    for weight, share in zip(weights, shares, strict=True):
        assert 0 <= share - amount * weight // whole <= 1


@given(st.sampled_from(BudgetMode), st.decimals(0, 10**6, places=2), MOMENTS, st.data())
def test_what_is_left_may_be_spent_and_no_more(
    mode: BudgetMode, budget: Decimal, at: datetime, data: st.DataObject
) -> None:
    spent = SpentBudget()
    room = budgets.left(mode, budget, spent, at)
    amount = data.draw(st.integers(0, min(room, 10**9)))
    after = budgets.added(spent, amount, at)
    assert after.total == after.today == after.this_week == amount
    if mode is not BudgetMode.INFINITE:
        assert budgets.left(mode, budget, after, at) == max(0, room - amount)


def test_a_midnight_follows_the_zone_across_a_change_of_the_clocks() -> None:
    noon = datetime(2026, 10, 31, 12, tzinfo=NEW_YORK).timestamp()
    first = budgets.next_midnight(noon, "America/New_York")
    second = budgets.next_midnight(first, "America/New_York")
    assert first - noon == 12 * HOUR
    assert second - first == 25 * HOUR


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    made.clock.freeze()
    yield made
    made.close()


START = datetime(2026, 10, 30, 0, tzinfo=NEW_YORK).timestamp()


def tree(world: World, ads: int = 3, **changed: object) -> Campaign:
    """A campaign with one ad group and its ads, which start at the same moment."""
    world.clock._frozen = START
    account = AdAccount("1", "A", "USD", "America/New_York", START, balance=Decimal(10**6))
    world[AD_ACCOUNTS].add(account)
    on = OperationStatus.ENABLE
    campaign = Campaign(
        "10", "1", "C", "TRAFFIC", BudgetMode.INFINITE, Decimal(0), on, START, START, START
    )
    values = {"budget_mode": BudgetMode.DAY, "budget": Decimal(24), "start": START}
    values |= {"end": START + 30 * DAY, "review": Review("approved")}
    group = AdGroup(
        id="20",
        advertiser_id="1",
        campaign_id="10",
        name="G",
        operation_status=on,
        created=START,
        modified=START,
        **(values | changed),  # type: ignore[arg-type]
    )
    world[CAMPAIGNS].add(campaign)
    world[AD_GROUPS].add(group)
    for number in range(ads):
        id = str(30 + number)
        ad = Ad(id, "1", "10", "20", id, on, START, START, review=Review("approved"))
        world[ADS].add(ad)
    return campaign


@given(st.lists(st.floats(1, 40_000), min_size=1, max_size=12))
def test_levels_add_up_however_often_they_are_settled(steps: list[float]) -> None:
    world = World()
    world.clock.freeze()
    try:
        campaign = tree(world)
        for step in steps:
            world.clock._frozen = world.now() + step
            spending.settle(world, campaign)
        (group,) = world[AD_GROUPS].values()
        of_ads = sum(ad.spent for ad in world[ADS].values())
        of_hours = sum(day.spent for day in world[AD_DAYS].values())
        assert campaign.spent.total == group.spent.total == of_ads == of_hours
        even = sum(steps) / HOUR * 100  # 24 a day is 1 an hour
        assert abs(of_ads - even) <= 2 + 0.05 * even  # a day of 25 hours is slower
        account = world[AD_ACCOUNTS]["1"]
        assert account.balance == Decimal(10**6) - Decimal(of_ads) / 100
    finally:
        world.close()


def test_a_total_budget_ends_exactly_and_lies_in_its_hours(world: World) -> None:
    campaign = tree(
        world, budget_mode=BudgetMode.TOTAL, budget=Decimal("30.01"), end=START + 10 * HOUR
    )
    world.clock._frozen = START + 4 * HOUR
    assert spending.spend_of(world, campaign) == Decimal("12.00")
    world.clock._frozen = START + 20 * DAY
    assert spending.spend_of(world, campaign) == Decimal("30.01")
    assert spending.spend_of(world, campaign, START + 4 * HOUR - 1) == Decimal("12.00")
    hours = [spending.hours_of(world, ad, "2026-01-01", "2027-01-01") for ad in world[ADS].values()]
    assert {day for one in hours for day in one} == {"2026-10-30"}
    assert all(sum(one["2026-10-30"][10:]) == 0 for one in hours)


def test_dayparts_and_the_speed_say_when_money_is_spent(world: World) -> None:
    friday_noon = ["0"] * 336
    friday_noon[4 * 48 + 24] = friday_noon[4 * 48 + 25] = "1"
    campaign = tree(world, dayparting="".join(friday_noon))
    account = world[AD_ACCOUNTS]["1"]
    world.clock._frozen = START + 12 * HOUR
    assert spending.spend_of(world, account) == 0
    world.clock._frozen = START + 13 * HOUR
    assert spending.spend_of(world, campaign) == 1
    spending.set_speed(world, account, 0)
    world.clock._frozen = START + 7 * DAY + 13 * HOUR
    assert spending.spend_of(world, campaign) == 1


def test_fast_pacing_and_a_dynamic_budget(world: World) -> None:
    campaign = tree(world, budget_mode=BudgetMode.DYNAMIC_DAILY, fast=True)
    world.clock._frozen = START + 20 * HOUR
    assert spending.spend_of(world, campaign) == 30  # 125 % of 24
    world.clock._frozen = START + 9 * DAY
    (group,) = world[AD_GROUPS].values()
    assert group.spent.this_week <= 7 * 2_400
