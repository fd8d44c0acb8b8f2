"""Requests of campaigns."""

from __future__ import annotations

from typing import Annotated

from ...marks import BUDGET
from ...model import AnyId, says
from ..business.common import AdvertiserRequest, Money
from .choices import (
    AppPromotionType,
    BidType,
    BudgetMode,
    CampaignType,
    ObjectiveType,
    OperationStatus,
    OptimizationGoal,
    SalesDestination,
)
from .common import Choice, FewStatuses, Listed, Name, OtherId
from .queries import Filters, ListQuery


class CampaignFilters(Filters):
    """Which campaigns."""

    campaign_name: Annotated[str | None, says("a part of the name, in any case")] = None
    campaign_type: Choice[CampaignType] | None = None
    is_smart_performance_campaign: bool | None = None
    split_test_enabled: bool | None = None
    campaign_product_source: str | None = None


class CampaignQuery(ListQuery):
    """A page of campaigns, newest first."""

    filtering: CampaignFilters | None = None


class NewCampaign(AdvertiserRequest):
    """A new campaign."""

    campaign_name: Name
    objective_type: Choice[ObjectiveType]
    request_id: Annotated[
        OtherId | None,
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
    optimization_goal: Choice[OptimizationGoal] | None = None
    roas_bid: Money | None = None
    deep_bid_type: str | None = None
    campaign_type: Choice[CampaignType] | None = None
    app_promotion_type: Annotated[
        Choice[AppPromotionType] | None, says("needed for APP_PROMOTION")
    ] = None
    app_id: OtherId | None = None
    virtual_objective_type: str | None = None
    sales_destination: Annotated[Choice[SalesDestination] | None, says("needed for SALES")] = None
    campaign_product_source: str | None = None
    special_industries: Annotated[Listed[str] | None, says("HOUSING, EMPLOYMENT or CREDIT")] = None
    is_search_campaign: bool | None = None
    rf_campaign_type: Annotated[str | None, says("STANDARD or PULSE, for RF_REACH")] = None
    is_advanced_dedicated_campaign: bool | None = None
    disable_skan_campaign: bool | None = None
    postback_window_mode: Annotated[str | None, says("POSTBACK_WINDOW_MODE1 to 3")] = None
    campaign_app_profile_page_state: str | None = None
    rta_id: OtherId | None = None
    rta_bid_enabled: bool | None = None
    rta_product_selection_enabled: bool | None = None
    operation_status: Annotated[
        Choice[OperationStatus] | None, says("ENABLE by default; DISABLE creates it paused")
    ] = None
    po_number: str | None = None


class CampaignChange(AdvertiserRequest):
    """Changes of a campaign; fields that are left out stay as they are."""

    campaign_id: AnyId
    campaign_name: Name | None = None
    budget: Annotated[
        Money | None, BUDGET, says("at least 105 % of what is spent; in the account's currency")
    ] = None
    special_industries: Annotated[
        Listed[str] | None, says("can be cleared by an empty list, not changed")
    ] = None
    po_number: str | None = None


class CampaignStatusChange(AdvertiserRequest):
    """A switch of several campaigns."""

    campaign_ids: Annotated[FewStatuses, says("1 to 20")]
    operation_status: Annotated[
        Choice[OperationStatus], says("ENABLE launches, DISABLE pauses, DELETE deletes for good")
    ]
    postback_window_mode: Annotated[str | None, says("only to disable campaigns for iOS 14")] = None
