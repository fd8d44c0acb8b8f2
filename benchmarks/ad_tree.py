"""An ad account of the emulator with many ads that ran for weeks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from stagedoor.emulator.products.business.seed import ADVERTISER_IDS
from stagedoor.emulator.products.business_ads.budgets import DAY, TEN_YEARS
from stagedoor.emulator.products.business_ads.state import (
    AD_GROUPS,
    ADS,
    CAMPAIGNS,
    Ad,
    AdGroup,
    Campaign,
    Review,
)
from stagedoor.platform.products.business_ads import BudgetMode, OperationStatus

ADVERTISER_ID = ADVERTISER_IDS[1]
"""The seeded ad account without campaigns."""
ADS_OF_GROUP, GROUPS_OF_CAMPAIGN = 10, 10
_BALANCE = Decimal("1e12")


def plant(world: Any, ads: int, days: int) -> None:
    """Add ads that have been delivered for so many days, 10 to a group, 100 to a campaign."""
    start = world.now() - days * DAY
    world.all.ad_accounts[ADVERTISER_ID].balance = _BALANCE
    common: dict[str, Any] = {
        "advertiser_id": ADVERTISER_ID,
        "operation_status": OperationStatus.ENABLE,
        "created": start,
        "modified": start,
    }
    made: list[Ad] = []
    for number in range(ads):
        first_of_group = number % ADS_OF_GROUP == 0
        if number % (ADS_OF_GROUP * GROUPS_OF_CAMPAIGN) == 0:
            campaign = world[CAMPAIGNS].add(
                Campaign(
                    id=str(10**15 + number),
                    name=f"Campaign {number}",
                    objective_type="TRAFFIC",
                    budget_mode=BudgetMode.INFINITE,
                    budget=Decimal(0),
                    settled=start,
                    **common,
                )
            )
        if first_of_group:
            group = world[AD_GROUPS].add(
                AdGroup(
                    id=str(2 * 10**15 + number),
                    campaign_id=campaign.id,
                    name=f"Ad group {number}",
                    budget_mode=BudgetMode.DAY,
                    budget=Decimal(500),
                    start=start,
                    end=start + TEN_YEARS,
                    review=Review("approved"),
                    fields={"optimization_goal": "CLICK", "placements": ["PLACEMENT_TIKTOK"]},
                    **common,
                )
            )
        made.append(
            Ad(
                id=str(3 * 10**15 + number),
                campaign_id=campaign.id,
                adgroup_id=group.id,
                name=f"Ad {number}",
                review=Review("approved"),
                **common,
            )
        )
    world[ADS].extend(made)
