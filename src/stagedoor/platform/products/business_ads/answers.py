"""Answers of campaigns, ad groups and ads."""

from __future__ import annotations

from typing import Any

from ...ads_vocabulary import (
    AdFormat,
    AppPromotionType,
    BidType,
    BillingEvent,
    BrandSafetyType,
    BudgetMode,
    CampaignType,
    CreativeMaterialMode,
    Gender,
    IdentityType,
    ObjectiveType,
    OperationStatus,
    OptimizationGoal,
    Pacing,
    PlacementType,
    PromotionType,
    SalesDestination,
    ScheduleType,
)
from ...model import Answer, Id
from ..business.common import Amount
from .common import OpenChoice, Time


class Campaign(Answer):
    """A campaign. Fields that weren't requested, or aren't set, are None."""

    advertiser_id: Id | None = None
    campaign_id: Id | None = None
    campaign_name: str | None = None
    campaign_type: OpenChoice[CampaignType] | None = None
    objective: str | None = None
    objective_type: OpenChoice[ObjectiveType] | None = None
    virtual_objective_type: str | None = None
    sales_destination: OpenChoice[SalesDestination] | None = None
    app_promotion_type: OpenChoice[AppPromotionType] | None = None
    app_id: Id | None = None
    campaign_product_source: str | None = None
    budget_mode: OpenChoice[BudgetMode] | None = None
    budget: Amount | None = None
    budget_optimize_on: bool | None = None
    bid_type: OpenChoice[BidType] | None = None
    deep_bid_type: str | None = None
    roas_bid: Amount | None = None
    optimization_goal: OpenChoice[OptimizationGoal] | None = None
    special_industries: tuple[str, ...] | None = None
    is_search_campaign: bool | None = None
    is_smart_performance_campaign: bool | None = None
    campaign_automation_type: str | None = None
    is_new_structure: bool | None = None
    is_advanced_dedicated_campaign: bool | None = None
    disable_skan_campaign: bool | None = None
    postback_window_mode: str | None = None
    rf_campaign_type: str | None = None
    rta_id: Id | None = None
    po_number: str | None = None
    operation_status: OpenChoice[OperationStatus] | None = None
    secondary_status: str | None = None
    create_time: Time | None = None
    modify_time: Time | None = None


class AdGroup(Answer):
    """An ad group. Fields that weren't requested, or aren't set, are None."""

    advertiser_id: Id | None = None
    campaign_id: Id | None = None
    campaign_name: str | None = None
    campaign_automation_type: str | None = None
    adgroup_id: Id | None = None
    adgroup_name: str | None = None
    promotion_type: OpenChoice[PromotionType] | None = None
    promotion_target_type: str | None = None
    promotion_website_type: str | None = None
    shopping_ads_type: str | None = None
    product_source: str | None = None
    app_id: Id | None = None
    app_type: str | None = None
    app_download_url: str | None = None
    pixel_id: Id | None = None
    optimization_event: str | None = None
    placement_type: OpenChoice[PlacementType] | None = None
    placements: tuple[str, ...] | None = None
    tiktok_subplacements: tuple[str, ...] | None = None
    search_result_enabled: bool | None = None
    comment_disabled: bool | None = None
    video_download_disabled: bool | None = None
    share_disabled: bool | None = None
    location_ids: tuple[Id, ...] | None = None
    zipcode_ids: tuple[Id, ...] | None = None
    languages: tuple[str, ...] | None = None
    gender: OpenChoice[Gender] | None = None
    age_groups: tuple[str, ...] | None = None
    spending_power: str | None = None
    household_income: tuple[str, ...] | None = None
    audience_ids: tuple[Id, ...] | None = None
    excluded_audience_ids: tuple[Id, ...] | None = None
    smart_audience_enabled: bool | None = None
    interest_category_ids: tuple[Id, ...] | None = None
    interest_keyword_ids: tuple[Id, ...] | None = None
    actions: tuple[dict[str, Any], ...] | None = None
    smart_interest_behavior_enabled: bool | None = None
    operating_systems: tuple[str, ...] | None = None
    min_android_version: str | None = None
    min_ios_version: str | None = None
    ios14_targeting: str | None = None
    device_model_ids: tuple[Id, ...] | None = None
    network_types: tuple[str, ...] | None = None
    carrier_ids: tuple[Id, ...] | None = None
    isp_ids: tuple[Id, ...] | None = None
    device_price_ranges: tuple[int, ...] | None = None
    contextual_tag_ids: tuple[Id, ...] | None = None
    brand_safety_type: OpenChoice[BrandSafetyType] | None = None
    brand_safety_partner: str | None = None
    category_exclusion_ids: tuple[Id, ...] | None = None
    vertical_sensitivity_id: Id | None = None
    inventory_filter_enabled: bool | None = None
    budget_mode: OpenChoice[BudgetMode] | None = None
    budget: Amount | None = None
    scheduled_budget: Amount | None = None
    schedule_type: OpenChoice[ScheduleType] | None = None
    schedule_start_time: Time | None = None
    schedule_end_time: Time | None = None
    dayparting: str | None = None
    optimization_goal: OpenChoice[OptimizationGoal] | None = None
    secondary_optimization_event: str | None = None
    frequency: int | None = None
    frequency_schedule: int | None = None
    bid_type: OpenChoice[BidType] | None = None
    bid_price: Amount | None = None
    conversion_bid_price: Amount | None = None
    deep_bid_type: str | None = None
    roas_bid: Amount | None = None
    deep_cpa_bid: Amount | None = None
    next_day_retention: Amount | None = None
    bid_display_mode: str | None = None
    vbo_window: str | None = None
    click_attribution_window: str | None = None
    engaged_view_attribution_window: str | None = None
    view_attribution_window: str | None = None
    attribution_event_count: str | None = None
    billing_event: OpenChoice[BillingEvent] | None = None
    pacing: OpenChoice[Pacing] | None = None
    statistic_type: str | None = None
    creative_material_mode: OpenChoice[CreativeMaterialMode] | None = None
    skip_learning_phase: bool | None = None
    is_hfss: bool | None = None
    is_lhf_compliance: bool | None = None
    is_new_structure: bool | None = None
    is_smart_performance_campaign: bool | None = None
    rf_purchased_type: str | None = None
    purchased_impression: int | None = None
    purchased_reach: int | None = None
    rf_estimated_cpr: Amount | None = None
    rf_estimated_frequency: Amount | None = None
    operation_status: OpenChoice[OperationStatus] | None = None
    secondary_status: str | None = None
    create_time: Time | None = None
    modify_time: Time | None = None


