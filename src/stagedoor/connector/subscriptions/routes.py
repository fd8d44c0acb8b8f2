"""Routes of an organisation's webhooks, and of the addresses that notices are sent to."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, AwareDatetime, Field, WithJsonSchema

from stagedoor.platform.bounds import AtMost

from ..api import CallerIs, NewId, needs, router
from ..documented import ErrorCase, raises
from ..event_types import patterns, problem_of
from ..fetching.errors import UrlRefused
from ..fetching.guard import MAX_URL
from ..idempotency import ShownOnce
from ..pages import Page
from ..provided import provided
from ..queries import Cursor
from ..shapes import Distinct, Model, PatchModel, ResponseModel, example
from ..tenants.roles import Role
from .service import SubscriptionsService
from .subscription import DeliveryState, EventDelivery, EventSubscription

ROUTER: APIRouter = router(tags=["webhooks"])

SubscriptionsAre = Annotated[SubscriptionsService, provided(SubscriptionsService)]
_ADMIN = [needs(Role.ADMIN)]
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x20\x7f]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def _pattern(notices: bool) -> tuple[AfterValidator, WithJsonSchema]:
    """A pattern of types of events, or of kinds of notices alone."""

    def check(text: str) -> str:
        if (problem := problem_of(text, notices)) is not None:
            raise ValueError(problem)
        return text

    return AfterValidator(check), WithJsonSchema({"type": "string", "enum": [*patterns(notices)]})


def _address(text: str) -> str:
    if len(text) > 254 or not text.isascii() or _ADDRESS.fullmatch(text) is None:
        raise ValueError("is no e-mail address such as ada@example.com")
    return text


_Patterns = Annotated[
    list[Annotated[str, *_pattern(notices=False)]], Field(min_length=1), AtMost(50), Distinct()
]
_NoticePatterns = Annotated[
    list[Annotated[str, *_pattern(notices=True)]], Field(min_length=1), AtMost(50), Distinct()
]


class AddWebhook(Model):
    """The receiver of events."""

    model_config = example(url="https://app.example.com/stagedoor", events=["post.*"])

    url: Annotated[str, Field(min_length=1, max_length=MAX_URL)]
    """The https URL that messages are posted to; it must lead to the public internet."""
    events: _Patterns = Field(default_factory=lambda: ["*"])
    """Types of events: `post.published`, `post.*`, or `*` for all."""


class ChangeWebhook(PatchModel):
    """A change of a webhook; what is left out stays."""

    model_config = example(events=["post.*"])

    url: Annotated[str | None, Field(min_length=1, max_length=MAX_URL)] = None
    """The https URL that messages are posted to from now on; the secret stays."""
    events: _Patterns | None = None
    """The types of events from now on."""
    enabled: bool | None = None
    """Switches the webhook on or off; what waits for one that is switched off has failed."""


class Replay(Model):
    since: AwareDatetime | None = None
    """Messages from this time on, RFC 3339 with its zone; null: all that are kept."""


class WebhookShown(ResponseModel):
    """A webhook of the organisation."""

    id: str
    """The webhook's id."""
    url: str
    """Where messages are posted to."""
    events: list[str]
    """The types of events that it is told."""
    enabled: bool
    """Whether it is told anything now."""
    disabled_why: str | None
    """Why it is switched off; null: it isn't."""
    failing_since: datetime | None
    """Since when every attempt failed, RFC 3339 in UTC; after five days it is switched off."""
    created_at: datetime
    """When it was made, RFC 3339 in UTC."""

    @classmethod
    def of(cls, one: EventSubscription) -> Self:
        failing = one.failing_since
        return cls(
            id=one.id,
            url=one.target,
            events=list(one.events),
            enabled=one.enabled,
            disabled_why=one.disabled_why,
            failing_since=None if failing is None else datetime.fromtimestamp(failing, UTC),
            created_at=datetime.fromtimestamp(one.created, UTC),
        )


