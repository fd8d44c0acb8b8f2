"""Values: grants, integrations with their credentials, and the status of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from stagedoor.platform.scopes import consent_text, implied

from ..app_kinds import AppKind
from .errors import CredentialMissing


class CredentialStatus(StrEnum):
    """The status of a credential, from best to worst."""

    ACTIVE = "active"
    """The credential works."""
    ERROR = "error"
    """The last refresh failed for a reason that can be fixed here; it is retried."""
    EXPIRED = "expired"
    """TikTok doesn't renew or accept the tokens any more: the account has to be connected again."""
    REVOKED = "revoked"
    """The creator or the organisation ended it."""

    @property
    def usable(self) -> bool:
        return self in (CredentialStatus.ACTIVE, CredentialStatus.ERROR)


class CredentialKind(StrEnum):
    """The kind of authorization behind a credential."""

    CREATOR = "creator"
    """Login Kit: profile, videos, posting."""
    ACCOUNT = "businessAccount"
    """TikTok API for Business: an account's comments, insights and posts."""
    ADS = "ads"
    """TikTok API for Business: ad accounts."""

    @property
    def app(self) -> AppKind:
        """The kind of app that asks for this authorization."""
        return AppKind.LOGIN_KIT if self is CredentialKind.CREATOR else AppKind.BUSINESS


@dataclass(frozen=True, slots=True)
class CredentialProblem:
    """The last error: TikTok's code, its text with what to do, its log_id, and the time."""

    code: str
    message: str
    log_id: str | None
    at: float

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> CredentialProblem | None:
        return None if stored is None else cls(**stored)


@dataclass(frozen=True, slots=True)
class ReachedAdAccount:
    """An ad account (an advertiser)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class AppGrant:
    """A person's consent for an app, without its tokens. Times are Unix seconds."""

    id: str
    app_id: str
    open_id: str
    """The account; of an `ads` grant the person and the organisation."""
    kind: CredentialKind
    scopes: tuple[str, ...]
    status: CredentialStatus
    problem: CredentialProblem | None
    expires_at: float | None
    refresh_expires_at: float | None
    username: str | None
    display_name: str | None
    avatar_url: str | None
    connected_at: float

    @classmethod
    def of(cls, row: Row[Any]) -> AppGrant:
        return cls(
            id=row.id,
            app_id=row.app_id,
            open_id=row.open_id,
            kind=CredentialKind(row.kind),
            scopes=tuple(row.scopes),
            status=CredentialStatus(row.status),
            problem=CredentialProblem.read(row.error),
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
class Credential:
    """An organisation's use of a grant."""

    grant: AppGrant
    requested: tuple[str, ...]
    allowed: tuple[str, ...]
    """The scopes of the organisation's own consent; for `ads` ids of permissions."""
    connected_at: float
    listed_at: float | None
    """When the ad accounts of an `ads` credential were last read."""

    @property
    def kind(self) -> CredentialKind:
        return self.grant.kind

    @property
    def status(self) -> CredentialStatus:
        return self.grant.status

    @property
    def granted(self) -> tuple[str, ...]:
        """The usable scopes: granted to this organisation, and still in the shared grant."""
        now = implied(frozenset(self.grant.scopes))
        if self.grant.status is CredentialStatus.REVOKED:
            return ()
        return tuple(scope for scope in self.allowed if scope in now)

    @property
    def missing(self) -> tuple[str, ...]:
        """The scopes that were asked for and weren't granted."""
        had = implied(frozenset(self.granted))
        return tuple(scope for scope in self.requested if scope not in had)


@dataclass(frozen=True, slots=True)
class Integration:
    """An organisation's record of an account, with one credential or several of different kinds."""

    id: str
    org: str
    credentials: tuple[Credential, ...]
    """In the order of `CredentialKind`; at least one."""
    created: float
    ad_accounts: tuple[ReachedAdAccount, ...] = ()
    """The ad accounts that the `ads` credential reaches; read for lists and single records only."""

    @property
    def grant(self) -> AppGrant:
        """The grant that names the account: the creator's if there is one."""
        return self.credentials[0].grant

    @property
    def connected_at(self) -> float:
        return max(one.connected_at for one in self.credentials)

    @property
    def status(self) -> CredentialStatus:
        """The worst status of the credentials."""
        return max((one.status for one in self.credentials), key=list(CredentialStatus).index)

    def credential(self, kind: CredentialKind) -> Credential | None:
        return next((one for one in self.credentials if one.kind is kind), None)

    def must_have(self, kind: CredentialKind) -> Credential:
        """The credential of this kind. Raises `CredentialMissing`."""
        found = self.credential(kind)
        if found is None:
            raise CredentialMissing(self.id, self.grant.name, kind)
        return found

    @property
    def granted(self) -> tuple[str, ...]:
        """The usable scopes of the creator's credential."""
        creator = self.credential(CredentialKind.CREATOR)
        return () if creator is None else creator.granted

    @property
    def missing(self) -> tuple[str, ...]:
        """The scopes that the creator was asked for and didn't grant."""
        creator = self.credential(CredentialKind.CREATOR)
        return () if creator is None else creator.missing


def switched_off(scope: str) -> str:
    """The features that don't work without a scope, in TikTok's own words."""
    return consent_text(scope).title
