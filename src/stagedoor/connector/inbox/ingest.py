"""Keeping what TikTok's answers say of comments: new ones, changed ones, those that are gone.

Webhooks, synchronisation and the organisation's own replies all come here, in any order: a message
is known by TikTok's id, and an answer that is older than what is kept changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..database import TenantConnection
from ..event_types import EventType
from ..subscriptions.events import EventEmitter
from . import journal, store
from .comments import (
    COMMENT,
    DELETED,
    CommentSnapshot,
    ConversationStatus,
    MessageAuthor,
    conversation_id,
    folded,
)
from .erased import ErasedComments

RECEIVED, REPLIED = EventType.COMMENT_RECEIVED, EventType.COMMENT_REPLIED
_TEXTS = 2_000
"""Messages whose texts are read for the searches of the conversations of one page."""
_FLAGS = {
    "hidden": (EventType.COMMENT_HIDDEN, EventType.COMMENT_SHOWN),
    "liked": (EventType.COMMENT_LIKED, EventType.COMMENT_UNLIKED),
    "pinned": (EventType.COMMENT_PINNED, EventType.COMMENT_UNPINNED),
}
"""Events by the flags of a message, when it is set and when it ends."""
_GONE: Mapping[str, Any] = {
    "author_id": None,
    "author_username": None,
    "author_name": None,
    "author_avatar": None,
    "text": "",
}


@dataclass(frozen=True, slots=True)
class Read:
    """An answer of TikTok's about one account: what it shows, and when it was asked for. Events are
    raised of messages that were written since `since`. Times in Unix seconds."""

    integration: str
    at: float
    since: float


@dataclass(frozen=True, slots=True)
class _Message:
    """A message after a change, for its event."""

    id: str
    conversation: str
    video: str | None
    direction: str
    author: MessageAuthor
    text: str

    @classmethod
    def of(cls, row: Any, video: str | None) -> _Message:
        return cls(row.id, row.conversation, video, row.direction, MessageAuthor.of(row), row.text)


class CommentIngest:
    """Keeps comments as conversations. Every method works in the caller's transaction."""

    def __init__(self, events: EventEmitter, erased: ErasedComments) -> None:
        self._events = events
        self._erased = erased

    def record(
        self,
        tenant: TenantConnection,
        read: Read,
        comments: Iterable[CommentSnapshot],
        by: Mapping[str, str] | None = None,
    ) -> int:
        """Keep the comments of an answer; returns the number of those that were new. A reply whose
        comment is known neither here nor in the answer is left out, and so are a conversation that
        is too old to be kept and what an erasure keeps away. `by`: the users who wrote messages
        through the service."""
        found = {one.id: one for one in self._erased.without(tenant, comments)}
        ids = {one.id: conversation_id(read.integration, one.top) for one in found.values()}
        before = store.conversations(tenant, sorted(set(ids.values())), lock=True)
        tops = [one for one in found.values() if one.parent is None]
        new = [one for one in tops if ids[one.id] not in before]
        new = _still_kept(tenant, new, found.values())
        store.add_conversations(
            tenant, [_conversation(read, one, ids[one.id]) for one in _sorted(new, ids)]
        )
        if new:
            added = store.conversations(tenant, [ids[one.id] for one in new], lock=True)
            before |= added
        kept = [one for one in found.values() if ids[one.id] in before]
        threads = {row.id: _Thread(row) for row in before.values()}
        count = self._record(tenant, read, kept, ids, threads, by or {})
        changed = [one for one in threads.values() if one.changed]
        texts = store.texts(tenant, [one.id for one in changed if one.reworded], _TEXTS)
        for one in changed:
            if one.reworded:
                one.values["folded"] = folded(*texts.get(one.id, ()))
        store.renew_conversations(tenant, [one.values for one in changed])
        return count

    def _record(
        self,
        tenant: TenantConnection,
        read: Read,
        comments: Sequence[CommentSnapshot],
        ids: Mapping[str, str],
        threads: Mapping[str, _Thread],
        by: Mapping[str, str],
    ) -> int:
        known = store.known_messages(tenant, read.integration, [one.id for one in comments])
        added = sorted((one for one in comments if one.id not in known), key=lambda one: one.id)
        store.add_messages(
            tenant,
            [_message(read, one, ids[one.id]) | {"by": by.get(one.id)} for one in added],
        )
        renewed = []
        for one in sorted(comments, key=lambda one: (one.created, one.id)):
            thread, row = threads[ids[one.id]], known.get(one.id)
            if row is None:
                thread.joined(one, read)
                if one.created >= read.since:
                    name = REPLIED if one.own else RECEIVED
                    self._emit(tenant, name, read.integration, _seen(one, ids[one.id]))
            elif row.seen <= read.at:
                renewed.append({"id": one.id} | _message(read, one, row.conversation))
                if row.deleted is not None:
                    thread.joined(one, read)
                else:
                    thread.changes(one, row, read)
                    self._tell_flags(tenant, read.integration, row, one, thread)
            if row is not None and one.id in by and row.by is None:
                store.change_message(tenant, read.integration, one.id, by=by[one.id])
        store.renew_messages(tenant, read.integration, renewed)
        own = [one for one in comments if one.own]
        if own:
            journal.settle(tenant, read.integration, {one.id: (ids[one.id], one) for one in own})
        return len(added)

    def gone(
        self,
        tenant: TenantConnection,
        integration: str,
        messages: Collection[str],
        at: float,
        *,
        erased: bool = False,
    ) -> None:
        """Delete messages as of that time: their ids stay, so that an older answer doesn't bring
        them back. A conversation goes with its first one.

        `erased`: TikTok may still have them. Subscribers aren't told, since an event would carry a
        person's name on, and no answer brings them back.
        """
        conversation_ids = store.conversation_ids(tenant, integration, messages)
        threads = store.conversations(tenant, sorted(set(conversation_ids.values())), lock=True)
        known = store.known_messages(tenant, integration, messages)
        rows = [row for row in known.values() if row.deleted is None and row.seen <= at]
        ids = {row.id for row in rows}
        for row in rows:
            thread = threads.get(row.conversation)
            if not erased:
                told = _Message.of(row, None if thread is None else thread.video)
                self._emit(tenant, EventType.COMMENT_DELETED, integration, told)
            if thread is not None and thread.subject == row.id:
                ids.update(store.threads(tenant, [thread.id])[thread.id])
                end = {"status": DELETED, "unread": False, "folded": "", "seen": at}
                store.change_conversation(tenant, thread.id, **_GONE, **end)
        for each in sorted(ids):
            values = {"image_url": None, "deleted": at, "seen": at, "pinned": False}
            store.change_message(tenant, integration, each, **_GONE, **values)
        if erased:
            self._erased.add_comments(tenant, ids, at)
        touched = {row.conversation for row in rows}
        left = [id for id in touched if id in threads and threads[id].subject not in ids]
        texts = store.texts(tenant, left, _TEXTS)
        for each in left:
            store.change_conversation(tenant, each, folded=folded(*texts.get(each, ())))

    def flagged(
        self, tenant: TenantConnection, integration: str, message: str, at: float, **flags: bool
    ) -> Any:
        """Keep a change of flags that was made at TikTok at that time; the message's row."""
        row = store.message(tenant, integration, message, lock=True)
        if row is None or row.deleted is not None:
            return row
        store.change_message(tenant, integration, message, seen=max(at, row.seen), **flags)
        thread = store.conversations(tenant, [row.conversation], lock=False)[row.conversation]
        for name, value in flags.items():
            if value is not getattr(row, name):
                event = _FLAGS[name][0 if value else 1]
                self._emit(tenant, event, integration, _Message.of(row, thread.video))
        return store.message(tenant, integration, message)

    def _tell_flags(
        self,
        tenant: TenantConnection,
        integration: str,
        row: Any,
        one: CommentSnapshot,
        thread: _Thread,
    ) -> None:
        for name, events in _FLAGS.items():
            value = getattr(one, name)
            if value is not getattr(row, name):
                told = _seen(one, thread.id)
                self._emit(tenant, events[0 if value else 1], integration, told)

    def _emit(
        self, tenant: TenantConnection, event: EventType, integration: str, message: _Message
    ) -> None:
        author = message.author
        self._events.emit(
            tenant,
            event,
            lambda: {
                "conversationId": message.conversation,
                "messageId": message.id,
                "integrationId": integration,
                "videoId": message.video,
                "direction": message.direction,
                "author": {"id": author.id, "username": author.username, "name": author.name},
                "text": message.text,
            },
        )


