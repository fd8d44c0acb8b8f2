"""A request for a copy of a creator's data, as a value. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from stagedoor.platform.products.portability import EXPIRY_SECONDS


class ExportStateName(StrEnum):
    """How far a request is."""

    REQUESTING = "requesting"
    """TikTok is being asked."""
    COLLECTING = "collecting"
    """TikTok collects the data."""
    READY = "ready"
    """The archive can be downloaded."""
    EXPIRED = "expired"
    """The archive wasn't downloaded in time: TikTok deleted it."""
    CANCELLED = "cancelled"
    """The request was cancelled."""
    FAILED = "failed"
    """TikTok refused it, or it can't be followed any more; `error` tells why."""
    UNKNOWN = "unknown"
    """TikTok's answer was lost: it may collect the data. The request is never repeated."""


FOLLOWED = (ExportStateName.COLLECTING, ExportStateName.READY)
"""States of requests whose status TikTok is asked for."""


@dataclass(frozen=True, slots=True)
class PortabilityRequest:
    """A request; times in Unix seconds."""

    id: str
    org: str
    integration: str
    app_id: str
    account: str
    categories: Sequence[str]
    data_format: str
    state: ExportStateName
    tiktok_id: str | None
    error: Mapping[str, Any] | None
    polls: int
    created: float
    created_by: str
    ready: float | None
    ended: float | None
    held_by: str | None = field(repr=False)
    held_until: float | None = field(repr=False)

    @classmethod
    def of(cls, row: Any) -> PortabilityRequest:
        values = {one.name: getattr(row, one.name) for one in fields(cls)}
        return cls(**(values | {"state": ExportStateName(row.state)}))

    @property
    def expires(self) -> float | None:
        """When TikTok deletes the archive; None before it is ready."""
        return None if self.ready is None else self.ready + EXPIRY_SECONDS
