"""The job that deletes responses kept for repeated requests, after a day."""

from __future__ import annotations

from collections.abc import Mapping

from ..clock import Clock
from ..database import Database, TenantConnection
from ..jobs import Handler, JobResult
from . import store


def handlers(database: Database, clock: Clock) -> Mapping[str, Handler]:
    def expire(org: str) -> JobResult:
        with database.begin() as connection:
            more = store.expire_answers(TenantConnection(connection, org), clock.now())
        return JobResult.AGAIN if more else JobResult.DONE

    return {store.EXPIRE: expire}