class _Thread:
    """A conversation while an answer is kept: its new values."""

    def __init__(self, row: Any) -> None:
        self.id: str = row.id
        self.changed = self.reworded = False
        self.values: dict[str, Any] = dict(row._mapping)

    def joined(self, one: CommentSnapshot, read: Read) -> None:
        """A message is new."""
        self.changed = self.reworded = True
        values = self.values
        answered = values["answered"]
        if values["status"] == DELETED:
            if one.parent is not None:
                return
            values["status"] = ConversationStatus.OPEN.value
        if one.own:
            values["answered"] = one.created if answered is None else max(answered, one.created)
            if one.created >= values["updated"] and one.parent is not None:
                values["unread"] = False
                if values["status"] == ConversationStatus.OPEN.value:
                    values["status"] = ConversationStatus.PENDING.value
        elif answered is None or one.created > answered:
            values |= {"unread": True, "status": ConversationStatus.OPEN.value}
        values["updated"] = max(values["updated"], one.created)
        if one.parent is None:
            self._named(one, read)

    def changes(self, one: CommentSnapshot, row: Any, read: Read) -> None:
        """A known message may have changed."""
        self.reworded = self.reworded or one.text != row.text
        if one.parent is None:
            self.changed = True
            self._named(one, read)
        self.changed = self.changed or self.reworded

    def _named(self, one: CommentSnapshot, read: Read) -> None:
        """The conversation's author, text and age are those of its first message."""
        self.values |= one.author.columns()
        self.values |= {"text": one.text, "seen": max(read.at, self.values["seen"])}


