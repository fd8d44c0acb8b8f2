"""Hiding, liking, pinning and deleting comments at TikTok.

Each of these sets a state, so doing it twice does no harm. If TikTok's answer is lost, the comment
is read, and the caller is told what TikTok shows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stagedoor.client import TikTokBusiness
from stagedoor.client import errors as client
from stagedoor.platform.products.business_comments import HideAction, LikeAction, PinAction

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, ServiceUnavailable
from ..integrations.tiktok_errors import api_error_of
from . import reading, store
from .accounts import InboxAccount, InboxAccounts
from .comments import Direction
from .errors import ChangeOutcomeUnknown, NoConversation, NoMessage, NotAllowed
from .ingest import CommentIngest
from .news import CommentNews

logger = logging.getLogger("stagedoor.inbox")


class ModerationAction(StrEnum):
    """The actions on a message, by the last part of its path."""

    HIDE = "hide"
    UNHIDE = "unhide"
    LIKE = "like"
    UNLIKE = "unlike"
    PIN = "pin"
    UNPIN = "unpin"


@dataclass(frozen=True, slots=True)
class _Change:
    """The flag that an action sets, and the call that does it at TikTok."""

    flag: str
    value: bool
    call: Callable[[TikTokBusiness, str, str], object]


def _hide(action: HideAction) -> Callable[[TikTokBusiness, str, str], object]:
    return lambda tiktok, video, id: tiktok.comments.hide(
        video_id=video, comment_id=id, action=action
    )


def _like(action: LikeAction) -> Callable[[TikTokBusiness, str, str], object]:
    return lambda tiktok, video, id: tiktok.comments.like(
        video_id=video, comment_id=id, action=action
    )


def _pin(action: PinAction) -> Callable[[TikTokBusiness, str, str], object]:
    return lambda tiktok, video, id: tiktok.comments.pin(
        video_id=video, comment_id=id, action=action
    )


_CHANGES: Mapping[ModerationAction, _Change] = {
    ModerationAction.HIDE: _Change("hidden", True, _hide(HideAction.HIDE)),
    ModerationAction.UNHIDE: _Change("hidden", False, _hide(HideAction.UNHIDE)),
    ModerationAction.LIKE: _Change("liked", True, _like(LikeAction.LIKE)),
    ModerationAction.UNLIKE: _Change("liked", False, _like(LikeAction.UNLIKE)),
    ModerationAction.PIN: _Change("pinned", True, _pin(PinAction.PIN)),
    ModerationAction.UNPIN: _Change("pinned", False, _pin(PinAction.UNPIN)),
}


class MessageModeration:
    """Changes messages at TikTok. Thread-safe."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        accounts: InboxAccounts,
        comments: CommentIngest,
        news: CommentNews,
    ) -> None:
        self._database = database
        self._clock = clock
        self._accounts = accounts
        self._comments = comments
        self._news = news

    def act(self, org: str, conversation: str, message: str, action: ModerationAction) -> Any:
        """Hide, like or pin a message, or end that; the message's row. Raises `NoConversation`,
        `NoMessage`, `NotAllowed`, `ChangeOutcomeUnknown`, and TikTok's refusals."""
        thread, row = self._find(org, conversation, message)
        if action in (ModerationAction.PIN, ModerationAction.UNPIN) and row.id != thread.subject:
            raise NotAllowed(
                "TikTok pins comments at the first level only, and this is a reply: pin the "
                "conversation's first message."
            )
        change = _CHANGES[action]
        account = self._accounts.get(org, thread.integration)

        def call() -> None:
            try:
                change.call(account.tiktok, thread.video, row.id)
            except client.NotFound:
                self._read_soon(org, thread, row)
                raise

        def done() -> bool:
            now = self._read(org, account, thread, row)
            return now is not None and getattr(now, change.flag) is change.value

        self._call(call, done)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            if action is ModerationAction.PIN:
                # TikTok keeps one pinned comment of a video: what was pinned before is read again
                before = store.pinned(tenant, thread.integration, thread.video)
                others = {one.id: None for one in before if one.id != row.id}
                if others:
                    self._news.soon(tenant, thread.integration, thread.video, others)
            # as of now: an answer that was asked for before this knows less
            now, flags = self._clock.now(), {change.flag: change.value}
            found = self._comments.flagged(tenant, thread.integration, row.id, now, **flags)
        if found is None or found.deleted is not None:
            raise NoMessage
        return found

    def delete(self, org: str, conversation: str, message: str) -> None:
        """Delete a message of the account's own; one that TikTok doesn't have any more is deleted
        already. Raises as `act` does."""
        thread, row = self._find(org, conversation, message)
        if row.direction != Direction.OUT:
            raise NotAllowed(
                "TikTok lets an account delete its own comments only: hide this one instead, with "
                "POST .../hide."
            )
        account = self._accounts.get(org, thread.integration)

        def call() -> None:
            with suppress(client.NotFound):
                account.tiktok.comments.delete(comment_id=row.id)

        self._call(call, lambda: self._read(org, account, thread, row) is None)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            self._comments.gone(tenant, thread.integration, [row.id], self._clock.now())

    def _find(self, org: str, conversation: str, message: str) -> tuple[Any, Any]:
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            thread = store.conversation(tenant, conversation)
            if thread is None:
                raise NoConversation
            row = store.message(tenant, thread.integration, message)
        if row is None or row.conversation != thread.id or row.deleted is not None:
            raise NoMessage
        return thread, row

    def _read_soon(self, org: str, thread: Any, row: Any) -> None:
        """TikTok doesn't know the message any more, as it seems."""
        parent = None if row.id == thread.subject else thread.subject
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            self._news.soon(tenant, thread.integration, thread.video, {row.id: parent})

    def _call(self, call: Callable[[], None], done: Callable[[], bool]) -> None:
        """Make a call; after a lost answer, find out whether it was done."""
        try:
            call()
        except client.NotSent as error:
            raise api_error_of(error) from error
        except (client.AnswerLost, client.UnexpectedAnswer, client.ServerError) as error:
            try:
                if done():
                    return
            except ServiceUnavailable:
                raise
            except (client.StagedoorError, ApiError) as unread:
                logger.warning("a comment couldn't be read again: %s", unread)
            raise ChangeOutcomeUnknown(
                "TikTok's answer was lost, and TikTok doesn't show the change (yet). It is safe "
                "to send the same request again.",
                retryable=True,
            ) from error
        except client.StagedoorError as error:
            raise api_error_of(error) from error

    def _read(self, org: str, account: InboxAccount, thread: Any, row: Any) -> Any:
        """Read a message at TikTok and keep it; None if TikTok doesn't have it any more."""
        at = self._clock.now()
        parent = None if row.id == thread.subject else thread.subject
        found = reading.several(account.tiktok, thread.video, {row.id: parent}, self._clock.now)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            self._comments.record(tenant, account.read(at), found.comments)
            if row.id in found.gone:
                self._comments.gone(tenant, thread.integration, [row.id], at)
            now = store.message(tenant, thread.integration, row.id)
        return None if now is None or now.deleted is not None else now
