"""Queries on organisations, their settings, and responses kept for repeated requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from ..database import Database, TenantConnection
from ..schedule.store import wait, wait_once
from .models import answers, org_settings, organisations

EXPIRE = "expire-answers"
"""The kind of due row that deletes an organisation's old answers; its ref is the organisation."""
KEEP_ANSWER_SECONDS = 86_400.0
RETAIN = "data-retention"
"""The kind of due row that deletes an organisation's expired data; its ref is the organisation."""
RETAIN_SECONDS = 86_400.0
_EXPIRE_BATCH = 500


def ensure(database: Database, org: str, now: float) -> None:
    """Create the organisation if it is new, from its first valid token."""
    with database.read() as connection:
        if _exists(connection, org):
            return
    try:
        with database.begin() as connection:
            connection.execute(insert(organisations).values(id=org, created=now))
            wait_once(connection, RETAIN, org, now + RETAIN_SECONDS)
    except IntegrityError:
        return  # another request of the same organisation was first


def _exists(connection: Connection, org: str) -> bool:
    query = select(organisations.c.id).where(organisations.c.id == org)
    return connection.execute(query).one_or_none() is not None


def setting(tenant: TenantConnection, name: str) -> Any:
    """A setting of the organisation; None when it was never set."""
    row = tenant.one(tenant.select(org_settings).where(org_settings.c.name == name))
    return None if row is None else row.value


def set_setting(tenant: TenantConnection, name: str, value: Any) -> None:
    statement = tenant.update(org_settings).where(org_settings.c.name == name)
    if not tenant.run(statement.values(value=value)):
        tenant.insert(org_settings, name=name, value=value)


def find_answer(tenant: TenantConnection, key: str, route: str) -> Any:
    """The kept response, or None; its row is locked until the transaction ends."""
    query = tenant.select(answers).where(answers.c.key == key, answers.c.route == route)
    return tenant.one(query.with_for_update())


def begin_answer(
    tenant: TenantConnection,
    key: str,
    route: str,
    user: str,
    digest: str,
    now: float,
    hold: Mapping[str, Any],
) -> None:
    """Raises IntegrityError when another request with this key was first."""
    tenant.insert(
        answers, key=key, route=route, user_id=user, request_digest=digest, at=now, **hold
    )
    wait_once(tenant.connection, EXPIRE, tenant.org, now + KEEP_ANSWER_SECONDS)


def hold_answer(tenant: TenantConnection, key: str, route: str, hold: Mapping[str, Any]) -> None:
    """Take over the key from a request whose process has ended."""
    statement = tenant.update(answers).where(answers.c.key == key, answers.c.route == route)
    tenant.run(statement.values(**hold))


def keep_answer(tenant: TenantConnection, key: str, route: str, status: int, body: str) -> None:
    statement = tenant.update(answers).where(answers.c.key == key, answers.c.route == route)
    tenant.run(statement.values(status=status, body=body))


def drop_answer(tenant: TenantConnection, key: str, route: str) -> None:
    tenant.run(tenant.delete(answers).where(answers.c.key == key, answers.c.route == route))


def expire_answers(tenant: TenantConnection, now: float) -> bool:
    """Delete a batch of responses that are older than a day; returns whether more may be left.

    The last batch schedules the next run, unless nothing was there to delete or keep.
    """
    old = tenant.select(answers, answers.c.id).where(answers.c.at < now - KEEP_ANSWER_SECONDS)
    batch = old.order_by(answers.c.at).limit(_EXPIRE_BATCH)
    deleted = tenant.run(tenant.delete(answers).where(answers.c.id.in_(batch)))
    if deleted == _EXPIRE_BATCH:
        return True
    oldest = tenant.one(tenant.select(answers, answers.c.at).order_by(answers.c.at).limit(1))
    if oldest is not None or deleted:
        first = now if oldest is None else oldest.at
        wait(tenant.connection, EXPIRE, tenant.org, first + KEEP_ANSWER_SECONDS)
    return False


def drop_answers(tenant: TenantConnection) -> None:
    """Delete the kept responses, which no vault key decrypts any more. The objects that the
    requests created have ids derived from the key, so a repeated request finds them."""
    tenant.run(tenant.delete(answers).where(answers.c.body.is_not(None)))
