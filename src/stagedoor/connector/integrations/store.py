"""Queries on grants, integrations and logins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from ..database import OF_TENANT, Prepared, TenantConnection, organisations_with
from .accounts import Grant, Holder, Integration, Status
from .models import grants, integrations, logins

_TOKEN = select(grants.c.app_id, grants.c.access_token, grants.c.expires_at, grants.c.status).where(
    grants.c.id == bindparam("grant_id")
)

_GRANT = Prepared(select(grants).where(grants.c.id == bindparam("grant_id")))
_GRANTS_OF = select(grants).where(
    grants.c.app_id == bindparam("app"), grants.c.open_id == bindparam("user")
)
_INTEGRATION = Prepared(
    OF_TENANT.select(integrations).where(integrations.c.id == bindparam("integration_id"))
)
_ID_BY_GRANT = OF_TENANT.select(integrations, integrations.c.id).where(
    integrations.c.grant_id == bindparam("grant")
)


def grant(connection: Connection, grant_id: str) -> Any:
    """The grant's row, or None."""
    return _GRANT.one(connection, {"grant_id": grant_id})


def grants_of(connection: Connection, app_id: str, open_id: str) -> Sequence[Row[Any]]:
    return connection.execute(_GRANTS_OF, {"app": app_id, "user": open_id}).all()


def token(connection: Connection, grant_id: str) -> Row[Any, Any, Any, Any] | None:
    """The columns of a grant that a call needs, by one primary-key read: app, token, expiry,
    status."""
    return connection.execute(_TOKEN, {"grant_id": grant_id}).one_or_none()


def add_grant(connection: Connection, **values: Any) -> None:
    """Raises IntegrityError when another caller connected the account first."""
    connection.execute(insert(grants).values(fence=1, **values))


def connect_grant(connection: Connection, grant_id: str, **values: Any) -> None:
    """Store a creator's new consent. The new fence stops a running refresh of the old tokens from
    writing."""
    changed = {"fence": grants.c.fence + 1, "lease_owner": None, "lease_until": None, **values}
    connection.execute(update(grants).where(grants.c.id == grant_id).values(**changed))


def change_grant(connection: Connection, grant_id: str, **values: Any) -> None:
    connection.execute(update(grants).where(grants.c.id == grant_id).values(**values))


def end_grant(connection: Connection, grant_id: str, error: Any) -> None:
    """Delete the tokens. The new fence stops a running refresh from writing."""
    connect_grant(
        connection,
        grant_id,
        status=Status.REVOKED.value,
        error=error,
        access_token=None,
        refresh_token=None,
        expires_at=None,
        refresh_expires_at=None,
    )


def lose_tokens(connection: Connection, app_id: str, error: Any) -> Sequence[Row[Any]]:
    """Expire every grant of an app whose tokens no vault key decrypts any more; returns the grants'
    rows."""
    mine = (grants.c.app_id == app_id) & grants.c.access_token.is_not(None)
    found = connection.execute(select(grants).where(mine)).all()
    for row in found:
        connect_grant(
            connection,
            row.id,
            status=Status.EXPIRED.value,
            error=error,
            access_token=None,
            refresh_token=None,
            expires_at=None,
            refresh_expires_at=None,
        )
    return found


def end_logins(connection: Connection, app_id: str, now: float) -> None:
    """Expire the pending logins of an app: each creator begins anew."""
    for org in organisations_with(connection, logins, logins.c.app_id == app_id):
        tenant = TenantConnection(connection, org)
        pending = (logins.c.app_id == app_id) & (logins.c.expires > now)
        tenant.run(tenant.update(logins).where(pending).values(expires=now))


def lock_grant(connection: Connection, grant_id: str) -> None:
    """Lock the grant's row: other writers wait for the end of this transaction."""
    connection.execute(update(grants).where(grants.c.id == grant_id).values(fence=grants.c.fence))


