"""A cache of parsed policies: each process parses each version once."""

from __future__ import annotations

import threading
from collections import OrderedDict

from stagedoor.connector.database import TenantConnection

from . import store
from .grant import Grant
from .policy import NOTHING, AgentPolicy, parse

_KEPT = 1_000


class Policies:
    """Each decision reads the newest version, so a change takes effect at once in all processes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parsed: OrderedDict[str, AgentPolicy] = OrderedDict()
        self._nothing = parse(NOTHING, grants=())

    def of(self, tenant: TenantConnection, agent_id: str, version: int | None) -> AgentPolicy:
        """Return the agent's policy of this version; None: the agent has no grants."""
        if version is None:
            return self._nothing
        with self._lock:
            known = self._parsed.get(agent_id)
            if known is not None and known.version == version:
                self._parsed.move_to_end(agent_id)
                return known
        row = store.get(tenant, agent_id)
        if row is None:
            return self._nothing
        made = parse(row.cedar, row.version, _grants(row.grants))
        with self._lock:
            self._parsed[agent_id] = made
            while len(self._parsed) > _KEPT:
                self._parsed.popitem(last=False)
        return made


def _grants(stored: object) -> list[Grant] | None:
    if not isinstance(stored, list):
        return None
    return [Grant.model_validate(one) for one in stored]
