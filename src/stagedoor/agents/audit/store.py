"""Queries of the audit. No statement changes or deletes an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    Row,
    Select,
    Table,
    Update,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.exc import IntegrityError

from stagedoor.connector.data_kinds import DataSubject
from stagedoor.connector.database import OF_TENANT, ORG, Prepared, TenantConnection, rows_of_all

from . import chain
from .entry import BY_PEOPLE, EntryKind
from .models import MOVED, audit_ends, audit_entries, audit_heads, audit_texts

_HEAD = OF_TENANT.select(audit_heads)
_MOVE = OF_TENANT.update(audit_heads).values(
    seq=bindparam("new_seq"), hash=bindparam("new_hash"), mac=bindparam("new_mac")
)
_LOCKED = Prepared(
    OF_TENANT.select(
        audit_heads, audit_heads.c.seq, audit_heads.c.hash, audit_heads.c.mac
    ).with_for_update()
)
MAX_READ = 2 << 20
"""Bytes of texts in one read: rows of older versions have no bound of their own."""
_ENTRY = (*(name for name in chain.FIELDS if name != ORG), "hash")
_BESIDE = ("seq", "salt", "text")
_outcomes = audit_entries.alias("outcomes")
_words = audit_texts.alias("words")
_DECISIONS = OF_TENANT.select(
    audit_entries,
    audit_entries,
    audit_texts.c.text,
    audit_texts.c.erased_by,
    _outcomes.c.outcome.label("its_outcome"),
    _outcomes.c.log_id.label("its_log_id"),
    _words.c.text.label("its_text"),
).select_from(
    audit_entries.outerjoin(
        audit_texts,
        (audit_texts.c.org == audit_entries.c.org) & (audit_texts.c.seq == audit_entries.c.seq),
    )
    .outerjoin(
        _outcomes,
        (_outcomes.c.org == audit_entries.c.org) & (_outcomes.c.about == audit_entries.c.seq),
    )
    .outerjoin(_words, (_words.c.org == _outcomes.c.org) & (_words.c.seq == _outcomes.c.seq))
)
_STRETCH = (
    OF_TENANT.select(audit_entries, audit_entries, audit_texts.c.salt, audit_texts.c.text)
    .add_columns(audit_texts.c.erased_by, audit_texts.c.seq.label("text_seq"))
    .select_from(
        audit_entries.outerjoin(
            audit_texts,
            (audit_texts.c.org == audit_entries.c.org) & (audit_texts.c.seq == audit_entries.c.seq),
        )
    )
    .where(audit_entries.c.seq > bindparam("after"), audit_entries.c.seq <= bindparam("until"))
    .order_by(audit_entries.c.seq)
)
_SIZE = func.coalesce(func.length(audit_texts.c.text), 0)
_SIZES = OF_TENANT.select(audit_entries, audit_entries.c.seq, _SIZE).select_from(
    audit_entries.outerjoin(
        audit_texts,
        (audit_texts.c.org == audit_entries.c.org) & (audit_texts.c.seq == audit_entries.c.seq),
    )
)
"""Sizes of a page's rows, read before the page itself."""
_BY_PEOPLE = tuple(kind.value for kind in BY_PEOPLE)
_TOLD = audit_entries.c.kind.in_(
    [EntryKind.DECISION.value, EntryKind.OUTCOME.value, EntryKind.APPROVAL.value, *_BY_PEOPLE]
)


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """The decisions to find; None matches everything. Times are Unix seconds."""

    agent: str | None = None
    account: str | None = None
    operation: str | None = None
    resource: str | None = None
    decision: str | None = None
    since: float | None = None
    until: float | None = None
    words: str | None = None
    """A part of one of the texts, in any case: `search` finds it."""
    agents: bool = True
    """Include decisions on calls of agents."""
    people: bool = False
    """Include what people did: changes of agents, erasures, and all else."""

    @property
    def kinds(self) -> list[str]:
        by_agents = [EntryKind.DECISION.value] if self.agents else []
        return [*by_agents, *(_BY_PEOPLE if self.people else ())]


def head(tenant: TenantConnection) -> Row[Any] | None:
    """Return the chain head's row."""
    return tenant.one(_HEAD)


def heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """Return seq and hash of each organisation's chain head, for the witness."""
    rows = rows_of_all(connection, audit_heads, audit_heads.c.seq, audit_heads.c.hash)
    return {str(row.org): (int(row.seq), str(row.hash)) for row in rows}


def locked(tenant: TenantConnection) -> tuple[int, str, str] | None:
    """Return seq, hash and MAC of the chain head, locked until the end of the transaction."""
    row = _LOCKED.one(tenant.connection, tenant.parameters({}))
    return None if row is None else (row[0], row[1], row[2])


