"""Queries on grants, integrations with their credentials, and logins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    func,
    insert,
    select,
    update,
)

from ..database import OF_TENANT, Prepared, TenantConnection, organisations_with
from .accounts import (
    AppGrant,
    Credential,
    CredentialKind,
    CredentialStatus,
    Holder,
    Integration,
    ReachedAdAccount,
)
from .models import ad_accounts, credentials, grants, integrations

_TOKEN = select(grants.c.app_id, grants.c.access_token, grants.c.expires_at, grants.c.status).where(
    grants.c.id == bindparam("grant_id")
)

_GRANT = Prepared(select(grants).where(grants.c.id == bindparam("grant_id")))
_GRANTS_OF = select(grants).where(
    grants.c.app_id == bindparam("app"), grants.c.open_id == bindparam("user")
)
_CREDENTIALS = (
    OF_TENANT.select(
        integrations,
        integrations.c.id.label("integration_id"),
        integrations.c.created.label("since"),
        credentials.c.requested,
        credentials.c.granted,
        credentials.c.connected_at.label("allowed_at"),
        credentials.c.listed_at,
        *grants.c,
    )
    .join(credentials, credentials.c.integration_id == integrations.c.id)
    .join(grants, grants.c.id == credentials.c.grant_id)
)
"""A row for each credential, with the grant's columns under their own names."""
_INTEGRATION = Prepared(_CREDENTIALS.where(integrations.c.id == bindparam("integration_id")))
_ID_BY_GRANT = OF_TENANT.select(credentials, credentials.c.integration_id).where(
    credentials.c.grant_id == bindparam("grant")
)
_KINDS = tuple(CredentialKind)


def grant(connection: Connection, grant_id: str) -> Any:
    """The grant's row, or None."""
    return _GRANT.one(connection, {"grant_id": grant_id})


def grants_of(connection: Connection, app_id: str, open_id: str) -> Sequence[Row[Any]]:
    return connection.execute(_GRANTS_OF, {"app": app_id, "user": open_id}).all()


def grant_of(
    connection: Connection, app_id: str, open_id: str, kind: CredentialKind
) -> Row[Any] | None:
    rows = grants_of(connection, app_id, open_id)
    return next((row for row in rows if row.kind == kind.value), None)


def usable_grants(connection: Connection, app_id: str) -> list[AppGrant]:
    """The grants of an app whose tokens may be used."""
    usable = [status.value for status in CredentialStatus if status.usable]
    this = (grants.c.app_id == app_id) & grants.c.status.in_(usable)
    rows = connection.execute(select(grants).where(this).order_by(grants.c.id))
    return [AppGrant.of(row) for row in rows]


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
        status=CredentialStatus.REVOKED.value,
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
            status=CredentialStatus.EXPIRED.value,
            error=error,
            access_token=None,
            refresh_token=None,
            expires_at=None,
            refresh_expires_at=None,
        )
    return found


def lock_grant(connection: Connection, grant_id: str) -> None:
    """Lock the grant's row: other writers wait for the end of this transaction."""
    connection.execute(update(grants).where(grants.c.id == grant_id).values(fence=grants.c.fence))


def turn(
    connection: Connection, grant_id: str, fence: int, status: CredentialStatus, error: Any
) -> bool:
    """Set a status if `fence` is the newest. False if it isn't, or if the status was the same
    before. A revoked grant stays revoked: a call that was under way has nothing newer to say."""
    mine = (grants.c.id == grant_id) & (grants.c.fence == fence)
    new = mine & grants.c.status.not_in((status.value, CredentialStatus.REVOKED.value))
    changed = update(grants).where(new).values(status=status.value, error=error)
    return connection.execute(changed).rowcount == 1


def holders(connection: Connection, grant_id: str) -> list[Holder]:
    """Every organisation that uses a grant."""
    found = []
    for org in organisations_with(connection, credentials, credentials.c.grant_id == grant_id):
        row = TenantConnection(connection, org).one(_ID_BY_GRANT, grant=grant_id)
        if row is not None:
            found.append(Holder(org, row.integration_id))
    return found