def turn(connection: Connection, grant_id: str, fence: int, status: Status, error: Any) -> bool:
    """Set a status if `fence` is the newest. False if it isn't, or if the status was the same
    before. A revoked grant stays revoked: a call that was under way has nothing newer to say."""
    mine = (grants.c.id == grant_id) & (grants.c.fence == fence)
    new = mine & grants.c.status.not_in((status.value, Status.REVOKED.value))
    changed = update(grants).where(new).values(status=status.value, error=error)
    return connection.execute(changed).rowcount == 1


def holders(connection: Connection, grant_id: str) -> list[Holder]:
    """Every organisation that uses a grant."""
    found = []
    for org in organisations_with(connection, integrations, integrations.c.grant_id == grant_id):
        row = TenantConnection(connection, org).one(_ID_BY_GRANT, grant=grant_id)
        if row is not None:
            found.append(Holder(org, row.id))
    return found


def integration(tenant: TenantConnection, integration_id: str) -> Integration | None:
    found = acting(tenant, integration_id)
    return None if found is None else found[0]


def acting(tenant: TenantConnection, integration_id: str) -> tuple[Integration, Any] | None:
    """An integration, and its grant's whole row; None if there is none."""
    row = tenant.one(_INTEGRATION, integration_id=integration_id)
    if row is None:
        return None
    its = grant(tenant.connection, row.grant_id)
    return _made(row, Grant.of(its)), its


def by_grant(tenant: TenantConnection, grant_id: str) -> Integration | None:
    row = tenant.one(tenant.select(integrations).where(integrations.c.grant_id == grant_id))
    return None if row is None else _joined(tenant, [row])[0]


def page(tenant: TenantConnection, after: str | None, limit: int) -> list[Integration]:
    """Integrations in the order of their first connection."""
    query = tenant.select(integrations)
    if after is not None:
        query = query.where(integrations.c.id > after)
    return _joined(tenant, tenant.all(query.order_by(integrations.c.id).limit(limit)))


def add_integration(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(integrations, **values)


def change_integration(tenant: TenantConnection, integration_id: str, **values: Any) -> None:
    mine = integrations.c.id == integration_id
    tenant.run(tenant.update(integrations).where(mine).values(**values))


def delete_integration(tenant: TenantConnection, integration_id: str) -> None:
    tenant.run(tenant.delete(integrations).where(integrations.c.id == integration_id))


def add_login(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(logins, **values)


def forget_logins(tenant: TenantConnection, before: float) -> None:
    tenant.run(tenant.delete(logins).where(logins.c.expires < before))


def login_org(connection: Connection, login_id: str) -> str | None:
    found = organisations_with(connection, logins, logins.c.id == login_id)
    return found[0] if found else None


def login(tenant: TenantConnection, login_id: str) -> Row[Any] | None:
    return tenant.one(tenant.select(logins).where(logins.c.id == login_id))


def use_login(tenant: TenantConnection, login_id: str, now: float) -> bool:
    """Mark a login as used: True for one caller only, before the login expires."""
    fresh = (logins.c.id == login_id) & logins.c.used.is_(None) & (logins.c.expires > now)
    return tenant.run(tenant.update(logins).where(fresh).values(used=now)) == 1


def _joined(tenant: TenantConnection, rows: Sequence[Row[Any]]) -> list[Integration]:
    wanted = {row.grant_id for row in rows}
    theirs: Sequence[Any]
    if len(wanted) == 1:
        theirs = _GRANT.all(tenant.connection, {"grant_id": wanted.pop()})
    else:
        theirs = tenant.connection.execute(select(grants).where(grants.c.id.in_(wanted))).all()
    found = {row.id: Grant.of(row) for row in theirs}
    return [_made(row, found[row.grant_id]) for row in rows]


def _made(row: Any, its: Grant) -> Integration:
    return Integration(
        id=row.id,
        org=row.org,
        grant=its,
        requested=tuple(row.requested),
        allowed=tuple(row.granted),
        created=row.created,
        connected_at=row.connected_at,
    )
