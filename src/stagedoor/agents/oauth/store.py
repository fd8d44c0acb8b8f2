"""Queries of clients, sign-ins and typed codes.

Changes of an agent's sign-ins are serialised: each change locks the agent's row first
(`identity.store.held`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Row,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from stagedoor.connector.database import TenantConnection, organisations_with

from ..identity import store as identity
from ..identity.models import agent_keys
from .models import agent_codes, agent_sign_ins, oauth_clients

ID = agent_sign_ins.c.id
TICKET = agent_sign_ins.c.ticket
CODE = agent_sign_ins.c.code
FAMILY = agent_sign_ins.c.family
_OF_A_SIGN_IN = agent_keys.c.sign_in_id.is_not(None)


class Whose(NamedTuple):
    """The agent that a secret belongs to."""

    org: str
    agent_id: str


class SignedIn(NamedTuple):
    """The sign-in that a secret belongs to; `ends` is the secret's own end."""

    org: str
    agent_id: str
    sign_in_id: str
    resource: str
    ends: float


# clients


def add_client(connection: Connection, **values: Any) -> None:
    connection.execute(insert(oauth_clients).values(**values))


def client(connection: Connection, client_id: str, now: float) -> Row[Any] | None:
    query = select(oauth_clients).where(oauth_clients.c.id == client_id, oauth_clients.c.ends > now)
    return connection.execute(query).one_or_none()


def use_client(connection: Connection, client_id: str, now: float, ends: float) -> None:
    mine = update(oauth_clients).where(oauth_clients.c.id == client_id)
    connection.execute(mine.values(used=now, ends=ends))


def sweep_clients(connection: Connection, now: float) -> None:
    connection.execute(delete(oauth_clients).where(oauth_clients.c.ends <= now))


def clients(connection: Connection) -> int:
    return connection.scalars(select(func.count()).select_from(oauth_clients)).one()


def drop_unused_client(connection: Connection) -> bool:
    """Delete the client that has waited longest for its first sign-in; whether there was one."""
    unused = select(oauth_clients.c.id).where(oauth_clients.c.used.is_(None))
    oldest = unused.order_by(oauth_clients.c.created).limit(1).scalar_subquery()
    return (
        connection.execute(delete(oauth_clients).where(oauth_clients.c.id == oldest)).rowcount > 0
    )


# sign-ins


def key_until(tenant: TenantConnection, agent_id: str, digest: str | None) -> float:
    """Return the end of the key that a sign-in depends on: 0 if the key is gone, infinity if the
    sign-in depends on none or the key doesn't end."""
    if digest is None:
        return inf
    mine = tenant.select(agent_keys).where(agent_keys.c.digest == digest)
    row = tenant.one(mine.where(agent_keys.c.agent_id == agent_id))
    if row is None:
        return 0.0
    return inf if row.ends is None else float(row.ends)


def whose(connection: Connection, column: Column[str], digest: str) -> SignedIn | None:
    """Find the sign-in that has this digest in `column`."""
    for org in organisations_with(connection, agent_sign_ins, column == digest):
        row = sign_in_by(TenantConnection(connection, org), column, digest)
        if row is not None:
            return SignedIn(org, row.agent_id, row.id, row.resource, row.ends)
    return None


def sign_in_by(tenant: TenantConnection, column: Column[str], digest: str) -> Row[Any] | None:
    return tenant.one(tenant.select(agent_sign_ins).where(column == digest))


