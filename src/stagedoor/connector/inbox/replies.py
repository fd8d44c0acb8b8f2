"""Replies to comments: each is sent once at most."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from stagedoor.client import errors as client
from stagedoor.platform.products.business_comments import WrittenComment

from .. import leases
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, ServiceUnavailable
from ..event_types import EventType
from ..integrations.tiktok_errors import api_error_of
from ..notices.service import Notices
from ..schedule import store as due_rows
from . import journal, reading, store
from .accounts import InboxAccount, InboxAccounts
from .comments import CommentSnapshot
from .errors import ChangeOutcomeUnknown, NoConversation, NoMessage, ReplyUnderWay
from .ingest import CommentIngest
from .journal import ReplyState

SETTLE = "inbox-reply"
"""Kind of due row: look for a reply whose answer was lost, or whose process died."""
READS = (60.0, 600.0)
"""Seconds between the readings that look for a reply. After the last one it stays unknown, and a
person may send it again."""
HOLD_SECONDS = 120.0
_PAGES = 3
UNKNOWN = EventType.COMMENT_UNKNOWN
"""The notice, and the event, of a reply whose outcome isn't known."""

logger = logging.getLogger("stagedoor.inbox")


class Replies:
    """Sends replies. Thread-safe."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accounts: InboxAccounts,
        comments: CommentIngest,
        notices: Notices,
    ) -> None:
        self._database = database
        self._clock = clock
        self._accounts = accounts
        self._comments = comments
        self._notices = notices

    def send(
        self, org: str, id: str, conversation: str, text: str, by: str, answers: str | None = None
    ) -> Any:
        """Reply to a conversation, or to one of its messages; the row of what was written.

        `id` is the reply's own: a request that is repeated with it sends nothing twice. Raises
        `NoConversation`, `NoMessage`, `ReplyUnderWay`, `ChangeOutcomeUnknown`, TikTok's refusals,
        and those of `InboxAccounts.get`.
        """
        earlier = self._begin(org, id, conversation, text, by, answers)
        if earlier is not None:
            return self._again(org, earlier)
        with self._database.read() as connection:
            reply = journal.find(TenantConnection(connection, org), id)
        return self._sent(org, reply)

    def settle(self, ref: str) -> None:
        """Look for a reply whose outcome isn't known, by the ref of a due row:
        organisation/reply. Idempotent."""
        org, _, id = ref.rpartition("/")
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            reply = journal.find(tenant, id)
            if reply is None or reply.state not in (ReplyState.SENDING, ReplyState.UNKNOWN):
                return
            if reply.state == ReplyState.SENDING and not leases.is_free(reply):
                due_rows.wait(connection, SETTLE, ref, self._clock.now() + HOLD_SECONDS)
                return
        self._look_for(org, reply)

    def _begin(
        self, org: str, id: str, conversation: str, text: str, by: str, answers: str | None
    ) -> Any:
        """Write the reply down. Returns the earlier request's row if this one is repeated."""
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            thread = store.conversation(tenant, conversation, lock=True)
            if thread is None:
                raise NoConversation
            answered = store.message(tenant, thread.integration, answers or thread.subject)
            if (
                answered is None
                or answered.conversation != thread.id
                or answered.deleted is not None
            ):
                raise NoMessage
            earlier = journal.find(tenant, id)
            if earlier is not None and earlier.state != ReplyState.FAILED:
                return earlier
            for other in journal.unsettled(tenant, [thread.id]):
                if other.text != text or other.id == id:
                    continue
                if _may_be_sent_anew(other):
                    journal.change(tenant, other.id, state=ReplyState.FAILED.value)
                else:
                    raise ReplyUnderWay(
                        "A reply with this text is under way, or TikTok's answer to it was lost "
                        f"and it is still looked for. Wait {READS[-1] / 60:.0f} minutes, then look "
                        "at the conversation before you send it again.",
                        detail={"replyId": other.id},
                        retry_after=READS[0],
                    )
            hold = leases.hold(HOLD_SECONDS)
            journal.begin(tenant, id, thread, answered.id, text, by, now, hold)
            due_rows.wait(connection, SETTLE, f"{org}/{id}", now + HOLD_SECONDS)
        return None

    def _again(self, org: str, reply: Any) -> Any:
        """The outcome of a request that is repeated."""
        if reply.state == ReplyState.SENDING and not leases.is_free(reply):
            raise ReplyUnderWay("The reply is being sent: ask again in a moment.")
        if reply.state == ReplyState.SENT:
            return self._message(org, reply)
        return self._look_for(org, reply) or self._unknown(reply)

    def _sent(self, org: str, reply: Any) -> Any:
        """Send a reply that was written down."""
        try:
            account = self._accounts.get(org, reply.integration)
            with self._database.read() as connection:
                tenant = TenantConnection(connection, org)
                thread = store.conversation(tenant, reply.conversation)
            if thread is None:
                raise NoConversation
            at = self._clock.now()
            written = account.tiktok.comments.reply(
                video_id=thread.video, comment_id=reply.answers, text=reply.text
            )
        except Exception as error:
            if _may_be_done(error):
                logger.warning("the answer to a reply was lost: %s", error, extra={"org": org})
                return self._look_for(org, reply) or self._unknown(reply)
            self._failed(org, reply)
            if isinstance(error, client.StagedoorError):
                raise api_error_of(error) from error
            raise
        return self._keep(org, reply, account, thread, written, at)

    def _keep(
        self,
        org: str,
        reply: Any,
        account: InboxAccount,
        thread: Any,
        written: WrittenComment,
        at: float,
    ) -> Any:
        stamp = written.create_time
        made = CommentSnapshot(
            id=written.comment_id,
            video=thread.video,
            parent=thread.subject,
            author=replace(account.author, id=written.unique_identifier or written.user_id),
            own=True,
            text=written.text or reply.text,
            image_url=written.image_url,
            created=float(stamp) if stamp and stamp.isdigit() else at,
            hidden=False,
            liked=False,
            pinned=False,
            likes=0,
        )
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            store.conversation(tenant, reply.conversation, lock=True)
            sent = {"state": ReplyState.SENT.value, "message": made.id, **leases.RELEASED}
            if not journal.change(tenant, reply.id, **sent):
                raise NoConversation  # the account was given up meanwhile
            # as of the time when it was asked for: an answer that was asked for later knows more
            self._comments.record(tenant, account.read(at), [made], by={made.id: reply.by})
            due_rows.forget(connection, SETTLE, f"{org}/{reply.id}")
            found = store.message(tenant, reply.integration, made.id)
        return found

    def _failed(self, org: str, reply: Any) -> None:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            journal.change(tenant, reply.id, state=ReplyState.FAILED.value, **leases.RELEASED)
            due_rows.forget(connection, SETTLE, f"{org}/{reply.id}")

    def _look_for(self, org: str, reply: Any) -> Any:
        """Read the replies of the comment; the row of the message if TikTok has it. Otherwise the
        outcome is unknown, and the admins are told of it."""
        with self._database.begin() as connection:
            # from now on, a reading of the comments may settle the reply
            tenant = TenantConnection(connection, org)
            journal.change(tenant, reply.id, state=ReplyState.UNKNOWN.value, **leases.RELEASED)
        try:
            self._read_thread(org, reply)
        except ServiceUnavailable:
            raise
        except (client.StagedoorError, ApiError) as error:
            logger.warning("a reply couldn't be looked for: %s", error, extra={"org": org})
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            now = journal.find(tenant, reply.id, lock=True)
            if now is None or now.state == ReplyState.SENT:
                due_rows.forget(connection, SETTLE, f"{org}/{reply.id}")
                return None if now is None else store.message(tenant, now.integration, now.message)
            if now.reads == 0:
                self._tell(tenant, now)
            journal.change(tenant, reply.id, reads=now.reads + 1)
            if now.reads < len(READS):
                due = self._clock.now() + READS[now.reads]
                due_rows.wait(connection, SETTLE, f"{org}/{reply.id}", due)
        return None

    def _read_thread(self, org: str, reply: Any) -> None:
        account = self._accounts.get(org, reply.integration)
        with self._database.read() as connection:
            thread = store.conversation(TenantConnection(connection, org), reply.conversation)
        if thread is None:
            return
        at = self._clock.now()
        pages = reading.thread(lambda: account.tiktok, thread.video, thread.subject, at, _PAGES)
        for page in pages:
            with self._database.begin() as connection:
                tenant = TenantConnection(connection, org)
                self._comments.record(tenant, account.read(at), page)
                now = journal.find(tenant, reply.id)
            if now is None or now.state == ReplyState.SENT:
                return
            oldest = min((one.created for one in page), default=0.0)
            if oldest < reply.created - journal.SLACK_SECONDS:
                return

    def _tell(self, tenant: TenantConnection, reply: Any) -> None:
        self._notices.tell(
            tenant,
            UNKNOWN,
            reply.conversation,
            "TikTok's answer to a reply was lost, and TikTok doesn't show the reply (yet). It is "
            f"looked for again for {READS[-1] / 60:.0f} minutes and won't be sent a second time by "
            "itself: look at the video's comments before you send it again.",
            detail={
                "conversationId": reply.conversation,
                "integrationId": reply.integration,
                "replyId": reply.id,
            },
        )

    def _unknown(self, reply: Any) -> Any:
        raise ChangeOutcomeUnknown(
            "TikTok's answer to the reply was lost, and TikTok doesn't show the reply (yet). It is "
            "looked for again, and the conversation shows it once it is found. It isn't sent a "
            "second time by itself: look at the video's comments before you send it again.",
            detail={"replyId": reply.id, "conversationId": reply.conversation},
        )

    def _message(self, org: str, reply: Any) -> Any:
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            found = store.message(tenant, reply.integration, reply.message)
        if found is None or found.deleted is not None:
            raise NoMessage
        return found


def _may_be_sent_anew(reply: Any) -> bool:
    """Whether a person may send the same text again: nobody looks for the earlier one any more."""
    return bool(reply.state == ReplyState.UNKNOWN and reply.reads > len(READS))


def _may_be_done(error: Exception) -> bool:
    """Whether TikTok may have done what was asked for before this error."""
    if isinstance(error, client.NotSent):
        return False
    lost = (client.AnswerLost, client.UnexpectedAnswer, client.ServerError)
    return isinstance(error, lost) or not isinstance(error, client.StagedoorError | ApiError)