class WebhookAdded(ResponseModel):
    """A new webhook, and the secret that its messages are signed with."""

    webhook: WebhookShown
    """The webhook."""
    secret: Annotated[str | None, ShownOnce("Delete the webhook and make another one.")]
    """`whsec_...`, for any library of Standard Webhooks; shown this once."""


class WebhooksShown(ResponseModel):
    """The organisation's webhooks."""

    webhooks: list[WebhookShown]
    """The oldest first."""


class DeliveryShown(ResponseModel):
    """A message to a webhook."""

    id: str
    """The message's id, in the header webhook-id; it stays the same whenever it is sent again."""
    type: str
    """The type of the event."""
    state: DeliveryState
    """waiting, delivered, or failed after the last attempt."""
    attempts: int
    """How often it was sent since it was made or replayed."""
    created_at: datetime
    """When the event happened, RFC 3339 in UTC."""
    attempted_at: datetime | None
    """The last attempt, RFC 3339 in UTC; null: none yet."""
    next_at: datetime | None
    """The next attempt, RFC 3339 in UTC; null: none is to come."""
    status: int | None
    """The HTTP status of the last answer; null: none came."""
    error: str | None
    """Why the last attempt failed; null: it didn't."""

    @classmethod
    def of(cls, one: EventDelivery) -> Self:
        waits = one.state is DeliveryState.WAITING
        last = one.attempted_at
        return cls(
            id=one.id,
            type=one.type,
            state=one.state,
            attempts=one.attempts,
            created_at=datetime.fromtimestamp(one.created, UTC),
            attempted_at=None if last is None else datetime.fromtimestamp(last, UTC),
            next_at=datetime.fromtimestamp(one.next_at, UTC) if waits else None,
            status=one.status,
            error=one.error,
        )


class DeliveriesShown(ResponseModel):
    """A page of messages to a webhook."""

    deliveries: list[DeliveryShown]
    """The newest first; they are kept for seven days."""
    next_cursor: str | None
    """The cursor of the next page; null on the last one."""

    @classmethod
    def of(cls, page: Page[EventDelivery]) -> Self:
        found = [DeliveryShown.of(one) for one in page.items]
        return cls(deliveries=found, next_cursor=page.next_cursor)


class Replayed(ResponseModel):
    """The messages that are sent once more."""

    count: int
    """The number of messages that wait now."""


class NoticeSetting(Model):
    model_config = example(emails=["admin@example.com"], events=["integration.*", "post.failed"])

    emails: Annotated[list[Annotated[str, AfterValidator(_address)]], AtMost(20), Distinct()]
    """The admins' e-mail addresses; an empty list: no e-mail is sent."""
    events: _NoticePatterns = Field(default_factory=lambda: ["*"])
    """The kinds of notices that are sent: `integration.*`, `post.failed`, or `*` for all."""


class NoticeAddressShown(ResponseModel):
    """An address that notices are sent to."""

    email: str
    """The e-mail address."""
    events: list[str]
    """The kinds of notices that are sent there."""
    enabled: bool
    """False: sending failed for five days; PUT the setting to begin anew."""
    disabled_why: str | None
    """Why nothing is sent any more; null: it is."""


class NoticeSettingShown(ResponseModel):
    """Where the organisation's notices are sent to."""

    addresses: list[NoticeAddressShown]
    """One entry for each address."""

    @classmethod
    def of(cls, found: list[EventSubscription]) -> Self:
        return cls(
            addresses=[
                NoticeAddressShown(
                    email=one.target,
                    events=list(one.events),
                    enabled=one.enabled,
                    disabled_why=one.disabled_why,
                )
                for one in found
            ]
        )


@ROUTER.post("/api/webhooks", dependencies=_ADMIN)
@raises(UrlRefused)
def add_webhook(
    caller: CallerIs, subscriptions: SubscriptionsAre, body: AddWebhook, new_id: NewId
) -> WebhookAdded:
    """Have events posted to a URL, signed by the Standard Webhooks scheme."""
    made, secret = subscriptions.add(caller.org, caller.user, new_id, body.url, body.events)
    return WebhookAdded(webhook=WebhookShown.of(made), secret=secret)


