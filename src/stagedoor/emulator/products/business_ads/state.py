"""Campaigns, ad groups, ads, identities and what they have spent, with their indices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from decimal import Decimal
from typing import Any, Literal

from stagedoor.platform.ads_vocabulary import AppealStatus, BudgetMode, OperationStatus
from stagedoor.platform.records import record

from ...world.collection import Entity, EntityCollection, Index, Value

ReviewState = Literal["none", "pending", "approved", "partial", "rejected"]
Verdict = Literal["approved", "partial", "rejected"]
DeletedBy = Literal["", "own", "adgroup", "campaign"]
"""The level at which an object was deleted; empty: it is not deleted."""


@record
class DecidedReview:
    """The outcome of a review, decided when the object is submitted. It is never changed."""

    verdict: Verdict = "approved"
    reasons: tuple[str, ...] = ()
    suggestion: str = ""
    placements: tuple[str, ...] = ()
    """The placements where a partly approved object may not appear."""
    ages: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    operating_systems: tuple[str, ...] = ()
    seconds: float | None = None
    """The duration of the review; None: the setting's."""
    appeal_granted: bool = True
    """Whether an appeal against it succeeds."""


@record
class Review:
    """The review of an ad group or ad. It is replaced as a whole, never changed."""

    state: ReviewState = "none"
    again: bool = False
    """Pending after a change of an object that was reviewed before."""
    decided: float | None = None
    outcome: DecidedReview = field(default_factory=DecidedReview)
    appeal: AppealStatus = AppealStatus.NOT_APPEALED


@record
class ReviewPlan(Entity):
    """An outcome that a test set for the next submitted object of this level.

    Without a name it applies to the next object of any name; it is used once.
    """

    id: str
    level: Literal["adgroup", "ad"]
    name: str | None
    outcome: DecidedReview


@record
class SpentBudget:
    """The amount spent, in hundredths of the currency. It is replaced as a whole, never changed."""

    total: int = 0
    day: str = ""
    """The last day, in the ad account's zone, on which something was spent."""
    today: int = 0
    week: str = ""
    this_week: int = 0


@record
class Campaign(Entity):
    """A campaign. `fields` are the settings that nothing but the answers reads."""

    id: str
    advertiser_id: str
    name: str
    objective_type: str
    budget_mode: BudgetMode
    budget: Decimal
    operation_status: OperationStatus
    created: float
    modified: float
    settled: float
    """The moment up to which the spending of its ads is recorded."""
    divides_budget: bool = False
    charged_from: float = 0.0
    """Spending before this moment is history that the balance doesn't include any more."""
    deleted: DeletedBy = ""
    request_id: str | None = None
    spent: SpentBudget = field(default_factory=SpentBudget)
    fields: dict[str, Any] = field(default_factory=dict)


@record
class AdGroup(Entity):
    """An ad group. `fields` are the settings that nothing but the answers reads."""

    id: str
    advertiser_id: str
    campaign_id: str
    name: str
    budget_mode: BudgetMode
    budget: Decimal
    start: float
    end: float
    operation_status: OperationStatus
    created: float
    modified: float
    fast: bool = False
    """Spends its budget as fast as possible."""
    dayparting: str = ""
    """336 half-hours of 0 or 1 from Monday 00:00 in the account's zone; empty: always."""
    scheduled_budget: Decimal = Decimal(0)
    """The budget from the account's next midnight on; 0: no change is planned."""
    deleted: DeletedBy = ""
    request_id: str | None = None
    review: Review = field(default_factory=Review)
    spent: SpentBudget = field(default_factory=SpentBudget)
    owed: float = 0.0
    """The part of a hundredth that was spent and isn't recorded yet."""
    fields: dict[str, Any] = field(default_factory=dict)


@record
class Ad(Entity):
    """An ad. `fields` are its creative as TikTok's JSON has it."""

    id: str
    advertiser_id: str
    campaign_id: str
    adgroup_id: str
    name: str
    operation_status: OperationStatus
    created: float
    modified: float
    deleted: DeletedBy = ""
    review: Review = field(default_factory=Review)
    spent: int = 0
    """In hundredths of the currency."""
    fields: dict[str, Any] = field(default_factory=dict)
    post: str = ""
    """The id of the creator's post that a Spark ad shows."""


@record
class AdDay(Entity):
    """The spending of an ad on a day of the ad account's zone, in hundredths by hour."""

    ad_id: str
    day: str
    hours: tuple[int, ...]

    @property
    def spent(self) -> int:
        return sum(self.hours)


