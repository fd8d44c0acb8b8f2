"""Which accounts a name may mean, in one statement: each call asks."""

from __future__ import annotations

from sqlalchemy import bindparam, func, or_

from stagedoor.connector.database import MINE, Prepared, Scope
from stagedoor.connector.integrations.models import grants, integrations

_NAMED = Prepared(
    MINE.select(integrations, integrations.c.id)
    .join(grants, grants.c.id == integrations.c.grant_id)
    .where(
        or_(
            integrations.c.id == bindparam("name"),
            func.lower(grants.c.username) == bindparam("handle"),
        )
    )
    .order_by(integrations.c.id)
)
_ENDS = Prepared(
    MINE.select(integrations, func.min(integrations.c.id), func.max(integrations.c.id))
)


def named(scope: Scope, name: str) -> str | None:
    """The account of this id or handle."""
    row = _NAMED.one(scope.connection, scope.given({"name": name, "handle": name.lower()}))
    return None if row is None else str(row[0])


def only(scope: Scope) -> str | None:
    """The account, where there is one and no other."""
    row = _ENDS.one(scope.connection, scope.given({}))
    return None if row is None or row[0] is None or row[0] != row[1] else str(row[0])
