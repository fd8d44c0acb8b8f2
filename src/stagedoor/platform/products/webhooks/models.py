"""The envelope and the payloads of webhooks."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

from ...model import OPEN, Answer, Id
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


class DownloadReady(Answer):
    request_id: Id


class Ping(Answer):
    pass
