"""The parts of a process for ads: campaigns, ad groups, ads, and the limit of what they spend."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .account_parts import AccountParts
from .ads.identities import OwnIdentities
from .ads.journal import AdJournal
from .ads.launches import Launches
from .ads.reads import AdReads
from .ads.regions import LocationIds
from .ads.requests import AdRequests
from .ads.service import AdsService
from .ads.settling import Settling
from .ads.spend_calls import SpendCalls
from .ads.spend_guard import SpendGuard
from .ads.spend_reads import SpendReads
from .ads.spend_watch import SpendWatch
from .ads.writes import Writes


@dataclass
class AdParts(AccountParts):
    """Everything that ads need beside accounts."""

    @cached_property
    def ad_journal(self) -> AdJournal:
        return AdJournal(self.database, self.clock, self.events)

    @cached_property
    def ad_reads(self) -> AdReads:
        return AdReads(self.database, self.business)

    @cached_property
    def ad_settling(self) -> Settling:
        return Settling(self.clock, self.ad_journal, self.ad_reads)

    @cached_property
    def ad_writes(self) -> Writes:
        return Writes(self.ad_journal, self.ad_reads, self.ad_settling)

    @cached_property
    def ad_regions(self) -> LocationIds:
        return LocationIds(self.clock)

    @cached_property
    def ad_identities(self) -> OwnIdentities:
        return OwnIdentities(
            self.ad_journal, self.ad_reads, self.ad_settling, self.ad_writes, self.ad_accounts
        )

    @cached_property
    def ad_requests(self) -> AdRequests:
        return AdRequests(
            self.ad_reads,
            self.ad_regions,
            self.ad_identities,
            audience_ids=self.audiences.tiktok_ids,
        )

    @cached_property
    def ad_spend_reads(self) -> SpendReads:
        return SpendReads(self.clock, self.business, self.ad_accounts, self.ad_reads)

    @cached_property
    def ad_spend_guard(self) -> SpendGuard:
        return SpendGuard(self.database, self.clock, self.ad_spend_reads)

    @cached_property
    def ad_spend_calls(self) -> SpendCalls:
        return SpendCalls(self.ad_spend_guard, self.ad_spend_reads)

    @cached_property
    def ad_spend_watch(self) -> SpendWatch:
        return SpendWatch(
            database=self.database,
            clock=self.clock,
            guard=self.ad_spend_guard,
            reads=self.ad_spend_reads,
            writes=self.ad_writes,
            notices=self.notices,
        )

    @cached_property
    def ad_launches(self) -> Launches:
        return Launches(
            clock=self.clock,
            journal=self.ad_journal,
            reads=self.ad_reads,
            writes=self.ad_writes,
            guard=self.ad_spend_guard,
            spend=self.ad_spend_reads,
        )

    @cached_property
    def ads(self) -> AdsService:
        return AdsService(
            reads=self.ad_reads,
            requests=self.ad_requests,
            writes=self.ad_writes,
            journal=self.ad_journal,
            guard=self.ad_spend_guard,
            spend=self.ad_spend_reads,
            regions=self.ad_regions,
        )
