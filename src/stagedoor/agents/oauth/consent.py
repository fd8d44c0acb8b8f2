"""The consent of a sign-in, from the client's authorization request to the person's yes: the
proof first, then the page that says what the client may do."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.integrations.service import Integrations

from ..connected_accounts import connected, shown
from ..grants import words
from ..grants.service import Grants
from ..identity import keys
from ..identity import store as identity
from ..identity.keys import digest
from . import redirects, store, tokens
from .addresses import Addresses
from .clients import Client, OAuthClients
from .errors import (
    InvalidTarget,
    NoWayBack,
    OAuthError,
    OAuthInvalidRequest,
    Unproven,
    UnsupportedResponseType,
)
from .rate_limit import AttemptLimit

TICKET_SECONDS = 600.0
"""Seconds for which the second page can be answered."""
CODE_SECONDS = 60.0
"""Seconds for which an authorization code can be redeemed."""
MOST_SIGN_INS = 100
"""Most sign-ins of one agent; the least recently used one is dropped for a new one."""
_ATTEMPTS, _IN_SECONDS = 30, 600.0
_MAX_STATE = 4_096
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_STATE = re.compile(r"[\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class ClientRedirect:
    """The registered redirect URI of a client, and the state to return."""

    uri: str
    state: str | None
    issuer: str

    def with_code(self, code: str) -> str:
        return redirects.with_answer(self.uri, code=code, state=self.state, iss=self.issuer)

    def with_error(self, error: OAuthError) -> str:
        return redirects.with_answer(self.uri, **error.answer(), state=self.state, iss=self.issuer)


class Refused(Exception):
    """The request can't be granted, and the client may get the error."""

    def __init__(self, error: OAuthError, back: ClientRedirect) -> None:
        super().__init__(str(error))
        self.error = error
        self.back = back


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A checked authorization request."""

    client: Client
    back: ClientRedirect
    challenge: str
    resource: str

    @property
    def carried(self) -> dict[str, str]:
        """The request's parameters, for the page's form."""
        said = {
            "response_type": "code",
            "client_id": self.client.id,
            "redirect_uri": self.back.uri,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "resource": self.resource,
        }
        return said if self.back.state is None else {**said, "state": self.back.state}


@dataclass(frozen=True, slots=True)
class ProvenAgent:
    """The agent that the client would act as; `ticket` is for the page that asks for a yes."""

    client: str
    agent: str
    org: str
    may: tuple[str, ...]
    back: ClientRedirect
    ticket: str = field(repr=False)


class ConsentStep:
    """The consent step of sign-ins, for all organisations."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        integrations: Integrations,
        grants: Grants,
        clients: OAuthClients,
    ) -> None:
        self._database = database
        self._clock = clock
        self._integrations = integrations
        self._grants = grants
        self._clients = clients
        self._attempts = AttemptLimit(database, clock, "proof", _ATTEMPTS, _IN_SECONDS)

    def asked(self, said: Mapping[str, str], at: Addresses) -> AuthorizationRequest:
        """Check an authorization request. Raises `NoWayBack`, and `Refused` once the redirect
        URI is known to be the client's."""
        client = self._clients.find(said.get("client_id", ""))
        if client is None:
            raise NoWayBack(
                "The application that sent you here isn't registered (any more). Remove this "
                "server from it, and add it again."
            )
        uri = said.get("redirect_uri", "")
        if not any(redirects.matches(one, uri) for one in client.redirect_uris):
            raise NoWayBack(
                "The application wants its answer at an address that it didn't register, so "
                "nothing is sent there."
            )
        state = said.get("state")
        fits = state is None or (len(state) <= _MAX_STATE and _STATE.fullmatch(state) is not None)
        back = ClientRedirect(uri, state if fits else None, at.issuer)
        wrong = (
            _wrong(said, at) if fits else OAuthInvalidRequest("state isn't what RFC 6749 allows.")
        )
        if wrong is not None:
            raise Refused(wrong, back)
        return AuthorizationRequest(client, back, said["code_challenge"], at.resource)

    def prove(self, asked: AuthorizationRequest, proof: str, source: str) -> ProvenAgent:
        """Check a proof: the agent's key, or a code that the person typed. Only failures count
        against the rate limit of `source`. Raises `Unproven`, `TooMany`."""
        self._attempts.take(source)
        proven = self._proven(asked, proof)
        self._attempts.give_back(source)
        return proven

    def _proven(self, asked: AuthorizationRequest, proof: str) -> ProvenAgent:
        shown = proof.strip()
        typed = tokens.as_typed(shown)
        with self._database.read() as connection:
            if keys.looks_like(shown):
                key, typed = digest(shown), None
                whose = identity.holder(connection, key)
            else:
                key = None
                whose = store.code_holder(connection, digest(typed)) if typed else None
        if whose is None:
            raise Unproven("This is no agent's key and no code that counts (any more).")
        org, agent_id = whose
        now = self._clock.now()
        ticket = tokens.secret()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            agent = identity.locked(tenant, agent_id)
            if key is not None:
                counts = store.key_until(tenant, agent_id, key) > now
            else:
                counts = typed is not None and store.take_code(tenant, digest(typed), now)
            if agent is None or not counts:
                raise Unproven("This key or code has ended: ask an admin for another one.")
            if agent.stopped is not None:
                raise Unproven("This agent was stopped.")
            store.sweep(tenant, agent_id, now, MOST_SIGN_INS)
            store.add(
                tenant,
                id=uuid.uuid4().hex,
                agent_id=agent_id,
                client_id=asked.client.id,
                client_name=asked.client.name,
                redirect_uri=asked.back.uri,
                state=asked.back.state,
                challenge=asked.challenge,
                resource=asked.resource,
                key=key,
                ticket=digest(ticket),
                created=now,
                ends=now + TICKET_SECONDS,
            )
        may = self._may(org, agent_id)
        return ProvenAgent(asked.client.name, agent.name, org, may, asked.back, ticket)

    def allow(self, ticket: str, at: Addresses) -> tuple[ClientRedirect, str]:
        """Record the person's consent. Returns the address for the browser, and a code for the
        client. Raises `NoWayBack`, and `Refused` if the agent was stopped, or its key has ended,
        since."""
        code = tokens.secret()
        now = self._clock.now()
        found = self._whose(ticket)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, found.org)
            agent = identity.locked(tenant, found.agent_id)
            row = store.sign_in_by(tenant, store.TICKET, digest(ticket))
            if agent is None or row is None or row.ends <= now:
                raise _over()
            back = _back(row, at)
            if agent.stopped is not None or store.key_until(tenant, row.agent_id, row.key) <= now:
                raise Refused(Unproven("The agent was stopped, or its key ended."), back)
            store.change(
                tenant, row.id, ticket=None, state=None, code=digest(code), ends=now + CODE_SECONDS
            )
            self._clients.used(connection, row.client_id)
        return back, code

    def deny(self, ticket: str, at: Addresses) -> ClientRedirect:
        """Delete the sign-in that the person refused. Raises `NoWayBack`."""
        found = self._whose(ticket)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, found.org)
            identity.locked(tenant, found.agent_id)
            row = store.sign_in_by(tenant, store.TICKET, digest(ticket))
            if row is None:
                raise _over()
            store.drop(tenant, [row.id])
        return _back(row, at)

    def _whose(self, ticket: str) -> store.SignedIn:
        if not tokens.is_secret(ticket):
            raise _over()
        with self._database.read() as connection:
            found = store.whose(connection, store.TICKET, digest(ticket))
        if found is None:
            raise _over()
        return found

    def _may(self, org: str, agent_id: str) -> tuple[str, ...]:
        """Return a line for each grant of the agent."""
        given = self._grants.get(org, agent_id).grants
        if given is None:
            return ("What a policy says that an admin wrote by hand",)
        names: dict[str, str] = {}
        if any(grant.integration_id is not None for grant in given):
            names = {one.id: shown(one) for one in connected(self._integrations, org)}
        return tuple(words.of(grant, lambda name: names.get(name, name)) for grant in given)


def _wrong(said: Mapping[str, str], at: Addresses) -> OAuthError | None:
    if said.get("response_type") != "code":
        return UnsupportedResponseType("response_type must be code.")
    if said.get("response_mode", "query") != "query":
        return OAuthInvalidRequest("response_mode must be query.")
    if said.get("code_challenge_method") != "S256":
        return OAuthInvalidRequest("code_challenge_method must be S256.")
    if not _CHALLENGE.fullmatch(said.get("code_challenge", "")):
        return OAuthInvalidRequest("code_challenge must be the 43 characters of a SHA-256.")
    if "resource" in said and not at.is_resource(said["resource"]):
        return InvalidTarget("resource must be the address of this server's MCP endpoint.")
    return None


def _back(row: Row[Any], at: Addresses) -> ClientRedirect:
    return ClientRedirect(row.redirect_uri, row.state, at.issuer)


def _over() -> NoWayBack:
    return NoWayBack("This page is out of date. Start again in the application that sent you here.")
