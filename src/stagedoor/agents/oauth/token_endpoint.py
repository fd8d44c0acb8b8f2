"""The token endpoint: codes are redeemed, tokens renewed and revoked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Row

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection

from ..identity import store as identity
from ..identity.keys import digest, shown
from . import store, tokens
from .addresses import SCOPE, Addresses
from .clients import Client, OAuthClients
from .errors import (
    InvalidGrant,
    InvalidTarget,
    OAuthError,
    OAuthInvalidRequest,
    UnsupportedGrantType,
)

logger = logging.getLogger("stagedoor.agents")

ACCESS_SECONDS = 3_600.0
REFRESH_SECONDS = 30 * 86_400.0
OVERLAP_SECONDS = 60.0
"""Seconds for which the previous access token stays valid."""
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class Issued:
    """New tokens, shown this once and stored nowhere."""

    seconds: int
    access: str = field(repr=False)
    refresh: str = field(repr=False)

    def document(self) -> dict[str, Any]:
        """Return the answer of RFC 6749, 5.1."""
        return {
            "access_token": self.access,
            "token_type": "Bearer",
            "expires_in": self.seconds,
            "refresh_token": self.refresh,
            "scope": SCOPE,
        }


@dataclass(frozen=True, slots=True)
class _Held:
    """A sign-in whose agent is locked until the transaction ends."""

    connection: Connection
    tenant: TenantConnection
    row: Row[Any]
    stopped: bool
    until: float
    """The end of the key that the sign-in depends on."""


_Issue = Callable[[_Held], Issued | OAuthError]


class TokenEndpoint:
    """The token endpoint for all organisations."""

    def __init__(self, database: Database, clock: Clock, clients: OAuthClients) -> None:
        self._database = database
        self._clock = clock
        self._clients = clients

    def grant(self, client: Client, said: Mapping[str, str], at: Addresses) -> Issued:
        """Answer a token request. Raises `OAuthError`s."""
        resource = said.get("resource", at.resource)
        match said.get("grant_type"):
            case "authorization_code":
                return self._redeem(client, said, resource, at)
            case "refresh_token":
                return self._renew(client, _needed(said, "refresh_token"), resource, at)
            case None:
                raise OAuthInvalidRequest("There is no grant_type.")
            case _:
                raise UnsupportedGrantType(
                    "grant_type must be authorization_code or refresh_token."
                )

    def revoke(self, client: Client, token: str) -> None:
        """End the sign-in of a token (RFC 7009). Tokens of other clients are left as they are."""
        with self._database.read() as connection:
            found = store.token(connection, digest(token)) if tokens.is_access(token) else None
            family = tokens.family_of(token)
            if family is not None:
                found = store.whose(connection, store.FAMILY, digest(family))
        if found is None:
            return
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, found.org)
            identity.locked(tenant, found.agent_id)
            row = store.sign_in_by(tenant, store.ID, found.sign_in_id)
            if row is not None and row.client_id == client.id:
                _end(tenant, row, "the client signed out")

    def _redeem(
        self, client: Client, said: Mapping[str, str], resource: str, at: Addresses
    ) -> Issued:
        code = _needed(said, "code")
        if not tokens.is_secret(code):
            raise InvalidGrant("There is no such code.")

        def issue(held: _Held) -> Issued | OAuthError:
            row = held.row
            if row.refresh is not None:
                _end(held.tenant, row, "its code was shown twice")
                return InvalidGrant("This code was used before, so what it gave has ended, too.")
            wrong = self._wrong(held, client, resource, at) or _wrong_code(row, said)
            if wrong is not None:
                # the code was stolen, or the client lost its verifier: the sign-in ends
                _end(held.tenant, row, "its code came too late, or with something wrong")
                return wrong
            return self._issue(held, tokens.family())

        return self._with(store.CODE, digest(code), issue, "There is no such code.")

    def _renew(self, client: Client, token: str, resource: str, at: Addresses) -> Issued:
        family = tokens.family_of(token)
        if family is None:
            raise InvalidGrant("This is no refresh token.")

        def issue(held: _Held) -> Issued | OAuthError:
            row = held.row
            if row.refresh != digest(token):
                _end(held.tenant, row, "a refresh token was used twice")
                return InvalidGrant("This token was used before, so the sign-in has ended.")
            wrong = self._wrong(held, client, resource, at)
            if wrong is None:
                return self._issue(held, family)
            if not isinstance(wrong, InvalidTarget) and not held.stopped:
                _end(held.tenant, row, "its refresh token came with something wrong")
            return wrong

        return self._with(store.FAMILY, digest(family), issue, "There is no such sign-in.")

    def _with(self, column: Column[str], value: str, issue: _Issue, nothing: str) -> Issued:
        """Run `issue` on a locked sign-in; its error is raised after its writes are committed."""
        with self._database.read() as connection:
            whose = store.whose(connection, column, value)
        if whose is None:
            raise InvalidGrant(nothing)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, whose.org)
            agent = identity.locked(tenant, whose.agent_id)
            row = store.sign_in_by(tenant, column, value)
            if agent is None or row is None:
                raise InvalidGrant(nothing)
            until = store.key_until(tenant, whose.agent_id, row.key)
            made = issue(_Held(connection, tenant, row, agent.stopped is not None, until))
        if isinstance(made, OAuthError):
            raise made
        return made

    def _wrong(
        self, held: _Held, client: Client, resource: str, at: Addresses
    ) -> OAuthError | None:
        now = self._clock.now()
        if held.row.client_id != client.id:
            return InvalidGrant("This was given to another client.")
        if min(held.row.ends, held.until) <= now:
            return InvalidGrant("This has ended: sign in again.")
        if held.stopped:
            return InvalidGrant("The agent was stopped.")
        if not at.is_resource(resource) or not at.is_resource(held.row.resource):
            return InvalidTarget("resource must be what the person allowed.")
        return None

    def _issue(self, held: _Held, family: str) -> Issued:
        now = self._clock.now()
        access, refresh = tokens.access(), tokens.refresh(family)
        ends = min(now + ACCESS_SECONDS, held.until)
        store.retire_tokens(held.tenant, held.row.id, now, now + OVERLAP_SECONDS)
        identity.add_key(
            held.tenant,
            digest=digest(access),
            agent_id=held.row.agent_id,
            prefix=shown(access),
            created=now,
            ends=ends,
            sign_in_id=held.row.id,
        )
        store.change(
            held.tenant,
            held.row.id,
            family=digest(family),
            refresh=digest(refresh),
            ends=min(now + REFRESH_SECONDS, held.until),
            last_used=now,
        )
        self._clients.used(held.connection, held.row.client_id)
        return Issued(int(ends - now), access, refresh)


def _needed(said: Mapping[str, str], name: str) -> str:
    if name not in said:
        raise OAuthInvalidRequest(f"There is no {name}.")
    return said[name]


def _wrong_code(row: Row[Any], said: Mapping[str, str]) -> OAuthError | None:
    if said.get("redirect_uri", row.redirect_uri) != row.redirect_uri:
        return InvalidGrant("redirect_uri isn't the one that the code was sent to.")
    verifier = said.get("code_verifier", "")
    if not _VERIFIER.fullmatch(verifier):
        return OAuthInvalidRequest("code_verifier must have 43 to 128 characters of RFC 7636.")
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    if not hmac.compare_digest(made, row.challenge.encode()):
        return InvalidGrant("code_verifier isn't that of this sign-in.")
    return None


def _end(tenant: TenantConnection, row: Row[Any], why: str) -> None:
    store.drop(tenant, [row.id])
    logger.info(
        "an agent's sign-in ended: %s",
        why,
        extra={"org": tenant.org, "agent": row.agent_id, "sign_in": row.id},
    )
