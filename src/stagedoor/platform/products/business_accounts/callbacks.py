"""Callback URLs of an app for the events of accounts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ...addresses import WEB
from ...bounds import AtMost
from ...model import OPEN, Answer, AnyId, Id, declared, says
from ...operation import OperationEffect, Retry
from ..business.common import COMMON_APP, PREFIX, AppRequest, case
from ..business.product import APP


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


WEBHOOK_UPDATE = APP.operation(
    "webhook_update",
    "POST",
    f"{PREFIX}/business/webhook/update/",
    request=CallbackSetting,
    response=Callback,
    summary="Set the callback URL of a kind of events",
    action="Manage webhooks",
    effect=OperationEffect.WRITE,
    errors=COMMON_APP,
    source="business-accounts.yaml webhook_update",
)

WEBHOOK_LIST = APP.operation(
    "webhook_list",
    "GET",
    f"{PREFIX}/business/webhook/list/",
    request=CallbackQuery,
    response=Callback,
    summary="Read the callback URL of a kind of events",
    action="Manage webhooks",
    retry=Retry.SAFE,
    errors=COMMON_APP,
    source="business-accounts.yaml webhook_list",
)

WEBHOOK_DELETE = APP.operation(
    "webhook_delete",
    "POST",
    f"{PREFIX}/business/webhook/delete/",
    request=CallbackDeletion,
    response=Callback,
    summary="Delete the callback URL of a kind of events, or some of its posts",
    action="Manage webhooks",
    effect=OperationEffect.WRITE,
    errors=(*COMMON_APP, case(40007, "no callback URL")),
    source="business-accounts.yaml webhook_delete",
)
