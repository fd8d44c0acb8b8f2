"""The kinds of data of the audit: texts, which may go while its proof stays whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stagedoor.connector.clock import Clock
from stagedoor.connector.data_kinds import (
    EXPIRE_BATCH,
    PAGE,
    Batch,
    DataKind,
    DataSubject,
    Keep,
    Sample,
)
from stagedoor.connector.database import Database, TenantConnection

from .. import quoting
from . import store
from .entry import ACTED, Draft, EntryKind
from .models import audit_texts
from .service import Audit

_RETENTION = "retention"
"""The user, and the rule, of erasures by time."""


Found = Callable[[TenantConnection], list[int]]
"""The entries whose texts are to go."""


def kinds(database: Database, clock: Clock, audit: Audit) -> tuple[DataKind, ...]:
    def erase_these(org: str, by: str, rule: str, what: str, found: Found) -> int:
        """Erase texts by an entry that says so; without any, nothing is recorded. Returns how
        many."""
        with database.read() as connection:
            if store.head(TenantConnection(connection, org)) is None:
                return 0
        key = audit.key(org)
        with database.begin() as connection:
            tenant = TenantConnection(connection, org)
            seqs = found(tenant)
            if not seqs:
                return 0
            draft = Draft(
                kind=EntryKind.ERASURE,
                at=clock.now(),
                operation="eraseAuditTexts",
                decision=ACTED,
                rule=rule,
                text={"sentence": f"{quoting.name(by, 'Somebody')}: Erase {what}.", "by": by},
            )
            receipt = audit.append(tenant, key, draft)
            return store.erase_these(tenant, seqs, receipt.seq)

    def expire(org: str, before: float) -> bool:
        def old(tenant: TenantConnection) -> list[int]:
            return store.texts_before(tenant, before, EXPIRE_BATCH)

        what = "texts that are older than the organisation keeps them"
        return erase_these(org, _RETENTION, _RETENTION, what, old) == EXPIRE_BATCH

    def find(org: str, person: DataSubject, after: str | None) -> Batch:
        with database.read() as connection:
            return _page(TenantConnection(connection, org), person, after)[0]

    def erase(org: str, person: DataSubject, after: str | None) -> Batch:
        batches: list[Batch] = []

        def named(tenant: TenantConnection) -> list[int]:
            batch, rows = _page(tenant, person, after)
            batches.append(batch)
            return [int(row.seq) for row in rows]

        if after is None and person.accounts:
            audit.end_waiting(org, person.accounts)
        erase_these(org, person.by, "admin", "the texts that name a person", named)
        return batches[0] if batches else Batch(0)

    return (
        DataKind(
            name="auditTexts",
            words="Texts of the audit: what agents and people did, in words. Its entries and their "
            "proof stay",
            after_removal="They stay: the audit is the organisation's own.",
            keep=Keep(None, 30, 3_650, unlimited=True),
            tables=(audit_texts,),
            expire=expire,
            find=find,
            erase=erase,
        ),
    )


def _page(
    tenant: TenantConnection, person: DataSubject, after: str | None
) -> tuple[Batch, Sequence[Any]]:
    last = None if after is None else int(after)
    rows = store.texts_naming(tenant, person, last, PAGE)
    found = [row for row in rows if row.account in person.accounts or person.named_in(row.text)]
    samples = tuple(Sample.of(row.seq, row.text) for row in found)
    return Batch(len(found), samples, str(rows[-1].seq) if len(rows) == PAGE else None), found
