"""Delivers webhooks over HTTP, with retries and back-off within TikTok's 72 hours.

Attempts run as background tasks, so a slow receiver blocks nothing else; `advance` waits for the
attempts that are due on the way, and each retry happens at its own moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagedoor.platform import signature
from stagedoor.platform.products.webhooks import BACKOFF_SECONDS, RETRY_HOURS

from ...hosts import reached_at
from ...world import World
from ...world.clock import Handlers
from .events import DELIVER
from .state import DELIVERIES, Attempt, WebhookDelivery, WebhookDeliveryState

if TYPE_CHECKING:
    import httpx2

_SUCCESS = 200
_AT_ONCE = 100
_RETRY_SECONDS = RETRY_HOURS * 3600


def handlers(world: World) -> Handlers:
    """Timer handlers: a delivery is due."""
    courier = Courier(world)

    async def due(delivery_id: str) -> None:
        if (delivery := world[DELIVERIES].get(delivery_id)) is not None:
            courier.send(delivery)

    return {DELIVER: due}


def resume(world: World) -> None:
    """Schedule the loaded deliveries that are still waiting."""
    for delivery in world[DELIVERIES].values():
        if delivery.state is WebhookDeliveryState.WAITING:
            world.clock.drop(DELIVER, delivery.id)
            world.clock.at(_next_due(delivery) or world.now(), DELIVER, delivery.id)


class Courier:
    def __init__(self, world: World) -> None:
        self._world = world
        self._client: httpx2.AsyncClient | None = None

    def send(self, delivery: WebhookDelivery) -> None:
        """Start an attempt."""
        patience = self._world.settings.webhook_timeout_seconds + 1
        self._world.clock.start(DELIVER, delivery.id, self._attempt(delivery), patience)

    async def _attempt(self, delivery: WebhookDelivery) -> None:
        world = self._world
        began = world.now()
        status, error = await self._post(delivery, int(began))
        delivery.attempts.append(Attempt(began, status, error))
        if status == _SUCCESS:
            delivery.state = WebhookDeliveryState.DELIVERED
            successes = sum(each.status == _SUCCESS for each in delivery.attempts)
            if world.settings.duplicate_webhooks and successes == 1:
                world.clock.at(world.now(), DELIVER, delivery.id)
        elif delivery.state is WebhookDeliveryState.WAITING:
            due = _next_due(delivery)
            if due is None:
                delivery.state = WebhookDeliveryState.DROPPED
            else:
                world.clock.at(due, DELIVER, delivery.id)

    async def _post(self, delivery: WebhookDelivery, moment: int) -> tuple[int | None, str]:
        """Returns the HTTP status, or None and the error. A redirect is not followed."""
        import httpx2

        app = self._world.apps[delivery.client_key]
        body = delivery.body.encode()
        seconds = self._world.settings.webhook_timeout_seconds
        try:
            response = await self._http().post(
                reached_at(self._world, delivery.url) or delivery.url,
                content=body,
                headers={
                    "Content-Type": "application/json",
                    **(self._business_headers() if app.business else {}),
                    # A new t for each attempt: TikTok's behaviour is unknown (re_sign_on_retry).
                    signature.HEADER: signature.header(app.client_secret, moment, body),
                },
                timeout=httpx2.Timeout(seconds, pool=None),
            )
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, OSError) as error:
            return None, f"{type(error).__name__}: {error}".removesuffix(": ")
        return response.status_code, ""

    def _business_headers(self) -> dict[str, str]:
        """The headers of the webhooks of TikTok API for Business."""
        return {
            "webhook-schema-version": "1.0",
            "x-tt-logid": self._world.ids.log_id(self._world.now()),
        }

    def _http(self) -> httpx2.AsyncClient:
        if self._client is None:
            import httpx2

            self._client = httpx2.AsyncClient(
                # Receivers under development have their own certificates; bodies contain no secret.
                verify=False,
                trust_env=False,
                # No connection is kept alive, so none has to be closed with the world.
                limits=httpx2.Limits(max_connections=_AT_ONCE, max_keepalive_connections=0),
            )
        return self._client


def _next_due(delivery: WebhookDelivery) -> float | None:
    """The time of the next attempt; None when TikTok gives up."""
    tried = len(delivery.attempts)
    if tried == 0:
        return delivery.created
    if tried > len(BACKOFF_SECONDS):
        return None
    due = delivery.attempts[-1].at + BACKOFF_SECONDS[tried - 1]
    return due if due <= delivery.created + _RETRY_SECONDS else None
