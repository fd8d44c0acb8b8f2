"""Counting the effects at TikTok that the witness compares."""

from __future__ import annotations

import threading

from ..database import TenantConnection
from ..installation.store import count_effect


class EffectCounter:
    """Safe to share between threads. `changed` is set with each effect that is counted."""

    def __init__(self) -> None:
        self.changed = threading.Event()

    def count(self, scope: TenantConnection) -> None:
        """An effect is about to be sent, in the caller's transaction."""
        count_effect(scope.connection)
        self.changed.set()
