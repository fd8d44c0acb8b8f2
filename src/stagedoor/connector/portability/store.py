"""Queries on requests for copies of data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, tuple_

from ..database import TenantConnection, organisations_with
from .models import portability_requests

_COLUMNS = portability_requests.c


def add(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(portability_requests, **values)


def request(tenant: TenantConnection, request_id: str) -> Any:
    """The request's row, or None."""
    return tenant.one(tenant.select(portability_requests).where(_COLUMNS.id == request_id))


def lock(tenant: TenantConnection, request_id: str) -> Any:
    """The request's row or None; nobody else changes it until the transaction ends."""
    query = tenant.select(portability_requests).where(_COLUMNS.id == request_id)
    return tenant.one(query.with_for_update())


def change(tenant: TenantConnection, request_id: str, **values: Any) -> None:
    this = _COLUMNS.id == request_id
    tenant.run(tenant.update(portability_requests).where(this).values(**values))


def page(tenant: TenantConnection, before: tuple[float, str] | None, limit: int) -> Sequence[Any]:
    """Newest first."""
    query = tenant.select(portability_requests)
    if before is not None:
        at, request_id = before
        query = query.where(tuple_(_COLUMNS.created, _COLUMNS.id) < tuple_(at, request_id))
    ordered = query.order_by(_COLUMNS.created.desc(), _COLUMNS.id.desc())
    return tenant.all(ordered.limit(limit))


def organisations(connection: Connection, app_id: str, tiktok_id: str) -> Sequence[str]:
    """The organisations that made this request of TikTok's."""
    these = (_COLUMNS.app_id == app_id, _COLUMNS.tiktok_id == tiktok_id)
    return organisations_with(connection, portability_requests, *these)


def of_tiktok(tenant: TenantConnection, app_id: str, tiktok_id: str) -> Sequence[str]:
    """The ids of the organisation's rows of this request of TikTok's."""
    query = tenant.select(portability_requests, _COLUMNS.id).where(
        _COLUMNS.app_id == app_id, _COLUMNS.tiktok_id == tiktok_id
    )
    return [row.id for row in tenant.all(query)]
