"""A campaign, ad group or ad as TikTok describes it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stagedoor.platform.ads_vocabulary import BudgetMode, OperationStatus

from ..ad_metrics.objects import AdLevel
from . import problems
from .levels import LEVELS
from .problems import Reviewed

_TIME = "%Y-%m-%d %H:%M:%S"


def moment_of(text: str | None) -> datetime | None:
    """A time of TikTok's answers, which are in UTC."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class AdObject:
    """An object of an ad account. `record` is TikTok's own answer about it; `review` None: no
    review of it has ended, or its level has none."""

    level: AdLevel
    account_id: str
    record: Any
    review: Reviewed | None = None

    @property
    def id(self) -> str:
        return str(getattr(self.record, LEVELS[self.level].id) or "")

    @property
    def name(self) -> str:
        return getattr(self.record, LEVELS[self.level].name) or ""

    @property
    def fields(self) -> Mapping[str, Any]:
        """TikTok's fields that have a value."""
        found: dict[str, Any] = self.record.model_dump(mode="json", exclude_none=True)
        return found

    @property
    def secondary_status(self) -> str | None:
        found: str | None = self.record.secondary_status
        return found

    @property
    def enabled(self) -> bool:
        return bool(self.record.operation_status == OperationStatus.ENABLE)

    @property
    def deleted(self) -> bool:
        return (self.secondary_status or "").endswith("_DELETE")

    @property
    def problems(self) -> list[str]:
        return problems.of_object(self.secondary_status, self.review, self.enabled)

    @property
    def has_budget(self) -> bool:
        """Whether it has a budget of its own."""
        mode = self.record.budget_mode
        return mode not in (None, BudgetMode.INFINITE) and bool(self.record.budget)
