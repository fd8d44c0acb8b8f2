"""Callback URLs of an app for the events of accounts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ...addresses import WEB
from ...bounds import AtMost
from ...model import OPEN, Answer, AnyId, Id, declared, says
from ..business.common import AppRequest


class WebhookEventType(StrEnum):
    """The kind of events that a callback URL receives. VIDEO includes photo posts."""

    VIDEO = "VIDEO"
    COMMENT = "COMMENT"
    DIRECT_MESSAGE = "DIRECT_MESSAGE"
    BRAND_MENTION = "BRAND_MENTION"


_Kind = Annotated[
    WebhookEventType | str,
    OPEN,
    declared(WebhookEventType),
    says("VIDEO, COMMENT, DIRECT_MESSAGE or BRAND_MENTION"),
]
_Items = Annotated[tuple[AnyId, ...], AtMost(100)]


class CallbackSetting(AppRequest):
    """The callback URL of a kind of events; it replaces the one before."""

    event_type: _Kind
    callback_url: Annotated[str, WEB, says("https")]
    item_list: Annotated[
        _Items | None,
        says("COMMENT only: these posts, at most 100, are added to those of before; default all"),
    ] = None


class CallbackQuery(AppRequest):
    """The kind of events whose callback URL is read."""

    event_type: _Kind


class CallbackDeletion(AppRequest):
    """The kind of events whose callback URL is deleted."""

    event_type: _Kind
    item_list: Annotated[_Items | None, says("COMMENT only: drop only these posts")] = None


class Callback(Answer):
    """The callback URL of a kind of events."""

    app_id: Id | None = None
    event_type: Annotated[WebhookEventType | str | None, OPEN] = None
    callback_url: str | None = None
    item_list: Annotated[tuple[Id, ...] | None, says("COMMENT with posts of its own")] = None
