"""Who a key speaks for, without looking it up for each call."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from . import keys
from .service import Caller

_KEPT = 10_000


class Known:
    """Agents' keys that were seen before.

    A key is never another agent's later, and each decision looks whether it still counts: what is
    kept here lets nobody in. Tokens of other kinds aren't kept.
    """

    def __init__(self, look_up: Callable[[str], Caller | None]) -> None:
        self._look_up = look_up
        self._lock = threading.Lock()
        self._callers: OrderedDict[str, Caller] = OrderedDict()

    def get(self, token: str) -> Caller | None:
        """Without a look at the database."""
        if not keys.looks_like(token):
            return None
        with self._lock:
            return self._callers.get(keys.digest(token))

    def find(self, token: str) -> Caller | None:
        """None: it is nobody's."""
        return self.get(token) or self._found(token)

    def _found(self, token: str) -> Caller | None:
        caller = self._look_up(token)
        if caller is not None and keys.looks_like(token):
            with self._lock:
                self._callers[caller.digest] = caller
                while len(self._callers) > _KEPT:
                    self._callers.popitem(last=False)
        return caller