def begin(tenant: TenantConnection, **values: Any) -> None:
    """Insert the chain's head unless it exists."""
    tenant.insert_new(audit_heads, [values])


def renew(tenant: TenantConnection, mac: str, key: str) -> None:
    """Store a new key, and the MAC of the head by it."""
    tenant.run(tenant.update(audit_heads).values(mac=mac, key=key))


class EntryAppender:
    """Appends an entry with its text, and with the change `along` of a window.

    All of it is one statement, which writes nothing if the chain head has moved.
    """

    def __init__(self, along: Update | None = None) -> None:
        self._unset = dict.fromkeys(_ALONG)
        if along is not None:
            for name in along.compile().params:
                self._unset.pop(name, None)
        self._at_once = Prepared(_at_once(along))

    def run(self, tenant: TenantConnection, values: Mapping[str, Any]) -> bool:
        """Append; `values` are the parameters of all parts. False: the chain head has moved."""
        if values.get("text") is None:
            # an entry without a text is written only while the chain head is locked
            given = tenant.parameters(values)
            for one in _WITHOUT_TEXT:
                one.run(tenant.connection, given)
            return True
        if tenant.connection.dialect.name != "sqlite":
            return self._at_once.one(tenant.connection, tenant.parameters(values)) is not None
        try:
            _BY_VIEW.run(tenant.connection, tenant.parameters({**values, **self._unset}))
        except IntegrityError as error:
            if MOVED not in str(error.orig):
                raise
            return False
        return True


def _at_once(along: Update | None) -> Select[Any]:
    """Build the statement: insert only if the chain head is unchanged, waiting for its row lock."""
    moved = _MOVE.where(audit_heads.c.seq == bindparam("before")).returning(audit_heads.c.org)
    end = moved.cte("moved")

    def put(table: Table, names: Sequence[str]) -> Insert:
        values = [bindparam(name, type_=table.c[name].type) for name in names]
        return table.insert().from_select([ORG, *names], select(end.c.org, *values))

    parts = [put(audit_entries, _ENTRY), put(audit_texts, _BESIDE)]
    changes = [] if along is None else [along.where(exists(select(end.c.org)))]
    return select(end.c.org).add_cte(
        *(one.cte(f"part{number}") for number, one in enumerate([*parts, *changes]))
    )


_ALONG = ("window", "new_places", "new_idle_at")
_BY_VIEW = Prepared(OF_TENANT.insert_of(audit_ends, *(set(audit_ends.c.keys()) - {ORG})))
_WITHOUT_TEXT = (Prepared(OF_TENANT.insert_of(audit_entries, *_ENTRY)), Prepared(_MOVE))
APPEND = EntryAppender()
_ENTRIES = Prepared(OF_TENANT.insert_of(audit_entries, *_ENTRY))
_TEXTS = Prepared(OF_TENANT.insert_of(audit_texts, *_BESIDE))
_END = Prepared(_MOVE)


def append_all(
    tenant: TenantConnection, entries: Sequence[Mapping[str, Any]], moved: Mapping[str, Any]
) -> None:
    """Append a batch after a locked chain head."""
    connection = tenant.connection
    _ENTRIES.run_all(connection, [tenant.parameters(entry) for entry in entries])
    _TEXTS.run_all(connection, [tenant.parameters(entry) for entry in entries if "text" in entry])
    _END.run(connection, tenant.parameters(moved))


def entry(tenant: TenantConnection, seq: int) -> Row[Any] | None:
    return tenant.one(tenant.select(audit_entries).where(audit_entries.c.seq == seq))


def stretch(tenant: TenantConnection, after: int, until: int) -> Sequence[Row[Any]]:
    """Return a stretch of entries in order, with their texts."""
    return tenant.all(_STRETCH, after=after, until=until)


def sizes_between(
    tenant: TenantConnection, after: int, until: int, most: int
) -> Sequence[tuple[int, int]]:
    """Return seq and text length of the first entries of a stretch."""
    query = _SIZES.where(
        audit_entries.c.seq > bindparam("after"), audit_entries.c.seq <= bindparam("until")
    )
    found = tenant.all(query.order_by(audit_entries.c.seq).limit(most), after=after, until=until)
    return [(row[0], row[1]) for row in found]


def sizes(
    tenant: TenantConnection, wanted: EntryFilter, before: int, floor: int, limit: int
) -> Sequence[tuple[int, int]]:
    """Return seq and text length of the decisions that the filter wants, newest first."""
    newest = _filtered(_SIZES, wanted).order_by(audit_entries.c.seq.desc()).limit(limit)
    return [(row[0], row[1]) for row in tenant.all(newest, before=before, floor=floor)]


