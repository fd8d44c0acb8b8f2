"""The inbox as callers see it: lists of conversations, one with its messages, and their status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..database import Database, TenantConnection
from ..pages import Page, cursor_of, parse_cursor
from . import journal, store
from .comments import ConversationStatus
from .errors import NoConversation
from .store import ConversationFilter, RowPosition


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation's row with a page of its messages, and the replies whose outcome isn't
    known."""

    conversation: Any
    messages: Page[Any]
    unsettled: Sequence[Any]


class Inbox:
    """The conversations of all organisations. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, org: str, wanted: ConversationFilter, cursor: str | None, limit: int
    ) -> Page[Any]:
        """Conversations, the one with the newest message first. A page of a search for text may be
        short, or empty, while there are more. Raises `InvalidInput`."""
        after = _opened(cursor)
        with self._database.read() as connection:
            found, end = store.page(TenantConnection(connection, org), wanted, after, limit)
        return Page(found, None if end is None else cursor_of(end.at, end.id))

    def thread(self, org: str, conversation: str, cursor: str | None, limit: int) -> Thread:
        """A conversation with its messages, the oldest first. Raises `NoConversation`,
        `InvalidInput`."""
        after = _opened(cursor)
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            row = store.conversation(tenant, conversation)
            if row is None:
                raise NoConversation
            found = store.messages(tenant, conversation, row.subject, after, limit + 1)
            unsettled = journal.unsettled(tenant, [conversation])
        listed = found[:limit]
        end = cursor_of(listed[-1].created, listed[-1].id) if len(found) > limit else None
        return Thread(row, Page(listed, end), unsettled)

    def set_status(self, org: str, conversation: str, status: ConversationStatus) -> Any:
        """Raises `NoConversation`."""
        return self._change(org, conversation, status=status.value)

    def set_unread(self, org: str, conversation: str, unread: bool) -> Any:
        """Raises `NoConversation`."""
        return self._change(org, conversation, unread=unread)

    def _change(self, org: str, conversation: str, **values: Any) -> Any:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            if store.conversation(tenant, conversation, lock=True) is None:
                raise NoConversation
            store.change_conversation(tenant, conversation, **values)
            return store.conversation(tenant, conversation)


def _opened(cursor: str | None) -> RowPosition | None:
    if cursor is None:
        return None
    at, (last,) = parse_cursor(cursor)
    return RowPosition(at, last)
