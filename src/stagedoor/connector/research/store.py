"""Queries on research jobs, their rows, and quotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from ..database import OF_TENANT, Prepared, TenantConnection, organisations_with
from .job import UNFINISHED, JobState
from .models import research_jobs, research_pages, research_quotas

_JOBS, _PAGES, _QUOTAS = research_jobs.c, research_pages.c, research_quotas.c
_LISTED = tuple(one for one in _JOBS if one.name != "asked")
_THIS = _JOBS.id == bindparam("of_job")
_ONE = Prepared(OF_TENANT.select(research_jobs).where(_THIS))
_LOCK = Prepared(OF_TENANT.select(research_jobs).where(_THIS).with_for_update())


class QuotaRow(Protocol):
    """A row of `research_quotas`."""

    @property
    def day(self) -> int: ...
    @property
    def requests(self) -> int: ...
    @property
    def records(self) -> int: ...
    @property
    def shares(self) -> Mapping[str, int]: ...
    @property
    def closed_until(self) -> float | None: ...


# jobs


def add(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(research_jobs, **values)


def job(tenant: TenantConnection, job_id: str) -> Any:
    """The job's row, or None."""
    return tenant.one(_ONE, of_job=job_id)


def lock(tenant: TenantConnection, job_id: str) -> Any:
    """The job's row or None; nobody else changes it until the transaction ends."""
    return tenant.one(_LOCK, of_job=job_id)


def change(tenant: TenantConnection, job_id: str, **values: Any) -> None:
    tenant.run(tenant.update(research_jobs).where(_JOBS.id == job_id).values(**values))


def remove(tenant: TenantConnection, job_id: str) -> bool:
    """Delete the job, without its rows; returns whether there was one."""
    return tenant.run(tenant.delete(research_jobs).where(_JOBS.id == job_id)) > 0


def page(
    tenant: TenantConnection,
    before: tuple[float, str] | None,
    limit: int,
    state: JobState | None = None,
) -> Sequence[Any]:
    """Newest first, without their requests, which may be long."""
    query = tenant.select(research_jobs, *_LISTED)
    if before is not None:
        at, job_id = before
        query = query.where(tuple_(_JOBS.created, _JOBS.id) < tuple_(at, job_id))
    if state is not None:
        query = query.where(_JOBS.state == state.value)
    return tenant.all(query.order_by(_JOBS.created.desc(), _JOBS.id.desc()).limit(limit))


def unfinished(tenant: TenantConnection) -> int:
    """The number of jobs that haven't ended."""
    query = tenant.select(research_jobs, func.count()).where(_JOBS.state.in_(UNFINISHED))
    return int(tenant.all(query)[0][0])


def waiting(tenant: TenantConnection, app_id: str, pool: str, limit: int) -> Sequence[str]:
    """The ids of jobs that wait for the quota, the oldest first."""
    query = tenant.select(research_jobs, _JOBS.id).where(
        _JOBS.app_id == app_id, _JOBS.pool == pool, _JOBS.state == JobState.WAITING.value
    )
    return [row.id for row in tenant.all(query.order_by(_JOBS.created).limit(limit))]


def organisations_waiting(connection: Connection, app_id: str, pool: str) -> Sequence[str]:
    """The organisations with jobs that wait for the quota."""
    these = (
        _JOBS.app_id == app_id,
        _JOBS.pool == pool,
        _JOBS.state == JobState.WAITING.value,
    )
    return organisations_with(connection, research_jobs, *these)


# rows


def add_page(
    tenant: TenantConnection,
    job_id: str,
    first: int,
    count: int,
    unit: int,
    request: int,
    data: bytes,
    ids: bytes | None,
) -> None:
    values = {"count": count, "unit": unit, "request": request, "data": data, "ids": ids}
    tenant.insert(research_pages, job=job_id, first=first, **values)


