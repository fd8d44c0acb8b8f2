"""Values: a grant, an integration, and the status of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from stagedoor.platform.scopes import consent_text, implied


class Status(StrEnum):
    """The status of a credential, from best to worst."""

    ACTIVE = "active"
    """The credential works."""
    ERROR = "error"
    """The last refresh failed for a reason that can be fixed here; it is retried."""
    EXPIRED = "expired"
    """TikTok doesn't renew the tokens any more: the creator has to connect again."""
    REVOKED = "revoked"
    """The creator or the organisation ended it."""

    @property
    def usable(self) -> bool:
        return self in (Status.ACTIVE, Status.ERROR)


class Kind(StrEnum):
    """The kind of authorization behind a credential."""

    CREATOR = "creator"
    """Login Kit: profile, videos, posting."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The last error: TikTok's code, its text with what to do, its log_id, and the time."""

    code: str
    message: str
    log_id: str | None
    at: float

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Problem | None:
        return None if stored is None else cls(**stored)


@dataclass(frozen=True, slots=True)
class Grant:
    """A creator's consent for an app, without its tokens. Times are Unix seconds."""

    id: str
    app_id: str
    open_id: str
    kind: Kind
    scopes: tuple[str, ...]
    status: Status
    problem: Problem | None
    expires_at: float | None
    refresh_expires_at: float | None
    username: str | None
    display_name: str | None
    avatar_url: str | None
    connected_at: float

    @classmethod
    def of(cls, row: Row[Any]) -> Grant:
        return cls(
            id=row.id,
            app_id=row.app_id,
            open_id=row.open_id,
            kind=Kind(row.kind),
            scopes=tuple(row.scopes),
            status=Status(row.status),
            problem=Problem.read(row.error),
            expires_at=row.expires_at,
            refresh_expires_at=row.refresh_expires_at,
            username=row.username,
            display_name=row.display_name,
            avatar_url=row.avatar_url,
            connected_at=row.connected_at,
        )

    @property
    def name(self) -> str:
        """The account's name for display."""
        if self.username:
            return f"@{self.username}"
        return self.display_name or self.open_id


@dataclass(frozen=True, slots=True)
class Holder:
    """An organisation that uses a grant."""

    org: str
    integration_id: str


@dataclass(frozen=True, slots=True)
class Integration:
    """An organisation's use of a grant."""

    id: str
    org: str
    grant: Grant
    requested: tuple[str, ...]
    allowed: tuple[str, ...]
    """The scopes of the organisation's own consent."""
    created: float
    connected_at: float

    @property
    def granted(self) -> tuple[str, ...]:
        """The usable scopes: granted to this organisation, and still in the shared grant."""
        now = implied(frozenset(self.grant.scopes))
        if self.grant.status is Status.REVOKED:
            return ()
        return tuple(scope for scope in self.allowed if scope in now)

    @property
    def missing(self) -> tuple[str, ...]:
        """The scopes that were asked for and weren't granted."""
        had = implied(frozenset(self.granted))
        return tuple(scope for scope in self.requested if scope not in had)

    @property
    def status(self) -> Status:
        return self.grant.status


def switched_off(scope: str) -> str:
    """The features that don't work without a scope, in TikTok's own words."""
    return consent_text(scope).title
