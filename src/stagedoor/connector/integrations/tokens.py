"""A grant's token store for the client: decrypts, encrypts, and allows one refresh at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from stagedoor.client import Tokens
from stagedoor.client.errors import ClientRejected, ReconnectRequired, TikTokError
from stagedoor.platform.protocols.business_errors import TOKEN_EXPIRED, TOKEN_REVOKED

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ObjectNotFound, ServiceUnavailable
from ..event_types import EventType
from ..leases import FencedTimes, change_fenced, fenced
from ..notices.service import Notices
from ..vault import Vault
from . import store
from .accounts import AppGrant, CredentialKind, CredentialProblem, CredentialStatus
from .errors import LeaseLost
from .losses import CREDENTIAL
from .models import grants

TABLE = "grants"
ACCESS, REFRESH = "access_token", "refresh_token"
_ENDS = {TOKEN_REVOKED: CredentialStatus.REVOKED} | dict.fromkeys(
    TOKEN_EXPIRED, CredentialStatus.EXPIRED
)
"""The status of a credential by TikTok API for Business's codes about its token."""

LEASE_TIMES = FencedTimes()
"""One process at a time refreshes the tokens of a grant."""


def sealed(vault: Vault, app_id: str, grant_id: str, tokens: Tokens) -> dict[str, Any]:
    """A token pair, encrypted, as columns of the grant's row."""
    refresh = tokens.refresh_token
    return {
        ACCESS: vault.seal(app_id, TABLE, grant_id, ACCESS, tokens.access_token),
        REFRESH: vault.seal(app_id, TABLE, grant_id, REFRESH, refresh) if refresh else None,
        "expires_at": tokens.expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
    }


class GrantTokens:
    """A `stagedoor.client.TokenStore` over one grant. Thread-safe.

    `load` raises `ReconnectRequired` for a grant that TikTok doesn't renew any more, so no request
    is sent for it. `exclusive` is a fenced lease that all processes share; `save` writes only
    inside it, and only while its fence is the newest.
    """

    def __init__(
        self,
        grant_id: str,
        *,
        database: Database,
        vault: Vault,
        notices: Notices,
        clock: Clock,
        real: Callable[[], float] = time.time,
        seen: Any = None,
    ) -> None:
        """`seen` is the grant's row as read just now: the first `load` uses it."""
        self.grant_id = grant_id
        self._seen = seen
        self._database = database
        self._vault = vault
        self._notices = notices
        self._clock = clock
        self._real = real
        self._mine = threading.local()

    def __repr__(self) -> str:
        return f"<GrantTokens of {self.grant_id}>"

    def load(self) -> Tokens:
        row, self._seen = self._seen, None
        if row is None:
            with self._database.read() as connection:
                row = store.grant(connection, self.grant_id)
        if row is None:
            raise _missing()
        if not CredentialStatus(row.status).usable or row.access_token is None:
            raise ended(row)
        return Tokens(
            access_token=self._open(row, ACCESS),
            refresh_token=self._open(row, REFRESH) if row.refresh_token else None,
            open_id="" if row.kind == CredentialKind.ADS.value else row.open_id,
            scopes=tuple(row.scopes),
            expires_at=row.expires_at,
            refresh_expires_at=row.refresh_expires_at,
        )

    def save(self, tokens: Tokens) -> None:
        """Raises `LeaseLost` when another process has taken over."""
        fence: int | None = getattr(self._mine, "fence", None)
        if fence is None:
            raise LeaseLost("Only the holder of the lease on a grant's tokens may save them.")
        with self._database.read() as connection:
            row = store.grant(connection, self.grant_id)
        if row is None:
            raise _missing()
        values = sealed(self._vault, row.app_id, self.grant_id, tokens)
        if tokens.scopes:
            values["scopes"] = list(tokens.scopes)
        with self._database.begin() as connection:
            kept = change_fenced(
                connection,
                grants,
                self.grant_id,
                fence,
                status=CredentialStatus.ACTIVE.value,
                error=None,
                **values,
            )
        if not kept:
            raise LeaseLost(
                "Another process took over the refresh of these tokens: use what it stored."
            )

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        lease = fenced(
            self._database, grants, self.grant_id, LEASE_TIMES, _busy, _missing, self._real
        )
        with lease as fence:
            self._mine.fence = fence
            try:
                yield
            except ReconnectRequired as error:
                self._turn(fence, CredentialStatus.EXPIRED, error)
                raise
            except ClientRejected as error:
                self._turn(fence, CredentialStatus.ERROR, error)
                raise
            finally:
                self._mine.fence = None

    def refused(self, tokens: Tokens, error: TikTokError) -> None:
        """Record that TikTok refused tokens that can't be refreshed, unless other tokens were
        stored meanwhile."""
        status = _ENDS.get(error.code)
        if status is None:
            return
        with self._database.read() as connection:
            row = store.grant(connection, self.grant_id)
        if row is None or row.access_token is None:
            return
        if self._open(row, ACCESS) == tokens.access_token:
            self._turn(row.fence, status, error)

    def _turn(self, fence: int, status: CredentialStatus, error: TikTokError) -> None:
        """Record a failed refresh: the status, and a notice the first time."""
        problem = CredentialProblem(error.code, str(error), error.log_id or None, self._clock.now())
        with self._database.begin() as connection:
            if not store.turn(connection, self.grant_id, fence, status, asdict(problem)):
                return
            row = store.grant(connection, self.grant_id)
            for holder in store.holders(connection, self.grant_id):
                name = AppGrant.of(row).name if row is not None else self.grant_id
                self._notices.tell(
                    TenantConnection(connection, holder.org),
                    _NOTICES[status],
                    holder.integration_id,
                    _message(status, name, error),
                    {
                        "code": error.code,
                        "logId": error.log_id or None,
                        CREDENTIAL: None if row is None else row.kind,
                    },
                )

    def _open(self, row: Row[Any], field: str) -> str:
        return self._vault.open(row.app_id, TABLE, row.id, field, getattr(row, field))


_NOTICES = {
    CredentialStatus.EXPIRED: EventType.INTEGRATION_EXPIRED,
    CredentialStatus.ERROR: EventType.INTEGRATION_ERROR,
    CredentialStatus.REVOKED: EventType.INTEGRATION_REVOKED,
}


def ended(row: Row[Any]) -> ReconnectRequired:
    """The error that explains why a grant's tokens can't be used."""
    problem = CredentialProblem.read(row.error)
    return ReconnectRequired(
        problem.code if problem else "invalid_grant",
        f"the connection of {AppGrant.of(row).name} is {row.status}",
        log_id=(problem.log_id or "") if problem else "",
    )


def _message(status: CredentialStatus, name: str, error: TikTokError) -> str:
    if status is CredentialStatus.REVOKED:
        return (
            f"TikTok says that the connection of {name} was revoked ({error.code}). Connect it "
            "again; until then nothing can be done with it."
        )
    if status is CredentialStatus.EXPIRED:
        return (
            f"TikTok doesn't renew the connection of {name} any more ({error.code}). Ask the "
            "creator to connect again; until then nothing can be done for the account."
        )
    return (
        f"The connection of {name} can't be renewed, because TikTok refuses the app itself "
        f"({error.code}). Check the app's client key and secret."
    )


def _missing() -> ObjectNotFound:
    return ObjectNotFound("There is no such connection.")


def _busy() -> ServiceUnavailable:
    return ServiceUnavailable(
        "The account's tokens are being refreshed by another process, which takes long. "
        "Try again in a moment.",
        retry_after=10,
    )
