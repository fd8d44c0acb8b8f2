"""The spend limit for TikTok's own operations, which agents call without the service's routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import partial
from typing import Any

from pydantic import BaseModel

from stagedoor.platform.ads_vocabulary import OperationStatus
from stagedoor.platform.marks import BUDGET, marked
from stagedoor.platform.operation import Operation, OperationEffect
from stagedoor.platform.products import business_ads

from ..errors import ApiError
from . import budgets
from .errors import NotThere, SpendUnreadable
from .levels import AD_GROUPS, ADS, CAMPAIGNS, LevelCalls
from .objects import AdObject
from .reads import Check
from .spend_guard import PlannedSpend, SpendGuard
from .spend_plans import launched, lengthens, of_change, of_new, with_budget, with_groups
from .spend_reads import SpendReads

_OFF = (OperationStatus.DISABLE, OperationStatus.DELETE)


class SpendCalls:
    """Checks calls of operations against the organisation's limits. Thread-safe."""

    def __init__(self, guard: SpendGuard, spend: SpendReads) -> None:
        self._guard = guard
        self._spend = spend

    def limited(self, org: str) -> bool:
        """Whether the organisation has any limit."""
        return self._guard.limited(org)

    def allowing(
        self, org: str, operation: Operation[..., Any], request: BaseModel
    ) -> AbstractContextManager[Check]:
        """Do the block only if the limits allow this request of the operation; yields a function to
        call right before it is sent. It may wait for other changes of budgets, and ask TikTok.

        Raises `SpendLimitExceeded`, `SpendUnreadable` and `NotThere`; then the block isn't entered.
        """
        account_id = account_of(request)
        plan = partial(self._planned, org, account_id, operation, request)
        return self._guard.allowing(org, account_id, plan)

    def refusal(
        self, org: str, operation: Operation[..., Any], request: BaseModel
    ) -> ApiError | None:
        """The error that `allowing` would raise now, or None. It may ask TikTok."""
        account_id = account_of(request)
        plan = partial(self._planned, org, account_id, operation, request)
        try:
            return self._guard.refusal(org, account_id, plan)
        except NotThere as error:
            return error

    def _planned(
        self, org: str, account_id: str, operation: Operation[..., Any], request: Any
    ) -> PlannedSpend | None:
        if operation is CAMPAIGNS.create:
            if request.budget_optimize_on and not of_new(request).budget:
                raise SpendUnreadable(
                    "a campaign that divides its budget among ad groups needs one.",
                    {"accountId": account_id},
                )
            return of_new(request)
        if operation is CAMPAIGNS.update:
            [found] = self._found(org, CAMPAIGNS, account_id, [request.campaign_id])
            return of_change(found, request)
        if operation is CAMPAIGNS.switch:
            campaigns = self._found(org, CAMPAIGNS, account_id, request.campaign_ids)
            return _sum([launched(self._spend, org, one, ()) for one in campaigns])
        if operation is AD_GROUPS.create:
            [campaign] = self._found(org, CAMPAIGNS, account_id, [request.campaign_id])
            cap = budgets.of_budget(request.budget_mode, request.budget)
            on = switches_on(request)
            return with_groups(self._spend, org, campaign, {None: cap}, on)
        if operation is AD_GROUPS.switch:
            return self._groups_on(org, account_id, request.adgroup_ids)
        if operation is AD_GROUPS.update:
            if request.budget is None and not lengthens(request):
                return None  # bids alone: they don't bound a day
            return self._groups_changed(org, account_id, {request.adgroup_id: request.budget})
        if operation is business_ads.ADGROUP_BUDGET_UPDATE:
            now = _largest((one.adgroup_id, one.budget) for one in request.budget or ())
            later = _largest(
                (one.adgroup_id, one.scheduled_budget) for one in request.scheduled_budget or ()
            )
            return self._groups_changed(org, account_id, now or later, tomorrow=not now)
        if operation in (ADS.create, ADS.update, ADS.switch):
            # its ad group counts already where that is on; what was spent today still matters
            return PlannedSpend(frozenset(), budgets.NOTHING)
        raise SpendUnreadable(f"it isn't known how {operation.id} changes budgets.")

    def _groups_on(self, org: str, account_id: str, group_ids: Sequence[str]) -> PlannedSpend:
        groups = self._found(org, AD_GROUPS, account_id, group_ids)
        return _sum(
            [
                launched(self._spend, org, campaign, group_ids)
                for campaign in self._campaigns_of(org, account_id, groups)
            ]
        )

    def _groups_changed(
        self,
        org: str,
        account_id: str,
        changed: Mapping[str, Decimal | None],
        tomorrow: bool = False,
    ) -> PlannedSpend | None:
        """Ad groups with new budgets; None: with their own. `tomorrow`: what they have goes on
        until midnight, so the larger one counts."""
        groups = self._found(org, AD_GROUPS, account_id, list(changed))
        plans = []
        for campaign in self._campaigns_of(org, account_id, groups):
            caps: dict[str | None, Decimal | None] = {}
            for one in groups:
                if one.record.campaign_id == campaign.id:
                    budget = changed[one.id]
                    if tomorrow and budget is not None:
                        budget = max(budget, one.record.budget or budgets.NOTHING)
                    caps[one.id] = with_budget(one, budget)
            plan = with_groups(self._spend, org, campaign, caps)
            if plan is not None:
                plans.append(plan)
        return _sum(plans) if plans else None

    def _campaigns_of(
        self, org: str, account_id: str, groups: Sequence[AdObject]
    ) -> list[AdObject]:
        ids = list(dict.fromkeys(one.record.campaign_id for one in groups))
        return self._found(org, CAMPAIGNS, account_id, ids)

    def _found(
        self, org: str, calls: LevelCalls, account_id: str, ids: Sequence[str]
    ) -> list[AdObject]:
        """Objects as they are now. Raises `NotThere` and `SpendUnreadable`."""
        wanted = list(dict.fromkeys(ids))
        found = self._spend.objects(org, calls, account_id, wanted)
        for one in wanted:
            if one not in found:
                raise NotThere(calls.called, account_id, one)
        return [found[one] for one in wanted]


def concerns(operation: Operation[..., Any], request: BaseModel) -> bool:
    """Whether a request may add to what ads spend in a day: it sets an amount of money, puts off
    an end, or switches something on. Reads, pauses and other changes don't."""
    if operation.effect is not OperationEffect.WRITE:
        return False
    return any(True for _ in marked(request, BUDGET)) or lengthens(request) or switches_on(request)


def switches_on(request: BaseModel) -> bool:
    """Whether a request, or a part of it, has TikTok's switch and leaves it on. TikTok switches on
    where nothing is said, except where a request changes the given fields alone."""
    only_given = getattr(request, "patch_update", None) is True
    return any(
        status not in _OFF and not (status is None and only_given) for status in _switches(request)
    )


def account_of(request: BaseModel) -> str:
    """The ad account that a request names."""
    return str(getattr(request, "advertiser_id", ""))


def _largest(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for id, amount in amounts:
        found[id] = max(amount, found.get(id, amount))
    return found


def _sum(plans: Sequence[PlannedSpend]) -> PlannedSpend:
    ids = frozenset(id for one in plans for id in one.campaign_ids)
    return PlannedSpend(ids, sum((one.budget for one in plans), budgets.NOTHING))


def _switches(part: Any) -> Iterator[Any]:
    if isinstance(part, tuple | list):
        for one in part:
            yield from _switches(one)
    elif isinstance(part, BaseModel):
        for name, value in part:
            if name == "operation_status":
                yield value
            else:
                yield from _switches(value)
