"""Queries on conversations and their messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, case, func, literal, select, tuple_

from stagedoor.platform.characters import searchable

from ..database import OF_TENANT, Prepared, TenantConnection, renewed, renewing
from ..tenants import store as tenants
from .comments import DELETED
from .models import (
    inbox_conversations,
    inbox_messages,
    inbox_news,
    inbox_replies,
    inbox_videos,
)

KEPT_FROM = "inboxKeptFrom"
"""The setting with the time before which conversations were deleted by their age."""
_MOST_IDS = 20
SCANNED = 10_000
"""The most conversations that one page of a search for text looks at."""
_SHOWN = [column for column in inbox_conversations.c if column.name != "folded"]
_AUTHOR = ("author_id", "author_username", "author_name", "author_avatar")
_RENEWED_CONVERSATION = (
    *_AUTHOR,
    "text",
    "folded",
    "status",
    "unread",
    "updated",
    "answered",
    "seen",
)
_RENEWED_MESSAGE = (
    *_AUTHOR,
    "text",
    "image_url",
    "hidden",
    "liked",
    "pinned",
    "likes",
    "seen",
    "deleted",
)
_RENEW_CONVERSATION = Prepared(
    renewing(
        OF_TENANT.update(inbox_conversations).where(inbox_conversations.c.id == bindparam("of_id")),
        _RENEWED_CONVERSATION,
    )
)
_RENEW_MESSAGE = Prepared(
    renewing(
        OF_TENANT.update(inbox_messages).where(
            inbox_messages.c.integration == bindparam("of_integration"),
            inbox_messages.c.id == bindparam("of_id"),
        ),
        _RENEWED_MESSAGE,
    )
)


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """The conversations to list; None and empty: no condition."""

    status: str | None = None
    unread: bool | None = None
    video: str | None = None
    integration: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class RowPosition:
    """The position of a row in a list that is ordered by time and id."""

    at: float
    id: str


# lists


def page(
    tenant: TenantConnection, wanted: ConversationFilter, after: RowPosition | None, limit: int
) -> tuple[Sequence[Any], RowPosition | None]:
    """Up to `limit` conversations after a position, the newest first, and the position where the
    next page begins. A search for text looks at `SCANNED` conversations at most."""
    found = tenant.all(of_page(tenant, wanted, after, limit + 1))
    if len(found) > limit:
        last = found[limit - 1]
        return found[:limit], RowPosition(last.updated, last.id)
    if not wanted.text:
        return found, None
    end = _ordered(_matching(tenant, wanted, after, *_PLACE)).offset(SCANNED - 1).limit(1)
    looked_at = tenant.one(end)
    return found, None if looked_at is None else RowPosition(looked_at.updated, looked_at.id)


_PLACE = (inbox_conversations.c.updated, inbox_conversations.c.id)


def of_page(
    tenant: TenantConnection, wanted: ConversationFilter, after: RowPosition | None, limit: int
) -> Select[Any]:
    """The query of `page`."""
    if not wanted.text:
        return _ordered(_matching(tenant, wanted, after, *_SHOWN)).limit(limit)
    columns = list(inbox_conversations.c)
    scanned = _ordered(_matching(tenant, wanted, after, *columns)).limit(SCANNED).subquery()
    text = scanned.c.folded.contains(searchable(wanted.text), autoescape=True)
    shown = [scanned.c[column.name] for column in _SHOWN]
    newest = (scanned.c.updated.desc(), scanned.c.id.desc())
    return select(*shown).where(text).order_by(*newest).limit(limit)


def _matching(
    tenant: TenantConnection, wanted: ConversationFilter, after: RowPosition | None, *columns: Any
) -> Select[Any]:
    table = inbox_conversations.c
    query = tenant.select(inbox_conversations, *columns)
    if wanted.status is None:
        query = query.where(table.status != DELETED)
    else:
        query = query.where(table.status == wanted.status)
    if wanted.unread is not None:
        query = query.where(table.unread.is_(wanted.unread))
    if wanted.video is not None:
        query = query.where(table.video == wanted.video)
    if wanted.integration is not None:
        query = query.where(table.integration == wanted.integration)
    if after is not None:
        query = query.where(tuple_(*_PLACE) < tuple_(after.at, after.id))
    return query


def _ordered(query: Select[Any]) -> Select[Any]:
    table = inbox_conversations.c
    return query.order_by(table.updated.desc(), table.id.desc())


def messages(
    tenant: TenantConnection, conversation: str, subject: str, after: RowPosition | None, limit: int
) -> Sequence[Any]:
    """Messages of a conversation that aren't deleted, the oldest first. TikTok's times are whole
    seconds: the comment that it is about, the subject, stands before a reply of its second."""
    table = inbox_messages.c
    reply = case((table.id == subject, 0), else_=1)
    query = tenant.select(inbox_messages).where(
        table.conversation == conversation, table.deleted.is_(None)
    )
    if after is not None:
        # the first condition is one that the index can begin at
        position = tuple_(literal(after.at), literal(int(after.id != subject)), literal(after.id))
        query = query.where(
            table.created >= after.at, tuple_(table.created, reply, table.id) > position
        )
    return tenant.all(query.order_by(table.created, reply, table.id).limit(limit))


# conversations


def conversation(tenant: TenantConnection, id: str, lock: bool = False) -> Any:
    """A conversation that is still at TikTok, or None."""
    table = inbox_conversations.c
    query = tenant.select(inbox_conversations).where(table.id == id, table.status != DELETED)
    return tenant.one(query.with_for_update() if lock else query)


def conversations(tenant: TenantConnection, ids: Collection[str], lock: bool) -> dict[str, Any]:
    """The rows of these conversations, by id, deleted ones too."""
    table = inbox_conversations.c
    query = tenant.select(inbox_conversations).where(table.id.in_(ids)).order_by(table.id)
    return {row.id: row for row in tenant.all(query.with_for_update() if lock else query)}


def add_conversations(tenant: TenantConnection, new: Sequence[Mapping[str, Any]]) -> None:
    """Add conversations; known ones are skipped."""
    tenant.insert_new(inbox_conversations, new)


def renew_conversations(tenant: TenantConnection, new: Iterable[Mapping[str, Any]]) -> None:
    """Each of `new` has an `id` and the names of `_RENEWED_CONVERSATION`."""
    _RENEW_CONVERSATION.run_all(
        tenant.connection,
        [
            tenant.parameters({"of_id": one["id"], **renewed(_only(one, _RENEWED_CONVERSATION))})
            for one in new
        ],
    )


def change_conversation(tenant: TenantConnection, id: str, **values: Any) -> None:
    this = inbox_conversations.c.id == id
    tenant.run(tenant.update(inbox_conversations).where(this).values(**values))


def of_video(
    tenant: TenantConnection, integration: str, video: str, before: float, limit: int
) -> list[str]:
    """TikTok's ids of the comments on a video that no answer since `before` had."""
    table = inbox_conversations.c
    query = tenant.select(inbox_conversations, table.subject).where(
        table.video == video,
        table.integration == integration,
        table.status != DELETED,
        table.seen < before,
    )
    return [row.subject for row in tenant.all(query.limit(limit))]


