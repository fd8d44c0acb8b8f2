"""TikTok's requirements for a new or changed ad group."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from stagedoor.platform.products.business_ads import (
    AdGroupSettings,
    AgeGroup,
    BidType,
    BillingEvent,
    BrandSafetyType,
    BudgetMode,
    CreativeMaterialMode,
    Gender,
    IdentityType,
    NewAdGroup,
    ObjectiveType,
    OptimizationGoal,
    Pacing,
    Placement,
    PlacementType,
    PromotionType,
    ScheduleType,
)

from ...calls import AdmittedCall, Refusal
from ..business_audiences import facts
from . import budgets, checks
from .state import Campaign

O, G, B = ObjectiveType, OptimizationGoal, BillingEvent  # noqa: E741

CHOICES = {
    "promotion_type": PromotionType,
    "identity_type": IdentityType,
    "placement_type": PlacementType,
    "placements": Placement,
    "gender": Gender,
    "age_groups": AgeGroup,
    "brand_safety_type": BrandSafetyType,
    "budget_mode": BudgetMode,
    "schedule_type": ScheduleType,
    "optimization_goal": OptimizationGoal,
    "bid_type": BidType,
    "billing_event": BillingEvent,
    "pacing": Pacing,
    "creative_material_mode": CreativeMaterialMode,
}
_WITHOUT_PROMOTION = (O.REACH, O.VIDEO_VIEWS, O.ENGAGEMENT, O.RF_REACH, O.BRAND_CONSIDERATION)
_OBJECTIVES_OF_GOALS = {
    G.REACH: (O.REACH, O.RF_REACH),
    G.ENGAGED_VIEW: (O.VIDEO_VIEWS, O.BRAND_CONSIDERATION),
    G.ENGAGED_VIEW_FIFTEEN: (O.VIDEO_VIEWS, O.BRAND_CONSIDERATION),
    G.INSTALL: (O.APP_PROMOTION,),
    G.IN_APP_EVENT: (O.APP_PROMOTION,),
    G.LEAD_GENERATION: (O.LEAD_GENERATION,),
    G.CONVERSATION: (O.LEAD_GENERATION,),
    G.FOLLOWERS: (O.ENGAGEMENT,),
    G.PROFILE_VIEWS: (O.ENGAGEMENT,),
    G.LANDING_PAGE_VIEW: (O.TRAFFIC,),
    G.CONVERT: (O.WEB_CONVERSIONS, O.PRODUCT_SALES, O.LEAD_GENERATION),
}
"""Goals that fit only these objectives; the fact file has no full matrix (goal_to_billing)."""
_BILLING_OF_GOALS = {
    G.CLICK: (B.CPC, B.OCPM),
    G.REACH: (B.CPM,),
    G.ENGAGED_VIEW: (B.CPV,),
    G.ENGAGED_VIEW_FIFTEEN: (B.CPV,),
    G.CONVERT: (B.OCPM,),
    G.VALUE: (B.OCPM,),
    G.INSTALL: (B.OCPM,),
    G.IN_APP_EVENT: (B.OCPM,),
    G.LEAD_GENERATION: (B.OCPM,),
    G.CONVERSATION: (B.OCPM,),
    G.FOLLOWERS: (B.OCPM,),
    G.PROFILE_VIEWS: (B.OCPM,),
    G.LANDING_PAGE_VIEW: (B.OCPM,),
}
_LATE = 300
"""Seconds by which a start may be past: the time that a call takes to arrive."""
UNITED_STATES = "6252001"
_DETAILED = (
    "audience_ids",
    "excluded_audience_ids",
    "interest_category_ids",
    "interest_keyword_ids",
    "purchase_intention_keyword_ids",
    "actions",
    "household_income",
    "contextual_tag_ids",
)
"""Targeting that isn't allowed together with ages 13 to 17 in the United States."""
_MAX_LOCATIONS = 3_000


def new_group(call: AdmittedCall, campaign: Campaign, request: NewAdGroup) -> None:
    checks.choices(request, CHOICES)
    _goal(campaign, request)
    if request.promotion_type is None and campaign.objective_type not in _WITHOUT_PROMOTION:
        checks.missing("promotion_type")
    if campaign.objective_type == O.APP_PROMOTION and request.app_id is None:
        checks.missing("app_id")
    if campaign.objective_type == O.WEB_CONVERSIONS and request.optimization_goal == G.CONVERT:
        for name in ("pixel_id", "optimization_event"):
            if getattr(request, name) is None:
                checks.missing(name)
    automatic = request.placement_type == PlacementType.AUTOMATIC
    if not automatic and not request.placements:
        checks.missing("placements")
    if not (request.location_ids or request.zipcode_ids):
        checks.missing("location_ids")
    if campaign.divides_budget:
        if request.bid_type is None:
            checks.missing("bid_type")
    else:
        _budget(call, request)
    _bids(request.model_dump(exclude_none=True))
    if request.pacing == Pacing.FAST and (
        campaign.divides_budget or request.bid_type == BidType.NO_BID
    ):
        checks.wrong("pacing", "PACING_MODE_SMOOTH is needed here.")
    _start(call, request.schedule_start_time)
    if request.schedule_type == ScheduleType.START_END and request.schedule_end_time is None:
        checks.missing("schedule_end_time")
    _end(call, request.schedule_start_time, request.schedule_end_time)
    settings(request, request.model_dump(exclude_none=True))
    audiences(call, request)


