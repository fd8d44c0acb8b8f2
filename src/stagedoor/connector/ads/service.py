"""Campaigns, ad groups and ads of organisations: what the routes call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from ..pages import Page
from . import budgets
from .bodies import (
    ChangeAdBody,
    ChangeAdGroupBody,
    ChangeCampaignBody,
    NewAdBody,
    NewAdGroupBody,
    NewCampaignBody,
)
from .journal import AdJournal, ChangeAuthor
from .levels import AD_GROUPS, ADS, CAMPAIGNS, LevelCalls
from .objects import AdObject
from .reads import AdReads, told_errors
from .regions import LocationIds
from .requests import AdRequests
from .spend_guard import PlannedSpend, SpendGuard
from .spend_plans import lengthens, of_change, of_new, with_budget, with_groups
from .spend_reads import SpendReads
from .store import Write
from .writes import Writes


class AdsService:
    """Reads, makes and changes objects of ads. Thread-safe.

    Every method raises `AccountNotAccessible` and TikTok's refusals; those that name an object
    raise `NoAdObject`. Those that make or change one raise `FieldsMissing` before anything is sent,
    `SpendLimitExceeded` and `SpendUnreadable` where its budget is too much, and `CreateUnsettled`
    or `WriteUnsettled` where TikTok's answer was lost.
    """

    def __init__(
        self,
        *,
        reads: AdReads,
        requests: AdRequests,
        writes: Writes,
        journal: AdJournal,
        guard: SpendGuard,
        spend: SpendReads,
        regions: LocationIds,
    ) -> None:
        self._reads = reads
        self._requests = requests
        self._writes = writes
        self._journal = journal
        self._guard = guard
        self._spend = spend
        self._regions = regions

    # reading

    def page(
        self,
        org: str,
        calls: LevelCalls,
        account_id: str,
        filters: Mapping[str, Any],
        cursor: str | None,
        limit: int,
    ) -> Page[AdObject]:
        """A page of an ad account's objects, newest first."""
        return self._reads.page(org, calls, account_id, filters, cursor, limit)

    def get(
        self, org: str, calls: LevelCalls, object_id: str, account_id: str | None = None
    ) -> AdObject:
        """An object with its review; deleted ones too."""
        return self._reads.get(org, calls, object_id, account_id)

    def changes(self, org: str, found: AdObject) -> Sequence[Write]:
        """Everything that was done to an object here, newest first, at most 50."""
        return self._journal.changes(org, found.level, found.id)

    def places(self, org: str, groups: Sequence[AdObject]) -> list[list[str]]:
        """The locations of ad groups, countries by their codes."""
        found = []
        for group in groups:
            ids = group.record.location_ids or ()
            client = self._reads.client(org, group.account_id)
            with told_errors():
                found.append(self._regions.codes(client, group.account_id, ids))
        return found

    # campaigns

    def new_campaign(self, by: ChangeAuthor, body: NewCampaignBody, id: str) -> AdObject:
        """Make a campaign, paused; once for each `id`."""
        self._reads.client(by.org, body.account_id)
        request = self._requests.new_campaign(by.org, body, id)
        with self._guard.allowing(by.org, body.account_id, lambda: of_new(request)) as check:
            return self._writes.create(by, CAMPAIGNS, body.account_id, request, id, check)

    def change_campaign(
        self,
        by: ChangeAuthor,
        object_id: str,
        body: ChangeCampaignBody,
        account_id: str | None = None,
    ) -> AdObject:
        found = self._reads.find(by.org, CAMPAIGNS, object_id, account_id)
        request = self._requests.changed_campaign(found, body)
        plan = partial(of_change, found, request)
        with self._guard.allowing(by.org, found.account_id, plan) as check:
            return self._writes.change(by, CAMPAIGNS, found, request, check)

    # ad groups

    def new_ad_group(
        self, by: ChangeAuthor, body: NewAdGroupBody, id: str, account_id: str | None = None
    ) -> AdObject:
        """Make an ad group, paused; once for each `id`."""
        campaign = self._reads.find(by.org, CAMPAIGNS, body.campaign_id, account_id)
        request = self._requests.new_ad_group(by.org, body, campaign, id)
        budget = budgets.of_budget(request.budget_mode, request.budget)

        def planned() -> PlannedSpend | None:
            return self._with_group(by.org, campaign, None, budget)

        with self._guard.allowing(by.org, campaign.account_id, planned) as check:
            return self._writes.create(by, AD_GROUPS, campaign.account_id, request, id, check)

    def change_ad_group(
        self,
        by: ChangeAuthor,
        object_id: str,
        body: ChangeAdGroupBody,
        account_id: str | None = None,
    ) -> AdObject:
        found = self._reads.find(by.org, AD_GROUPS, object_id, account_id)
        campaign = self._reads.find(by.org, CAMPAIGNS, found.record.campaign_id, found.account_id)
        request = self._requests.changed_ad_group(by.org, found, campaign, body)

        def planned() -> PlannedSpend | None:
            if request.budget is None and not lengthens(request):
                return None
            most = with_budget(found, request.budget)
            return self._with_group(by.org, campaign, found.id, most)

        with self._guard.allowing(by.org, found.account_id, planned) as check:
            return self._writes.change(by, AD_GROUPS, found, request, check)

    # ads

    def new_ad(
        self, by: ChangeAuthor, body: NewAdBody, id: str, account_id: str | None = None
    ) -> AdObject:
        """Make an ad, paused; once for each `id`."""
        group = self._reads.find(by.org, AD_GROUPS, body.ad_group_id, account_id)
        request = self._requests.new_ad(by, body, group)
        return self._writes.create(by, ADS, group.account_id, request, id)

    def change_ad(
        self, by: ChangeAuthor, object_id: str, body: ChangeAdBody, account_id: str | None = None
    ) -> AdObject:
        found = self._reads.find(by.org, ADS, object_id, account_id)
        request = self._requests.changed_ad(by.org, found, body)
        return self._writes.change(by, ADS, found, request)

    def _with_group(
        self, org: str, campaign: AdObject, group_id: str | None, budget: Decimal | None
    ) -> PlannedSpend | None:
        """The most that the campaign may spend in a day with an ad group that is new or changed;
        None: its own budget bounds that already."""
        if campaign.record.budget_optimize_on:
            return None
        campaign = self._spend.campaign(org, campaign)
        return with_groups(self._spend, org, campaign, {group_id: budget})