@ROUTER.get("/api/webhooks", dependencies=_ADMIN)
def list_webhooks(caller: CallerIs, subscriptions: SubscriptionsAre) -> WebhooksShown:
    """List the organisation's webhooks."""
    found = subscriptions.webhooks(caller.org)
    return WebhooksShown(webhooks=[WebhookShown.of(one) for one in found])


@ROUTER.get("/api/webhooks/{webhook_id}", dependencies=_ADMIN)
def show_webhook(
    caller: CallerIs, subscriptions: SubscriptionsAre, webhook_id: str
) -> WebhookShown:
    """Show a webhook."""
    return WebhookShown.of(subscriptions.get(caller.org, webhook_id))


@ROUTER.patch("/api/webhooks/{webhook_id}", dependencies=_ADMIN)
@raises(UrlRefused)
def change_webhook(
    caller: CallerIs, subscriptions: SubscriptionsAre, webhook_id: str, body: ChangeWebhook
) -> WebhookShown:
    """Change the URL or the events of a webhook, or switch it on or off."""
    changed = subscriptions.change(caller.org, webhook_id, body.events, body.enabled, body.url)
    return WebhookShown.of(changed)


@ROUTER.delete("/api/webhooks/{webhook_id}", dependencies=_ADMIN, status_code=204)
def delete_webhook(caller: CallerIs, subscriptions: SubscriptionsAre, webhook_id: str) -> Response:
    """Delete a webhook with what waits for it."""
    subscriptions.delete(caller.org, webhook_id)
    return Response(status_code=204)


@ROUTER.get("/api/webhooks/{webhook_id}/deliveries", dependencies=_ADMIN)
def list_deliveries(
    caller: CallerIs,
    subscriptions: SubscriptionsAre,
    webhook_id: str,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    state: Annotated[
        DeliveryState | None, Query(description="Only messages in this state.")
    ] = None,
) -> DeliveriesShown:
    """List a webhook's messages of the last seven days, the newest first."""
    return DeliveriesShown.of(
        subscriptions.deliveries(caller.org, webhook_id, cursor, limit, state)
    )


@ROUTER.post("/api/webhooks/{webhook_id}/replay", dependencies=_ADMIN)
def replay_webhook(
    caller: CallerIs,
    subscriptions: SubscriptionsAre,
    webhook_id: str,
    body: Replay | None = None,
) -> Replayed:
    """Send again, under their ids, the messages that failed."""
    since = 0.0 if body is None or body.since is None else body.since.timestamp()
    return Replayed(count=subscriptions.replay(caller.org, webhook_id, since=since))


@ROUTER.post("/api/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", dependencies=_ADMIN)
def replay_delivery(
    caller: CallerIs, subscriptions: SubscriptionsAre, webhook_id: str, delivery_id: str
) -> Replayed:
    """Send one message again, under its id, whatever became of it."""
    return Replayed(count=subscriptions.replay(caller.org, webhook_id, only=delivery_id))


@ROUTER.get("/api/settings/notices", dependencies=_ADMIN)
def show_notice_setting(caller: CallerIs, subscriptions: SubscriptionsAre) -> NoticeSettingShown:
    """Show the e-mail addresses that notices are sent to."""
    return NoticeSettingShown.of(subscriptions.emails(caller.org))


@ROUTER.put("/api/settings/notices", dependencies=_ADMIN)
@raises(UrlRefused, ErrorCase(409, "smtp_not_configured", "The service sends no e-mail."))
def set_notice_setting(
    caller: CallerIs, subscriptions: SubscriptionsAre, body: NoticeSetting
) -> NoticeSettingShown:
    """Replace the e-mail addresses that notices are sent to."""
    return NoticeSettingShown.of(
        subscriptions.set_emails(caller.org, caller.user, body.emails, body.events)
    )
