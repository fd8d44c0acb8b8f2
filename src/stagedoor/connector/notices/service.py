"""Notifying an organisation's admins of problems: a row, and a line in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..clock import Clock
from ..database import Database, TenantConnection
from ..event_types import EventType
from ..pages import Page, identified
from . import store

logger = logging.getLogger("stagedoor.notices")

Follower = Callable[["Notices", TenantConnection, str, Any], object]
"""Called with the subject and the detail of a notice."""
Link = Callable[[str, str], str]
Told = Callable[[TenantConnection, "Notice"], object]


_KNOWN = {one.value: one for one in EventType}
"""A notice of an earlier version may be of a kind that isn't declared any more."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`kind` is dotted (`integration.expired`), `subject` the id of the object that the notice is
    about."""

    id: str
    kind: str
    subject: str
    message: str
    detail: Any
    at: float
    """Unix seconds."""


class Notices:
    """Organisations' notices."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        followers: Mapping[EventType, Sequence[Follower]] | None = None,
        links: Mapping[EventType, Link] | None = None,
        told: Told | None = None,
    ) -> None:
        """`followers` are called, by kind, in the transaction of each notice of the kind.

        `links` make, by kind, from organisation and subject the URL where an admin can act on a
        notice. The URL is made when a notice is read: it may be a secret, and isn't stored. `told`
        is called with each notice, in its transaction."""
        self._database = database
        self._clock = clock
        self._followers = {} if followers is None else followers
        self._links = {} if links is None else links
        self._told = told

    def follow(
        self, tenant: TenantConnection, kind: EventType, subject: str, detail: Any = None
    ) -> None:
        """Call the followers of a kind, even where no notice is written."""
        for follower in self._followers.get(kind, ()):
            follower(self, tenant, subject, detail)

    def link(self, org: str, notice: Notice) -> str | None:
        kind = _KNOWN.get(notice.kind)
        make = None if kind is None else self._links.get(kind)
        return None if make is None else make(org, notice.subject)

    def tell(
        self,
        tenant: TenantConnection,
        kind: EventType,
        subject: str,
        message: str,
        detail: Any = None,
    ) -> str:
        """Write a notice in the caller's transaction; returns its id. No argument may contain a
        secret."""
        kind = EventType(kind)
        if not kind.is_notice:
            raise ValueError(f"{kind.value} isn't declared as a kind of notices")
        now = self._clock.now()
        notice = store.add(
            tenant, now, kind=kind.value, subject=subject, message=message, detail=detail
        )
        if self._told is not None:
            self._told(tenant, Notice(notice, kind.value, subject, message, detail, now))
        logger.warning(
            message,
            extra={"notice": notice, "kind": kind.value, "org": tenant.org, "subject": subject},
        )
        self.follow(tenant, kind, subject, detail)
        return notice

    def page(self, org: str, cursor: str | None = None, limit: int = 50) -> Page[Notice]:
        """Newest first; `cursor` is the last page's `next_cursor`."""
        before = identified(cursor)
        with self._database.read() as connection:
            rows = store.page(TenantConnection(connection, org), before, limit + 1)
        listed = [
            Notice(row.id, row.kind, row.subject, row.message, row.detail, row.at)
            for row in rows[:limit]
        ]
        return Page(listed, listed[-1].id if len(rows) > limit else None)