def sizes_after(tenant: TenantConnection, after: int, limit: int) -> Sequence[tuple[int, int]]:
    """Return seq and text length of the rows that `entries_after` would return."""
    query = _SIZES.where(audit_entries.c.seq > bindparam("after"), _TOLD)
    found = tenant.all(query.order_by(audit_entries.c.seq).limit(limit), after=after)
    return [(row[0], row[1]) for row in found]


def fitting(sizes: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The first entries (seq and length of the text) of one read: at least one, up to
    `MAX_READ`."""
    taken = 0
    for number, (_, size) in enumerate(sizes):
        taken += size
        if taken > MAX_READ and number:
            return sizes[:number]
    return sizes


def decisions_of(tenant: TenantConnection, seqs: Sequence[int]) -> Sequence[Row[Any]]:
    """Return these decisions, newest first."""
    query = _DECISIONS.where(audit_entries.c.seq.in_(seqs))
    return tenant.all(query.order_by(audit_entries.c.seq.desc()))


def texts(tenant: TenantConnection, seqs: Sequence[int]) -> dict[int, str]:
    """Return the texts of these entries, without those that have none."""
    query = tenant.select(audit_texts, audit_texts.c.seq, audit_texts.c.text)
    query = query.where(audit_texts.c.seq.in_(seqs), audit_texts.c.text.is_not(None))
    return {row.seq: row.text for row in tenant.all(query)}


def _filtered(query: Select[Any], wanted: EntryFilter) -> Select[Any]:
    return query.where(
        audit_entries.c.kind.in_(wanted.kinds),
        audit_entries.c.seq < bindparam("before"),
        audit_entries.c.seq >= bindparam("floor"),
        *_conditions(wanted),
    )


def entries_after(tenant: TenantConnection, after: int, until: int) -> Sequence[Row[Any]]:
    """Return decisions, outcomes, verdicts and changes in the order of seq."""
    query = _DECISIONS.where(
        audit_entries.c.seq > bindparam("after"), audit_entries.c.seq <= bindparam("until"), _TOLD
    )
    return tenant.all(query.order_by(audit_entries.c.seq), after=after, until=until)


def _conditions(wanted: EntryFilter) -> list[Any]:
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
    return found


def names(tenant: TenantConnection, account: str) -> bool:
    """Whether any entry names this account."""
    query = tenant.select(audit_entries, audit_entries.c.seq)
    return bool(tenant.all(query.where(audit_entries.c.account == account).limit(1)))


def texts_before(tenant: TenantConnection, at: float, limit: int) -> list[int]:
    """The entries that are older than `at` and have a text, the oldest first."""
    query = _text_query(tenant, (audit_entries.c.seq,), audit_entries.c.at < at, None, limit)
    return [int(row.seq) for row in tenant.all(query)]


def texts_naming(
    tenant: TenantConnection, person: DataSubject, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Entries (seq, account, text) after `after` that may be about a person, the oldest first."""
    columns = (audit_entries.c.seq, audit_entries.c.account, audit_texts.c.text)
    maybe = or_(audit_entries.c.account.in_(person.accounts), person.maybe_in(audit_texts.c.text))
    return tenant.all(_text_query(tenant, columns, maybe, after, limit))


def _text_query(
    tenant: TenantConnection, columns: Sequence[Any], where: Any, after: int | None, limit: int
) -> Select[Any]:
    query = (
        tenant.select(audit_texts, *columns)
        .join(
            audit_entries,
            (audit_entries.c.org == audit_texts.c.org) & (audit_entries.c.seq == audit_texts.c.seq),
        )
        .where(audit_texts.c.erased_by.is_(None), where)
        .order_by(audit_texts.c.seq)
        .limit(limit)
    )
    return query if after is None else query.where(audit_texts.c.seq > after)


def erase_these(tenant: TenantConnection, seqs: Sequence[int], by: int) -> int:
    """Erase the texts of these entries, before the entry `by`. Returns how many."""
    mine = tenant.update(audit_texts).where(
        audit_texts.c.seq.in_(seqs), audit_texts.c.seq < by, audit_texts.c.erased_by.is_(None)
    )
    return tenant.run(mine.values(salt=None, text=None, erased_by=by))


def erase(tenant: TenantConnection, account: str | None, by: int) -> int:
    """Erase the texts before the entry `by`. Returns how many."""
    mine = tenant.update(audit_texts).where(
        audit_texts.c.seq < by, audit_texts.c.erased_by.is_(None)
    )
    if account is not None:
        its = tenant.select(audit_entries, audit_entries.c.seq)
        its = its.where(audit_entries.c.account == account, audit_entries.c.seq < by)
        mine = mine.where(audit_texts.c.seq.in_(its))
    return tenant.run(mine.values(salt=None, text=None, erased_by=by))