# messages


def message(tenant: TenantConnection, integration: str, id: str, lock: bool = False) -> Any:
    query = _message(tenant, integration, [id])
    return tenant.one(query.with_for_update() if lock else query)


def known_messages(
    tenant: TenantConnection, integration: str, ids: Iterable[str]
) -> dict[str, Any]:
    """The rows of these messages, by id, deleted ones too; nobody else changes them meanwhile."""
    query = _message(tenant, integration, list(ids)).order_by(inbox_messages.c.id)
    return {row.id: row for row in tenant.all(query.with_for_update())}


def conversation_ids(
    tenant: TenantConnection, integration: str, ids: Iterable[str]
) -> dict[str, str]:
    """The conversations of these messages."""
    query = _message(tenant, integration, list(ids))
    return {row.id: row.conversation for row in tenant.all(query)}


def _message(tenant: TenantConnection, integration: str, ids: Sequence[str]) -> Select[Any]:
    table = inbox_messages.c
    return tenant.select(inbox_messages).where(table.integration == integration, table.id.in_(ids))


def add_messages(tenant: TenantConnection, new: Sequence[Mapping[str, Any]]) -> None:
    tenant.insert_new(inbox_messages, new)


def renew_messages(
    tenant: TenantConnection, integration: str, new: Iterable[Mapping[str, Any]]
) -> None:
    """Each of `new` has an `id` and the names of `_RENEWED_MESSAGE`."""
    _RENEW_MESSAGE.run_all(
        tenant.connection,
        [
            tenant.parameters(
                {
                    "of_integration": integration,
                    "of_id": one["id"],
                    **renewed(_only(one, _RENEWED_MESSAGE)),
                }
            )
            for one in new
        ],
    )


def change_message(tenant: TenantConnection, integration: str, id: str, **values: Any) -> None:
    table = inbox_messages.c
    this = (table.integration == integration) & (table.id == id)
    tenant.run(tenant.update(inbox_messages).where(this).values(**values))


