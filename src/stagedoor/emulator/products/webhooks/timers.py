"""Delivers webhooks over real HTTP, and retries on TikTok's terms.

Attempts run beside the clock, so a slow receiver holds up nothing; `advance` waits for the
attempts that fall due on the way, and each retry happens at its own moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagedoor.platform import signature
from stagedoor.platform.products.webhooks import BACKOFF_SECONDS, RETRY_HOURS

from ...hosts import reached_at
from ...world import World
from ...world.clock import Handlers
from .events import DELIVER
from .state import DELIVERIES, Attempt, Delivery, DeliveryState

if TYPE_CHECKING:
    import httpx2

_SUCCESS = 200
_AT_ONCE = 100
_RETRY_SECONDS = RETRY_HOURS * 3600


def handlers(world: World) -> Handlers:
    """A delivery is due."""
    courier = Courier(world)

    async def due(delivery_id: str) -> None:
        if (delivery := world[DELIVERIES].get(delivery_id)) is not None:
            courier.send(delivery)

    return {DELIVER: due}


def resume(world: World) -> None:
    """Plan the deliveries that were loaded undelivered."""
    for delivery in world[DELIVERIES].values():
        if delivery.state is DeliveryState.WAITING:
            world.clock.drop(DELIVER, delivery.id)
            world.clock.at(_next_due(delivery) or world.now(), DELIVER, delivery.id)


class Courier:
    def __init__(self, world: World) -> None:
        self._world = world
        self._client: httpx2.AsyncClient | None = None

    def send(self, delivery: Delivery) -> None:
        """Begin an attempt."""
        patience = self._world.settings.webhook_timeout_seconds + 1
        self._world.clock.start(DELIVER, delivery.id, self._attempt(delivery), patience)

    async def _attempt(self, delivery: Delivery) -> None:
        world = self._world
        began = world.now()
        status, error = await self._post(delivery, int(began))
        delivery.attempts.append(Attempt(began, status, error))
        if status == _SUCCESS:
            delivery.state = DeliveryState.DELIVERED
            successes = sum(each.status == _SUCCESS for each in delivery.attempts)
            if world.settings.duplicate_webhooks and successes == 1:
                world.clock.at(world.now(), DELIVER, delivery.id)
        elif delivery.state is DeliveryState.WAITING:
            due = _next_due(delivery)
            if due is None:
                delivery.state = DeliveryState.DROPPED
            else:
                world.clock.at(due, DELIVER, delivery.id)

    async def _post(self, delivery: Delivery, moment: int) -> tuple[int | None, str]:
        """HTTP status, or None and what went wrong. A redirect is an answer like any other."""
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
                    # A fresh t each time: whether TikTok renews it is unknown (re_sign_on_retry).
                    signature.HEADER: signature.header(app.client_secret, moment, body),
                },
                timeout=httpx2.Timeout(seconds, pool=None),
            )
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, OSError) as error:
            return None, f"{type(error).__name__}: {error}".removesuffix(": ")
        return response.status_code, ""

    def _http(self) -> httpx2.AsyncClient:
        if self._client is None:
            import httpx2

            self._client = httpx2.AsyncClient(
                # Receivers under development have certificates of their own; bodies hold no secret.
                verify=False,
                trust_env=False,
                # No connection is left open, so there is none to close with the world.
                limits=httpx2.Limits(max_connections=_AT_ONCE, max_keepalive_connections=0),
            )
        return self._client


def _next_due(delivery: Delivery) -> float | None:
    """When to try again after the last attempt; None when TikTok gives up."""
    tried = len(delivery.attempts)
    if tried == 0:
        return delivery.created
    if tried > len(BACKOFF_SECONDS):
        return None
    due = delivery.attempts[-1].at + BACKOFF_SECONDS[tried - 1]
    return due if due <= delivery.created + _RETRY_SECONDS else None
