"""The ad groups and ads whose reviews organisations want to hear of."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.platform.products.business_events import SubscribeEntity

from ..clock import Clock
from ..database import TenantConnection
from ..integrations import store as integrations
from ..integrations.accounts import CredentialKind
from ..integrations.consents import SUBSCRIBE
from ..schedule import store as schedule
from .models import watched


@dataclass(frozen=True, slots=True)
class Watched:
    """An ad group or ad of an ad account."""

    entity: SubscribeEntity
    account_id: str
    object_id: str


def watch(tenant: TenantConnection, clock: Clock, one: Watched) -> None:
    """Subscribe to the review of an ad group or ad, in the caller's transaction: a job does so at
    TikTok soon. Idempotent."""
    values = {"entity": one.entity.value, "object_id": one.object_id, "account_id": one.account_id}
    tenant.insert_new(watched, [values])
    _repair_soon(tenant, clock, one.account_id)


def of_accounts(tenant: TenantConnection, account_ids: frozenset[str]) -> list[Watched]:
    """The objects that the organisation watches in these ad accounts."""
    rows = tenant.all(tenant.select(watched).order_by(watched.c.object_id))
    return [
        Watched(SubscribeEntity(row.entity), row.account_id, row.object_id)
        for row in rows
        if row.account_id in account_ids
    ]


def _repair_soon(tenant: TenantConnection, clock: Clock, account_id: str) -> None:
    for integration_id in integrations.reaching(tenant, account_id):
        record = integrations.integration(tenant, integration_id)
        ads = None if record is None else record.credential(CredentialKind.ADS)
        if ads is not None:
            schedule.wait(tenant.connection, SUBSCRIBE, ads.grant.app_id, clock.now())