class Ad(Answer):
    """An ad. Fields that weren't requested, or aren't set, are None."""

    advertiser_id: Id | None = None
    campaign_id: Id | None = None
    campaign_name: str | None = None
    adgroup_id: Id | None = None
    adgroup_name: str | None = None
    campaign_automation_type: str | None = None
    smart_plus_ad_id: Id | None = None
    ad_id: Id | None = None
    ad_id_v2: str | None = None
    ad_name: str | None = None
    identity_type: OpenChoice[IdentityType] | None = None
    identity_id: Id | None = None
    identity_authorized_bc_id: Id | None = None
    ad_format: OpenChoice[AdFormat] | None = None
    creative_type: str | None = None
    video_id: Id | None = None
    image_ids: tuple[Id, ...] | None = None
    music_id: Id | None = None
    tiktok_item_id: Id | None = None
    ad_text: str | None = None
    ad_texts: tuple[str, ...] | None = None
    call_to_action: str | None = None
    call_to_action_id: Id | None = None
    card_id: Id | None = None
    landing_page_url: str | None = None
    utm_params: tuple[dict[str, Any], ...] | None = None
    page_id: Id | None = None
    deeplink: str | None = None
    deeplink_type: str | None = None
    deeplink_format_type: str | None = None
    fallback_type: str | None = None
    display_name: str | None = None
    app_name: str | None = None
    avatar_icon_web_uri: str | None = None
    profile_image_url: str | None = None
    promotional_music_disabled: bool | None = None
    item_duet_status: str | None = None
    item_stitch_status: str | None = None
    dark_post_status: str | None = None
    creative_authorized: bool | None = None
    aigc_disclosure_type: str | None = None
    impression_tracking_url: str | None = None
    click_tracking_url: str | None = None
    video_view_tracking_url: str | None = None
    tracking_pixel_id: Id | None = None
    tracking_app_id: Id | None = None
    tracking_offline_event_set_ids: tuple[Id, ...] | None = None
    viewability_postbid_partner: str | None = None
    brand_safety_postbid_partner: str | None = None
    vast_moat_enabled: bool | None = None
    playable_url: str | None = None
    optimization_event: str | None = None
    is_aco: bool | None = None
    is_new_structure: bool | None = None
    operation_status: OpenChoice[OperationStatus] | None = None
    secondary_status: str | None = None
    create_time: Time | None = None
    modify_time: Time | None = None