def pages(tenant: TenantConnection, job_id: str, position: int, limit: int) -> Sequence[Any]:
    """Up to `limit` pages of a job, beginning with the one that has the row at `position`."""
    start = (
        tenant.select(research_pages, func.max(_PAGES.first))
        .where(_PAGES.job == job_id, _PAGES.first <= position)
        .scalar_subquery()
    )
    query = tenant.select(research_pages).where(_PAGES.job == job_id, _PAGES.first >= start)
    return tenant.all(query.order_by(_PAGES.first).limit(limit))


def ids_of(tenant: TenantConnection, job_id: str, unit: int) -> Sequence[bytes]:
    """The packed ids of each page of a unit."""
    query = tenant.select(research_pages, _PAGES.ids).where(
        _PAGES.job == job_id, _PAGES.unit == unit
    )
    return [row.ids for row in tenant.all(query) if row.ids]


def pages_after(
    tenant: TenantConnection, after: tuple[str, int] | None, limit: int, lock: bool = False
) -> Sequence[Any]:
    """Pages of all jobs in the order of their keys."""
    query = tenant.select(research_pages).order_by(_PAGES.job, _PAGES.first).limit(limit)
    if after is not None:
        query = query.where(tuple_(_PAGES.job, _PAGES.first) > tuple_(*after))
    return tenant.all(query.with_for_update() if lock else query)


def change_page(tenant: TenantConnection, job_id: str, first: int, data: bytes) -> None:
    this = (_PAGES.job == job_id) & (_PAGES.first == first)
    tenant.run(tenant.update(research_pages).where(this).values(data=data))


def asked(tenant: TenantConnection, job_ids: Sequence[str]) -> dict[str, Sequence[Any]]:
    """The requests of jobs, by id."""
    query = tenant.select(research_jobs, _JOBS.id, _JOBS.asked).where(_JOBS.id.in_(job_ids))
    return {row.id: row.asked for row in tenant.all(query)}


def expire(tenant: TenantConnection, ended_before: float, now: float, limit: int) -> Sequence[str]:
    """Let jobs expire that ended before; returns their ids."""
    query = tenant.select(research_jobs, _JOBS.id)
    old = query.where(_JOBS.ended < ended_before, _JOBS.expires > now).order_by(_JOBS.ended)
    ids = [row.id for row in tenant.all(old.limit(limit))]
    if ids:
        tenant.run(tenant.update(research_jobs).where(_JOBS.id.in_(ids)).values(expires=now))
    return ids


def remove_pages(tenant: TenantConnection, job_id: str, limit: int) -> int:
    """Delete up to `limit` pages of a job; returns how many."""
    query = tenant.select(research_pages, _PAGES.first).where(_PAGES.job == job_id)
    found = [row.first for row in tenant.all(query.limit(limit))]
    if not found:
        return 0
    these = (_PAGES.job == job_id) & _PAGES.first.in_(found)
    return tenant.run(tenant.delete(research_pages).where(these))


# quotas


def begin_quota(connection: Connection, app_id: str, pool: str) -> None:
    """Add the row of a pool; an existing one stays as it is."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = {"app_id": app_id, "pool": pool, "day": 0, "requests": 0, "records": 0, "shares": {}}
    connection.execute(dialect.insert(research_quotas).on_conflict_do_nothing(), new)


def quota(connection: Connection, app_id: str, pool: str, lock: bool = False) -> Any:
    """The row of a pool, or None."""
    query = select(research_quotas).where(_QUOTAS.app_id == app_id, _QUOTAS.pool == pool)
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def change_quota(connection: Connection, app_id: str, pool: str, **values: Any) -> None:
    this = (_QUOTAS.app_id == app_id) & (_QUOTAS.pool == pool)
    connection.execute(update(research_quotas).where(this).values(**values))


def sharing(connection: Connection, app_id: str, pool: str) -> Sequence[str]:
    """The organisations with unfinished jobs of an app and pool."""
    these = (_JOBS.app_id == app_id, _JOBS.pool == pool, _JOBS.state.in_(UNFINISHED))
    return organisations_with(connection, research_jobs, *these)
