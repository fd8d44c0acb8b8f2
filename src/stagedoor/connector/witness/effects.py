"""Counting the effects at TikTok, which the witness compares."""

from __future__ import annotations

import threading

from ..database import TenantConnection
from ..installation.store import count_effect


class EffectCounter:
    """Counts effects. Thread-safe. `changed` is set with each effect that is counted."""

    def __init__(self) -> None:
        self.changed = threading.Event()

    def count(self, tenant: TenantConnection) -> None:
        """Count an effect that is about to be sent, in the caller's transaction."""
        count_effect(tenant.connection)
        self.changed.set()
