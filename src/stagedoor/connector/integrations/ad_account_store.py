"""Writing the ad accounts that an integration reaches."""

from __future__ import annotations

from collections.abc import Sequence

from ..database import TenantConnection
from .accounts import Credential, CredentialKind, ReachedAdAccount
from .models import ad_accounts, credentials


def replace_all(
    tenant: TenantConnection, integration_id: str, found: Sequence[ReachedAdAccount], now: float
) -> None:
    """Replace the recorded ad accounts of an integration."""
    ads = (credentials.c.integration_id == integration_id) & (
        credentials.c.kind == CredentialKind.ADS.value
    )
    tenant.run(tenant.update(credentials).where(ads).values(listed_at=now))
    _write(tenant, integration_id, found)


def renew(
    tenant: TenantConnection,
    integration_id: str,
    seen: Credential,
    found: Sequence[ReachedAdAccount],
    now: float,
) -> bool:
    """As `replace_all`, only while the integration has the credential `seen` by the same
    consent; returns whether it has."""
    this = (
        (credentials.c.integration_id == integration_id)
        & (credentials.c.grant_id == seen.grant.id)
        & (credentials.c.connected_at == seen.connected_at)
    )
    # the row stays locked, so that no other consent replaces the ad accounts meanwhile
    if not tenant.run(tenant.update(credentials).where(this).values(listed_at=now)):
        return False
    _write(tenant, integration_id, found)
    return True


def _write(
    tenant: TenantConnection, integration_id: str, found: Sequence[ReachedAdAccount]
) -> None:
    tenant.run(tenant.delete(ad_accounts).where(ad_accounts.c.integration_id == integration_id))
    tenant.insert_new(
        ad_accounts,
        [
            {"integration_id": integration_id, "account_id": one.id, "name": one.name}
            for one in found
        ],
    )
