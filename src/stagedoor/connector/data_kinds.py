"""Declaring the kinds of data that a domain keeps: how long, and how a person's are found and
erased.

A domain's module `data_rules` has a function `kinds`, whose parameters are injected by their types
and which returns its `DataKind` values. The use case `data_rules` acts by them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Table, Text, cast, or_

from .database import Database, TenantConnection

PAGE = 200
"""Rows that are read in one batch."""
EXPIRE_BATCH = 500
_SAMPLE_LENGTH = 200


@dataclass(frozen=True)
class DataSubject:
    """A person at TikTok, by every name that is known of them."""

    username: str | None
    """In lower case, without @."""
    ids: tuple[str, ...]
    """Open ids and user ids."""
    accounts: tuple[str, ...] = ()
    """The ids of the organisation's accounts, present and former ones, that are the person's."""
    by: str = ""
    """The user who asks for an erasure."""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that identifies the person in a text."""
        return (*([self.username] if self.username else []), *self.ids, *self.accounts)

    def named_in(self, *values: object) -> bool:
        """Whether a text among the values, or within their JSON, names the person: as a whole word,
        in any case."""
        return any(self._pattern.search(text) for value in values for text in _texts(value))

    def erased_from(self, value: Any) -> Any:
        """The JSON value without the names that `named_in` finds; its structure stays."""
        if isinstance(value, str):
            if value[:1] in ("{", "["):
                try:
                    return json.dumps(self.erased_from(json.loads(value)), ensure_ascii=False)
                except (ValueError, RecursionError):
                    pass
            return self._pattern.sub("", value)
        if isinstance(value, dict):
            return {
                self._pattern.sub("", name): self.erased_from(one) for name, one in value.items()
            }
        if isinstance(value, list):
            return [self.erased_from(one) for one in value]
        return value

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = "|".join(re.escape(name) for name in self.names)
        return re.compile(rf"(?<![\w.])(?:{names})(?!\w|\.\w)", re.IGNORECASE)

    def maybe_in(self, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a column contains a name at all: `named_in` then looks for whole words."""
        return or_(
            *(
                cast(column, Text).icontains(name, autoescape=True)
                for column in columns
                for name in self.names
            )
        )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value[:1] in ("{", "["):
            try:
                yield from _texts(json.loads(value))
            except (ValueError, RecursionError):
                yield value
        else:
            yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield str(name)
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece of a person's data, for people to look at."""

    id: str
    text: str

    @classmethod
    def of(cls, sample_id: object, text: object) -> Sample:
        return cls(str(sample_id), str(text)[:_SAMPLE_LENGTH])


@dataclass(frozen=True, slots=True)
class Batch:
    """The finds or erasures of a bounded step; `after` None: it was the last one."""

    count: int
    samples: tuple[Sample, ...] = ()
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """How long data is kept, in days; None: for as long as the organisation has it."""

    default: float | None
    least: int | None = None
    most: int | None = None
    """The allowed range; None: it can't be set."""
    unlimited: bool = False
    """Whether it may be set to None."""

    @property
    def fixed(self) -> bool:
        return self.least is None

    def allows(self, days: float | None) -> bool:
        if self.least is None or self.most is None:
            return days == self.default
        return self.unlimited if days is None else self.least <= days <= self.most


@dataclass(frozen=True, slots=True)
class Removal:
    """Deletion after the authorization of an account was removed, or the account given up.

    `part` deletes a bounded part of what was kept of the account (by its id), in the caller's
    transaction, and returns whether anything may be left.
    """

    credential: str
    """The kind of the credential whose end deletes the data: creator, businessAccount or ads."""
    part: Callable[[TenantConnection, str], bool]


Expire = Callable[[str, float], bool]
"""Delete a batch of an organisation's data that is older than a time; returns whether more may be
left. Opens its own transaction."""
OfPerson = Callable[[str, DataSubject, str | None], Batch]
"""Find, or erase, a batch of a person's data of an organisation, after the last batch's `after`.
Opens its own transaction. To erase what was erased already does nothing."""


@dataclass(frozen=True, slots=True)
class DataKind:
    """A kind of data that a domain keeps."""

    name: str
    """The name in the API, in camelCase."""
    words: str
    """A description of the data."""
    after_removal: str
    """Its fate when the authorization of an account is removed."""
    keep: Keep
    tables: tuple[Table, ...]
    """The tables that hold it; a test finds tables of organisations that no kind names."""
    expire: Expire | None = None
    """None: it is kept without end, or the domain deletes it by itself."""
    removals: tuple[Removal, ...] = ()
    find: OfPerson | None = None
    erase: OfPerson | None = None
    accounts: Callable[[TenantConnection, str], Sequence[str]] | None = None
    """Former accounts of a person, by username."""
    ids: Callable[[TenantConnection, str], Sequence[str]] | None = None
    """TikTok's ids of a person, by username: other kinds may know the person by them alone."""
    note: str | None = None
    """A note on this kind in an answer about a person, such as why nothing is searched."""


class TextRows:
    """Rows of one table whose texts may name a person, by their ids."""

    def __init__(
        self,
        database: Database,
        table: Table,
        texts: Sequence[Column[Any]],
        *,
        key: Column[Any] | None = None,
        account: Column[Any] | None = None,
        where: Sequence[ColumnElement[bool]] = (),
        forget: Callable[[TenantConnection, Sequence[Row[Any]]], None] | None = None,
        names_only: bool = False,
    ) -> None:
        """The first of `texts` is shown as a sample. `key` is the column of the ids, if it isn't
        `id`. `account` holds the id of the account that a row is about. `forget` erases a batch;
        with `names_only` the person's names go from the texts; else the rows are deleted.
        """
        self._database = database
        self._table = table
        self._key = table.c.id if key is None else key
        self._texts = tuple(texts)
        self._account = account
        self._where = tuple(where)
        self._forget = forget
        self._names_only = names_only

    def find(self, org: str, person: DataSubject, after: str | None) -> Batch:
        with self._database.read() as connection:
            return self._page(TenantConnection(connection, org), person, after)[0]

    def erase(self, org: str, person: DataSubject, after: str | None) -> Batch:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            batch, rows = self._page(tenant, person, after, lock=True)
            if rows and self._forget is not None:
                self._forget(tenant, rows)
            elif self._names_only:
                self._erase_names(tenant, person, rows)
            elif rows:
                mine = self._key.in_([self._id(row) for row in rows])
                tenant.run(tenant.delete(self._table).where(mine))
        return batch

    def _erase_names(
        self, tenant: TenantConnection, person: DataSubject, rows: Sequence[Row[Any]]
    ) -> None:
        for row in rows:
            texts = {one.name: getattr(row, one.name) for one in self._texts}
            values = {name: person.erased_from(text) for name, text in texts.items()}
            change = tenant.update(self._table).where(self._key == self._id(row))
            tenant.run(change.values(**values))

    def _page(
        self, tenant: TenantConnection, person: DataSubject, after: str | None, lock: bool = False
    ) -> tuple[Batch, list[Row[Any]]]:
        key = self._key
        maybe = person.maybe_in(*self._texts)
        if self._account is not None:
            maybe = or_(self._account.in_(person.accounts), maybe)
        query = tenant.select(self._table).where(maybe, *self._where).order_by(key).limit(PAGE)
        if after is not None:
            query = query.where(key > key.type.python_type(after))
        rows = tenant.all(query.with_for_update() if lock else query)
        found = [row for row in rows if self._is_of(row, person)]
        samples = tuple(
            Sample.of(self._id(row), getattr(row, self._texts[0].name)) for row in found
        )
        last = str(self._id(rows[-1])) if len(rows) == PAGE else None
        return Batch(len(found), samples, last), found

    def _id(self, row: Row[Any]) -> Any:
        return getattr(row, self._key.name)

    def _is_of(self, row: Row[Any], person: DataSubject) -> bool:
        if self._account is not None and getattr(row, self._account.name) in person.accounts:
            return True
        return person.named_in(*(getattr(row, column.name) for column in self._texts))


def expire_rows(
    database: Database, table: Table, at: Column[Any], *where: ColumnElement[bool]
) -> Expire:
    """Delete rows by their time, the oldest first."""

    def expire(org: str, before: float) -> bool:
        with database.begin() as connection:
            tenant = TenantConnection(connection, org)
            old = tenant.select(table, table.c.id).where(at < before, *where)
            ids = [row.id for row in tenant.all(old.order_by(at).limit(EXPIRE_BATCH))]
            if ids:
                tenant.run(tenant.delete(table).where(table.c.id.in_(ids)))
        return len(ids) == EXPIRE_BATCH

    return expire
