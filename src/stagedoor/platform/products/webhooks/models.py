"""The envelope and the payloads of webhooks."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Annotated

from pydantic import BeforeValidator

from ...model import OPEN, Answer, Id, says
from ..posting.models import FailReason, PublishType

RETRY_HOURS = 72
BACKOFF_SECONDS = tuple(60 * 2**n for n in range(12))
"""Seconds between attempts. TikTok's schedule isn't published; this stays within its 72 hours."""


class Envelope(Answer):
    client_key: str
    event: str
    create_time: int
    content: str = "{}"
    user_openid: str = ""


class RemovalReason(IntEnum):
    UNKNOWN = 0
    USER_DISCONNECTED = 1
    ACCOUNT_DELETED = 2
    AGE_CHANGED = 3
    ACCOUNT_BANNED = 4
    DEVELOPER_REVOKED = 5


class CommentType(StrEnum):
    """The level of a comment."""

    COMMENT = "comment"
    REPLY = "reply"


class CommentAction(StrEnum):
    """The changes of a comment that a webhook tells."""

    INSERT = "insert"
    DELETE = "delete"
    SET_TO_HIDDEN = "set_to_hidden"
    SET_TO_FRIENDS_ONLY = "set_to_friends_only"
    SET_TO_PUBLIC = "set_to_public"


class AuthorizationRemoved(Answer):
    reason: Annotated[RemovalReason | int, OPEN] = RemovalReason.UNKNOWN


class PublishFailed(Answer):
    """`reason` has the value that the status call returns as fail_reason."""

    publish_id: str
    reason: Annotated[FailReason | str, OPEN]
    publish_type: Annotated[PublishType | str, OPEN] = ""


class PublishMoved(Answer):
    publish_id: str
    publish_type: Annotated[PublishType | str, OPEN] = ""


class PublicationChanged(Answer):
    publish_id: str
    post_id: Id
    publish_type: Annotated[PublishType | str, OPEN] = ""


class ShareMoved(Answer):
    """`share_id` looks like `video.<digits>.<suffix>`; there is no publish_id."""

    share_id: str


class CommentUpdated(Answer):
    """A comment on a post, and what happened to it. Ids are bare 64-bit numbers on the wire."""

    comment_id: Id
    video_id: Id
    parent_comment_id: Annotated[Id, says("0 at the first level")] = "0"
    comment_type: Annotated[CommentType | str, OPEN] = ""
    comment_action: Annotated[CommentAction | str, OPEN] = ""
    timestamp: Annotated[int | None, says("Unix milliseconds")] = None
    unique_identifier: Annotated[Id | None, says("the author's id, the same in all APIs")] = None
    text: Annotated[str | None, says("None: read it with comment_list and comment_ids")] = None


class MentionChange(StrEnum):
    """The changes of a mention that a webhook tells."""

    CREATE = "CREATE"
    EDIT = "EDIT"
    PRIVACY_CHANGE = "PRIVACY_CHANGE"


class MentionType(StrEnum):
    """The place of a mention."""

    VIDEO = "VIDEO_MENTION"
    COMMENT = "COMMENT"


def _underscored(value: object) -> object:
    return value.replace(" ", "_") if isinstance(value, str) else value


class BrandMentioned(Answer):
    """Somebody mentioned the account in a post or a comment, or changed the mention."""

    type_of_event: Annotated[MentionChange | str, OPEN] = ""
    mention_type: Annotated[
        MentionType | str,
        OPEN,
        # one of TikTok's samples has a blank in place of the underscore
        BeforeValidator(_underscored),
    ] = ""
    video_id: Id
    comment_id: Annotated[Id, says("0 for a post")] = "0"
    video_create_time: str | int | None = None
    video_caption: str | None = None
    share_url: str | None = None
    open_id_of_mentioned_user: str | None = None
    unique_name_of_mentioned_user: str | None = None
    unique_identifier: Annotated[Id | None, says("the author's id, the same in all APIs")] = None


class DownloadReady(Answer):
    request_id: Id


class Ping(Answer):
    pass
