"""The operations of ad groups, apart from their review."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    AdGroupBudgets,
    AdGroupChange,
    AdGroupFilters,
    AdGroupQuery,
    AdGroupStatusChange,
    BidType,
    BudgetMode,
    BudgetTomorrow,
    NewAdGroup,
    OperationStatus,
    Pacing,
)
from stagedoor.platform.protocols.business_errors import PARTIAL
from stagedoor.platform.protocols.protocol import Note

from ...calls import AdmittedCall, EnvelopeAnswer, Handlers, Refusal
from . import budgets, campaigns, checks, group_checks, listing, review, shown, spending
from .state import (
    AD_GROUPS,
    ADS,
    ADS_OF_GROUP,
    CAMPAIGNS,
    GROUPS_BY_REQUEST,
    GROUPS_BY_STATE,
    GROUPS_OF,
    AdGroup,
    Campaign,
    DeletedBy,
)
from .timers import BUDGET

_OWN = frozenset(
    {
        "advertiser_id",
        "campaign_id",
        "adgroup_id",
        "adgroup_name",
        "budget_mode",
        "budget",
        "schedule_start_time",
        "schedule_end_time",
        "dayparting",
        "operation_status",
        "request_id",
    }
)
"""Fields of a request that are fields of the entity."""
_REVIEWED = frozenset({"location_ids", "zipcode_ids", "age_groups"})
"""Fields whose change puts an ad group back into review; TikTok doesn't publish the list."""
_LOCK = 300
"""Seconds before midnight during which budgets can't be planned."""
_DAILY = (BudgetMode.DAY, BudgetMode.DYNAMIC_DAILY)
_PROMOTIONS = {
    "APP": ("APP_ANDROID", "APP_IOS"),
    "WEBSITE": ("WEBSITE", "WEBSITE_OR_DISPLAY"),
    "INSTANT_FORM": ("LEAD_GENERATION",),
}
"""Names of the filter, with those of ad groups; the others are the same."""


def query(call: AdmittedCall) -> dict[str, Any]:
    request: AdGroupQuery = call.request
    filters = request.filtering
    return listing.listed(
        call,
        call.world[AD_GROUPS],
        GROUPS_OF,
        GROUPS_BY_STATE,
        None if filters is None else filters.adgroup_ids,
        None if filters is None else lambda one: _fits(one, filters),
        shown.group,
    )


def _fits(found: AdGroup, filters: AdGroupFilters) -> bool:
    fields = found.fields
    promotion = filters.promotion_type
    return (
        listing.contains(found.name, filters.adgroup_name)
        and filters.optimization_goal in (None, fields.get("optimization_goal"))
        and (
            promotion is None
            or fields.get("promotion_type") in _PROMOTIONS.get(promotion, (promotion,))
        )
        and filters.bid_strategy in (None, _bid_strategy(found))
        and filters.creative_material_mode in (None, fields.get("creative_material_mode", "CUSTOM"))
        and (filters.billing_events is None or fields["billing_event"] in filters.billing_events)
        and not filters.split_test_enabled
    )


def _bid_strategy(found: AdGroup) -> str:
    if found.fields.get("bid_type") != BidType.CUSTOM:
        return "BID_STRATEGY_LOWEST_COST"
    costs = found.fields.get("billing_event") == "OCPM"
    return "BID_STRATEGY_COST_CAP" if costs else "BID_STRATEGY_BID_CAP"


def create(call: AdmittedCall) -> dict[str, Any]:
    request: NewAdGroup = call.request
    world = call.world
    campaign = checks.campaign(call, request.campaign_id)
    known = _repeated(call, request.request_id)
    if known is not None:
        return shown.group(call, known)
    group_checks.new_group(call, campaign, request)
    switch = checks.switch(request.operation_status or OperationStatus.ENABLE, checks.STARTS)
    spending.settle(world, campaign)
    start = request.schedule_start_time.timestamp()
    end = request.schedule_end_time
    mode = BudgetMode.INFINITE if campaign.divides_budget else BudgetMode(request.budget_mode or "")
    made = AdGroup(
        id=world.ids.number(call.now),
        advertiser_id=campaign.advertiser_id,
        campaign_id=campaign.id,
        name=request.adgroup_name,
        budget_mode=mode,
        budget=Decimal(0) if campaign.divides_budget else request.budget or Decimal(0),
        start=start,
        end=start + budgets.TEN_YEARS if end is None else end.timestamp(),
        operation_status=switch,
        created=call.now,
        modified=call.now,
        fast=request.pacing == Pacing.FAST,
        dayparting=_dayparting(request.dayparting),
        request_id=request.request_id,
        fields=request.model_dump(mode="json", exclude_none=True, exclude=set(_OWN)),
    )
    world[AD_GROUPS].add(made)
    review.submit(world, made)
    return _new(call, shown.group(call, made), "ADGROUP_STATUS_CREATE")


def _new(call: AdmittedCall, record: dict[str, Any], status: str) -> dict[str, Any]:
    """A new object's record, with the status that TikTok tells right after the creation."""
    return record if call.ad_account.sandbox else record | {"secondary_status": status}


def _repeated(call: AdmittedCall, request_id: str | None) -> AdGroup | None:
    if request_id is None:
        return None
    for found in call.world[AD_GROUPS].by(GROUPS_BY_REQUEST, (call.ad_account.id, request_id)):
        if call.world.settings.repeated_request_id == "answered":
            return found
        raise Refusal("40050", f"Duplicated request: {request_id}.")
    return None


def _dayparting(text: str | None) -> str:
    return "" if text is None or "0" not in text else text


