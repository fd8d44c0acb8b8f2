"""The daily quota of an app, until 00:00 UTC (`commercial.yaml` quotas)."""

from __future__ import annotations

import time

from ..calls import Call, Refusal

_PRODUCT = "commercial"


def count(call: Call) -> None:
    """Count the call, or refuse it because the day's quota is used up."""
    world = call.world
    if not world.settings.rate_limits or call.token is None:
        return
    day = time.strftime("%Y%m%d", time.gmtime(call.now))
    key = f"{_PRODUCT}:{call.token.client_key}:{day}"
    used = world.all.used_up.get(key, 0)
    if used >= world.settings.commercial_requests_per_day:
        raise Refusal("daily_quota_limit_exceeded")
    world.all.used_up[key] = used + 1
