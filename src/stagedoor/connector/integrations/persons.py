"""A person's credentials, by the names of their TikTok account."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import false, func, or_

from ..database import TenantConnection
from .accounts import CredentialKind, CredentialStatus
from .models import credentials, grants


def of_person(
    tenant: TenantConnection, username: str | None, ids: Sequence[str]
) -> list[tuple[str, CredentialKind, CredentialStatus, str]]:
    """Credentials whose TikTok account has this username (in lower case) or one of the open ids:
    integration, kind, status, open id. Those of ads name no TikTok account."""
    whose = or_(
        grants.c.open_id.in_(ids),
        false() if username is None else func.lower(grants.c.username) == username,
    )
    query = (
        tenant.select(
            credentials,
            credentials.c.integration_id,
            credentials.c.kind,
            grants.c.status,
            grants.c.open_id,
        )
        .join(grants, grants.c.id == credentials.c.grant_id)
        .where(whose, credentials.c.kind != CredentialKind.ADS.value)
        .order_by(credentials.c.integration_id, credentials.c.kind)
    )
    return [
        (row[0], CredentialKind(row[1]), CredentialStatus(row[2]), row[3])
        for row in tenant.all(query)
    ]
