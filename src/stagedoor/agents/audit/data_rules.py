"""The kinds of data of the audit: texts, which may go while its proof stays whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stagedoor.connector.data_kinds import (
    EXPIRE_BATCH,
    PAGE,
    Batch,
    DataKind,
    Keep,
    Person,
    Sample,
)
from stagedoor.connector.database import Database, TenantConnection

from . import store
from .service import Audit

_RETENTION = "retention"
"""The user, and the rule, of erasures by time."""


def kinds(database: Database, audit: Audit) -> tuple[DataKind, ...]:
    def expire(org: str, before: float) -> bool:
        def old(tenant: TenantConnection) -> list[int]:
            return store.texts_before(tenant, before, EXPIRE_BATCH)

        what = "texts that are older than the organisation keeps them"
        return audit.erase_these(org, _RETENTION, _RETENTION, what, old) == EXPIRE_BATCH

    def find(org: str, person: Person, after: str | None) -> Batch:
        with database.read() as connection:
            return _page(TenantConnection(connection, org), person, after)[0]

    def erase(org: str, person: Person, after: str | None) -> Batch:
        batches: list[Batch] = []

        def named(tenant: TenantConnection) -> list[int]:
            batch, rows = _page(tenant, person, after)
            batches.append(batch)
            return [int(row.seq) for row in rows]

        if after is None and person.accounts:
            audit.end_waiting(org, person.accounts)
        audit.erase_these(org, person.by, "admin", "the texts that name a person", named)
        return batches[0] if batches else Batch(0)

    return (
        DataKind(
            name="auditTexts",
            words="Texts of the audit: what agents and people did, in words. Its entries and their "
            "proof stay",
            after_removal="They stay: the audit is the organisation's own.",
            keep=Keep(None, 30, 3_650, unlimited=True),
            expire=expire,
            find=find,
            erase=erase,
        ),
    )


def _page(
    tenant: TenantConnection, person: Person, after: str | None
) -> tuple[Batch, Sequence[Any]]:
    last = None if after is None else int(after)
    rows = store.texts_naming(tenant, person, last, PAGE)
    found = [row for row in rows if row.account in person.accounts or person.named_in(row.text)]
    samples = tuple(Sample.of(row.seq, row.text) for row in found)
    return Batch(len(found), samples, str(rows[-1].seq) if len(rows) == PAGE else None), found
