"""Queries of agents and keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Update, and_, bindparam, or_

from stagedoor.connector.database import OF_TENANT, ORG, TenantConnection, organisations_with
from stagedoor.connector.limits.models import limit_windows

from .models import agent_keys, agents

_OWN = agent_keys.c.sign_in_id.is_(None)
_SEEN = (
    OF_TENANT.update(agent_keys)
    .where(agent_keys.c.digest == bindparam("of_digest"))
    .values(last_used=bindparam("new_last_used"))
)

_ACTIVE_TOOLSET = (
    OF_TENANT.select(agents, agents.c.stopped, agents.c.tools, agent_keys.c.ends)
    .join(agent_keys, agent_keys.c.agent_id == agents.c.id)
    .where(agent_keys.c[ORG] == agents.c[ORG])
    .where(agents.c.id == bindparam("of_agent"), agent_keys.c.digest == bindparam("of_digest"))
)

_ADMISSION = (
    OF_TENANT.select(
        agents,
        agents.c.stopped,
        agents.c.calls_per_minute,
        agent_keys.c.ends,
        limit_windows.c.places,
    )
    .select_from(
        agents.join(
            agent_keys,
            and_(agent_keys.c.agent_id == agents.c.id, agent_keys.c[ORG] == agents.c[ORG]),
        ).outerjoin(limit_windows, limit_windows.c.key == bindparam("of_window"))
    )
    .where(agents.c.id == bindparam("of_agent"), agent_keys.c.digest == bindparam("of_digest"))
)


def add(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(agents, **values)


def get(tenant: TenantConnection, agent_id: str) -> Row[Any] | None:
    return tenant.one(tenant.select(agents).where(agents.c.id == agent_id))


def locked(tenant: TenantConnection, agent_id: str) -> Row[Any] | None:
    """Return the agent's row, locked until the end of the transaction."""
    return tenant.one(tenant.select(agents).where(agents.c.id == agent_id).with_for_update())


def named(tenant: TenantConnection, name: str) -> Sequence[Row[Any]]:
    return tenant.all(tenant.select(agents).where(agents.c.name == name))


def page(tenant: TenantConnection, after: str | None, limit: int) -> Sequence[Row[Any]]:
    query = tenant.select(agents)
    if after is not None:
        query = query.where(agents.c.id > after)
    return tenant.all(query.order_by(agents.c.id).limit(limit))


def any_agent(tenant: TenantConnection) -> bool:
    """Whether the organisation has an agent."""
    return bool(page(tenant, None, 1))


def change(tenant: TenantConnection, agent_id: str, **values: Any) -> int:
    return tenant.run(tenant.update(agents).where(agents.c.id == agent_id).values(**values))


def stop_all(tenant: TenantConnection, now: float) -> int:
    """Stop all running agents. Returns how many."""
    running = agents.c.stopped.is_(None)
    return tenant.run(tenant.update(agents).where(running).values(stopped=now))


def delete(tenant: TenantConnection, agent_id: str) -> None:
    tenant.run(tenant.delete(agents).where(agents.c.id == agent_id))


def add_key(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(agent_keys, **values)


def keys(tenant: TenantConnection, agent_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Return agents' own keys, without the access tokens of their sign-ins."""
    query = tenant.select(agent_keys).where(agent_keys.c.agent_id.in_(agent_ids), _OWN)
    return tenant.all(query.order_by(agent_keys.c.created, agent_keys.c.digest))


def key(tenant: TenantConnection, digest: str) -> Row[Any] | None:
    return tenant.one(tenant.select(agent_keys).where(agent_keys.c.digest == digest))


def end_keys(tenant: TenantConnection, agent_id: str, ends: float) -> None:
    """Let the agent's own keys end at `ends`, unless they end before."""
    tenant.run(_living_longer(tenant, agent_id, ends).where(_OWN).values(ends=ends))


def end_tokens(tenant: TenantConnection, agent_id: str, sign_ins: Select[Any], ends: float) -> None:
    """Let access tokens end at `ends`, unless they end before: those of the sign-ins that a
    query selects by id."""
    mine = _living_longer(tenant, agent_id, ends).where(agent_keys.c.sign_in_id.in_(sign_ins))
    tenant.run(mine.values(ends=ends))


def _living_longer(tenant: TenantConnection, agent_id: str, ends: float) -> Update:
    longer = or_(agent_keys.c.ends.is_(None), agent_keys.c.ends > ends)
    return tenant.update(agent_keys).where(agent_keys.c.agent_id == agent_id, longer)


def delete_keys(tenant: TenantConnection, agent_id: str) -> None:
    tenant.run(tenant.delete(agent_keys).where(agent_keys.c.agent_id == agent_id))


def record_use(tenant: TenantConnection, digest: str, now: float) -> None:
    tenant.run(_SEEN, of_digest=digest, new_last_used=now)


def active_toolset(tenant: TenantConnection, agent_id: str, digest: str) -> Row[Any] | None:
    return tenant.one(_ACTIVE_TOOLSET, of_agent=agent_id, of_digest=digest)


def admission(tenant: TenantConnection, agent_id: str, digest: str, window: str) -> Row[Any] | None:
    return tenant.one(_ADMISSION, of_agent=agent_id, of_digest=digest, of_window=window)


def holder(connection: Connection, digest: str) -> tuple[str, str] | None:
    """Find the organisation and agent of a key, which names neither."""
    for org in organisations_with(connection, agent_keys, agent_keys.c.digest == digest):
        tenant = TenantConnection(connection, org)
        row = tenant.one(tenant.select(agent_keys).where(agent_keys.c.digest == digest))
        if row is not None:
            return org, row.agent_id
    return None