def same(tenant: TenantConnection, conversation: str, direction: str, text: str) -> list[str]:
    """The ids of a conversation's messages of one side that have this text."""
    table = inbox_messages.c
    query = tenant.select(inbox_messages, table.id).where(
        table.conversation == conversation, table.direction == direction, table.text == text
    )
    return [row.id for row in tenant.all(query)]


def threads(tenant: TenantConnection, conversations: Collection[str]) -> dict[str, set[str]]:
    """The ids of messages that aren't deleted, by conversation."""
    table = inbox_messages.c
    query = tenant.select(inbox_messages, table.conversation, table.id).where(
        table.conversation.in_(conversations), table.deleted.is_(None)
    )
    found: dict[str, set[str]] = {one: set() for one in conversations}
    for row in tenant.all(query):
        found[row.conversation].add(row.id)
    return found


def texts(
    tenant: TenantConnection, conversations: Collection[str], limit: int
) -> dict[str, list[str]]:
    """Texts and names of the conversations' newest messages."""
    table = inbox_messages.c
    columns = (table.conversation, table.text, table.author_username, table.author_name)
    query = tenant.select(inbox_messages, *columns).where(
        table.conversation.in_(conversations), table.deleted.is_(None)
    )
    found: dict[str, list[str]] = {}
    for row in tenant.all(query.order_by(table.created.desc()).limit(limit)):
        one = found.setdefault(row.conversation, [])
        one.extend(text for text in row[1:] if text and text not in one)
    return found


def author_ids(tenant: TenantConnection, username: str) -> Sequence[str]:
    """The ids of writers with this username, in lower case; for the erasure of a person's data."""
    table = inbox_messages.c
    query = tenant.select(inbox_messages, table.author_id).distinct().limit(_MOST_IDS)
    named = query.where(func.lower(table.author_username) == username, table.author_id.is_not(None))
    return [row.author_id for row in tenant.all(named)]


def pinned(tenant: TenantConnection, integration: str, video: str) -> Sequence[Any]:
    """The pinned messages on a video."""
    table = inbox_messages.c
    query = tenant.select(inbox_messages).where(
        table.video == video, table.integration == integration, table.pinned.is_(True)
    )
    return tenant.all(query)


def count(tenant: TenantConnection, integration: str, video: str) -> int:
    """The number of messages on a video that aren't deleted."""
    table = inbox_messages.c
    query = tenant.select(inbox_messages, func.count()).where(
        table.video == video, table.integration == integration, table.deleted.is_(None)
    )
    row = tenant.one(query)
    return 0 if row is None else int(row[0])


def _only(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: values[name] for name in names}


# erasure


def kept_from(tenant: TenantConnection) -> float | None:
    """The time before which conversations were deleted by their age: they aren't kept again."""
    found: float | None = tenants.setting(tenant, KEPT_FROM)
    return found


def expire(tenant: TenantConnection, before: float, limit: int) -> bool:
    """Delete up to `limit` conversations whose newest message, and newest attempt to reply, are
    older; returns whether more may be left."""
    earlier = kept_from(tenant)
    if earlier is None or earlier < before:
        tenants.set_setting(tenant, KEPT_FROM, before)
    table, reply = inbox_conversations.c, inbox_replies.c
    answered = tenant.select(inbox_replies, reply.id).where(
        reply.conversation == table.id, reply.created >= before
    )
    old = tenant.select(inbox_conversations, table.id).where(
        table.updated < before, ~answered.exists()
    )
    ids = [row.id for row in tenant.all(old.order_by(table.updated, table.id).limit(limit))]
    conversations(tenant, ids, lock=True)
    # somebody may have written, or begun a reply, before they were locked
    _delete(tenant, [row.id for row in tenant.all(old.where(table.id.in_(ids)))])
    return len(ids) == limit


def erase(tenant: TenantConnection, integration: str, limit: int) -> bool:
    """Delete up to `limit` conversations of an account with their messages, and then all else;
    returns whether anything is left."""
    table = inbox_conversations.c
    some = tenant.select(inbox_conversations, table.id).where(table.integration == integration)
    ids = [row.id for row in tenant.all(some.limit(limit))]
    _delete(tenant, ids)
    if len(ids) == limit:
        return True
    for rest in (inbox_videos, inbox_news, inbox_replies, inbox_messages):
        tenant.run(tenant.delete(rest).where(rest.c.integration == integration))
    return False


def _delete(tenant: TenantConnection, conversations: Sequence[str]) -> None:
    if conversations:
        for theirs in (inbox_messages, inbox_replies):
            mine = theirs.c.conversation.in_(conversations)
            tenant.run(tenant.delete(theirs).where(mine))
        these = inbox_conversations.c.id.in_(conversations)
        tenant.run(tenant.delete(inbox_conversations).where(these))
