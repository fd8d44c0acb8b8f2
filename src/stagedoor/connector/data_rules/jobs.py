"""The jobs of rules for data, by kind: retention's ref is an organisation, a removal's
organisation/integration/kind of credential, an erasure's organisation/erasure."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Handler, JobResult
from ..tenants.store import RETAIN
from .persons import ERASE, Persons
from .removal import Removals
from .retention import RetentionRules
from .schedule import REMOVAL


def handlers(
    retention: RetentionRules, removals: Removals, persons: Persons
) -> Mapping[str, Handler]:
    def result(more: bool) -> JobResult:
        return JobResult.AGAIN if more else JobResult.DONE

    return {
        RETAIN: lambda org: result(retention.run(org)),
        REMOVAL: lambda ref: result(removals.part(ref)),
        ERASE: lambda ref: result(persons.part(ref)),
    }