def _still_kept(
    tenant: TenantConnection, new: Sequence[CommentSnapshot], comments: Iterable[CommentSnapshot]
) -> list[CommentSnapshot]:
    """Those whose conversation wouldn't have been deleted by its age, as far as the answer shows
    its newest message."""
    since = store.kept_from(tenant) if new else None
    if since is None:
        return list(new)
    young = {one.top for one in comments if one.created >= since}
    return [one for one in new if one.id in young]


def _sorted(comments: Iterable[CommentSnapshot], ids: Mapping[str, str]) -> list[CommentSnapshot]:
    return sorted(comments, key=lambda one: ids[one.id])


def _conversation(read: Read, one: CommentSnapshot, id: str) -> dict[str, Any]:
    return {
        "id": id,
        "integration": read.integration,
        "kind": COMMENT,
        "subject": one.id,
        "video": one.video,
        **one.author.columns(),
        "text": one.text,
        "folded": "",
        "status": (ConversationStatus.CLOSED if one.own else ConversationStatus.OPEN).value,
        "unread": not one.own,
        "created": one.created,
        "updated": one.created,
        "answered": None,
        "seen": read.at,
        "replies": None,
    }


def _message(read: Read, one: CommentSnapshot, conversation: str) -> dict[str, Any]:
    return {
        "integration": read.integration,
        "id": one.id,
        "conversation": conversation,
        "video": one.video,
        "direction": one.direction.value,
        **one.author.columns(),
        "text": one.text,
        "image_url": one.image_url,
        "created": one.created,
        "hidden": one.hidden,
        "liked": one.liked,
        "pinned": one.pinned,
        "likes": one.likes,
        "seen": read.at,
        "deleted": None,
    }


def _seen(one: CommentSnapshot, conversation: str) -> _Message:
    return _Message(one.id, conversation, one.video, one.direction.value, one.author, one.text)
