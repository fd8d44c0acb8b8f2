"""Requests of campaigns, ad groups and ads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field, ValidationInfo, field_validator

from stagedoor.platform.addresses import WEB
from stagedoor.platform.ads_vocabulary import (
    CALLS_TO_ACTION,
    BillingEvent,
    BudgetMode,
    IdentityType,
    ObjectiveType,
    OptimizationGoal,
    Placement,
)
from stagedoor.platform.bounds import AtMost
from stagedoor.platform.model import DIGITS
from stagedoor.platform.reasons import formed

from ..money import Money
from ..shapes import AccountId, Model, PatchModel, example
from .creative_ids import MAX_CREATIVE_ID, parse_creative_id

MAX_LOCATIONS = 300
"""Places of one request; `tiktok.location_ids` takes more."""
ID = DIGITS
ObjectId = Annotated[str, Field(pattern=ID)]
Name = Annotated[str, Field(min_length=1, max_length=512)]
OtherId = Annotated[str, Field(min_length=1, max_length=200)]
_PLACE = formed(
    r"^([A-Z]{2}|[0-9]{1,20})$",
    "should be a country's code such as DE, or a location id of TikTok's",
)
Place = Annotated[str, Field(pattern=_PLACE)]
"""A country's code (ISO 3166-1), such as DE, or one of TikTok's location ids."""
Places = Annotated[list[Place], Field(min_length=1), AtMost(MAX_LOCATIONS)]


def _creative(text: str) -> str:
    parse_creative_id(text)
    return text


def _action(text: str) -> str:
    if text not in CALLS_TO_ACTION:
        raise ValueError(f"is none of {', '.join(CALLS_TO_ACTION)}")
    return text


CreativeText = Annotated[
    str, Field(min_length=1, max_length=MAX_CREATIVE_ID), AfterValidator(_creative)
]
CallToAction = Annotated[str, Field(max_length=50), AfterValidator(_action)]
TikTokFields = Annotated[dict[str, Any], AtMost(100)]
"""Fields of TikTok's own request, by TikTok's names."""


class Schedule(Model):
    """When ads are shown."""

    start: AwareDatetime
    """The first moment, RFC 3339; not in the past."""
    end: AwareDatetime | None = None
    """The last moment; null: without an end."""

    @field_validator("end")
    @classmethod
    def _is_after_its_start(cls, end: datetime | None, info: ValidationInfo) -> datetime | None:
        start = info.data.get("start")
        # TikTok knows whole seconds
        if end is not None and start is not None and int(end.timestamp()) <= int(start.timestamp()):
            raise ValueError("is not after start: name a later time")
        return end


class Frequency(Model):
    """How often a person sees the ads at most, for the objective REACH."""

    times: Annotated[int, Field(ge=1, le=1_000)]
    """Times in `days` days."""
    days: Annotated[int, Field(ge=1, le=30)]
    """The length of the span, in days."""


class AdIdentity(Model):
    """The account that an ad appears under."""

    type: IdentityType
    """TikTok's word: CUSTOMIZED_USER, AUTH_CODE, TT_USER or BC_AUTH_TT."""
    id: OtherId
    """TikTok's identity_id."""
    bc_id: OtherId | None = None
    """The Business Center, for BC_AUTH_TT."""


class NewCampaignBody(Model):
    """A new campaign. It is made paused: launch it once it has ad groups with ads."""

    model_config = example(
        accountId="7000000000000000001",
        name="Summer sale",
        objective="TRAFFIC",
        budget="100.00",
        budgetMode="BUDGET_MODE_DAY",
    )

    account_id: AccountId
    """The ad account (`GET /api/ads/accounts`)."""
    name: Name
    """Unique in the ad account; TikTok takes no emoji."""
    objective: ObjectiveType
    """The campaign's objective; it can't be changed later."""
    budget: Money | None = None
    """The budget of the whole campaign; without one, each ad group has its own."""
    budget_mode: BudgetMode | None = None
    """The period of the budget; by default a day, or BUDGET_MODE_INFINITE without a budget."""
    tiktok: TikTokFields = Field(default_factory=dict)
    """More of TikTok's own fields of `/campaign/create/`, for objectives that need them."""


class ChangeCampaignBody(PatchModel):
    """A change of a campaign; what is left out stays."""

    model_config = example(budget="120.00")

    name: Name | None = None
    """Unique in the ad account."""
    budget: Money | None = None
    """At least 105 % of what is spent already."""
    tiktok: TikTokFields | None = None
    """More of TikTok's own fields of `/campaign/update/`."""


