"""An organisation's own setting of how long data is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..data_kinds import DataKind
from ..database import TenantConnection
from ..tenants import store as tenants

SETTING = "retention"
DAYS_AFTER_REMOVAL = 30
"""How long data of an account stays after its authorization was removed: the creator may connect
again. It is the longest time that may be set, too."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Days by kind, None for ever; kinds that it doesn't name have their default."""

    days: Mapping[str, int | None] = field(default_factory=dict)
    after_removal: int = DAYS_AFTER_REMOVAL

    @classmethod
    def read(cls, tenant: TenantConnection) -> Retention:
        stored: Mapping[str, Any] | None = tenants.setting(tenant, SETTING)
        return cls() if stored is None else cls(stored["days"], stored["after_removal"])

    def write(self, tenant: TenantConnection) -> None:
        stored = {"days": dict(self.days), "after_removal": self.after_removal}
        tenants.set_setting(tenant, SETTING, stored)

    def of(self, kind: DataKind) -> float | None:
        """The days that a kind is kept. A setting that is out of range by now counts as the
        default."""
        days = self.days.get(kind.name, kind.keep.default)
        return days if kind.keep.allows(days) else kind.keep.default
