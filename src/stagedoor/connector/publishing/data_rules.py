"""The kinds of data of posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func

from ..clock import Clock
from ..data_kinds import EXPIRE_BATCH, DataKind, Keep, TextRows
from ..database import Database, TenantConnection
from ..media.service import MediaService
from .models import post_steps, posts
from .states import FINAL

_TEXTS = ("text", "photo_title")
_MOST_ACCOUNTS = 50


def kinds(database: Database, clock: Clock, media: MediaService) -> tuple[DataKind, ...]:
    table = posts.c
    ended = table.state.in_([state.value for state in FINAL])
    kept = table.texts_erased.is_(None)

    def forget(tenant: TenantConnection, rows: Sequence[Any]) -> None:
        """Erase texts that name people; the post's states, times, settings and steps stay."""
        for row in rows:
            content = {name: part for name, part in row.content.items() if name not in _TEXTS}
            blank = {"title": "", "username": "", "content": content}
            change = tenant.update(posts).where(table.id == row.id)
            tenant.run(change.values(**blank, texts_erased=clock.now()))
            media.release(tenant, row.id, at_once=True)

    def expire(org: str, before: float) -> bool:
        with database.begin() as connection:
            tenant = TenantConnection(connection, org)
            old = tenant.select(posts).where(kept, ended, table.ended < before)
            rows = tenant.all(old.order_by(table.ended).limit(EXPIRE_BATCH).with_for_update())
            forget(tenant, rows)
        return len(rows) == EXPIRE_BATCH

    def accounts(tenant: TenantConnection, username: str) -> Sequence[str]:
        query = tenant.select(posts, table.integration).distinct().limit(_MOST_ACCOUNTS)
        named = query.where(func.lower(table.username) == username)
        return [row.integration for row in tenant.all(named)]

    columns = (table.title, table.username, table.content)
    shown = TextRows(database, posts, columns, account=table.integration, where=(kept,))
    erased = TextRows(
        database, posts, columns, account=table.integration, where=(kept, ended), forget=forget
    )
    return (
        DataKind(
            name="postTexts",
            words="Titles, captions and the account's name of posts that have ended; that there "
            "was a post, with its times and outcome, stays",
            after_removal="They stay: they are the organisation's own history.",
            keep=Keep(None, 1, 3_650, unlimited=True),
            tables=(
                posts,
                post_steps,
            ),
            expire=expire,
            find=shown.find,
            erase=erased.erase,
            accounts=accounts,
            note="Posts that haven't ended keep their texts: cancel them, and erase again.",
        ),
    )
