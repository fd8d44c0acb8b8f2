"""The audit in the database. There is no statement that changes or deletes an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam

from stagedoor.connector.database import MINE, ORG, Asked, Prepared, Scope

from . import chain
from .entry import Kind
from .models import audit_entries, audit_heads, audit_texts

_HEAD = MINE.select(audit_heads)
_LOCKED = Prepared(
    MINE.select(
        audit_heads, audit_heads.c.seq, audit_heads.c.hash, audit_heads.c.mac
    ).with_for_update()
)
_ENTRY = MINE.insert_of(audit_entries, *(name for name in (*chain.FIELDS, "hash") if name != ORG))
_BESIDE = MINE.insert_of(audit_texts, "seq", "salt", "text")
_MOVE = MINE.update(audit_heads).values(
    seq=bindparam("new_seq"), hash=bindparam("new_hash"), mac=bindparam("new_mac")
)
_PREPARED = Prepared(_ENTRY), Prepared(_BESIDE), Prepared(_MOVE)
_outcomes = audit_entries.alias("outcomes")
_DECISIONS = MINE.select(
    audit_entries,
    audit_entries,
    audit_texts.c.text,
    audit_texts.c.erased_by,
    _outcomes.c.outcome.label("its_outcome"),
    _outcomes.c.log_id.label("its_log_id"),
).select_from(
    audit_entries.outerjoin(
        audit_texts,
        (audit_texts.c.org == audit_entries.c.org) & (audit_texts.c.seq == audit_entries.c.seq),
    ).outerjoin(
        _outcomes,
        (_outcomes.c.org == audit_entries.c.org) & (_outcomes.c.about == audit_entries.c.seq),
    )
)
_STRETCH = (
    MINE.select(audit_entries, audit_entries, audit_texts.c.salt, audit_texts.c.text)
    .add_columns(audit_texts.c.erased_by, audit_texts.c.seq.label("text_seq"))
    .select_from(
        audit_entries.outerjoin(
            audit_texts,
            (audit_texts.c.org == audit_entries.c.org) & (audit_texts.c.seq == audit_entries.c.seq),
        )
    )
    .where(audit_entries.c.seq > bindparam("after"), audit_entries.c.seq <= bindparam("until"))
    .order_by(audit_entries.c.seq)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which decisions are wanted; what is None doesn't matter. Times are Unix seconds."""

    agent: str | None = None
    account: str | None = None
    operation: str | None = None
    resource: str | None = None
    decision: str | None = None
    since: float | None = None
    until: float | None = None
    words: str | None = None
    """Part of the sentence."""


def head(scope: Scope) -> Row[Any] | None:
    """Where the chain ends."""
    return scope.one(_HEAD)


def lock(scope: Scope) -> Asked:
    """Seq, hash and mac of the end; nobody else moves it until the transaction ends."""
    return _LOCKED.ask(scope.connection, scope.given({}))


def begin(scope: Scope, **values: Any) -> None:
    """The start of a chain, unless it has begun."""
    scope.insert_new(audit_heads, [values])


def append(
    scope: Scope, entry: Mapping[str, Any], text: Mapping[str, Any] | None, mac: str
) -> None:
    """Put an entry at the end, its text beside it, and move the end."""
    values = scope.given({**entry, **(text or {})})
    values |= {"new_seq": entry["seq"], "new_hash": entry["hash"], "new_mac": mac}
    one, beside, move = _PREPARED
    one.run(scope.connection, values)
    if text is not None:
        beside.run(scope.connection, values)
    move.run(scope.connection, values)


def entry(scope: Scope, seq: int) -> Row[Any] | None:
    return scope.one(scope.select(audit_entries).where(audit_entries.c.seq == seq))


def stretch(scope: Scope, after: int, until: int, most: int) -> Sequence[Row[Any]]:
    """Entries in their order, with the texts beside them."""
    return scope.all(_STRETCH, after=after, until=until, most=most)


def decisions(
    scope: Scope, wanted: Filter, before: int, floor: int, limit: int
) -> Sequence[Row[Any]]:
    """Newest first, from before the seq `before` down to `floor`."""
    query = _DECISIONS.where(
        audit_entries.c.kind == Kind.DECISION.value,
        audit_entries.c.seq < bindparam("before"),
        audit_entries.c.seq >= bindparam("floor"),
        *_conditions(wanted),
    )
    newest = query.order_by(audit_entries.c.seq.desc()).limit(limit)
    return scope.all(newest, before=before, floor=floor)


def entries_after(scope: Scope, after: int, limit: int) -> Sequence[Row[Any]]:
    """Decisions and outcomes in the order in which they came."""
    told = audit_entries.c.kind.in_([Kind.DECISION.value, Kind.OUTCOME.value])
    query = _DECISIONS.where(audit_entries.c.seq > bindparam("after"), told)
    return scope.all(query.order_by(audit_entries.c.seq).limit(limit), after=after)


def _conditions(wanted: Filter) -> list[Any]:
    columns = audit_entries.c
    found: list[Any] = [
        columns[name] == value
        for name in ("agent", "account", "operation", "resource", "decision")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.since is not None:
        found.append(columns.at >= wanted.since)
    if wanted.until is not None:
        found.append(columns.at < wanted.until)
    if wanted.words is not None:
        found.append(audit_texts.c.text.icontains(wanted.words, autoescape=True))
    return found


def names(scope: Scope, account: str) -> bool:
    """Whether any entry is of this account."""
    query = scope.select(audit_entries, audit_entries.c.seq)
    return bool(scope.all(query.where(audit_entries.c.account == account).limit(1)))


def erase(scope: Scope, account: str | None, by: int) -> int:
    """Empty the texts before the entry `by`; how many it were."""
    mine = scope.update(audit_texts).where(
        audit_texts.c.seq < by, audit_texts.c.erased_by.is_(None)
    )
    if account is not None:
        its = scope.select(audit_entries, audit_entries.c.seq)
        its = its.where(audit_entries.c.account == account, audit_entries.c.seq < by)
        mine = mine.where(audit_texts.c.seq.in_(its))
    return scope.run(mine.values(salt=None, text=None, erased_by=by))
