"""Campaigns of the first ad account that have run for 90 days. The second account is empty.

Spending isn't computed here: it is settled when it is first read.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import count

from stagedoor.platform.ads_vocabulary import BudgetMode, IdentityType, OperationStatus

from ...world import Creator, World
from ..business.seed import ADVERTISER_IDS
from . import budgets
from . import spending as spending  # listens to changes of ad accounts from the start on
from .state import (
    AD_GROUPS,
    ADS,
    CAMPAIGNS,
    IDENTITIES,
    Ad,
    AdGroup,
    Campaign,
    Identity,
    Review,
)

_DAYS = 90
_ENDED = 30
"""Days since the end of the campaign that has ended."""


def seed(world: World) -> None:
    """Add the campaigns of the first ad account, with Spark ads of the first creator's posts."""
    creator = next(iter(world.creators.values()))
    posts = [one.id for one in world.videos_of(creator.id) if one.is_open][:4]
    if len(posts) < 4:
        return
    start = world.now() - _DAYS * budgets.DAY
    tree = _Tree(world, start, creator)
    running = tree.campaign("Knife set: visits of the shop", "TRAFFIC", BudgetMode.DAY, 100)
    young = tree.group(running, "US 18-34", BudgetMode.DAY, 60, ages=("AGE_18_24", "AGE_25_34"))
    older = tree.group(running, "US 35 and over", BudgetMode.DAY, 40, ages=("AGE_35_44",))
    tree.ad(young, "Knife set, quick cut", posts[0])
    tree.ad(young, "Knife set, slow cut", posts[1])
    tree.ad(older, "Knife set for the family", posts[2])
    launch = tree.campaign("Cookbook launch", "VIDEO_VIEWS", BudgetMode.TOTAL, 3_000)
    views = tree.group(launch, "US, everybody", BudgetMode.TOTAL, 2_500, days=_DAYS - _ENDED)
    tree.ad(views, "Cookbook, the first page", posts[3])
    paused = tree.campaign("Spice box, paused", "TRAFFIC", BudgetMode.DAY, 50)
    paused.operation_status = OperationStatus.DISABLE
    tree.ad(tree.group(paused, "US, spice box", BudgetMode.DAY, 50), "Spice box", posts[0])


class _Tree:
    """Adds objects that were created, reviewed and started at one moment in the past."""

    def __init__(self, world: World, start: float, creator: Creator) -> None:
        self.world, self.start = world, start
        self.numbers = count(1)
        self.identity = world[IDENTITIES].add(
            Identity(
                id=self.id(),
                advertiser_id=ADVERTISER_IDS[0],
                kind=IdentityType.TT_USER,
                display_name=creator.display_name,
                creator_id=creator.id,
            )
        )

    def id(self) -> str:
        # not from the world's random ids: the other products' ids stay as they are
        return str((int(self.start) << 32) + next(self.numbers))

    def campaign(self, name: str, objective: str, mode: BudgetMode, budget: int) -> Campaign:
        made = Campaign(
            id=self.id(),
            advertiser_id=ADVERTISER_IDS[0],
            name=name,
            objective_type=objective,
            budget_mode=mode,
            budget=Decimal(budget),
            operation_status=OperationStatus.ENABLE,
            created=self.start,
            modified=self.start,
            settled=self.start,
            charged_from=self.world.now(),
        )
        return self.world[CAMPAIGNS].add(made)

    def group(
        self,
        of: Campaign,
        name: str,
        mode: BudgetMode,
        budget: int,
        days: int | None = None,
        ages: tuple[str, ...] = (),
    ) -> AdGroup:
        views = of.objective_type == "VIDEO_VIEWS"
        made = AdGroup(
            id=self.id(),
            advertiser_id=of.advertiser_id,
            campaign_id=of.id,
            name=name,
            budget_mode=mode,
            budget=Decimal(budget),
            start=self.start,
            end=self.start + (budgets.TEN_YEARS if days is None else days * budgets.DAY),
            operation_status=OperationStatus.ENABLE,
            created=self.start,
            modified=self.start,
            review=self._passed(),
            fields={
                "promotion_type": "WEBSITE",
                "placement_type": "PLACEMENT_TYPE_NORMAL",
                "placements": ["PLACEMENT_TIKTOK"],
                "location_ids": ["6252001"],
                "age_groups": list(ages),
                "schedule_type": "SCHEDULE_FROM_NOW" if days is None else "SCHEDULE_START_END",
                "optimization_goal": "ENGAGED_VIEW" if views else "CLICK",
                "billing_event": "CPV" if views else "CPC",
                "bid_type": "BID_TYPE_NO_BID",
                "pacing": "PACING_MODE_SMOOTH",
            },
        )
        return self.world[AD_GROUPS].add(made)

    def ad(self, of: AdGroup, name: str, post: str) -> Ad:
        made = Ad(
            id=self.id(),
            advertiser_id=of.advertiser_id,
            campaign_id=of.campaign_id,
            adgroup_id=of.id,
            name=name,
            operation_status=OperationStatus.ENABLE,
            created=self.start,
            modified=self.start,
            review=self._passed(),
            post=post,
            fields={
                "ad_format": "SINGLE_VIDEO",
                "identity_type": IdentityType.TT_USER,
                "identity_id": self.identity.id,
                "tiktok_item_id": post,
                "call_to_action": "LEARN_MORE",
                "landing_page_url": "https://shop.example.com/",
            },
        )
        return self.world[ADS].add(made)

    def _passed(self) -> Review:
        return replace(Review("approved"), decided=self.start)
