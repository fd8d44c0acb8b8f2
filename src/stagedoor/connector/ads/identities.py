"""The own identity of an ad account: the name under which its ads appear where none is named."""

from __future__ import annotations

from stagedoor.platform.ads_vocabulary import IdentityType
from stagedoor.platform.products import business_ads

from ..integrations.ad_accounts import AdAccounts
from .bodies import AdIdentity
from .journal import AdJournal, ChangeAuthor
from .reads import AdReads, told_errors
from .settling import IDENTITY, Settling
from .writes import Writes

_NAME = 100
_UNNAMED = "Advertiser"


class OwnIdentities:
    """Makes the own identity of an ad account once, and finds it again. Thread-safe."""

    def __init__(
        self,
        journal: AdJournal,
        reads: AdReads,
        settling: Settling,
        writes: Writes,
        ad_accounts: AdAccounts,
    ) -> None:
        self._journal = journal
        self._reads = reads
        self._settling = settling
        self._writes = writes
        self._ad_accounts = ad_accounts

    def own(self, by: ChangeAuthor, account_id: str) -> AdIdentity:
        """The identity of the ad account's own name. Raises TikTok's refusals and
        `CreateUnsettled`."""
        write_id = f"{IDENTITY}:{account_id}"
        written = self._journal.find(by.org, write_id)
        object_id = None if written is None or not written.settled else written.object
        if object_id is None:
            name = self._name(by.org, account_id)
            request = business_ads.NewIdentity(advertiser_id=account_id, display_name=name)
            if written is None:
                client = self._reads.client(by.org, account_id)
                with told_errors():
                    object_id = self._settling.identity_named(client, account_id, name)
            if object_id is None:
                object_id = self._writes.made(
                    by,
                    IDENTITY,
                    "identity",
                    business_ads.IDENTITY_CREATE,
                    account_id,
                    request,
                    write_id,
                )
        return AdIdentity(type=IdentityType.CUSTOMIZED_USER, id=object_id)

    def _name(self, org: str, account_id: str) -> str:
        named = (one.name for one in self._ad_accounts.of_org(org) if one.id == account_id)
        return (next(named, "") or _UNNAMED)[:_NAME]
