"""Adding due rows, and taking them in leased batches."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..database import Database, Prepared
from ..leases import take_batch, unleased
from .models import due_rows


@dataclass(frozen=True, slots=True)
class Due:
    """A row that is due now."""

    id: str
    kind: str
    ref: str
    attempt: int


_UNLEASED = {"leased_until": None, "leased_by": None}


def _upsert(dialect: Any) -> Any:
    """A single statement, since two processes may be the first to add the same row."""
    names = ("id", "kind", "ref", "due", "attempt")
    new = dialect.insert(due_rows).values({name: bindparam(name) for name in names})
    moved = {name: new.excluded[name] for name in ("id", "due", "attempt")}
    return new.on_conflict_do_update(index_elements=["kind", "ref"], set_=moved | _UNLEASED)


def _insert(dialect: Any) -> Any:
    """Like `_upsert`, but an existing row stays as it is."""
    names = ("id", "kind", "ref", "due", "attempt")
    new = dialect.insert(due_rows).values({name: bindparam(name) for name in names})
    return new.on_conflict_do_nothing(index_elements=["kind", "ref"])


_WAIT = {"sqlite": Prepared(_upsert(sqlite)), "postgresql": Prepared(_upsert(postgresql))}
_WAIT_ONCE = {
    "sqlite": Prepared(_insert(sqlite)),
    "postgresql": Prepared(_insert(postgresql)),
}
_FORGET = Prepared(
    delete(due_rows).where(
        due_rows.c.kind == bindparam("of_kind"), due_rows.c.ref == bindparam("of_ref")
    )
)


def wait(connection: Connection, kind: str, ref: str, due: float, attempt: int = 0) -> str:
    """Schedule `kind` for `ref` at `due`; an existing row is moved. Returns the row's new id."""
    row_id = uuid.uuid4().hex
    row = {"id": row_id, "kind": kind, "ref": ref, "due": due, "attempt": attempt}
    _WAIT[connection.dialect.name].run(connection, row)
    return row_id


def move(connection: Connection, row_id: str, due: float) -> None:
    """Set the due time of a row, unless it was rescheduled since `wait` returned the id."""
    connection.execute(update(due_rows).where(due_rows.c.id == row_id).values(due=due))


def wait_all(connection: Connection, kind: str, refs: Sequence[str], due: float) -> None:
    """Schedule `kind` for each of `refs` at `due`; existing rows are moved."""
    rows = [
        {"id": uuid.uuid4().hex, "kind": kind, "ref": ref, "due": due, "attempt": 0}
        for ref in sorted(refs)
    ]
    _WAIT[connection.dialect.name].run_all(connection, rows)


def wait_once(connection: Connection, kind: str, ref: str, due: float) -> bool:
    """Schedule `kind` for `ref` at `due`; False when a row exists already: it stays as it is."""
    row = {"id": uuid.uuid4().hex, "kind": kind, "ref": ref, "due": due, "attempt": 0}
    return _WAIT_ONCE[connection.dialect.name].run(connection, row) > 0


def forget(connection: Connection, kind: str, ref: str) -> bool:
    """Delete the row; returns whether there was one."""
    return _FORGET.run(connection, {"of_kind": kind, "of_ref": ref}) > 0


def take(
    database: Database,
    worker: str,
    now: float,
    real_now: float,
    seconds: float,
    limit: int,
    without: Collection[str] = (),
) -> list[Due]:
    """Lease up to `limit` due rows, none of them of a kind in `without`. Other workers don't get
    them during the lease."""
    where = [due_rows.c.due <= now]
    if without:
        where.append(due_rows.c.kind.not_in(without))
    due = select(due_rows.c.id).where(*where, unleased(due_rows, real_now)).limit(1)
    with database.read() as connection:
        if connection.execute(due).first() is None:
            return []
    with database.begin() as connection:
        ids = take_batch(
            connection,
            due_rows,
            *where,
            order_by=[due_rows.c.due],
            limit=limit,
            real_now=real_now,
            seconds=seconds,
            leased_by=worker,
        )
        if not ids:
            return []
        columns = (due_rows.c.id, due_rows.c.kind, due_rows.c.ref, due_rows.c.attempt)
        rows = connection.execute(select(*columns).where(due_rows.c.id.in_(ids)))
        return [Due(*row) for row in rows]


def done(database: Database, ids: Sequence[str]) -> None:
    """Delete rows that the engine has now. A row that was moved meanwhile has a new id and
    stays."""
    with database.begin() as connection:
        connection.execute(delete(due_rows).where(due_rows.c.id.in_(ids)))


def free(connection: Connection, holders: Sequence[str]) -> int:
    """End the leases of dead workers; returns the number of rows."""
    theirs = update(due_rows).where(due_rows.c.leased_by.in_(holders))
    return connection.execute(theirs.values(**_UNLEASED)).rowcount
