"""The operations of events and subscriptions."""

from __future__ import annotations

from ...calls import Handlers
from . import deliveries as deliveries  # hears of reviews from now on
from . import events, subscriptions

HANDLERS: Handlers = {
    **events.HANDLERS,
    **subscriptions.HANDLERS,
}
