"""Grants, tokens, authorization codes and QR logins."""

from __future__ import annotations

from collections.abc import Iterable

from stagedoor.platform.records import record
from stagedoor.platform.vocabulary import QrStatus

from ...world.collection import Entity, EntityCollection, Index
from ...world.entities import PlatformKind


@record
class CreatorGrant(Entity):
    """A creator's grant to an app. Ended grants are kept, so that old tokens are recognised."""

    id: str
    client_key: str
    creator_id: str
    open_id: str
    scopes: frozenset[str]
    created: float
    ended: float | None = None
    spent: frozenset[str] = frozenset()
    """Single-use scopes that were consumed; they are no longer in `scopes`."""


@record
class AccessToken(Entity):
    value: str
    expires: float
    grant_id: str | None
    """None: the app's own token (clt.)."""
    client_key: str
    scopes: frozenset[str]
    revoked: bool = False


@record
class RefreshToken(Entity):
    value: str
    grant_id: str
    expires: float
    dead_from: float | None = None
    """When rotation invalidates the token; None while it is the newest."""


@record
class AuthorizationCode(Entity):
    value: str
    client_key: str
    creator_id: str
    scopes: frozenset[str]
    redirect_uri: str
    platform: PlatformKind
    challenge: str | None
    expires: float
    used: bool = False


@record
class QrLoginAttempt(Entity):
    """A login by QR code, from the app's first call until the authorization code is returned."""

    token: str
    client_key: str
    scopes: list[str]
    redirect_uri: str
    expires: float
    state: str | None = None
    status: QrStatus = QrStatus.NEW
    ticket: str = ""
    """The client_ticket that the phone scanned."""
    code: str = ""
    denied: bool = False


GRANTS = EntityCollection("grants", CreatorGrant)
ACCESS_TOKENS = EntityCollection("access_tokens", AccessToken, key="value")
REFRESH_TOKENS = EntityCollection("refresh_tokens", RefreshToken, key="value")
AUTH_CODES = EntityCollection("codes", AuthorizationCode, key="value")
QR_LOGINS = EntityCollection("qr_logins", QrLoginAttempt, key="token")


def _living(client_key: str, creator_id: str, ended: float | None) -> Iterable[tuple[str, str]]:
    return ((client_key, creator_id),) if ended is None else ()


def _living_of(creator_id: str, ended: float | None) -> Iterable[str]:
    return (creator_id,) if ended is None else ()


LIVING_GRANTS = Index[CreatorGrant](on=("client_key", "creator_id", "ended"), keys=_living)
"""By app and creator: the grant that hasn't ended."""
GRANTS_OF_CREATOR = Index[CreatorGrant](on=("creator_id", "ended"), keys=_living_of)
"""The grants that haven't ended."""
TOKENS_OF_GRANT = Index[AccessToken](on=("grant_id",))