def integration(tenant: TenantConnection, integration_id: str) -> Integration | None:
    """An integration with its ad accounts."""
    found = _of_rows(tenant.org, tenant.all(_INTEGRATION, integration_id=integration_id))
    return _with_ad_accounts(tenant, found)[0] if found else None


def acting(
    tenant: TenantConnection, integration_id: str, kind: CredentialKind
) -> tuple[Integration, Any] | None:
    """An integration, and the row of its grant of this kind (None without one); None if there is no
    integration."""
    rows = tenant.all(_INTEGRATION, integration_id=integration_id)
    found = _of_rows(tenant.org, rows)
    if kind is CredentialKind.ADS:
        found = _with_ad_accounts(tenant, found)
    if not found:
        return None
    return found[0], next((row for row in rows if row.kind == kind.value), None)


def by_grant(tenant: TenantConnection, grant_id: str) -> Integration | None:
    row = tenant.one(_ID_BY_GRANT, grant=grant_id)
    return None if row is None else integration(tenant, row.integration_id)


def holders_of_ad_account(connection: Connection, app_id: str, account_id: str) -> list[Holder]:
    """Every integration whose ads credential of this app reaches the ad account."""
    found = []
    reached = ad_accounts.c.account_id == account_id
    for org in organisations_with(connection, ad_accounts, reached):
        tenant = TenantConnection(connection, org)
        for integration_id in reaching(tenant, account_id):
            record = integration(tenant, integration_id)
            ads = None if record is None else record.credential(CredentialKind.ADS)
            if ads is not None and ads.grant.app_id == app_id:
                found.append(Holder(org, integration_id))
    return found


def same_account(tenant: TenantConnection, kind: CredentialKind, username: str) -> str | None:
    """The integration without a credential of `kind` whose other credential, active, is of the
    TikTok account with this username."""
    others = {
        CredentialKind.CREATOR: CredentialKind.ACCOUNT,
        CredentialKind.ACCOUNT: CredentialKind.CREATOR,
    }
    query = (
        tenant.select(credentials, credentials.c.integration_id)
        .join(grants, grants.c.id == credentials.c.grant_id)
        .where(
            credentials.c.kind == others[kind].value,
            grants.c.status == CredentialStatus.ACTIVE.value,
            func.lower(grants.c.username) == username.lower(),
        )
        .order_by(credentials.c.integration_id)
    )
    for row in tenant.all(query):
        found = integration(tenant, row.integration_id)
        if found is not None and found.credential(kind) is None:
            return found.id
    return None


def move_credential(tenant: TenantConnection, grant_id: str, integration_id: str) -> str | None:
    """Put a credential on another integration, and delete the integration that it leaves; returns
    that one's id."""
    before = by_grant(tenant, grant_id)
    change_credential(tenant, grant_id, integration_id=integration_id)
    if before is None:
        return None
    delete_integration(tenant, before.id)
    return before.id


def page(
    tenant: TenantConnection, after: str | None, limit: int, kind: CredentialKind | None = None
) -> list[Integration]:
    """Integrations in the order of their first connection; `kind`: those with such a credential."""
    query = tenant.select(integrations, integrations.c.id)
    if after is not None:
        query = query.where(integrations.c.id > after)
    if kind is not None:
        query = query.join(credentials, credentials.c.integration_id == integrations.c.id)
        query = query.where(credentials.c.kind == kind.value)
    ids = [row.id for row in tenant.all(query.order_by(integrations.c.id).limit(limit))]
    if not ids:
        return []
    rows = tenant.all(_CREDENTIALS.where(integrations.c.id.in_(ids)).order_by(integrations.c.id))
    return _with_ad_accounts(tenant, _of_rows(tenant.org, rows))


def of_handle(
    tenant: TenantConnection, handle: str, kind: CredentialKind, limit: int
) -> list[Integration]:
    """Integrations whose credential of this kind is of the TikTok account with this handle."""
    query = (
        tenant.select(credentials, credentials.c.integration_id)
        .join(grants, grants.c.id == credentials.c.grant_id)
        .where(credentials.c.kind == kind.value, func.lower(grants.c.username) == handle.lower())
        .order_by(credentials.c.integration_id)
        .limit(limit)
    )
    found = (integration(tenant, row.integration_id) for row in tenant.all(query))
    return [one for one in found if one is not None]


