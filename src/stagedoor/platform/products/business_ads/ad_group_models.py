"""Requests of ad groups."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from ...bounds import AtMost
from ...marks import BUDGET
from ...model import AnyId, Request, says
from ..business.common import AdvertiserRequest, Money
from .choices import (
    AgeGroup,
    BidType,
    BillingEvent,
    BrandSafetyType,
    BudgetMode,
    CreativeMaterialMode,
    Gender,
    IdentityType,
    OperationStatus,
    OptimizationGoal,
    Pacing,
    Placement,
    PlacementType,
    PromotionType,
    ScheduleType,
)
from .common import MAX_LOCATIONS, MAX_STATUSES, Choice, FewStatuses, Listed, Moment, Name, OtherId
from .queries import FewIds, Filters, ListQuery

Locations = Annotated[tuple[OtherId, ...], AtMost(MAX_LOCATIONS)]


class AdGroupFilters(Filters):
    """Which ad groups."""

    adgroup_ids: Annotated[FewIds | None, says("1 to 100")] = None
    adgroup_name: Annotated[str | None, says("a part of the name, in any case")] = None
    promotion_type: Annotated[
        str | None,
        says("APP, WEBSITE, INSTANT_FORM or a LEAD_GEN_ value: not the names of `create`"),
    ] = None
    bid_strategy: Annotated[
        str | None,
        says(
            "BID_STRATEGY_COST_CAP, BID_STRATEGY_BID_CAP, BID_STRATEGY_MAX_CONVERSION or "
            "BID_STRATEGY_LOWEST_COST"
        ),
    ] = None
    creative_material_mode: Choice[CreativeMaterialMode] | None = None
    billing_events: Listed[Choice[BillingEvent]] | None = None
    split_test_enabled: bool | None = None


class AdGroupQuery(ListQuery):
    """A page of ad groups, newest first."""

    filtering: AdGroupFilters | None = None


class AdGroupSettings(AdvertiserRequest):
    """The settings of an ad group that can be changed later: targeting, budget, bids, schedule."""

    search_result_enabled: bool | None = None
    comment_disabled: bool | None = None
    share_disabled: bool | None = None
    location_ids: Annotated[
        Locations | None, says("ids of `ad_groups.list_regions`; these or zipcode_ids")
    ] = None
    zipcode_ids: Locations | None = None
    languages: Annotated[Listed[str] | None, says("none: all")] = None
    gender: Choice[Gender] | None = None
    age_groups: Annotated[Listed[Choice[AgeGroup]] | None, says("none: all")] = None
    spending_power: str | None = None
    household_income: Annotated[Listed[str] | None, says("only in the United States")] = None
    audience_ids: Listed[OtherId] | None = None
    excluded_audience_ids: Listed[OtherId] | None = None
    saved_audience_id: OtherId | None = None
    smart_audience_enabled: bool | None = None
    smart_interest_behavior_enabled: bool | None = None
    interest_category_ids: Listed[OtherId] | None = None
    interest_keyword_ids: Listed[OtherId] | None = None
    purchase_intention_keyword_ids: Listed[OtherId] | None = None
    actions: Listed[dict[str, Any]] | None = None
    operating_systems: Annotated[Listed[str] | None, says("ANDROID or IOS, one of them")] = None
    min_android_version: str | None = None
    min_ios_version: str | None = None
    ios14_targeting: str | None = None
    device_model_ids: Listed[OtherId] | None = None
    network_types: Listed[str] | None = None
    carrier_ids: Listed[OtherId] | None = None
    isp_ids: Listed[OtherId] | None = None
    device_price_ranges: Annotated[
        Listed[int] | None, says("in steps of 50; 10000 means above 1000")
    ] = None
    contextual_tag_ids: Listed[OtherId] | None = None
    brand_safety_type: Choice[BrandSafetyType] | None = None
    category_exclusion_ids: Listed[OtherId] | None = None
    vertical_sensitivity_id: OtherId | None = None
    budget: Annotated[Money | None, BUDGET, says("in the account's currency")] = None
    schedule_end_time: Annotated[Moment | None, says("needed for SCHEDULE_START_END")] = None
    dayparting: Annotated[
        str | None, says("336 times 0 or 1: the half-hours of a week from Monday 00:00")
    ] = None
    frequency: Annotated[int | None, Field(ge=1, le=1_000), says("for REACH, 1 to 1000 times")] = (
        None
    )
    frequency_schedule: Annotated[
        int | None, Field(ge=1, le=30), says("for REACH, in 1 to 30 days")
    ] = None
    bid_type: Annotated[
        Choice[BidType] | None, says("needed when the campaign divides the budget")
    ] = None
    bid_price: Annotated[Money | None, BUDGET, says("with BID_TYPE_CUSTOM and CPC, CPM or CPV")] = (
        None
    )
    conversion_bid_price: Annotated[Money | None, BUDGET, says("with BID_TYPE_CUSTOM and OCPM")] = (
        None
    )
    deep_bid_type: str | None = None
    roas_bid: Money | None = None
    deep_cpa_bid: Annotated[Money | None, BUDGET] = None
    is_hfss: bool | None = None
    is_lhf_compliance: bool | None = None


class NewAdGroup(AdGroupSettings):
    """A new ad group. Its ads are created afterwards."""

    campaign_id: Annotated[AnyId, says("the campaign")]
    adgroup_name: Name
    request_id: Annotated[
        OtherId | None,
        says("a number that makes the call idempotent: the same one makes no second object"),
    ] = None
    promotion_type: Annotated[
        Choice[PromotionType] | None,
        says("what is promoted; needed unless the objective is REACH, VIDEO_VIEWS or ENGAGEMENT"),
    ] = None
    promotion_target_type: str | None = None
    promotion_website_type: str | None = None
    app_id: OtherId | None = None
    pixel_id: OtherId | None = None
    optimization_event: str | None = None
    custom_conversion_id: OtherId | None = None
    shopping_ads_type: str | None = None
    product_source: str | None = None
    catalog_id: OtherId | None = None
    store_id: OtherId | None = None
    identity_id: OtherId | None = None
    identity_type: Choice[IdentityType] | None = None
    messaging_app_type: str | None = None
    messaging_app_account_id: OtherId | None = None
    phone_region_code: str | None = None
    phone_region_calling_code: str | None = None
    phone_number: str | None = None
    message_event_set_id: OtherId | None = None
    placement_type: Choice[PlacementType] | None = None
    placements: Annotated[
        Listed[Choice[Placement]] | None, says("needed unless the placement is automatic")
    ] = None
    tiktok_subplacements: Listed[str] | None = None
    video_download_disabled: bool | None = None
    brand_safety_partner: str | None = None
    budget_mode: Annotated[Choice[BudgetMode] | None, says("the period of the budget")] = None
    schedule_type: Choice[ScheduleType]
    schedule_start_time: Moment
    optimization_goal: Choice[OptimizationGoal]
    secondary_optimization_event: str | None = None
    next_day_retention: Money | None = None
    vbo_window: str | None = None
    bid_display_mode: str | None = None
    billing_event: Choice[BillingEvent]
    pacing: Choice[Pacing]
    click_attribution_window: str | None = None
    engaged_view_attribution_window: str | None = None
    view_attribution_window: str | None = None
    attribution_event_count: str | None = None
    statistic_type: str | None = None
    creative_material_mode: Choice[CreativeMaterialMode] | None = None
    skip_learning_phase: bool | None = None
    operation_status: Annotated[
        Choice[OperationStatus] | None, says("ENABLE by default; DISABLE creates it paused")
    ] = None


class AdGroupChange(AdGroupSettings):
    """Changes of an ad group: fields that are left out stay as they are, [] clears a targeting."""

    adgroup_id: Annotated[AnyId, says("the ad group")]
    adgroup_name: Name | None = None
    blocked_pangle_app_ids: Listed[OtherId] | None = None
    pacing: Choice[Pacing] | None = None
    schedule_type: Choice[ScheduleType] | None = None
    schedule_start_time: Moment | None = None
    deep_funnel_optimization_status: str | None = None
    deep_funnel_event_source: str | None = None
    deep_funnel_event_source_id: OtherId | None = None
    deep_funnel_optimization_event: str | None = None


class AdGroupStatusChange(AdvertiserRequest):
    """A switch of several ad groups."""

    adgroup_ids: Annotated[FewStatuses, says("1 to 20")]
    operation_status: Annotated[
        Choice[OperationStatus], says("ENABLE launches, DISABLE pauses, DELETE deletes for good")
    ]
    allow_partial_success: Annotated[
        bool | None, says("change the ones that can be changed; the answer lists the others")
    ] = None


class BudgetNow(Request):
    """A total budget, which takes effect at once."""

    adgroup_id: AnyId
    budget: Annotated[Money, BUDGET]


class BudgetTomorrow(Request):
    """A daily budget, which takes effect at the next midnight of the ad account."""

    adgroup_id: AnyId
    scheduled_budget: Annotated[Money, BUDGET]


class AdGroupBudgets(AdvertiserRequest):
    """New budgets of several ad groups: one of the two lists."""

    budget: Annotated[
        Annotated[tuple[BudgetNow, ...], AtMost(MAX_STATUSES)] | None,
        says("total budgets, at most 20; take effect at once"),
    ] = None
    scheduled_budget: Annotated[
        Annotated[tuple[BudgetTomorrow, ...], AtMost(MAX_STATUSES)] | None,
        says("daily budgets, at most 20; take effect at the account's next midnight"),
    ] = None

    @model_validator(mode="after")
    def _one_list(self) -> AdGroupBudgets:
        if bool(self.budget) == bool(self.scheduled_budget):
            raise ValueError("pass either budget or scheduled_budget")
        return self


class AdGroupReviewQuery(AdvertiserRequest):
    """The ad groups whose reviews are read, with those of their ads."""

    adgroup_ids: Annotated[FewStatuses, says("1 to 20")]
    lang: Annotated[str | None, says("the language of the reasons")] = None


class AppealRequest(AdvertiserRequest):
    """An appeal against the rejection of an ad group, or of one of its ads."""

    adgroup_id: AnyId
    ad_id: Annotated[AnyId | None, says("appeal for this ad alone")] = None
    appeal_reason: str | None = None
    attachment_list: Listed[OtherId] | None = None
