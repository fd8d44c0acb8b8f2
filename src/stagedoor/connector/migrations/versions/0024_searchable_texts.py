"""Texts for searches in the form that searches compare: NFKC of the case-folded text."""

from __future__ import annotations

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_BATCH = 500
_KEYS = {
    "activity_videos": ("org", "id", "integration"),
    "inbox_conversations": ("org", "id"),
}


def _normal(folded: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())


def upgrade() -> None:
    for name, key in _KEYS.items():
        _rewrite(sa.table(name, *map(sa.column, key), sa.column("folded")), key)


def _rewrite(table: Any, key: tuple[str, ...]) -> None:
    columns = [table.c[name] for name in key]
    change = (
        sa.update(table)
        .where(*(table.c[name] == sa.bindparam(f"the_{name}") for name in key))
        .values(folded=sa.bindparam("text"))
    )
    after: tuple[Any, ...] | None = None
    while True:
        query = sa.select(*columns, table.c.folded).order_by(*columns).limit(_BATCH)
        if after is not None:
            query = query.where(sa.tuple_(*columns) > sa.tuple_(*map(sa.literal, after)))
        rows = op.get_bind().execute(query).all()
        changed = [
            {**{f"the_{name}": getattr(row, name) for name in key}, "text": text}
            for row in rows
            if (text := _normal(row.folded)) != row.folded
        ]
        if changed:
            op.get_bind().execute(change, changed)
        if len(rows) < _BATCH:
            return
        after = tuple(rows[-1])[: len(key)]