def forget_profile(connection: Connection, grant_id: str) -> None:
    """Forget the names and the picture of an account that no organisation uses any more."""
    change_grant(connection, grant_id, username=None, display_name=None, avatar_url=None)


def add_integration(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(integrations, **values)


def change_integration(tenant: TenantConnection, integration_id: str, **values: Any) -> None:
    mine = integrations.c.id == integration_id
    tenant.run(tenant.update(integrations).where(mine).values(**values))


def lock_integration(tenant: TenantConnection, integration_id: str) -> None:
    """Lock the integration's row: a request that connects or deletes the account changes the row,
    and waits for the end of this transaction."""
    mine = tenant.select(integrations, integrations.c.id).where(integrations.c.id == integration_id)
    tenant.all(mine.with_for_update())


def add_credential(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(credentials, **values)


def change_credential(tenant: TenantConnection, grant_id: str, **values: Any) -> None:
    mine = credentials.c.grant_id == grant_id
    tenant.run(tenant.update(credentials).where(mine).values(**values))


def delete_credential(tenant: TenantConnection, grant_id: str) -> None:
    tenant.run(tenant.delete(credentials).where(credentials.c.grant_id == grant_id))


def delete_ad_accounts(tenant: TenantConnection, integration_id: str) -> None:
    """Forget the ad accounts of an integration. Not before its credentials are written, as in every
    writer of ad accounts, against deadlocks."""
    tenant.run(tenant.delete(ad_accounts).where(ad_accounts.c.integration_id == integration_id))


def delete_integration(tenant: TenantConnection, integration_id: str) -> None:
    tenant.run(tenant.delete(credentials).where(credentials.c.integration_id == integration_id))
    delete_ad_accounts(tenant, integration_id)
    tenant.run(tenant.delete(integrations).where(integrations.c.id == integration_id))


def reaching(tenant: TenantConnection, account_id: str) -> list[str]:
    """The integrations whose `ads` credential reaches an ad account."""
    query = tenant.select(ad_accounts, ad_accounts.c.integration_id)
    query = query.where(ad_accounts.c.account_id == account_id)
    return [row.integration_id for row in tenant.all(query.order_by(ad_accounts.c.integration_id))]


def reached_by_another(tenant: TenantConnection, account_id: str, but: str) -> bool:
    """Whether a usable credential of another integration than `but` reaches the ad account."""
    for each in reaching(tenant, account_id):
        record = integration(tenant, each) if each != but else None
        ads = None if record is None else record.credential(CredentialKind.ADS)
        if ads is not None and ads.status.usable:
            return True
    return False


def _of_rows(org: str, rows: Sequence[Any]) -> list[Integration]:
    """Integrations from rows of `_CREDENTIALS`, in the order of the rows."""
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.integration_id, []).append(row)
    return [
        Integration(
            id=integration_id,
            org=org,
            credentials=tuple(
                sorted((_credential(row) for row in mine), key=lambda one: _KINDS.index(one.kind))
            ),
            created=mine[0].since,
        )
        for integration_id, mine in grouped.items()
    ]


def _credential(row: Any) -> Credential:
    return Credential(
        grant=AppGrant.of(row),
        requested=tuple(row.requested),
        allowed=tuple(row.granted),
        connected_at=row.allowed_at,
        listed_at=row.listed_at,
    )


def _with_ad_accounts(tenant: TenantConnection, found: list[Integration]) -> list[Integration]:
    ids = [one.id for one in found if one.credential(CredentialKind.ADS) is not None]
    if not ids:
        return found
    query = tenant.select(ad_accounts).where(ad_accounts.c.integration_id.in_(ids))
    listed: dict[str, list[ReachedAdAccount]] = {}
    for row in tenant.all(query.order_by(ad_accounts.c.account_id)):
        listed.setdefault(row.integration_id, []).append(ReachedAdAccount(row.account_id, row.name))
    return [replace(one, ad_accounts=tuple(listed.get(one.id, ()))) for one in found]
