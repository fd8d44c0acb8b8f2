"""JSON schemas of synchronisation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from stagedoor.platform.bounds import AtMost

from ..shapes import Model, ResponseModel, example, moment
from .service import Triggered, TypeStatus
from .sync_run import SyncType

_Name = Annotated[str, Field(min_length=1, max_length=50)]


class TriggerOptions(Model):
    """How far and how thoroughly to read."""

    start_date: AwareDatetime | None = None
    """Only videos posted since then; `videos` reads the list back to it."""
    force: bool = False
    """Read also what was read just now, and the whole list of videos once more."""


class TriggerBody(Model):
    """The synchronisation to run now."""

    model_config = example(syncType=["videos", "metrics"])

    platform: Literal["tiktok"] = "tiktok"
    """The platform."""
    sync_type: _Name | Annotated[list[_Name], Field(min_length=1), AtMost(20)]
    """`all`, a type of `GET /api/sync/platforms`, or a list of types."""
    options: TriggerOptions = Field(default_factory=TriggerOptions)
    """How far and how thoroughly to read."""
    integration_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """Only this account; without it, every account of the organisation."""

    @property
    def names(self) -> list[str]:
        return [self.sync_type] if isinstance(self.sync_type, str) else self.sync_type


class TriggeredShown(ResponseModel):
    """A type that was triggered."""

    sync_type: str
    """The type."""
    accounts: int
    """The number of accounts that are read."""
    paused: bool
    """The type is paused: the accounts are read once it is resumed."""

    @classmethod
    def of(cls, one: Triggered) -> TriggeredShown:
        return cls(sync_type=one.name, accounts=one.accounts, paused=one.paused)


class TriggerShown(ResponseModel):
    """The runs that a trigger began."""

    platform: Literal["tiktok"] = "tiktok"
    """The platform."""
    triggered: list[TriggeredShown]
    """The types, each with its accounts."""


class TypeStatusShown(ResponseModel):
    """The status of one type over the organisation's accounts."""

    sync_type: str
    """The type."""
    paused: bool
    """Whether the organisation paused it."""
    paused_at: datetime | None
    """Since when it is paused, in UTC."""
    paused_by: str | None
    """The user who paused it."""
    accounts: int
    """Accounts that have the type."""
    unavailable: int
    """Accounts that lack it, for example because a scope is missing."""
    depth: int
    """Accounts that are due and wait for a worker."""
    in_flight: int
    """Accounts that are being read now."""
    failing: int
    """Accounts whose last run failed; each is tried again later and later."""
    last_success_at: datetime | None
    """The newest success of any account, in UTC."""
    oldest_success_at: datetime | None
    """The last success of the account that has waited longest for one, in UTC."""

    @classmethod
    def of(cls, one: TypeStatus) -> TypeStatusShown:
        known = one.summary
        return cls(
            sync_type=one.name,
            paused=one.paused_at is not None,
            paused_at=moment(one.paused_at),
            paused_by=one.paused_by,
            accounts=known.accounts,
            unavailable=known.unavailable,
            depth=known.depth,
            in_flight=known.in_flight,
            failing=known.failing,
            last_success_at=moment(known.last),
            oldest_success_at=moment(known.oldest),
        )


class SyncProblemShown(ResponseModel):
    """An account where a type doesn't succeed."""

    integration_id: str
    """The account."""
    sync_type: str
    """The type."""
    message: str
    """The event or the account's missing scope, and the next step."""
    code: str
    """TikTok's or the service's code of the error; `unavailable` where the account lacks the
    type."""
    log_id: str | None
    """TikTok's log id of the failed call."""
    attempts: int
    """Failures since the last success."""
    next_attempt_at: datetime | None
    """The next attempt, in UTC; null where none is made before the account is connected again."""

    @classmethod
    def of(cls, row: Any) -> SyncProblemShown:
        error = row.error or {}
        return cls(
            integration_id=row.integration,
            sync_type=row.type,
            message=row.unavailable or error.get("message", ""),
            code="unavailable" if row.unavailable else error.get("code", ""),
            log_id=error.get("logId"),
            attempts=row.attempts,
            next_attempt_at=moment(row.due),
        )


class StatusShown(ResponseModel):
    """The state of the organisation's synchronisation."""

    platform: Literal["tiktok"] = "tiktok"
    """The platform."""
    types: list[TypeStatusShown]
    """Each type."""
    problems: list[SyncProblemShown]
    """Up to 50 accounts where a type doesn't succeed."""


class CadenceShown(ResponseModel):
    """How often something is read."""

    every_seconds: float
    """Seconds between two readings."""
    until_age_seconds: float | None
    """The rule holds for videos younger than this; null: for older ones, or at any age."""


class SyncTypeShown(ResponseModel):
    """A kind of data that can be synchronised."""

    sync_type: str
    """The type's name."""
    what: str
    """The data that the type reads."""
    subject: str
    """The kind of credential that it needs."""
    scopes: list[str]
    """The account must allow one of these; empty: the credential is enough."""
    operations: list[str]
    """TikTok's operations that it calls."""
    page_size: int
    """Objects read by one call."""
    cadence: list[CadenceShown]
    """How often it reads, by the age of a video."""

    @classmethod
    def of(cls, one: SyncType) -> SyncTypeShown:
        return cls(
            sync_type=one.name,
            what=one.what,
            subject=one.subject.value,
            scopes=list(one.scopes),
            operations=list(one.operations),
            page_size=one.page,
            cadence=[
                CadenceShown(every_seconds=step.every, until_age_seconds=step.age)
                for step in one.cadence
            ],
        )


class PlatformShown(ResponseModel):
    """A platform with its types."""

    platform: Literal["tiktok"] = "tiktok"
    """The platform."""
    sync_types: list[SyncTypeShown]
    """The types that can be synchronised."""


class PlatformsShown(ResponseModel):
    """The platforms that the service synchronises."""

    platforms: list[PlatformShown]
    """The platforms."""
