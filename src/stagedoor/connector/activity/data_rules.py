"""The kinds of data of the activity store."""

from __future__ import annotations

from ..data_kinds import EXPIRE_BATCH, PAGE, Batch, DataKind, DataSubject, Keep, Removal, Sample
from ..database import Database, TenantConnection
from ..integrations.accounts import CredentialKind
from . import series, store
from .models import activity_accounts, activity_series, activity_videos

_SHOWN = 5


def kinds(database: Database) -> tuple[DataKind, ...]:
    def erase_part(tenant: TenantConnection, integration: str) -> bool:
        return store.erase(tenant, integration, PAGE)

    def expire(org: str, before: float) -> bool:
        with database.begin() as connection:
            tenant = TenantConnection(connection, org)
            gone = store.expire_series(tenant, series.period_of(before), EXPIRE_BATCH)
        return gone == EXPIRE_BATCH

    def find(org: str, person: DataSubject, _: str | None) -> Batch:
        found, samples = 0, []
        with database.read() as connection:
            tenant = TenantConnection(connection, org)
            for account in person.accounts:
                found += store.count(tenant, account)
                wanted = store.StoredVideoFilter(integration=account)
                rows = store.page(tenant, wanted, None, _SHOWN)
                samples += [Sample.of(row.id, row.text) for row in rows]
        return Batch(found, tuple(samples))

    def erase(org: str, person: DataSubject, _: str | None) -> Batch:
        erased, left = 0, False
        with database.begin() as connection:
            tenant = TenantConnection(connection, org)
            for account in person.accounts:
                before = store.count(tenant, account)
                left |= store.erase(tenant, account, PAGE)
                erased += before - store.count(tenant, account)
        return Batch(erased, after="more" if left else None)

    goes = "It is deleted, with the series."
    return (
        DataKind(
            name="videos",
            words="Profiles and videos of connected accounts, as TikTok shows them",
            after_removal=goes,
            keep=Keep(None),
            tables=(
                activity_accounts,
                activity_videos,
            ),
            removals=(Removal(CredentialKind.CREATOR.value, erase_part),),
            find=find,
            erase=erase,
        ),
        DataKind(
            name="videoMetrics",
            words="Metrics of accounts and videos over time, by calendar month: a month is deleted "
            "when its last day is older",
            after_removal=goes,
            keep=Keep(None, 31, 3_650, unlimited=True),
            tables=(activity_series,),
            expire=expire,
            note="They go with the videos.",
        ),
    )
