"""Finding the ad account of an ads object, among those that an organisation reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import StagedoorError
from stagedoor.platform.ads_vocabulary import PrimaryStatus
from stagedoor.platform.products.business_ads import AdFilters, AdGroupFilters, CampaignFilters

from ..database import Database, TenantConnection
from ..integrations import store as integrations
from ..integrations.accounts import CredentialKind
from ..integrations.business import BusinessClients
from ..integrations.tiktok_errors import api_error_of
from . import objects
from .errors import UnknownAdObject
from .objects import AdLevel

_ASKED = 20
"""The most ad accounts that one request asks for an object that isn't known yet."""
_LONGEST_ID = 20
_FILTERS: Mapping[AdLevel, Any] = {
    AdLevel.CAMPAIGN: CampaignFilters,
    AdLevel.AD_GROUP: AdGroupFilters,
    AdLevel.AD: AdFilters,
}


class AdObjectFinder:
    """Finds ads objects of organisations. Thread-safe."""

    def __init__(self, database: Database, business: BusinessClients) -> None:
        self._database = database
        self._business = business

    def account_of(self, org: str, level: AdLevel, object_id: str) -> str:
        """The id of the object's ad account, which the organisation reaches.

        An object that no list had yet is looked for at TikTok, in the organisation's ad accounts.
        Raises `UnknownAdObject`, and TikTok's refusal.
        """
        if not object_id.isascii() or not object_id.isdecimal() or len(object_id) > _LONGEST_ID:
            raise UnknownAdObject(level.words)
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            for account_id in objects.accounts_of(tenant, level, object_id):
                if integrations.reaching(tenant, account_id):
                    return account_id
        return self._asked(org, level, object_id)

    def _asked(self, org: str, level: AdLevel, object_id: str) -> str:
        for account_id in self._reached(org):
            try:
                client = self._business.for_advertiser(org, account_id)
                found = _listed(client, level, object_id)
            except StagedoorError as error:
                raise api_error_of(error) from error
            if found is not None:
                above = None if level is AdLevel.CAMPAIGN else found.adgroup_id
                found_object = (level, object_id, found.campaign_id or "", above)
                with self._database.begin() as connection:
                    objects.record_unlisted(
                        TenantConnection(connection, org), account_id, *found_object
                    )
                return account_id
        raise UnknownAdObject(level.words)

    def _reached(self, org: str) -> list[str]:
        """The ad accounts of usable credentials; the first `_ASKED` of them."""
        found: dict[str, None] = {}
        for integration in self._business.integrations_with_ads(org):
            if integration.must_have(CredentialKind.ADS).status.usable:
                found.update(dict.fromkeys(one.id for one in integration.ad_accounts))
            if len(found) >= _ASKED:
                break
        return list(found)[:_ASKED]


def _listed(client: TikTokBusiness, level: AdLevel, object_id: str) -> Any:
    """An object of an ad account, deleted or not; None: it has none with this id."""
    lists: dict[AdLevel, Any] = {
        AdLevel.CAMPAIGN: client.campaigns,
        AdLevel.AD_GROUP: client.ad_groups,
        AdLevel.AD: client.ads,
    }
    own_id = f"{level.word}_id"
    above = () if level is AdLevel.CAMPAIGN else ("adgroup_id",)
    ids = {f"{own_id}s": (object_id,)}
    answer = lists[level].list(
        filtering=_FILTERS[level](**ids, primary_status=PrimaryStatus.ALL),
        fields=tuple(dict.fromkeys(("campaign_id", *above, own_id))),
    )
    return next((one for one in answer.list if getattr(one, own_id) == object_id), None)
