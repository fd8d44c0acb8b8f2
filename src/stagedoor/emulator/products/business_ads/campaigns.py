"""The operations of campaigns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    AppPromotionType,
    BidType,
    BudgetMode,
    CampaignChange,
    CampaignFilters,
    CampaignQuery,
    CampaignStatusChange,
    CampaignType,
    NewCampaign,
    ObjectiveType,
    OperationStatus,
    OptimizationGoal,
    SalesDestination,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ...world import World
from . import budgets, checks, listing, shown, spending
from .state import (
    AD_GROUPS,
    ADS,
    ADS_OF_CAMPAIGN,
    CAMPAIGNS,
    CAMPAIGNS_BY_NAME,
    CAMPAIGNS_BY_REQUEST,
    CAMPAIGNS_BY_STATE,
    CAMPAIGNS_OF,
    GROUPS_OF_CAMPAIGN,
    Campaign,
    DeletedBy,
    SpentBudget,
)

_CHOICES = {
    "objective_type": ObjectiveType,
    "budget_mode": BudgetMode,
    "bid_type": BidType,
    "optimization_goal": OptimizationGoal,
    "campaign_type": CampaignType,
    "app_promotion_type": AppPromotionType,
    "sales_destination": SalesDestination,
}
_OWN = frozenset(
    {
        "advertiser_id",
        "campaign_name",
        "objective_type",
        "budget_mode",
        "budget",
        "budget_optimize_on",
        "operation_status",
        "request_id",
    }
)
"""Fields of a request that are fields of the entity."""


def query(call: AdmittedCall) -> dict[str, Any]:
    request: CampaignQuery = call.request
    filters = request.filtering
    return listing.listed(
        call,
        call.world[CAMPAIGNS],
        CAMPAIGNS_OF,
        CAMPAIGNS_BY_STATE,
        None if filters is None else filters.campaign_ids,
        None if filters is None else lambda one: _fits(one, filters),
        shown.campaign,
    )


def _fits(found: Campaign, filters: CampaignFilters) -> bool:
    fields = found.fields
    return (
        listing.contains(found.name, filters.campaign_name)
        and filters.campaign_type in (None, fields.get("campaign_type", CampaignType.REGULAR))
        and not filters.is_smart_performance_campaign
        and not filters.split_test_enabled
        and filters.campaign_product_source in (None, fields.get("campaign_product_source"))
        and filters.optimization_goal in (None, fields.get("optimization_goal"))
    )


def create(call: AdmittedCall) -> dict[str, Any]:
    request: NewCampaign = call.request
    known = repeated(call, request.request_id)
    if known is not None:
        return shown.campaign(call, known)
    _check(call, request)
    mode = BudgetMode(request.budget_mode or BudgetMode.INFINITE)
    now = call.now
    made = Campaign(
        id=call.world.ids.number(now),
        advertiser_id=call.ad_account.id,
        name=request.campaign_name,
        objective_type=request.objective_type,
        budget_mode=mode,
        budget=Decimal(0) if mode is BudgetMode.INFINITE else request.budget or Decimal(0),
        operation_status=checks.switch(
            request.operation_status or OperationStatus.ENABLE, checks.STARTS
        ),
        created=now,
        modified=now,
        settled=now,
        divides_budget=bool(request.budget_optimize_on),
        request_id=request.request_id,
        fields=request.model_dump(mode="json", exclude_none=True, exclude=set(_OWN)),
    )
    call.world[CAMPAIGNS].add(made)
    return shown.campaign(call, made)


def repeated(call: AdmittedCall, request_id: str | None) -> Campaign | None:
    """The campaign that a request with this id created, where TikTok answers with it."""
    if request_id is None:
        return None
    for found in call.world[CAMPAIGNS].by(CAMPAIGNS_BY_REQUEST, (call.ad_account.id, request_id)):
        if call.world.settings.repeated_request_id == "answered":
            return found
        raise Refusal("40050", f"Duplicated request: {request_id}.")
    return None


def _check(call: AdmittedCall, request: NewCampaign) -> None:
    checks.choices(request, _CHOICES)
    reservation = request.objective_type == ObjectiveType.RF_REACH
    if request.objective_type == ObjectiveType.TOPVIEW_REACH:
        checks.choice("objective_type", request.objective_type, ())
    if request.budget_mode is None and not reservation:
        checks.missing("budget_mode")
    if reservation and request.budget_mode not in (None, BudgetMode.INFINITE):
        checks.wrong("budget_mode", "RF_REACH needs BUDGET_MODE_INFINITE.")
    if request.budget_mode not in (None, BudgetMode.INFINITE):
        if request.budget is None:
            checks.missing("budget")
        _enough(call, request.budget)
    if request.budget_optimize_on:
        if request.budget_mode in (None, BudgetMode.INFINITE):
            checks.wrong("budget_mode", "Campaign budget optimization needs a budget.")
        if request.bid_type is None:
            checks.missing("bid_type")
        if request.optimization_goal is None:
            checks.missing("optimization_goal")
    if request.objective_type == ObjectiveType.APP_PROMOTION:
        if request.app_promotion_type is None:
            checks.missing("app_promotion_type")
    elif request.app_promotion_type not in (None, AppPromotionType.UNSET):
        checks.wrong("app_promotion_type", "Only for the objective APP_PROMOTION.")
    if request.campaign_type == CampaignType.IOS14 and request.app_id is None:
        checks.missing("app_id")
    if request.virtual_objective_type == "SALES" and request.sales_destination is None:
        checks.missing("sales_destination")
    _check_name(call, request.campaign_name)


def _check_name(call: AdmittedCall, name: str, but: str | None = None) -> None:
    for other in call.world[CAMPAIGNS].by(CAMPAIGNS_BY_NAME, (call.ad_account.id, name)):
        if other.id != but:
            checks.wrong("campaign_name", "The campaign name already exists.")


def _enough(call: AdmittedCall, budget: Decimal) -> None:
    currency = call.ad_account.currency
    checks.enough("budget", budget, checks.least(currency, checks.CAMPAIGN_MINIMUM), currency)


def update(call: AdmittedCall) -> dict[str, Any]:
    request: CampaignChange = call.request
    found = checks.campaign(call, request.campaign_id)
    changes = request.model_dump(exclude={"advertiser_id", "campaign_id"}, exclude_none=True)
    if not changes:
        raise Refusal("40012")
    spending.settle(call.world, found)
    if request.campaign_name is not None:
        _check_name(call, request.campaign_name, but=found.id)
    if request.budget is not None:
        if found.budget_mode is BudgetMode.INFINITE:
            checks.wrong("budget", "The campaign has no budget.")
        _enough(call, request.budget)
        checks.above_spending("budget", request.budget, counted(call, found.budget_mode, found))
    if request.special_industries:
        checks.wrong("special_industries", "It can be cleared, not changed.")
    if request.campaign_name is not None:
        found.name = request.campaign_name
    if request.budget is not None:
        found.budget = request.budget
    kept = {"campaign_name", "budget"}
    found.fields = found.fields | {n: v for n, v in changes.items() if n not in kept}
    found.modified = call.now
    return shown.campaign(call, found)


def counted(call: AdmittedCall, mode: BudgetMode, found: Any) -> int:
    """The spending that counts against a budget: all of it, or today's."""
    spent: SpentBudget = found.spent
    if mode is BudgetMode.TOTAL:
        return spent.total
    today = budgets.day_of(budgets.local(call.now, call.ad_account.timezone))
    return spent.today if spent.day == today else 0


