"""Queries on ad accounts that are read, and on the metrics of their objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, tuple_

from ..database import OF_TENANT, Prepared, TenantConnection, renewed, renewing
from ..integrations import store as integrations
from .days import day_in, month_of
from .metrics import Numbers, packed, unpacked
from .models import ad_metric_accounts, ad_metric_months, ad_objects
from .objects import AdLevel
from .reports import ObjectDay

_MONTHS = ad_metric_months.c
_RENEW = Prepared(
    renewing(
        OF_TENANT.update(ad_metric_months).where(
            _MONTHS.account_id == bindparam("of_account"),
            _MONTHS.level == bindparam("of_level"),
            _MONTHS.object_id == bindparam("of_object"),
            _MONTHS.month == bindparam("of_month"),
        ),
        ("days",),
    )
)
_SPAN = Prepared(
    OF_TENANT.select(ad_metric_months, _MONTHS.month, _MONTHS.days)
    .where(
        _MONTHS.account_id == bindparam("of_account"),
        _MONTHS.level == bindparam("of_level"),
        _MONTHS.object_id == bindparam("of_object"),
        _MONTHS.month >= bindparam("first_month"),
        _MONTHS.month <= bindparam("last_month"),
    )
    .order_by(_MONTHS.month)
)


def accounts(tenant: TenantConnection, ids: Collection[str]) -> dict[str, Any]:
    """The rows of these ad accounts, by id; without those that were never read."""
    table = ad_metric_accounts
    found = tenant.all(tenant.select(table).where(table.c.account_id.in_(ids)))
    return {row.account_id: row for row in found}


def lock_account(tenant: TenantConnection, account_id: str) -> None:
    """Lock an ad account's row until the transaction ends."""
    mine = ad_metric_accounts.c.account_id == account_id
    query = tenant.select(ad_metric_accounts, ad_metric_accounts.c.account_id).where(mine)
    tenant.all(query.with_for_update())


def describe(tenant: TenantConnection, account_id: str, currency: str, timezone: str) -> None:
    """Record an ad account's currency and zone."""
    values = {"currency": currency, "timezone": timezone}
    tenant.insert_new(ad_metric_accounts, [{"account_id": account_id, **values}])
    change_account(tenant, account_id, **values)


def change_account(tenant: TenantConnection, account_id: str, **values: Any) -> None:
    mine = ad_metric_accounts.c.account_id == account_id
    tenant.run(tenant.update(ad_metric_accounts).where(mine).values(**values))


def record(
    tenant: TenantConnection, account_id: str, level: AdLevel, rows: Iterable[ObjectDay]
) -> None:
    """Write days of objects of a level; those that are known are replaced."""
    write(tenant, account_id, level, {(one.object_id, one.day): one.numbers for one in rows})


def write(
    tenant: TenantConnection,
    account_id: str,
    level: AdLevel,
    days: Mapping[tuple[str, date], Numbers | None],
) -> None:
    """As `record`, by object and day; None: the day was read, and had nothing."""
    months: dict[tuple[str, int], dict[int, Numbers | None]] = {}
    for (object_id, day), numbers in days.items():
        months.setdefault((object_id, month_of(day)), {})[day.day] = numbers
    if not months:
        return
    keys, of = sorted(months), {"account_id": account_id, "level": level.value}
    tenant.insert_new(
        ad_metric_months,
        [of | {"object_id": object_id, "month": month, "days": "{}"} for object_id, month in keys],
    )
    query = tenant.select(ad_metric_months).where(
        _MONTHS.account_id == account_id,
        _MONTHS.level == level.value,
        # SQLite uses no index for a list of pairs
        _MONTHS.object_id.in_({object_id for object_id, _ in keys}),
        _MONTHS.month.in_({month for _, month in keys}),
        tuple_(_MONTHS.object_id, _MONTHS.month).in_(keys),
    )
    found = tenant.all(query.order_by(_MONTHS.object_id, _MONTHS.month).with_for_update())
    renewals = []
    for row in found:
        merged = unpacked(row.days) | months[row.object_id, row.month]
        this = {
            "of_account": account_id,
            "of_level": level.value,
            "of_object": row.object_id,
            "of_month": row.month,
        }
        renewals.append(tenant.parameters(renewed({"days": packed(merged)}) | this))
    _RENEW.run_all(tenant.connection, renewals)


def span(
    tenant: TenantConnection,
    account_id: str,
    level: AdLevel,
    object_id: str,
    first: date,
    last: date,
) -> dict[date, Numbers | None]:
    """The stored days of an object between two days, which count; None: the day had nothing."""
    rows = tenant.all(
        _SPAN,
        of_account=account_id,
        of_level=level.value,
        of_object=object_id,
        first_month=month_of(first),
        last_month=month_of(last),
    )
    found = {}
    for row in rows:
        for number, numbers in unpacked(row.days).items():
            day = day_in(row.month, number)
            if first <= day <= last:
                found[day] = numbers
    return found


def erase(tenant: TenantConnection, integration: str, limit: int) -> bool:
    """Delete a batch of the data of ad accounts that no other integration reaches; return whether
    more is left."""
    for account_id in _unreached(tenant, integration):
        for table in (ad_metric_months, ad_objects):
            keys = [column for column in table.primary_key.columns if column.name != "org"]
            mine = table.c.account_id == account_id
            rows = tenant.all(tenant.select(table, *keys).where(mine).limit(limit))
            if rows:
                tenant.delete_each(table, rows)
                return True
        mine = ad_metric_accounts.c.account_id == account_id
        tenant.run(tenant.delete(ad_metric_accounts).where(mine))
    return False


def _unreached(tenant: TenantConnection, integration: str) -> Sequence[str]:
    table = ad_metric_accounts
    known = tenant.all(tenant.select(table, table.c.account_id).order_by(table.c.account_id))
    return [
        row.account_id
        for row in known
        if not integrations.reached_by_another(tenant, row.account_id, integration)
    ]
