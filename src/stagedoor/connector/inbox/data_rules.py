"""The kinds of data of the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from ..clock import Clock
from ..data_kinds import PAGE, DataKind, Keep, Removal, TextRows
from ..database import Database, TenantConnection
from ..integrations.accounts import Kind
from . import store
from .ingest import Comments
from .models import (
    inbox_conversations,
    inbox_messages,
    inbox_news,
    inbox_replies,
    inbox_videos,
)


def kinds(database: Database, comments: Comments, clock: Clock) -> tuple[DataKind, ...]:
    def erase_part(tenant: TenantConnection, integration: str) -> bool:
        return store.erase(tenant, integration, PAGE)

    def expire(org: str, before: float) -> bool:
        with database.begin() as connection:
            return store.expire(TenantConnection(connection, org), before, PAGE)

    def forget(tenant: TenantConnection, rows: Sequence[Any]) -> None:
        account = attrgetter("integration")
        for integration, some in groupby(sorted(rows, key=account), key=account):
            ids = [row.id for row in some]
            # an event would carry the person's name on, of a comment that TikTok still has
            comments.gone(tenant, integration, ids, clock.now(), emits=False)

    table = inbox_messages.c
    texts = (table.text, table.author_username, table.author_name, table.author_id)
    rows = TextRows(
        database, inbox_messages, texts, where=(table.deleted.is_(None),), forget=forget
    )
    return (
        DataKind(
            name="conversations",
            words="Comments on the organisation's videos, with their replies, by the newest message"
            " of a conversation. What was deleted stays away, until somebody writes in it again",
            after_removal="They are deleted.",
            keep=Keep(None, 7, 3_650, unlimited=True),
            tables=(
                inbox_conversations,
                inbox_messages,
                inbox_news,
                inbox_replies,
                inbox_videos,
            ),
            expire=expire,
            removals=(Removal(Kind.ACCOUNT.value, erase_part),),
            find=rows.find,
            erase=rows.erase,
            ids=store.author_ids,
            note="An erased comment's ids stay. A comment that is still at TikTok comes back when "
            "it is read again: delete it there first.",
        ),
    )
