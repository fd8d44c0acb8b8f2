"""Queries of grants."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam

from stagedoor.connector.database import OF_TENANT, TenantConnection

from .models import agent_policies

_GET = OF_TENANT.select(agent_policies).where(agent_policies.c.agent_id == bindparam("of_agent"))


def get(tenant: TenantConnection, agent_id: str) -> Row[Any] | None:
    return tenant.one(_GET, of_agent=agent_id)


def add(tenant: TenantConnection, agent_id: str, **values: Any) -> None:
    """Insert an agent's first version. Raises IntegrityError if another request did so before."""
    tenant.insert(agent_policies, agent_id=agent_id, version=1, **values)


def change(tenant: TenantConnection, agent_id: str, version: int, **values: Any) -> bool:
    """Replace `version` by the next one; False if `version` isn't the newest any more
    (optimistic lock)."""
    mine = (agent_policies.c.agent_id == agent_id) & (agent_policies.c.version == version)
    statement = tenant.update(agent_policies).where(mine).values(version=version + 1, **values)
    return tenant.run(statement) == 1


def delete(tenant: TenantConnection, agent_id: str) -> None:
    tenant.run(tenant.delete(agent_policies).where(agent_policies.c.agent_id == agent_id))