def update(call: AdmittedCall) -> dict[str, Any]:
    request: AdGroupChange = call.request
    found = checks.group(call, request.adgroup_id)
    campaign = call.world[CAMPAIGNS][found.campaign_id]
    changes = request.model_dump(
        mode="json", exclude={"advertiser_id", "adgroup_id"}, exclude_none=True
    )
    if not changes:
        raise Refusal("40012")
    checks.choices(request, group_checks.CHOICES)
    effective = found.fields | changes
    group_checks.settings(request, effective)
    group_checks.audiences(call, request)
    if not (effective.get("location_ids") or effective.get("zipcode_ids")):
        checks.missing("location_ids")
    start = request.schedule_start_time or datetime.fromtimestamp(found.start, UTC)
    end = request.schedule_end_time
    if request.schedule_start_time is not None or end is not None:
        moved = int(start.timestamp()) != int(found.start)
        group_checks.schedule(call, start, end, began=found.start <= call.now, moved=moved)
    spending.settle(call.world, campaign)
    if request.budget is not None:
        _check_budget(call, found, campaign, "budget", request.budget)
        found.budget, found.scheduled_budget = request.budget, Decimal(0)
    found.name = request.adgroup_name or found.name
    found.start = start.timestamp()
    found.end = found.end if end is None else end.timestamp()
    if request.dayparting is not None:
        found.dayparting = _dayparting(request.dayparting)
    if request.pacing is not None:
        found.fast = request.pacing == Pacing.FAST
    found.fields = found.fields | {n: v for n, v in changes.items() if n not in _OWN}
    found.modified = call.now
    if changes.keys() & _REVIEWED:
        review.submit(call.world, found, again=True)
    return shown.group(call, found)


def _check_budget(
    call: AdmittedCall, found: AdGroup, campaign: Campaign, field: str, budget: Decimal
) -> None:
    """Check a changed budget of an ad group whose campaign is settled."""
    if campaign.divides_budget:
        checks.wrong(field, "The campaign divides its budget among its ad groups.")
    days = (found.end - found.start) / budgets.DAY
    total = found.budget_mode is BudgetMode.TOTAL
    group_checks.enough(call, field, budget, days if total else 1)
    checks.above_spending(field, budget, campaigns.counted(call, found.budget_mode, found))


def update_budgets(call: AdmittedCall) -> dict[str, Any]:
    request: AdGroupBudgets = call.request
    zone = call.ad_account.timezone
    midnight = budgets.next_midnight(call.now, zone)
    if midnight - call.now <= _LOCK:
        raise Refusal("40002", "Budgets can't be updated between 23:55 and 00:00.")
    planned = []
    for one in request.budget or request.scheduled_budget or ():
        found = checks.group(call, one.adgroup_id)
        campaign = call.world[CAMPAIGNS][found.campaign_id]
        spending.settle(call.world, campaign)
        tomorrow = isinstance(one, BudgetTomorrow)
        amount = one.scheduled_budget if isinstance(one, BudgetTomorrow) else one.budget
        field = "scheduled_budget" if tomorrow else "budget"
        if (found.budget_mode in _DAILY) is not tomorrow and not campaign.divides_budget:
            other = "budget, for a total" if tomorrow else "scheduled_budget, for a daily"
            why = "does not fit the budget mode of the ad group"
            checks.wrong(field, f"It {why}: pass {other} budget.")
        if tomorrow and not campaign.divides_budget:
            group_checks.enough(call, field, amount)
        else:
            _check_budget(call, found, campaign, field, amount)
        planned.append((found, amount, tomorrow))
    for found, amount, tomorrow in planned:
        if tomorrow:
            found.scheduled_budget = amount
            call.world.clock.drop(BUDGET, found.id)
            call.world.clock.at(midnight, BUDGET, found.id)
        else:
            found.budget = amount
        found.modified = call.now
    return {}


def update_status(call: AdmittedCall) -> dict[str, Any] | EnvelopeAnswer:
    request: AdGroupStatusChange = call.request
    checks.few(request.adgroup_ids)
    value = checks.switch(request.operation_status, checks.SWITCHES)
    found, problems = [], []
    for id in dict.fromkeys(request.adgroup_ids):
        try:
            found.append(_switchable(call, id))
        except Refusal as refusal:
            if not request.allow_partial_success:
                raise
            problems.append({"adgroup_id": id, "error_message": refusal.message})
    for one in found:
        spending.settle_all(call.world, one)
        if value is OperationStatus.DELETE:
            delete(call, one)
        else:
            one.operation_status = value
        one.modified = call.now
    told: dict[str, Any] = {"adgroup_ids": [one.id for one in found], "status": value}
    if not request.allow_partial_success:
        return told
    told["error_list"] = problems
    return EnvelopeAnswer(told, Note("Partial success", code=PARTIAL)) if problems else told


def _switchable(call: AdmittedCall, id: str) -> AdGroup:
    found = checks.group(call, id)
    of = call.world[CAMPAIGNS][found.campaign_id]
    if listing.buying_type(of) != "AUCTION":
        checks.wrong("operation_status", "Reach and frequency ad groups can't be switched.")
    if found.operation_status is OperationStatus.FROZEN:
        checks.wrong("operation_status", "The ad group is frozen.")
    return found


def delete(call: AdmittedCall, found: AdGroup) -> None:
    """Delete an ad group, and with it its ads."""
    found.deleted = "own"
    mark: DeletedBy = "adgroup"
    for ad in call.world[ADS].by(ADS_OF_GROUP, found.id):
        ad.deleted = ad.deleted or mark


HANDLERS: Handlers = {
    business_ads.ADGROUP_GET: query,
    business_ads.ADGROUP_CREATE: create,
    business_ads.ADGROUP_UPDATE: update,
    business_ads.ADGROUP_STATUS_UPDATE: update_status,
    business_ads.ADGROUP_BUDGET_UPDATE: update_budgets,
}
