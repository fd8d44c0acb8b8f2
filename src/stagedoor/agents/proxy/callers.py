"""Who a key speaks for, without looking it up for each call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..identity import keys

if TYPE_CHECKING:
    from ..identity.service import Caller, Identity

_SECONDS = 60.0
_KEPT = 1_024


class Callers:
    """A key is always of the same agent, and each decision looks whether both still count: so
    what is kept here lets nobody in, and keeps only a look-up."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._known: dict[str, tuple[Caller, float]] = {}

    def of(self, key: str) -> Caller | None:
        """None: it is nobody's."""
        digest, now = keys.digest(key), time.monotonic()
        known = self._known.get(digest)
        if known is not None and now < known[1]:
            return known[0]
        caller = self._identity.caller(key)
        if caller is not None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[digest] = caller, now + _SECONDS
        return caller
