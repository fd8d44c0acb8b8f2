"""Reading what an organisation's ads may spend in a day, and what they spent today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from stagedoor.client.errors import StagedoorError
from stagedoor.platform.products import business_reports
from stagedoor.platform.products.business_reports import DataLevel

from ..clock import Clock
from ..errors import ApiError
from ..integrations.ad_accounts import AdAccounts, DescribedAdAccount
from ..integrations.business import BusinessClients
from . import budgets
from .errors import SpendUnreadable
from .levels import AD_GROUPS, CAMPAIGNS, LevelCalls
from .objects import AdObject
from .reads import AdReads, send

MAX_ACCOUNTS = 50
"""Ad accounts of one currency whose budgets are added up."""
_IDS = 100


@dataclass(frozen=True, slots=True)
class RunningCampaigns:
    """Campaigns that are switched on, and the most that they may spend in a day."""

    campaigns: tuple[AdObject, ...]
    budgets: Decimal


class SpendReads:
    """Reads budgets and spend. Thread-safe. Every method raises `SpendUnreadable` where anything of
    it can't be read: a part of the sum would be too little."""

    def __init__(
        self, clock: Clock, business: BusinessClients, ad_accounts: AdAccounts, reads: AdReads
    ) -> None:
        self._clock = clock
        self._business = business
        self._ad_accounts = ad_accounts
        self._reads = reads

    def accounts(
        self, org: str, unread: list[SpendUnreadable] | None = None
    ) -> dict[str, list[DescribedAdAccount]]:
        """Every ad account that the organisation reaches, by currency. With `unread`, those that
        can't be read are left out, and the errors are added to it."""
        try:
            described = {one.id: one for one in self._ad_accounts.of_org(org)}
        except ApiError as error:
            raise SpendUnreadable(error.message) from error
        found: dict[str, list[DescribedAdAccount]] = {}
        seen = set()
        for integration in self._business.integrations_with_ads(org):
            for account in integration.ad_accounts:
                if account.id in seen:
                    continue
                seen.add(account.id)
                one = described.get(account.id)
                if one is None or one.currency is None:
                    problem = SpendUnreadable(
                        f"TikTok doesn't say anything about the ad account {account.id}: connect "
                        f"the integration {integration.id} again, or delete it.",
                        {"accountId": account.id, "integrationId": integration.id},
                    )
                    if unread is None:
                        raise problem
                    unread.append(problem)
                    continue
                found.setdefault(one.currency, []).append(one)
        return found

    def running(
        self, org: str, accounts: Sequence[DescribedAdAccount], but: Collection[str] = ()
    ) -> RunningCampaigns:
        """The campaigns of these ad accounts that are switched on, except some."""
        if len(accounts) > MAX_ACCOUNTS:
            raise SpendUnreadable(f"there are more than {MAX_ACCOUNTS} ad accounts of a currency.")
        campaigns: list[AdObject] = []
        total = Decimal(0)
        for account in accounts:
            for found, budget in self._of_account(org, account.id):
                if found.id not in but:
                    campaigns.append(found)
                    total += budget
        return RunningCampaigns(tuple(campaigns), total)

    def spent_today(self, org: str, accounts: Sequence[DescribedAdAccount]) -> Decimal:
        """The amounts that the ads of these ad accounts spent today, each by its own midnight."""
        return sum((self.spent_by(org, one) for one in accounts), Decimal(0))

    def campaign(self, org: str, known: AdObject) -> AdObject:
        """A campaign as it is now."""
        try:
            return self._reads.find(org, CAMPAIGNS, known.id, known.account_id)
        except (ApiError, StagedoorError) as error:
            raise _unreadable(known.account_id, error) from error

    def objects(
        self, org: str, calls: LevelCalls, account_id: str, object_ids: Collection[str]
    ) -> dict[str, AdObject]:
        """The objects, of at most 100, that an ad account has, by their ids."""
        try:
            found = self._reads.read_in(org, calls, account_id, list(dict.fromkeys(object_ids)))
        except (ApiError, StagedoorError) as error:
            raise _unreadable(account_id, error) from error
        return {one.id: one for one in found}

    def groups(self, org: str, account_id: str, campaign_id: str) -> dict[str, AdObject]:
        """The ad groups of a campaign by their ids, whether switched on or not."""
        try:
            client = self._reads.client(org, account_id)
            found = self._reads.all_of(client, AD_GROUPS, account_id, campaign_ids=(campaign_id,))
        except (ApiError, StagedoorError) as error:
            raise _unreadable(account_id, error) from error
        if found is None:
            raise _too_many(account_id)
        return {one.id: one for one in found}

    def switched_on(self, org: str, account_id: str) -> list[str]:
        """The ids of an ad account's campaigns that are switched on, whatever their budgets."""
        try:
            client = self._reads.client(org, account_id)
            campaigns = self._reads.all_of(client, CAMPAIGNS, account_id)
        except (ApiError, StagedoorError) as error:
            raise _unreadable(account_id, error) from error
        if campaigns is None:
            raise _too_many(account_id)
        return [one.id for one in campaigns if one.enabled]

    def _of_account(self, org: str, account_id: str) -> list[tuple[AdObject, Decimal]]:
        try:
            client = self._reads.client(org, account_id)
            campaigns = self._reads.all_of(client, CAMPAIGNS, account_id)
            if campaigns is None:
                raise _too_many(account_id)
            on = [one for one in campaigns if one.enabled]
            groups: dict[str, list[Decimal | None]] = {one.id: [] for one in on}
            divided = [one.id for one in on if not one.record.budget_optimize_on]
            now = datetime.fromtimestamp(self._clock.now(), UTC)
            for at in range(0, len(divided), _IDS):
                some = tuple(divided[at : at + _IDS])
                listed = self._reads.all_of(client, AD_GROUPS, account_id, campaign_ids=some)
                if listed is None:
                    raise _too_many(account_id)
                for one in listed:
                    if one.enabled and not budgets.is_over(one.record, now):
                        groups[one.record.campaign_id].append(budgets.of_record(one.record))
        except SpendUnreadable:
            raise
        except (ApiError, StagedoorError) as error:
            raise _unreadable(account_id, error) from error
        return [(one, bounded(one, groups[one.id])) for one in on]

    def spent_by(self, org: str, account: DescribedAdAccount) -> Decimal:
        """The amount that the ads of an ad account spent since its midnight."""
        try:
            zone = ZoneInfo(account.timezone or "")
        except (ValueError, OSError, LookupError) as error:
            raise SpendUnreadable(
                f"the time zone of the ad account {account.id} isn't known."
            ) from error
        today = datetime.fromtimestamp(self._clock.now(), UTC).astimezone(zone).date()
        query = business_reports.ReportQuery(
            advertiser_id=account.id,
            data_level=DataLevel.ADVERTISER,
            dimensions=("advertiser_id",),
            metrics=("spend",),
            start_date=today,
            end_date=today,
        )
        try:
            client = self._reads.client(org, account.id)
            rows = send(client, business_reports.REPORT_INTEGRATED_GET, query).list
            spent = sum((Decimal(row.metrics["spend"]) for row in rows), Decimal(0))
            if not spent.is_finite():
                raise InvalidOperation
            return spent
        except (ApiError, StagedoorError) as error:
            raise _unreadable(account.id, error) from error
        except (InvalidOperation, KeyError, TypeError) as error:
            raise SpendUnreadable(
                f"TikTok doesn't say what the ad account {account.id} spent today."
            ) from error


def bounded(campaign: AdObject, groups: Iterable[Decimal | None]) -> Decimal:
    """The most that a campaign may spend in a day, by the budgets of its ad groups. Raises
    `SpendUnreadable` where no budget bounds it."""
    most = budgets.of_campaign(campaign.record, groups)
    if most is None:
        raise SpendUnreadable(
            f"no budget bounds the campaign {campaign.name or campaign.id}: give one to it or to "
            "each of its ad groups that are on, or pause it.",
            {"accountId": campaign.account_id, "campaignId": campaign.id},
        )
    return most


def _unreadable(account_id: str, error: Exception) -> SpendUnreadable:
    return SpendUnreadable(
        f"the ad account {account_id} couldn't be read: {error}", {"accountId": account_id}
    )


def _too_many(account_id: str) -> SpendUnreadable:
    return SpendUnreadable(
        f"the ad account {account_id} has too many campaigns or ad groups to add up.",
        {"accountId": account_id},
    )
