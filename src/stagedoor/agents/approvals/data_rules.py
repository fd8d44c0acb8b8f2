"""The kinds of data of approvals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stagedoor.connector.clock import Clock
from stagedoor.connector.data_kinds import DataKind, Keep, TextRows
from stagedoor.connector.database import Database, TenantConnection

from . import store
from .models import approvals
from .service import KEEP_SECONDS


def kinds(database: Database, clock: Clock) -> tuple[DataKind, ...]:
    def forget(tenant: TenantConnection, rows: Sequence[Any]) -> None:
        store.erase_these(tenant, [row.id for row in rows], clock.now())

    columns = approvals.c
    texts = (columns.preview, columns.request, columns.note, columns.result, columns.failure)
    rows = TextRows(database, approvals, texts, account=columns.account, forget=forget)
    return (
        DataKind(
            name="approvals",
            words="Calls of agents that wait, or waited, for a person",
            after_removal="They end a week after their answer.",
            keep=Keep(KEEP_SECONDS / 86_400),
            tables=(approvals,),
            find=rows.find,
            erase=rows.erase,
            note="A call that is being made keeps its text until it has ended.",
        ),
    )
