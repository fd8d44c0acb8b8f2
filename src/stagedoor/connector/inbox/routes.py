"""/api/inbox: conversations about the comments on the organisation's videos."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from ..api import CallerIs, NewId, needs, router
from ..documented import raises
from ..errors import Forbidden
from ..integrations.errors import CredentialMissing, NoIntegration
from ..integrations.tiktok_errors import TIKTOK_ERRORS
from ..provided import provided
from ..queries import Cursor
from ..tenants.roles import Role
from .comments import ConversationStatus
from .errors import ChangeOutcomeUnknown, NoConversation, NoMessage, NotAllowed, ReplyUnderWay
from .moderation import MessageModeration, ModerationAction
from .replies import Replies
from .schemas import (
    ConversationShown,
    ConversationsShown,
    MessageShown,
    ReplyBody,
    StatusBody,
    ThreadShown,
)
from .service import Inbox
from .store import ConversationFilter

ROUTER = router("/api/inbox", tags=["inbox"])

InboxIs = Annotated[Inbox, provided(Inbox)]
RepliesAre = Annotated[Replies, provided(Replies)]
ModerationIs = Annotated[MessageModeration, provided(MessageModeration)]
_READS = [needs(Role.VIEWER)]
_WRITES = [needs(Role.MEMBER)]
_AT_TIKTOK = (NoIntegration, CredentialMissing, Forbidden, *TIKTOK_ERRORS)
_Conversation = Annotated[str, Path(max_length=64, description="The conversation's id.")]
_Message = Annotated[str, Path(max_length=64, description="The message's id.")]


def _filter(
    status: Annotated[
        ConversationStatus | None, Query(description="With this status alone")
    ] = None,
    unread: Annotated[
        bool | None, Query(description="Only those with unread messages, or only those without")
    ] = None,
    video_id: Annotated[
        str | None, Query(alias="videoId", max_length=64, description="About this video")
    ] = None,
    integration_id: Annotated[
        str | None, Query(alias="integrationId", max_length=64, description="Of this account")
    ] = None,
    q: Annotated[
        str | None,
        Query(max_length=150, description="With this text in a message or a name, in any case"),
    ] = None,
) -> ConversationFilter:
    return ConversationFilter(
        status=None if status is None else status.value,
        unread=unread,
        video=video_id,
        integration=integration_id,
        text=q,
    )


@ROUTER.get("/conversations", dependencies=_READS)
def list_conversations(
    caller: CallerIs,
    inbox: InboxIs,
    wanted: Annotated[ConversationFilter, Depends(_filter)],
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ConversationsShown:
    """List conversations, the one with the newest message first."""
    page = inbox.page(caller.org, wanted, cursor, limit)
    return ConversationsShown.model_construct(
        conversations=[ConversationShown.of(row) for row in page.items],
        next_cursor=page.next_cursor,
    )


@ROUTER.get("/conversations/{conversation_id}", dependencies=_READS)
@raises(NoConversation)
def show_conversation(
    conversation_id: _Conversation,
    caller: CallerIs,
    inbox: InboxIs,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> ThreadShown:
    """Show a conversation with its messages. It stays unread: POST .../read ends that."""
    return ThreadShown.of_thread(inbox.thread(caller.org, conversation_id, cursor, limit))


@ROUTER.post("/conversations/{conversation_id}/reply", dependencies=_WRITES)
@raises(NoConversation, NoMessage, ReplyUnderWay, ChangeOutcomeUnknown, *_AT_TIKTOK)
def reply_to_conversation(
    conversation_id: _Conversation,
    caller: CallerIs,
    replies: RepliesAre,
    body: ReplyBody,
    new_id: NewId,
) -> MessageShown:
    """Reply to a comment, as the account. It is sent once at most: if TikTok's answer is lost, the
    replies are read before anything else."""
    row = replies.send(caller.org, new_id, conversation_id, body.text, caller.user, body.message_id)
    return MessageShown.of(row)


@ROUTER.post("/conversations/{conversation_id}/status", dependencies=_WRITES)
@raises(NoConversation)
def set_conversation_status(
    conversation_id: _Conversation, caller: CallerIs, inbox: InboxIs, body: StatusBody
) -> ConversationShown:
    """Set where a conversation stands. A new message from somebody else opens it again."""
    return ConversationShown.of(inbox.set_status(caller.org, conversation_id, body.status))


@ROUTER.post("/conversations/{conversation_id}/read", dependencies=_WRITES)
@raises(NoConversation)
def mark_conversation_read(
    conversation_id: _Conversation, caller: CallerIs, inbox: InboxIs
) -> ConversationShown:
    """Mark a conversation as read."""
    return ConversationShown.of(inbox.set_unread(caller.org, conversation_id, False))


@ROUTER.post("/conversations/{conversation_id}/unread", dependencies=_WRITES)
@raises(NoConversation)
def mark_conversation_unread(
    conversation_id: _Conversation, caller: CallerIs, inbox: InboxIs
) -> ConversationShown:
    """Mark a conversation as unread."""
    return ConversationShown.of(inbox.set_unread(caller.org, conversation_id, True))


@ROUTER.post(
    "/conversations/{conversation_id}/messages/{message_id}/{action}", dependencies=_WRITES
)
@raises(NoConversation, NoMessage, NotAllowed, ChangeOutcomeUnknown, *_AT_TIKTOK)
def moderate_message(
    conversation_id: _Conversation,
    message_id: _Message,
    action: Annotated[ModerationAction, Path(description="What is done with the message.")],
    caller: CallerIs,
    moderation: ModerationIs,
) -> MessageShown:
    """Hide, like or pin a message at TikTok, or end that. Doing it twice does no harm."""
    return MessageShown.of(moderation.act(caller.org, conversation_id, message_id, action))


@ROUTER.delete(
    "/conversations/{conversation_id}/messages/{message_id}",
    dependencies=_WRITES,
    status_code=204,
)
@raises(NoConversation, NoMessage, NotAllowed, ChangeOutcomeUnknown, *_AT_TIKTOK)
def delete_message(
    conversation_id: _Conversation,
    message_id: _Message,
    caller: CallerIs,
    moderation: ModerationIs,
) -> Response:
    """Delete a message of the account's own at TikTok. Those of others can only be hidden."""
    moderation.delete(caller.org, conversation_id, message_id)
    return Response(status_code=204)
