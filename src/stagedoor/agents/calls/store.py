"""Queries of accounts by name (one statement, since each call asks), claims and uploads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, or_

from stagedoor.connector.database import OF_TENANT, Prepared, TenantConnection
from stagedoor.connector.integrations.models import grants, integrations

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
_ENDS = Prepared(
    OF_TENANT.select(integrations, func.min(integrations.c.id), func.max(integrations.c.id))
)


def named(scope: TenantConnection, name: str) -> str | None:
    """Return the account with this id or handle."""
    row = _NAMED.one(scope.connection, scope.given({"name": name, "handle": name.lower()}))
    return None if row is None else str(row[0])


def only(scope: TenantConnection) -> str | None:
    """Return the only account; None if there are none or several."""
    row = _ENDS.one(scope.connection, scope.given({}))
    return None if row is None or row[0] is None or row[0] != row[1] else str(row[0])


def _this_claim(agent_id: str, digest: str) -> Any:
    return and_(agent_post_claims.c.agent_id == agent_id, agent_post_claims.c.digest == digest)


def claim(scope: TenantConnection, agent_id: str, digest: str) -> Any:
    """Return the claim's row, locked; None if there is none."""
    query = scope.select(agent_post_claims).where(_this_claim(agent_id, digest))
    return scope.one(query.with_for_update())


def add_claim(scope: TenantConnection, agent_id: str, digest: str, **values: Any) -> None:
    """Insert a claim. Raises IntegrityError if an equal call was first."""
    scope.insert(agent_post_claims, agent_id=agent_id, digest=digest, **values)


def change_claim(scope: TenantConnection, agent_id: str, digest: str, **values: Any) -> None:
    where = _this_claim(agent_id, digest)
    scope.run(scope.update(agent_post_claims).where(where).values(**values))


def remove_claim(scope: TenantConnection, agent_id: str, digest: str) -> None:
    scope.run(scope.delete(agent_post_claims).where(_this_claim(agent_id, digest)))


def forget_claims(scope: TenantConnection, agent_id: str, before: float) -> None:
    old = and_(agent_post_claims.c.agent_id == agent_id, agent_post_claims.c.claimed < before)
    scope.run(scope.delete(agent_post_claims).where(old))


def add_upload(scope: TenantConnection, subject: str, **values: Any) -> None:
    scope.insert(agent_uploads, subject=subject, **values)


def upload(scope: TenantConnection, subject: str) -> Any:
    """Return the row of the agent that sends a file for a post, or as a medium of begin_upload;
    None if there is none."""
    return scope.one(scope.select(agent_uploads).where(agent_uploads.c.subject == subject))


def forget_uploads(scope: TenantConnection, before: float) -> None:
    scope.run(scope.delete(agent_uploads).where(agent_uploads.c.decided < before))
