"""Requests of ad groups."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from ...ads_vocabulary import (
    AgeGroup,
    BidType,
    BillingEvent,
    BrandSafetyType,
    BudgetMode,
    CreativeMaterialMode,
    Gender,
    IdentityType,
    OperationStatus,
    Pacing,
    Placement,
    PlacementType,
    PromotionType,
    ScheduleType,
)
from ...bounds import AtMost
from ...marks import BUDGET
from ...model import AnyId, Request, fields_of, says
from ..business.common import AdvertiserRequest, Money
from .answers import AdGroup
from .common import (
    MAX_LOCATIONS,
    MAX_STATUSES,
    Choice,
    FewStatuses,
    Listed,
    Moment,
    Name,
    OtherId,
    RequestId,
)
from .queries import SHOWN, FewIds, FieldNames, Filters, ListQuery

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
    creative_material_mode: Annotated[
        Choice[CreativeMaterialMode] | None, says("CUSTOM by default, or SMART_CREATIVE")
    ] = None
    billing_events: Annotated[
        Listed[Choice[BillingEvent]] | None, says("any of these billing events")
    ] = None
    split_test_enabled: Annotated[bool | None, says("only those of split tests")] = None


class AdGroupQuery(ListQuery):
    """A page of ad groups, newest first."""

    fields: Annotated[
        Annotated[FieldNames, fields_of(AdGroup, ignored_at_tiktok=True)] | None, SHOWN
    ] = None
    filtering: Annotated[
        AdGroupFilters | None, says("which ones; none: all that aren't deleted")
    ] = None


class Action(Request):
    """An action of people on TikTok, for targeting."""

    action_scene: Annotated[str | None, says("such as VIDEO_RELATED or CREATOR_RELATED")] = None
    action_period: Annotated[int | None, says("in how many days, such as 7 or 15")] = None
    video_user_actions: Annotated[
        Listed[str] | None, says("such as WATCHED_TO_END, LIKED or SHARED")
    ] = None
    action_category_ids: Annotated[Listed[OtherId] | None, says("categories of contents")] = None


class AdGroupSettings(AdvertiserRequest):
    """The settings of an ad group that can be changed later: targeting, budget, bids, schedule."""

    search_result_enabled: Annotated[bool | None, says("also among search results")] = None
    comment_disabled: Annotated[bool | None, says("the ads take no comments")] = None
    share_disabled: Annotated[bool | None, says("the ads can't be shared")] = None
    location_ids: Annotated[
        Annotated[tuple[AnyId, ...], AtMost(MAX_LOCATIONS)] | None,
        says("ids of `ad_groups.list_regions`; these or zipcode_ids"),
    ] = None
    zipcode_ids: Annotated[Locations | None, says("ids of postal codes; these or location_ids")] = (
        None
    )
    languages: Annotated[Listed[str] | None, says("none: all")] = None
    gender: Annotated[Choice[Gender] | None, says("default GENDER_UNLIMITED")] = None
    age_groups: Annotated[Listed[Choice[AgeGroup]] | None, says("none: all")] = None
    spending_power: Annotated[str | None, says("ALL or HIGH")] = None
    household_income: Annotated[Listed[str] | None, says("only in the United States")] = None
    audience_ids: Annotated[Listed[AnyId] | None, says("custom audiences that see the ads")] = None
    excluded_audience_ids: Annotated[
        Listed[AnyId] | None, says("custom audiences that don't see the ads")
    ] = None
    saved_audience_id: Annotated[OtherId | None, says("a saved audience")] = None
    smart_audience_enabled: Annotated[bool | None, says("TikTok may widen the audience")] = None
    smart_interest_behavior_enabled: Annotated[
        bool | None, says("TikTok may widen interests and behaviour")
    ] = None
    interest_category_ids: Annotated[Listed[OtherId] | None, says("ids of interests")] = None
    interest_keyword_ids: Annotated[Listed[OtherId] | None, says("ids of additional interests")] = (
        None
    )
    purchase_intention_keyword_ids: Annotated[
        Listed[OtherId] | None, says("ids of purchase intentions")
    ] = None
    actions: Annotated[Listed[Action] | None, says("what people did on TikTok")] = None
    operating_systems: Annotated[Listed[str] | None, says("ANDROID or IOS, one of them")] = None
    min_android_version: Annotated[str | None, says("the lowest version of Android")] = None
    min_ios_version: Annotated[str | None, says("the lowest version of iOS")] = None
    ios14_targeting: Annotated[
        str | None, says("UNSET by default: whether devices with iOS 14 and later are included")
    ] = None
    device_model_ids: Annotated[Listed[OtherId] | None, says("ids of device models")] = None
    network_types: Annotated[Listed[str] | None, says("WIFI, 2G, 3G, 4G or 5G")] = None
    carrier_ids: Annotated[Listed[OtherId] | None, says("ids of mobile carriers")] = None
    isp_ids: Annotated[Listed[OtherId] | None, says("ids of internet providers")] = None
    device_price_ranges: Annotated[
        Listed[int] | None, says("in steps of 50; 10000 means above 1000")
    ] = None
    contextual_tag_ids: Annotated[Listed[OtherId] | None, says("ids of contextual tags")] = None
    brand_safety_type: Annotated[
        Choice[BrandSafetyType] | None, says("default NO_BRAND_SAFETY")
    ] = None
    category_exclusion_ids: Annotated[
        Listed[OtherId] | None, says("categories beside which the ads aren't shown")
    ] = None
    vertical_sensitivity_id: Annotated[
        OtherId | None, says("the industry whose sensitive contents are avoided")
    ] = None
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
    deep_bid_type: Annotated[
        str | None, says("the bid for a second event, for value optimisation")
    ] = None
    roas_bid: Annotated[
        Money | None, says("the wished-for return on ad spend, for value optimisation")
    ] = None
    deep_cpa_bid: Annotated[Money | None, BUDGET, says("the bid for a second event")] = None
    is_hfss: Annotated[bool | None, says("food high in fat, salt or sugar (United Kingdom)")] = None
    is_lhf_compliance: Annotated[
        bool | None, says("follows the rules for less healthy food (United Kingdom)")
    ] = None


class NewAdGroup(AdGroupSettings):
    """A new ad group. Its ads are created afterwards."""

    campaign_id: Annotated[AnyId, says("the campaign")]
    adgroup_name: Annotated[Name, says("at most 512 characters, of which CJK counts two; no emoji")]
    request_id: Annotated[
        RequestId | None,
        says("a number that makes the call idempotent: the same one makes no second object"),
    ] = None
    promotion_type: Annotated[
        Choice[PromotionType] | None,
        says("what is promoted; needed unless the objective is REACH, VIDEO_VIEWS or ENGAGEMENT"),
    ] = None
    promotion_target_type: Annotated[
        str | None, says("INSTANT_PAGE or EXTERNAL_WEBSITE, for LEAD_GENERATION")
    ] = None
    promotion_website_type: Annotated[str | None, says("UNSET or TIKTOK_NATIVE_PAGE")] = None
    app_id: Annotated[OtherId | None, says("the promoted app, for app promotion")] = None
    pixel_id: Annotated[
        OtherId | None, says("the pixel that measures conversions on the website")
    ] = None
    optimization_event: Annotated[str | None, says("the event of the pixel or app that counts")] = (
        None
    )
    custom_conversion_id: Annotated[
        OtherId | None, says("a custom conversion instead of an event")
    ] = None
    shopping_ads_type: Annotated[
        str | None, says("the kind of shopping ads, for PRODUCT_SALES")
    ] = None
    product_source: Annotated[str | None, says("where products come from, for PRODUCT_SALES")] = (
        None
    )
    catalog_id: Annotated[OtherId | None, says("the catalog, for PRODUCT_SALES")] = None
    store_id: Annotated[OtherId | None, says("the TikTok Shop, for PRODUCT_SALES")] = None
    identity_id: Annotated[OtherId | None, says("the account that the ads appear under")] = None
    identity_type: Annotated[Choice[IdentityType] | None, says("the kind of that account")] = None
    messaging_app_type: Annotated[
        str | None, says("the app in which people write, for leads by message")
    ] = None
    messaging_app_account_id: Annotated[OtherId | None, says("the account in that app")] = None
    phone_region_code: Annotated[str | None, says("the country of the phone number")] = None
    phone_region_calling_code: Annotated[
        str | None, says("the calling code of the phone number")
    ] = None
    phone_number: Annotated[str | None, says("the phone number that is called or written to")] = (
        None
    )
    message_event_set_id: Annotated[
        OtherId | None, says("the event set that measures messages")
    ] = None
    placement_type: Annotated[
        Choice[PlacementType] | None, says("default PLACEMENT_TYPE_NORMAL")
    ] = None
    placements: Annotated[
        Listed[Choice[Placement]] | None, says("needed unless the placement is automatic")
    ] = None
    tiktok_subplacements: Annotated[
        Listed[str] | None, says("IN_FEED, SEARCH_FEED, TIKTOK_LITE or LEMON8")
    ] = None
    video_download_disabled: Annotated[bool | None, says("the videos can't be downloaded")] = None
    brand_safety_partner: Annotated[str | None, says("IAS or OPEN_SLATE, for THIRD_PARTY")] = None
    budget_mode: Annotated[Choice[BudgetMode] | None, says("the period of the budget")] = None
    schedule_type: Annotated[Choice[ScheduleType], says("from now on, or from a start to an end")]
    schedule_start_time: Annotated[
        Moment, says("an aware datetime, or text in UTC; not in the past")
    ]
    optimization_goal: Annotated[
        str, says("what TikTok optimises for: an `OptimizationGoal`, such as CLICK")
    ]
    secondary_optimization_event: Annotated[
        str | None, says("a second event, for INSTALL or VALUE")
    ] = None
    next_day_retention: Annotated[
        Money | None, says("the wished-for share of people who return the next day")
    ] = None
    vbo_window: Annotated[
        str | None, says("the days whose value counts, for value optimisation")
    ] = None
    bid_display_mode: Annotated[str | None, says("CPV for VIDEO_VIEWS; default CPMV")] = None
    billing_event: Annotated[Choice[BillingEvent], says("what is paid for; it must fit the goal")]
    pacing: Annotated[
        Choice[Pacing], says("spend evenly or fast; evenly without a bid of one's own")
    ]
    click_attribution_window: Annotated[
        str | None, says("the time in which a conversion counts after a click")
    ] = None
    engaged_view_attribution_window: Annotated[
        str | None, says("the time in which a conversion counts after an engaged view")
    ] = None
    view_attribution_window: Annotated[
        str | None, says("the time in which a conversion counts after a view")
    ] = None
    attribution_event_count: Annotated[str | None, says("UNSET, EVERY or ONCE")] = None
    statistic_type: Annotated[str | None, says("EVERYTIME or NONE")] = None
    creative_material_mode: Annotated[
        Choice[CreativeMaterialMode] | None, says("CUSTOM by default, or SMART_CREATIVE")
    ] = None
    skip_learning_phase: Annotated[bool | None, says("skip the learning phase")] = None
    operation_status: Annotated[
        Choice[OperationStatus] | None, says("ENABLE by default; DISABLE creates it paused")
    ] = None


class AdGroupChange(AdGroupSettings):
    """Changes of an ad group: fields that are left out stay as they are, [] clears a targeting."""

    adgroup_id: Annotated[AnyId, says("the ad group")]
    adgroup_name: Annotated[
        Name | None, says("at most 512 characters, of which CJK counts two; no emoji")
    ] = None
    blocked_pangle_app_ids: Annotated[
        Listed[OtherId] | None, says("apps of Pangle that don't show the ads")
    ] = None
    pacing: Annotated[
        Choice[Pacing] | None, says("spend evenly or fast; evenly without a bid of one's own")
    ] = None
    schedule_type: Annotated[
        Choice[ScheduleType] | None, says("from now on, or from a start to an end")
    ] = None
    schedule_start_time: Annotated[
        Moment | None, says("an aware datetime, or text in UTC; not in the past")
    ] = None
    deep_funnel_optimization_status: Annotated[
        str | None, says("whether a second event is optimised for")
    ] = None
    deep_funnel_event_source: Annotated[str | None, says("the kind of source of that event")] = None
    deep_funnel_event_source_id: Annotated[OtherId | None, says("the source of that event")] = None
    deep_funnel_optimization_event: Annotated[str | None, says("that event")] = None


class AdGroupStatusChange(AdvertiserRequest):
    """A switch of several ad groups."""

    adgroup_ids: Annotated[FewStatuses, says("1 to 20; `switch` takes any number")]
    operation_status: Annotated[
        Choice[OperationStatus], says("ENABLE launches, DISABLE pauses, DELETE deletes for good")
    ]
    allow_partial_success: Annotated[
        bool | None, says("change the ones that can be changed; the answer lists the others")
    ] = None


class BudgetNow(Request):
    """A total budget, which takes effect at once."""

    adgroup_id: Annotated[AnyId, says("the ad group")]
    budget: Annotated[Money, BUDGET, says("in the account's currency")]


class BudgetTomorrow(Request):
    """A daily budget, which takes effect at the next midnight of the ad account."""

    adgroup_id: Annotated[AnyId, says("the ad group")]
    scheduled_budget: Annotated[Money, BUDGET, says("in the account's currency")]


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

    adgroup_id: Annotated[AnyId, says("the ad group")]
    ad_id: Annotated[AnyId | None, says("appeal for this ad alone")] = None
    appeal_reason: Annotated[str | None, says("why the rejection is wrong")] = None
    attachment_list: Annotated[Listed[OtherId] | None, says("ids of uploaded files")] = None
