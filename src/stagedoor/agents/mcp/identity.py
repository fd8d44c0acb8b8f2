"""Who speaks, by the bearer token of a request."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from ..identity import keys

if TYPE_CHECKING:
    from ..identity.service import Caller
    from ..services import Agents

_KEPT = 10_000


def caller_of(agents: Agents, token: str) -> Caller | None:
    """By an agent's key, or by the token of a client that signed in; None: it is nobody's."""
    return agents.identity.caller(token) or agents.oauth.caller(token)


class Known:
    """Agents' keys that were seen before.

    A key is never another agent's later, and each decision looks anew whether it still counts:
    what ended since is denied by the gate. Other tokens aren't kept.
    """

    def __init__(self, agents: Agents) -> None:
        self._agents = agents
        self._lock = threading.Lock()
        self._callers: OrderedDict[str, Caller] = OrderedDict()

    def get(self, token: str) -> Caller | None:
        """Without a look at the database."""
        if not keys.looks_like(token):
            return None
        with self._lock:
            return self._callers.get(keys.digest(token))

    def find(self, token: str) -> Caller | None:
        found = caller_of(self._agents, token)
        if found is not None and keys.looks_like(token):
            with self._lock:
                self._callers[found.digest] = found
                while len(self._callers) > _KEPT:
                    self._callers.popitem(last=False)
        return found
