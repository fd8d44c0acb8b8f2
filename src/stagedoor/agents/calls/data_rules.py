"""The kinds of data of agents' calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stagedoor.connector.data_kinds import DataKind, Keep, TextRows
from stagedoor.connector.database import Database, TenantConnection

from . import store
from .models import agent_post_claims, agent_uploads
from .uploads import FORGET_SECONDS


def kinds(database: Database) -> tuple[DataKind, ...]:
    def forget(tenant: TenantConnection, rows: Sequence[Any]) -> None:
        store.remove_uploads(tenant, [row.subject for row in rows])

    def expire(org: str, before: float) -> bool:
        with database.begin() as connection:
            store.forget_uploads(TenantConnection(connection, org), before)
        return False

    columns = agent_uploads.c
    rows = TextRows(database, agent_uploads, (columns.request,), key=columns.subject, forget=forget)
    return (
        DataKind(
            name="agentUploads",
            words="Calls of agents whose file is still to come, or came",
            after_removal="They stay for as long as others.",
            keep=Keep(FORGET_SECONDS / 86_400),
            tables=(agent_uploads, agent_post_claims),
            expire=expire,
            find=rows.find,
            erase=rows.erase,
            note="An erased call makes no post any more: the file is refused.",
        ),
    )
