"""Rate limits of TikTok API for Business, by the names of `business.yaml` (rate_limits.named).

The windows of `DEFAULT` are the app's: all operations that have these limits share them.
"""

from __future__ import annotations

from ...operation import DAY, LimitKey, RateLimit

MINUTE = 60
HOUR = 3_600


def _by_tier(seconds: float, *tiers: int, pool: str | None = None) -> RateLimit:
    if len(tiers) == 1:
        return RateLimit(tiers[0], seconds, LimitKey.APP_TIER, pool=pool)
    return RateLimit(tiers[0], seconds, LimitKey.APP_TIER, tiers, pool)


DEFAULT = (
    _by_tier(1, 10, 20, 30, 50, pool="business"),
    _by_tier(MINUTE, 600, 1_200, 1_800, 3_000, pool="business"),
    _by_tier(DAY, 864_000, 1_728_000, 2_592_000, 4_320_000, pool="business"),
)
ACCOUNT = (
    RateLimit(40, MINUTE, LimitKey.ACCOUNT),
    _by_tier(MINUTE, 600, 1_000, 1_000, 1_000, pool="business accounts"),
)
"""By account and operation, and by app for all operations on accounts together."""
ACCOUNT_PUBLISH = (
    RateLimit(6, MINUTE, LimitKey.ACCOUNT, pool="account publishing"),
    RateLimit(15, DAY, LimitKey.ACCOUNT, pool="account publishing"),
)
AD_CREATE = (
    _by_tier(1, 5, 10, 10, 15),
    _by_tier(MINUTE, 150, 200, 300, 300),
    _by_tier(DAY, 86_400),
)
REPORT_TASK_CREATE = (
    _by_tier(1, 2),
    _by_tier(MINUTE, 60),
    _by_tier(DAY, 4_500),
    RateLimit(500, HOUR, LimitKey.ADVERTISER),
)
"""The last one is of an older page of TikTok's (medium confidence)."""
EVENT_TRACK = (_by_tier(1, 1_000), _by_tier(MINUTE, 600_000), _by_tier(DAY, 86_400_000))
STREAMING = (
    _by_tier(1, 10_000, 20_000, 30_000, 50_000),
    _by_tier(MINUTE, 600_000, 1_200_000, 1_800_000, 3_000_000),
    _by_tier(DAY, 864_000_000, 1_728_000_000, 2_592_000_000, 4_320_000_000),
)
