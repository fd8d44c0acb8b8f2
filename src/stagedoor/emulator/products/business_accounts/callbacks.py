"""Callback URLs of an app for the events of accounts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from stagedoor.platform.products import business_accounts
from stagedoor.platform.products.business_accounts import (
    CallbackDeletion,
    CallbackQuery,
    CallbackSetting,
    WebhookEventType,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ..webhooks.state import CALLBACKS, EventCallback

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def update(call: AdmittedCall) -> dict[str, Any]:
    """Set the callback URL of a kind of events; posts are added to those of before."""
    request: CallbackSetting = call.request
    kind = _kind(request.event_type)
    _check_url(request.callback_url)
    items = _items(kind, request.item_list)
    found = call.world[CALLBACKS].get(_key(call, kind))
    if found is None:
        found = EventCallback(call.authorized_app.client_key, kind, request.callback_url)
        call.world[CALLBACKS].add(found)
    found.url = request.callback_url
    if items is not None:
        found.items = tuple(dict.fromkeys((*(found.items or ()), *items)))
    return _shown(found)


def listed(call: AdmittedCall) -> dict[str, Any]:
    request: CallbackQuery = call.request
    found = call.world[CALLBACKS].get(_key(call, _kind(request.event_type)))
    return {} if found is None else _shown(found)


def delete(call: AdmittedCall) -> dict[str, Any]:
    """Delete a callback URL, or drop some of its posts."""
    request: CallbackDeletion = call.request
    kind = _kind(request.event_type)
    found = call.world[CALLBACKS].get(_key(call, kind))
    if found is None:
        raise Refusal("40007", f"There is no callback URL for {kind}.")
    items = _items(kind, request.item_list)
    if items is not None:
        found.items = tuple(one for one in found.items or () if one not in items)
        if found.items:
            return _shown(found)
    del call.world[CALLBACKS][_key(call, kind)]
    return _shown(found)


def _key(call: AdmittedCall, kind: WebhookEventType) -> str:
    return f"{call.authorized_app.client_key}:{kind}"


def _kind(value: str) -> WebhookEventType:
    try:
        return WebhookEventType(value)
    except ValueError:
        names = ", ".join(WebhookEventType)
        raise Refusal("40002", f"event_type: Must be one of: {names}.") from None


def _items(kind: WebhookEventType, items: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if items is not None and kind is not WebhookEventType.COMMENT:
        raise Refusal("40002", "item_list: Only for the event_type COMMENT.")
    return items


def _check_url(url: str) -> None:
    """Only https; http to this machine as well, for receivers under development."""
    try:
        parts = urlsplit(url)
        fits = bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
        )
    except ValueError:
        fits = False
    if not fits:
        raise Refusal("40002", "callback_url: Must be an https URL.")


def _shown(found: EventCallback) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "app_id": found.app_id,
        "event_type": found.kind,
        "callback_url": found.url,
    }
    return shown if found.items is None else shown | {"item_list": list(found.items)}


HANDLERS: Handlers = {
    business_accounts.WEBHOOK_UPDATE: update,
    business_accounts.WEBHOOK_LIST: listed,
    business_accounts.WEBHOOK_DELETE: delete,
}
