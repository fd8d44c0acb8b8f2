"""Queries on media, capabilities and conversions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, tuple_, update

from ..database import OF_TENANT, Prepared, TenantConnection, renewed, renewing
from ..leases import RELEASED
from .models import capabilities, media, media_conversions

_MINE = OF_TENANT.select(media).where(media.c.id == bindparam("media_id"))
_FIND = Prepared(_MINE)
_LOCK = Prepared(_MINE.with_for_update())
_OF_POST = Prepared(
    OF_TENANT.select(media).where(media.c.post == bindparam("of_post")).order_by(media.c.position)
)
_END = Prepared(
    update(capabilities)
    .where(
        capabilities.c.media == bindparam("of_media"),
        capabilities.c.purpose == bindparam("of_purpose"),
    )
    .values(expires=0.0)
)


@cache
def _change(names: tuple[str, ...]) -> Prepared:
    return Prepared(
        renewing(OF_TENANT.update(media).where(media.c.id == bindparam("media_id")), names)
    )


def add(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(media, **values)


def find(tenant: TenantConnection, media_id: str, lock: bool = False) -> Any:
    """The medium's row, or None."""
    return tenant.one(_LOCK if lock else _FIND, media_id=media_id)


def of_post(tenant: TenantConnection, post: str) -> Sequence[Row[Any]]:
    return tenant.all(_OF_POST, of_post=post)


def change(tenant: TenantConnection, media_id: str, **values: Any) -> None:
    tenant.run(_change(tuple(values)), media_id=media_id, **renewed(values))


def change_of_post(tenant: TenantConnection, post: str, **values: Any) -> None:
    tenant.run(tenant.update(media).where(media.c.post == post).values(**values))


def remove(tenant: TenantConnection, media_id: str) -> None:
    tenant.run(tenant.delete(media).where(media.c.id == media_id))


def library(
    tenant: TenantConnection, before: tuple[float, str] | None, limit: int, kind: str | None
) -> Sequence[Row[Any]]:
    """Files of the media library, newest first."""
    query = tenant.select(media).where(media.c.library.is_(True))
    if kind is not None:
        query = query.where(media.c.kind == kind)
    if before is not None:
        query = query.where(tuple_(media.c.created, media.c.id) < tuple_(*before))
    return tenant.all(query.order_by(media.c.created.desc(), media.c.id.desc()).limit(limit))


def library_size(tenant: TenantConnection) -> int:
    query = tenant.select(media, func.count().label("count")).where(media.c.library.is_(True))
    row = tenant.one(query)
    return 0 if row is None else int(row[0])


def uses(tenant: TenantConnection, media_ids: Sequence[str]) -> dict[str, int]:
    """How many media refer to each of these files of the library."""
    if not media_ids:
        return {}
    query = tenant.select(media, media.c.source, func.count().label("count"))
    query = query.where(media.c.source.in_(media_ids)).group_by(media.c.source)
    return {row.source: int(row[1]) for row in tenant.all(query)}


def allow(
    connection: Connection, digest: str, purpose: str, owner: str, media_id: str, expires: float
) -> None:
    row = {"digest": digest, "purpose": purpose, "owner": owner, "media": media_id}
    connection.execute(insert(capabilities).values(**row, expires=expires))


def capability(connection: Connection, digest: str, purpose: str) -> Row[Any] | None:
    query = select(capabilities).where(
        capabilities.c.digest == digest, capabilities.c.purpose == purpose
    )
    return connection.execute(query).one_or_none()


def end_capabilities(connection: Connection, media_id: str, purpose: str) -> None:
    """Expire capabilities; a request that uses one is told that it has expired."""
    _END.run(connection, {"of_media": media_id, "of_purpose": purpose})


def remove_capabilities(connection: Connection, media_id: str) -> None:
    connection.execute(delete(capabilities).where(capabilities.c.media == media_id))


def add_conversion(tenant: TenantConnection, **values: Any) -> None:
    none = {"problem": None, "ended": None, **RELEASED}
    tenant.insert(media_conversions, **none, attempts=0, **values)


def find_conversion(tenant: TenantConnection, id: str, lock: bool = False) -> Any:
    """The conversion's row, or None."""
    query = tenant.select(media_conversions).where(media_conversions.c.id == id)
    return tenant.one(query.with_for_update() if lock else query)


def change_conversion(tenant: TenantConnection, id: str, **values: Any) -> None:
    tenant.run(
        tenant.update(media_conversions).where(media_conversions.c.id == id).values(**values)
    )


def waiting_conversions(tenant: TenantConnection) -> int:
    """The number of conversions that haven't ended."""
    query = tenant.select(media_conversions, func.count().label("count"))
    row = tenant.one(query.where(media_conversions.c.state == "waiting"))
    return 0 if row is None else int(row[0])
