"""The daily quota of an app, which resets at 00:00 UTC (`commercial.yaml` quotas)."""

from __future__ import annotations

from ... import quotas
from ...calls import AdmittedCall, Refusal


def count(call: AdmittedCall) -> None:
    """Count the call, or refuse it because the day's quota is used up."""
    world = call.world
    if not world.settings.rate_limits or call.token is None:
        return
    today = quotas.spent(world, call.token.client_key, "commercial")
    if today.requests >= world.settings.commercial_requests_per_day:
        raise Refusal("daily_quota_limit_exceeded")
    today.requests += 1
