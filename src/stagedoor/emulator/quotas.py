"""Daily quotas: the use of each pool by organisation, since 00:00 UTC on the world's clock."""

from __future__ import annotations

from stagedoor.platform.operation import DAY, Quota

from .calls import AdmittedCall, Refusal
from .world import World
from .world.state import SPENT, SpentQuota


def spent(world: World, organisation: str, pool: str) -> SpentQuota:
    """Today's count of a pool."""
    today = int(world.now()) // DAY
    key = f"{organisation}:{pool}"
    found = world[SPENT].get(key)
    if found is None or found.day != today:
        found = world[SPENT][key] = SpentQuota(today)
    return found


def spend(call: AdmittedCall) -> None:
    """Count the call, or refuse it because the day's requests or records are used up."""
    quota, count = _of(call)
    if count.requests >= quota.requests or count.records >= quota.records:
        raise Refusal("daily_quota_limit_exceeded")
    count.requests += 1


def receive(call: AdmittedCall, records: int) -> None:
    """Count the records of an answer."""
    _, count = _of(call)
    count.records += records


def _of(call: AdmittedCall) -> tuple[Quota, SpentQuota]:
    quota = call.operation.quota
    if quota is None or call.app is None:
        raise TypeError(f"{call.operation.id} has no quota")
    return quota, spent(call.world, call.app.developer_id, quota.pool)
