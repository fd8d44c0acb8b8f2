"""Requests of campaigns."""

from __future__ import annotations

from typing import Annotated

from ...ads_vocabulary import (
    AppPromotionType,
    BidType,
    BudgetMode,
    CampaignType,
    ObjectiveType,
    OperationStatus,
    SalesDestination,
)
from ...marks import BUDGET
from ...model import AnyId, fields_of, says
from ..business.common import AdvertiserRequest, Money
from .answers import Campaign
from .common import Choice, FewStatuses, Listed, Name, OtherId, RequestId
from .queries import SHOWN, FieldNames, Filters, ListQuery


class CampaignFilters(Filters):
    """Which campaigns."""

    campaign_name: Annotated[str | None, says("a part of the name, in any case")] = None
    campaign_type: Annotated[
        Choice[CampaignType] | None, says("REGULAR_CAMPAIGN by default, or IOS14_CAMPAIGN")
    ] = None
    is_smart_performance_campaign: Annotated[bool | None, says("only Smart+ campaigns")] = None
    split_test_enabled: Annotated[bool | None, says("only those of split tests")] = None
    campaign_product_source: Annotated[str | None, says("CATALOG or STORE, for PRODUCT_SALES")] = (
        None
    )


class CampaignQuery(ListQuery):
    """A page of campaigns, newest first."""

    fields: Annotated[
        Annotated[FieldNames, fields_of(Campaign, ignored_at_tiktok=True)] | None, SHOWN
    ] = None
    filtering: Annotated[
        CampaignFilters | None, says("which ones; none: all that aren't deleted")
    ] = None


class NewCampaign(AdvertiserRequest):
    """A new campaign."""

    campaign_name: Annotated[
        Name, says("at most 512 characters, of which CJK counts two; no emoji")
    ]
    objective_type: Annotated[Choice[ObjectiveType], says("the objective of the campaign")]
    request_id: Annotated[
        RequestId | None,
        says("a number that makes the call idempotent: the same one makes no second object"),
    ] = None
    budget_mode: Annotated[Choice[BudgetMode] | None, says("the period of the budget")] = None
    budget: Annotated[Money | None, BUDGET, says("in the account's currency")] = None
    budget_optimize_on: Annotated[
        bool | None, says("TikTok divides the campaign's budget among its ad groups")
    ] = None
    bid_type: Annotated[
        Choice[BidType] | None, says("needed when the campaign divides the budget")
    ] = None
    optimization_goal: Annotated[
        str | None, says("what TikTok optimises for: an `OptimizationGoal`, such as CLICK")
    ] = None
    roas_bid: Annotated[
        Money | None, says("the wished-for return on ad spend, for value optimisation")
    ] = None
    deep_bid_type: Annotated[
        str | None, says("the bid for a second event, for value optimisation")
    ] = None
    campaign_type: Annotated[
        Choice[CampaignType] | None, says("REGULAR_CAMPAIGN by default, or IOS14_CAMPAIGN")
    ] = None
    app_promotion_type: Annotated[
        Choice[AppPromotionType] | None, says("needed for APP_PROMOTION")
    ] = None
    app_id: Annotated[OtherId | None, says("the promoted app, for app promotion")] = None
    virtual_objective_type: Annotated[str | None, says("SALES, with sales_destination")] = None
    sales_destination: Annotated[Choice[SalesDestination] | None, says("needed for SALES")] = None
    campaign_product_source: Annotated[str | None, says("CATALOG or STORE, for PRODUCT_SALES")] = (
        None
    )
    special_industries: Annotated[Listed[str] | None, says("HOUSING, EMPLOYMENT or CREDIT")] = None
    is_search_campaign: Annotated[
        bool | None, says("for search results only; apps on a list of TikTok's")
    ] = None
    rf_campaign_type: Annotated[str | None, says("STANDARD or PULSE, for RF_REACH")] = None
    is_advanced_dedicated_campaign: Annotated[
        bool | None, says("a dedicated campaign of the newer kind, for iOS 14")
    ] = None
    disable_skan_campaign: Annotated[bool | None, says("without Apple's SKAdNetwork")] = None
    postback_window_mode: Annotated[str | None, says("POSTBACK_WINDOW_MODE1 to 3")] = None
    campaign_app_profile_page_state: Annotated[
        str | None, says("ON or OFF: the app's profile page")
    ] = None
    rta_id: Annotated[OtherId | None, says("the real-time API's strategy")] = None
    rta_bid_enabled: Annotated[bool | None, says("bids come from the real-time API")] = None
    rta_product_selection_enabled: Annotated[
        bool | None, says("products come from the real-time API")
    ] = None
    operation_status: Annotated[
        Choice[OperationStatus] | None, says("ENABLE by default; DISABLE creates it paused")
    ] = None
    po_number: Annotated[str | None, says("a purchase order's number, for invoices")] = None


class CampaignChange(AdvertiserRequest):
    """Changes of a campaign; fields that are left out stay as they are."""

    campaign_id: Annotated[AnyId, says("the campaign")]
    campaign_name: Annotated[
        Name | None, says("at most 512 characters, of which CJK counts two; no emoji")
    ] = None
    budget: Annotated[
        Money | None, BUDGET, says("at least 105 % of what is spent; in the account's currency")
    ] = None
    special_industries: Annotated[
        Listed[str] | None, says("can be cleared by an empty list, not changed")
    ] = None
    po_number: Annotated[str | None, says("a purchase order's number, for invoices")] = None


class CampaignStatusChange(AdvertiserRequest):
    """A switch of several campaigns."""

    campaign_ids: Annotated[FewStatuses, says("1 to 20; `switch` takes any number")]
    operation_status: Annotated[
        Choice[OperationStatus], says("ENABLE launches, DISABLE pauses, DELETE deletes for good")
    ]
    postback_window_mode: Annotated[str | None, says("only to disable campaigns for iOS 14")] = None