def audiences(call: AdmittedCall, request: AdGroupSettings) -> None:
    """Check that the ad account may use the audiences, and that they are matched."""
    for name in ("audience_ids", "excluded_audience_ids"):
        for one in dict.fromkeys(getattr(request, name) or ()):
            facts.applicable(call, one)


def settings(request: AdGroupSettings, effective: Mapping[str, Any]) -> None:
    """Check settings that can be changed later too. `effective` are those that will hold."""
    places = len(request.location_ids or ()) + len(request.zipcode_ids or ())
    if places > _MAX_LOCATIONS:
        checks.wrong("location_ids", f"At most {_MAX_LOCATIONS} together with zipcode_ids.")
    if set(effective.get("audience_ids") or ()) & set(effective.get("excluded_audience_ids") or ()):
        checks.wrong("excluded_audience_ids", "An audience is in audience_ids as well.")
    parts = request.dayparting
    if parts is not None and (len(parts) != budgets.HALF_HOURS or set(parts) - {"0", "1"}):
        checks.wrong("dayparting", f"It must be {budgets.HALF_HOURS} characters of 0 and 1.")
    for price in request.device_price_ranges or ():
        if price < 0 or price % 50:
            checks.wrong("device_price_ranges", "Prices are multiples of 50.")
    if len(request.operating_systems or ()) > 1:
        checks.wrong("operating_systems", "Only one operating system can be chosen.")
    for system in request.operating_systems or ():
        checks.choice("operating_systems", system, ("ANDROID", "IOS"))
    if (request.frequency is None) is not (request.frequency_schedule is None):
        missing = "frequency" if request.frequency is None else "frequency_schedule"
        checks.missing(missing)
    _minors(effective)


def _goal(campaign: Campaign, request: NewAdGroup) -> None:
    goal, billing = request.optimization_goal, request.billing_event
    objectives = _OBJECTIVES_OF_GOALS.get(OptimizationGoal(goal))
    if objectives is not None and campaign.objective_type not in objectives:
        checks.wrong("optimization_goal", f"{goal} does not fit {campaign.objective_type}.")
    events = _BILLING_OF_GOALS.get(OptimizationGoal(goal))
    if events is not None and billing not in events:
        checks.wrong("billing_event", f"{billing} does not fit {goal}.")


def _budget(call: AdmittedCall, request: NewAdGroup) -> None:
    if request.budget_mode is None:
        checks.missing("budget_mode")
    if request.budget_mode == BudgetMode.INFINITE:
        checks.wrong("budget_mode", "The ad group needs a budget.")
    if request.budget is None:
        checks.missing("budget")
    end = request.schedule_end_time
    days = 1.0
    if request.budget_mode == BudgetMode.TOTAL:
        if end is None:
            checks.missing("schedule_end_time")
        days = (end - request.schedule_start_time).total_seconds() / budgets.DAY
    enough(call, "budget", request.budget, days)


def enough(call: AdmittedCall, field: str, budget: Decimal, days: float = 1) -> None:
    """Refuse a budget below the least one, which grows with the days of a total budget."""
    currency = call.ad_account.currency
    minimum = checks.least(currency, checks.GROUP_MINIMUM) * max(1, int(days))
    checks.enough(field, budget, minimum, currency)


def _bids(effective: Mapping[str, Any]) -> None:
    if effective.get("bid_type") != BidType.CUSTOM:
        return
    name = "conversion_bid_price" if effective.get("billing_event") == B.OCPM else "bid_price"
    if effective.get(name) is None:
        checks.missing(name)


def _start(call: AdmittedCall, start: datetime) -> None:
    if start.timestamp() < call.now - _LATE:
        checks.wrong("schedule_start_time", "The start time must not be in the past.")


def _end(call: AdmittedCall, start: datetime, end: datetime | None) -> None:
    if end is not None and end.timestamp() <= max(start.timestamp(), call.now):
        checks.wrong("schedule_end_time", "The end time must be after the start time.")


def schedule(
    call: AdmittedCall, start: datetime, end: datetime | None, began: bool, moved: bool
) -> None:
    """Check a changed schedule; a start can't change once the ad group delivers."""
    if moved:
        if began:
            checks.wrong("schedule_start_time", "The ad group has started already.")
        _start(call, start)
    _end(call, start, end)


def _minors(effective: Mapping[str, Any]) -> None:
    if (
        AgeGroup.AGE_13_17 in (effective.get("age_groups") or ())
        and UNITED_STATES in (effective.get("location_ids") or ())
        and any(effective.get(name) for name in _DETAILED)
    ):
        raise Refusal("40065")
