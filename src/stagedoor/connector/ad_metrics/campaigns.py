"""Finding the ad account of a campaign, among those that an organisation reaches."""

from __future__ import annotations

from stagedoor.client.errors import StagedoorError
from stagedoor.platform.ads_vocabulary import PrimaryStatus
from stagedoor.platform.products.business_ads import CampaignFilters

from ..database import Database, TenantConnection
from ..integrations import store as integrations
from ..integrations.accounts import Kind
from ..integrations.business import Business
from ..integrations.told import told
from . import objects
from .errors import NoCampaign
from .objects import Level

_ASKED = 20
"""The most ad accounts that one request asks for a campaign that isn't known yet."""
_LONGEST_ID = 20


class AdCampaigns:
    """Finds campaigns of organisations. Thread-safe."""

    def __init__(self, database: Database, business: Business) -> None:
        self._database = database
        self._business = business

    def account_of(self, org: str, campaign_id: str) -> str:
        """The id of the campaign's ad account, which the organisation reaches.

        A campaign that no list had yet is looked for at TikTok, in the organisation's ad accounts.
        Raises `NoCampaign`, and TikTok's refusal.
        """
        if not campaign_id.isascii() or not campaign_id.isdecimal():
            raise NoCampaign
        if len(campaign_id) > _LONGEST_ID:
            raise NoCampaign
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            for account_id in objects.accounts_of(tenant, Level.CAMPAIGN, campaign_id):
                if integrations.reaching(tenant, account_id):
                    return account_id
        return self._asked(org, campaign_id)

    def _asked(self, org: str, campaign_id: str) -> str:
        for account_id in self._reached(org):
            try:
                answer = self._business.for_advertiser(org, account_id).campaigns.list(
                    filtering=CampaignFilters(
                        campaign_ids=(campaign_id,), primary_status=PrimaryStatus.ALL
                    ),
                    fields=("campaign_id",),
                )
            except StagedoorError as error:
                raise told(error) from error
            if any(one.campaign_id == campaign_id for one in answer.list):
                with self._database.begin() as connection:
                    tenant = TenantConnection(connection, org)
                    objects.place(tenant, account_id, Level.CAMPAIGN, campaign_id, campaign_id)
                return account_id
        raise NoCampaign

    def _reached(self, org: str) -> list[str]:
        """The ad accounts of usable credentials; the first `_ASKED` of them."""
        found: dict[str, None] = {}
        for integration in self._business.integrations_with_ads(org):
            if integration.must_have(Kind.ADS).status.usable:
                found.update(dict.fromkeys(one.id for one in integration.ad_accounts))
            if len(found) >= _ASKED:
                break
        return list(found)[:_ASKED]