def update_status(call: AdmittedCall) -> dict[str, Any]:
    request: CampaignStatusChange = call.request
    checks.few(request.campaign_ids)
    value = checks.switch(request.operation_status, checks.SWITCHES)
    found = [checks.campaign(call, one) for one in dict.fromkeys(request.campaign_ids)]
    for one in found:
        spending.settle(call.world, one)
        if value is OperationStatus.DELETE:
            _delete(call.world, one)
        else:
            one.operation_status = value
        if request.postback_window_mode is not None:
            one.fields = one.fields | {"postback_window_mode": request.postback_window_mode}
        one.modified = call.now
    return {
        "campaign_ids": [one.id for one in found],
        "status": value,
        "campaign_list": [
            {
                "campaign_id": one.id,
                "status": value,
                "postback_window_mode": one.fields.get("postback_window_mode"),
            }
            for one in found
        ],
    }


def _delete(world: World, found: Campaign) -> None:
    """Delete a campaign, and with it its ad groups and ads."""
    found.deleted = "own"
    mark: DeletedBy = "campaign"
    for group in world[AD_GROUPS].by(GROUPS_OF_CAMPAIGN, found.id):
        group.deleted = group.deleted or mark
    for ad in world[ADS].by(ADS_OF_CAMPAIGN, found.id):
        ad.deleted = ad.deleted or mark


HANDLERS: Handlers = {
    business_ads.CAMPAIGN_GET: query,
    business_ads.CAMPAIGN_CREATE: create,
    business_ads.CAMPAIGN_UPDATE: update,
    business_ads.CAMPAIGN_STATUS_UPDATE: update_status,
}