class NewAdGroupBody(Model):
    """A new ad group: to whom, when and for how much ads are shown. It is made paused."""

    model_config = example(
        campaignId="1800000000000000001",
        name="Germany",
        locations=["DE"],
        budget="50.00",
        budgetMode="BUDGET_MODE_DAY",
        schedule={"start": "2026-12-01T08:00:00Z"},
        optimizationGoal="CLICK",
        billingEvent="CPC",
    )

    campaign_id: ObjectId
    """The campaign."""
    name: Name
    """TikTok takes no emoji."""
    locations: Places | None = None
    """Countries by their codes, or places by TikTok's location ids."""
    budget: Money | None = None
    """Not where the campaign divides its budget among its ad groups."""
    budget_mode: BudgetMode | None = None
    """The period of the budget; by default a day."""
    schedule: Schedule
    """When ads are shown."""
    optimization_goal: OptimizationGoal
    """The goal that TikTok optimises for; it must fit the objective."""
    billing_event: BillingEvent
    """The event that is paid for; it must fit the goal."""
    bid: Money | None = None
    """The most that is paid for one event; without it, TikTok bids."""
    placements: Annotated[list[Placement], AtMost(10)] | None = None
    """Where ads appear; without them, TikTok chooses."""
    audience_ids: Annotated[list[OtherId], AtMost(100)] | None = None
    """Audiences that see the ads."""
    frequency: Frequency | None = None
    """How often a person sees the ads; REACH needs it."""
    tiktok: TikTokFields = Field(default_factory=dict)
    """More of TikTok's own fields of `/adgroup/create/`."""


class ChangeAdGroupBody(PatchModel):
    """A change of an ad group; what is left out stays."""

    model_config = example(budget="60.00", locations=["DE", "AT"])

    name: Name | None = None
    """TikTok takes no emoji."""
    locations: Places | None = None
    """All places from now on."""
    budget: Money | None = None
    """At least 105 % of what is spent already."""
    schedule: Schedule | None = None
    """The start can't be changed once ads are shown."""
    bid: Money | None = None
    """The most that is paid for one event."""
    audience_ids: Annotated[list[OtherId], AtMost(100)] | None = None
    """All audiences from now on; an empty list: everybody."""
    frequency: Frequency | None = None
    """How often a person sees the ads."""
    tiktok: TikTokFields | None = None
    """More of TikTok's own fields of `/adgroup/update/`."""


class NewAdBody(Model):
    """A new ad. It is made paused, and TikTok reviews it."""

    model_config = example(
        adGroupId="1800000000000000002",
        name="First clip",
        creativeId="video:v10033g50000c1",
        text="Everything half price",
        callToAction="SHOP_NOW",
        landingPageUrl="https://shop.example.com/sale",
    )

    ad_group_id: ObjectId
    """The ad group."""
    name: Name
    """TikTok takes no emoji."""
    creative_id: CreativeText
    """The creative that the ad shows, from `POST /api/ads/creatives`."""
    text: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """At most 100 characters, of which CJK counts two. A post brings its own."""
    call_to_action: CallToAction | None = None
    """The button, such as SHOP_NOW."""
    landing_page_url: Annotated[str, Field(max_length=2_000), WEB] | None = None
    """Where the button leads; ads to websites need it."""
    identity: AdIdentity | None = None
    """The account that the ad appears under; without it, one of the ad account's own. A post has
    its own."""
    cover_id: OtherId | None = None
    """The image that a video begins with; without it, one that TikTok suggests."""
    tiktok: TikTokFields = Field(default_factory=dict)
    """More of TikTok's own fields of a creative of `/ad/create/`."""


class ChangeAdBody(PatchModel):
    """A change of an ad; what is left out stays. TikTok reviews changed media and texts again."""

    model_config = example(text="Last days of the sale")

    name: Name | None = None
    """TikTok takes no emoji."""
    creative_id: CreativeText | None = None
    """The creative that the ad shows."""
    text: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """At most 100 characters."""
    call_to_action: CallToAction | None = None
    """The button, such as SHOP_NOW."""
    landing_page_url: Annotated[str, Field(max_length=2_000), WEB] | None = None
    """Where the button leads."""
    identity: AdIdentity | None = None
    """The account that the ad appears under."""
    cover_id: OtherId | None = None
    """The image that a video begins with."""
    tiktok: TikTokFields | None = None
    """More of TikTok's own fields of a creative of `/ad/update/`."""
