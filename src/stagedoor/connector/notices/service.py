"""Telling an organisation's admins what needs them: a row, and a line in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..clock import Clock
from ..database import Database, Scope
from . import store

logger = logging.getLogger("stagedoor.notices")


@dataclass(frozen=True, slots=True)
class Notice:
    """`kind` is dotted (`integration.expired`), `subject` the id of what it is about."""

    id: str
    kind: str
    subject: str
    message: str
    detail: Any
    at: float
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class Page:
    notices: Sequence[Notice]
    next_cursor: str | None


class Notices:
    """Organisations' notices."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._followed: dict[str, list[Callable[[Scope, str], object]]] = {}
        self.links: dict[str, Callable[[str, str], str]] = {}
        """By kind: from organisation and subject to where one can do something about it. Made
        when a notice is read: such an address may be a secret, and is stored nowhere."""

    def followed_by(self, kind: str, act: Callable[[Scope, str], object]) -> None:
        """Have `act` called, with the subject, in the transaction of each notice of this kind."""
        self._followed.setdefault(kind, []).append(act)

    def follow(self, scope: Scope, kind: str, subject: str) -> None:
        """What follows a notice of this kind, also where there is no notice."""
        for act in self._followed.get(kind, ()):
            act(scope, subject)

    def link(self, org: str, notice: Notice) -> str | None:
        make = self.links.get(notice.kind)
        return None if make is None else make(org, notice.subject)

    def tell(self, scope: Scope, kind: str, subject: str, message: str, detail: Any = None) -> str:
        """Write a notice in the caller's transaction; its id. No secret may be in any of it."""
        notice = store.add(
            scope,
            self._clock.now(),
            kind=kind,
            subject=subject,
            message=message,
            detail=detail,
        )
        logger.warning(
            message,
            extra={"notice": notice, "kind": kind, "org": scope.org, "subject": subject},
        )
        self.follow(scope, kind, subject)
        return notice

    def page(self, org: str, cursor: str | None = None, limit: int = 50) -> Page:
        """Newest first; `cursor` is the last page's `next_cursor`."""
        with self._database.read() as connection:
            rows = store.page(Scope(connection, org), cursor, limit + 1)
        listed = [
            Notice(row.id, row.kind, row.subject, row.message, row.detail, row.at)
            for row in rows[:limit]
        ]
        return Page(listed, listed[-1].id if len(rows) > limit else None)