@record
class Identity(Entity):
    """An account under which ads appear: the advertiser's own name, or a creator of the world."""

    id: str
    advertiser_id: str
    kind: str
    display_name: str = ""
    image_id: str | None = None
    creator_id: str | None = None
    bc_id: str | None = None
    posts: tuple[str, ...] = ()
    """The creator's posts that a Spark code (AUTH_CODE) allows."""


CAMPAIGNS = EntityCollection("campaigns", Campaign)
AD_GROUPS = EntityCollection("ad_groups", AdGroup)
ADS = EntityCollection("business_ads", Ad)
AD_DAYS = EntityCollection("ad_days", AdDay, key=("ad_id", "day"))
IDENTITIES = EntityCollection("identities", Identity)
REVIEW_PLANS = EntityCollection("review_plans", ReviewPlan)
SPEND_SPEED = Value("spend_speed", dict[str, float], dict)
"""The factor by which an ad account's budgets are spent faster than evenly; default 1."""

CHARGING = Value("charging", list[str], list, saved=False)
"""Ad accounts whose balance is being reduced by their ads."""


def _newest(id: str) -> int:
    return -int(id)


def _own_and_live(advertiser_id: str, deleted: DeletedBy) -> Iterable[tuple[str, bool]]:
    return ((advertiser_id, bool(deleted)),)


def _live_name(advertiser_id: str, name: str, deleted: DeletedBy) -> Iterable[tuple[str, str]]:
    return () if deleted else ((advertiser_id, name),)


def _enabled(campaign_id: str, switch: OperationStatus, deleted: DeletedBy) -> Iterable[str]:
    return (campaign_id,) if switch is OperationStatus.ENABLE and not deleted else ()


def _showing(post: str, deleted: DeletedBy) -> Iterable[str]:
    return (post,) if post and not deleted else ()


def _spark(advertiser_id: str, post: str) -> Iterable[tuple[str, str]]:
    return ((advertiser_id, post),) if post else ()


def _requested(advertiser_id: str, request_id: str | None) -> Iterable[tuple[str, str]]:
    return () if request_id is None else ((advertiser_id, request_id),)


CAMPAIGNS_OF = Index[Campaign](on=("advertiser_id",), by=("id",), order=_newest)
"""By ad account: all campaigns, newest first."""
CAMPAIGNS_BY_STATE = Index[Campaign](
    on=("advertiser_id", "deleted"), keys=_own_and_live, by=("id",), order=_newest
)
"""By ad account and whether they are deleted, newest first."""
CAMPAIGNS_BY_NAME = Index[Campaign](on=("advertiser_id", "name", "deleted"), keys=_live_name)
CAMPAIGNS_BY_REQUEST = Index[Campaign](on=("advertiser_id", "request_id"), keys=_requested)

GROUPS_OF = Index[AdGroup](on=("advertiser_id",), by=("id",), order=_newest)
GROUPS_BY_STATE = Index[AdGroup](
    on=("advertiser_id", "deleted"), keys=_own_and_live, by=("id",), order=_newest
)
GROUPS_OF_CAMPAIGN = Index[AdGroup](on=("campaign_id",), by=("id",), order=_newest)
GROUPS_BY_REQUEST = Index[AdGroup](on=("advertiser_id", "request_id"), keys=_requested)

ADS_OF = Index[Ad](on=("advertiser_id",), by=("id",), order=_newest)
ADS_BY_STATE = Index[Ad](
    on=("advertiser_id", "deleted"), keys=_own_and_live, by=("id",), order=_newest
)
ENABLED_ADS = Index[Ad](
    on=("campaign_id", "operation_status", "deleted"), keys=_enabled, by=("adgroup_id", "id")
)
"""By campaign: the ads that are switched on and not deleted, those of an ad group together."""
ADS_OF_CAMPAIGN = Index[Ad](on=("campaign_id",), by=("id",), order=_newest)
ADS_OF_POST = Index[Ad](on=("post", "deleted"), keys=_showing)
"""By post: the Spark ads that show it and aren't deleted."""
SPARK_ADS = Index[Ad](on=("advertiser_id", "post"), keys=_spark, by=("id",), order=_newest)
"""By ad account and post: all Spark ads that show it, deleted ones too, newest first."""
ADS_OF_GROUP = Index[Ad](on=("adgroup_id",), by=("id",), order=_newest)

DAYS_OF_AD = Index[AdDay](on=("ad_id",), by=("day",))
"""By ad: the days on which it spent something, oldest first."""

IDENTITIES_OF = Index[Identity](on=("advertiser_id",))
IDENTITIES_BY_KIND = Index[Identity](on=("advertiser_id", "kind"))
PLANS_BY_NAME = Index[ReviewPlan](on=("level", "name"))