def add(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(agent_sign_ins, **values)


def change(tenant: TenantConnection, sign_in_id: str, **values: Any) -> None:
    mine = tenant.update(agent_sign_ins).where(agent_sign_ins.c.id == sign_in_id)
    tenant.run(mine.values(**values))


def of_agent(tenant: TenantConnection, agent_id: str) -> Sequence[Row[Any]]:
    return tenant.all(tenant.select(agent_sign_ins).where(agent_sign_ins.c.agent_id == agent_id))


def open_ones(tenant: TenantConnection, agent_id: str, now: float) -> Sequence[Row[Any]]:
    """Return the sign-ins whose client has tokens, oldest first."""
    mine = tenant.select(agent_sign_ins).where(agent_sign_ins.c.agent_id == agent_id)
    going_on = mine.where(agent_sign_ins.c.refresh.is_not(None), agent_sign_ins.c.ends > now)
    return tenant.all(going_on.order_by(agent_sign_ins.c.created, agent_sign_ins.c.id))


def drop(tenant: TenantConnection, sign_in_ids: Sequence[str]) -> None:
    """Delete sign-ins with their tokens, which are invalid from the next decision on."""
    if sign_in_ids:
        tenant.run(tenant.delete(agent_keys).where(agent_keys.c.sign_in_id.in_(sign_in_ids)))
        tenant.run(tenant.delete(agent_sign_ins).where(agent_sign_ins.c.id.in_(sign_in_ids)))


def sweep(tenant: TenantConnection, agent_id: str, now: float, most: int) -> None:
    """Delete the sign-ins that are over, and as many of the least recently used others that
    fewer than `most` are left."""
    rows = sorted(of_agent(tenant, agent_id), key=lambda row: -(row.last_used or row.created))
    lasting = [row.id for row in rows if row.ends > now][: most - 1]
    drop(tenant, [row.id for row in rows if row.id not in lasting])


def forget(tenant: TenantConnection, agent_id: str) -> None:
    """Delete everything of an agent that is being removed."""
    drop(tenant, [row.id for row in of_agent(tenant, agent_id)])
    drop_codes(tenant, agent_id)


# access tokens: keys of an agent that were made by a sign-in


def end_tokens(tenant: TenantConnection, agent_id: str, ends: float) -> None:
    """End the tokens of sign-ins by one of the agent's keys, which end at `ends`."""
    by_key = tenant.select(agent_sign_ins, agent_sign_ins.c.id).where(
        agent_sign_ins.c.agent_id == agent_id, agent_sign_ins.c.key.is_not(None)
    )
    identity.end_tokens(tenant, agent_id, by_key, ends)


def last_uses(tenant: TenantConnection, agent_id: str) -> dict[str, float]:
    """Return the last use of each sign-in's tokens, by sign-in."""
    last = func.max(agent_keys.c.last_used).label("last")
    seen = tenant.select(agent_keys, agent_keys.c.sign_in_id, last)
    used = seen.where(agent_keys.c.agent_id == agent_id, agent_keys.c.last_used.is_not(None))
    rows = tenant.all(used.where(_OF_A_SIGN_IN).group_by(agent_keys.c.sign_in_id))
    return {row.sign_in_id: row.last for row in rows}


def retire_tokens(tenant: TenantConnection, sign_in_id: str, now: float, ends: float) -> None:
    """Delete the ended tokens of a sign-in, and let the others end at `ends`, so that requests
    under way may still use them."""
    mine = agent_keys.c.sign_in_id == sign_in_id
    tenant.run(tenant.delete(agent_keys).where(mine, agent_keys.c.ends <= now))
    tenant.run(tenant.update(agent_keys).where(mine, agent_keys.c.ends > ends).values(ends=ends))


def token(connection: Connection, digest: str) -> SignedIn | None:
    """Find the sign-in of an access token's digest."""
    for org in organisations_with(connection, agent_keys, agent_keys.c.digest == digest):
        tenant = TenantConnection(connection, org)
        of = and_(
            agent_sign_ins.c.id == agent_keys.c.sign_in_id,
            agent_sign_ins.c.org == agent_keys.c.org,
        )
        columns = (agent_keys.c.agent_id, ID, agent_sign_ins.c.resource, agent_keys.c.ends)
        query = tenant.select(agent_keys, *columns).join(agent_sign_ins, of)
        row = tenant.one(query.where(agent_keys.c.digest == digest))
        if row is not None:
            return SignedIn(org, row.agent_id, row.id, row.resource, row.ends)
    return None


# codes that people type


def add_code(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(agent_codes, **values)


def code_holder(connection: Connection, digest: str) -> Whose | None:
    for org in organisations_with(connection, agent_codes, agent_codes.c.digest == digest):
        tenant = TenantConnection(connection, org)
        row = tenant.one(tenant.select(agent_codes).where(agent_codes.c.digest == digest))
        if row is not None:
            return Whose(org, row.agent_id)
    return None


def take_code(tenant: TenantConnection, digest: str, now: float) -> bool:
    """Use up a code; whether it was valid."""
    mine = tenant.delete(agent_codes).where(agent_codes.c.digest == digest)
    return tenant.run(mine.where(agent_codes.c.ends > now)) > 0


def drop_codes(tenant: TenantConnection, agent_id: str) -> None:
    tenant.run(tenant.delete(agent_codes).where(agent_codes.c.agent_id == agent_id))
