"""Queries of accounts by name (one statement, since each call asks), claims and uploads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, or_

from stagedoor.connector.database import OF_TENANT, Prepared, TenantConnection
from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.connector.integrations.models import credentials, grants, integrations

from .models import agent_post_claims, agent_uploads

_NAMED = Prepared(
    OF_TENANT.select(integrations, integrations.c.id)
    .join(grants, grants.c.id == integrations.c.grant_id)
    .where(
        or_(
            integrations.c.id == bindparam("name"),
            func.lower(grants.c.username) == bindparam("handle"),
        )
    )
    .order_by(integrations.c.id)
)
_OF_KIND = Prepared(
    OF_TENANT.select(credentials, credentials.c.integration_id)
    .where(credentials.c.kind == bindparam("kind"))
    .limit(2)
)


def named(tenant: TenantConnection, name: str) -> str | None:
    """Return the account with this id or handle."""
    row = _NAMED.one(tenant.connection, tenant.parameters({"name": name, "handle": name.lower()}))
    return None if row is None else str(row[0])


def only(tenant: TenantConnection, kind: CredentialKind) -> str | None:
    """Return the only account with a credential of this kind; None if there are none or
    several."""
    rows = tenant.all(_OF_KIND, kind=kind.value)
    return str(rows[0].integration_id) if len(rows) == 1 else None


def of_business_account(tenant: TenantConnection, open_id: str) -> list[str]:
    """Return the integrations with a credential for this TikTok account in TikTok API for
    Business."""
    query = (
        tenant.select(credentials, credentials.c.integration_id)
        .join(grants, grants.c.id == credentials.c.grant_id)
        .where(credentials.c.kind == CredentialKind.ACCOUNT.value, grants.c.open_id == open_id)
        .order_by(credentials.c.integration_id)
    )
    return [row.integration_id for row in tenant.all(query)]


def _this_claim(agent_id: str, digest: str) -> Any:
    return and_(agent_post_claims.c.agent_id == agent_id, agent_post_claims.c.digest == digest)


def claim(tenant: TenantConnection, agent_id: str, digest: str) -> Any:
    """Return the claim's row, locked; None if there is none."""
    query = tenant.select(agent_post_claims).where(_this_claim(agent_id, digest))
    return tenant.one(query.with_for_update())


def add_claim(tenant: TenantConnection, agent_id: str, digest: str, **values: Any) -> None:
    """Insert a claim. Raises IntegrityError if an equal call was first."""
    tenant.insert(agent_post_claims, agent_id=agent_id, digest=digest, **values)


def change_claim(tenant: TenantConnection, agent_id: str, digest: str, **values: Any) -> None:
    where = _this_claim(agent_id, digest)
    tenant.run(tenant.update(agent_post_claims).where(where).values(**values))


def remove_claim(tenant: TenantConnection, agent_id: str, digest: str) -> None:
    tenant.run(tenant.delete(agent_post_claims).where(_this_claim(agent_id, digest)))


def forget_claims(tenant: TenantConnection, agent_id: str, before: float) -> None:
    old = and_(agent_post_claims.c.agent_id == agent_id, agent_post_claims.c.claimed < before)
    tenant.run(tenant.delete(agent_post_claims).where(old))


def add_upload(tenant: TenantConnection, subject: str, **values: Any) -> None:
    tenant.insert(agent_uploads, subject=subject, **values)


def upload(tenant: TenantConnection, subject: str) -> Any:
    """Return the row of the agent that sends a file for a post, or as a medium of begin_upload;
    None if there is none."""
    return tenant.one(tenant.select(agent_uploads).where(agent_uploads.c.subject == subject))


def remove_uploads(tenant: TenantConnection, subjects: Sequence[str]) -> None:
    tenant.run(tenant.delete(agent_uploads).where(agent_uploads.c.subject.in_(subjects)))


def forget_uploads(tenant: TenantConnection, before: float) -> None:
    tenant.run(tenant.delete(agent_uploads).where(agent_uploads.c.decided < before))
