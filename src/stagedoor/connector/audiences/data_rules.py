"""The kinds of data of audiences."""

from __future__ import annotations

from ..clock import Clock
from ..data_kinds import PAGE, DataKind, Keep, Removal, TextRows
from ..database import Database, TenantConnection
from ..integrations import store as integrations
from ..integrations.accounts import CredentialKind
from . import store
from .audience import ChangeState
from .models import ad_audience_changes, ad_audience_parts, ad_audiences

_REMOVED = "The authorization of the ad account was removed: send the members again."


def kinds(database: Database, clock: Clock) -> tuple[DataKind, ...]:
    def end_part(tenant: TenantConnection, integration: str) -> bool:
        """End a part of the changes that wait for an ad account that nothing else reaches."""
        for account in store.waiting_accounts(tenant):
            if not integrations.reached_by_another(tenant, account, integration):
                waiting = store.waiting_of(tenant, account, PAGE)
                store.end(tenant, waiting, ChangeState.FAILED, clock.now(), _REMOVED)
                return True
        return False

    columns = ad_audiences.c
    texts = (columns.name, columns.problem)
    shown = TextRows(database, ad_audiences, texts)
    known = columns.creating_since.is_(None)
    erased = TextRows(database, ad_audiences, texts, where=(known,), names_only=True)
    return (
        DataKind(
            name="audiences",
            words="Names and states of audiences, with the changes of the last 30 days",
            after_removal="They stay: they are the organisation's own.",
            keep=Keep(None),
            tables=(ad_audiences, ad_audience_changes),
            find=shown.find,
            erase=erased.erase,
            note="An audience's people are known to TikTok alone: remove a person with "
            "POST /api/ads/audiences/<id>/members and action remove.",
        ),
        DataKind(
            name="audienceMembers",
            words="Hashes of people that wait to be sent to TikTok, encrypted",
            after_removal="They are deleted, unless another connection reaches the ad account.",
            keep=Keep(30),
            tables=(ad_audience_parts,),
            removals=(Removal(CredentialKind.ADS.value, end_part),),
            note="They can't be searched: a hash of an e-mail address, phone number or device "
            "names nobody. They are deleted once TikTok has them, and after 30 days at the latest.",
        ),
    )
