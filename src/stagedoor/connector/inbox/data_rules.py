"""The kinds of data of the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from ..clock import Clock
from ..data_kinds import PAGE, Batch, DataKind, DataSubject, Keep, Removal, TextRows
from ..database import Database, TenantConnection
from ..integrations.accounts import CredentialKind
from . import store
from .erased import ErasedComments
from .ingest import CommentIngest
from .models import (
    inbox_conversations,
    inbox_erased,
    inbox_messages,
    inbox_news,
    inbox_replies,
    inbox_videos,
)


def kinds(
    database: Database, comments: CommentIngest, erased: ErasedComments, clock: Clock
) -> tuple[DataKind, ...]:
    def erase_part(tenant: TenantConnection, integration: str) -> bool:
        return store.erase(tenant, integration, PAGE)

    def expire(org: str, before: float) -> bool:
        with database.begin() as connection:
            return store.expire(TenantConnection(connection, org), before, PAGE)

    def forget(tenant: TenantConnection, rows: Sequence[Any]) -> None:
        account = attrgetter("integration")
        for integration, some in groupby(sorted(rows, key=account), key=account):
            ids = [row.id for row in some]
            comments.gone(tenant, integration, ids, clock.now(), erased=True)

    def erase(org: str, person: DataSubject, after: str | None) -> Batch:
        if after is None:
            with database.begin() as connection:
                erased.add_person(TenantConnection(connection, org), person, clock.now())
        return rows.erase(org, person, after)

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
                inbox_erased,
                inbox_messages,
                inbox_news,
                inbox_replies,
                inbox_videos,
            ),
            expire=expire,
            removals=(Removal(CredentialKind.ACCOUNT.value, erase_part),),
            find=rows.find,
            erase=erase,
            ids=store.author_ids,
            note="TikTok still has an erased comment, and it isn't kept again: its ids stay, and "
            "keyed digests of the person's. What the person writes later is kept.",
        ),
    )
