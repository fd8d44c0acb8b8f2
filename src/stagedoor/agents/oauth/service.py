"""Agents' sign-ins: the caller of an access token, the list for admins, and their end."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.integrations.service import Integrations
from stagedoor.connector.settings import Settings

from ..grants.service import Grants
from ..identity import store as identity
from ..identity.errors import NoAgent
from ..identity.keys import digest
from ..identity.service import AgentCaller
from . import store, tokens
from .addresses import addresses
from .clients import OAuthClients
from .consent import ConsentStep
from .errors import NoSignIn
from .token_endpoint import TokenEndpoint

logger = logging.getLogger("stagedoor.agents")

CODE_SECONDS = 600.0
"""Seconds for which a typed code is valid."""


@dataclass(frozen=True, slots=True)
class TypedCode:
    """A code for a person to type, shown this once."""

    ends: float
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AgentSignIn:
    """A sign-in as shown to an admin. `key` is the prefix of the key that was shown at consent,
    with which the sign-in ends; None: a code was shown. Times are Unix seconds."""

    id: str
    client: str
    client_id: str
    redirect_uri: str
    key: str | None
    created: float
    ends: float
    last_used: float | None


class AuthorizationServer:
    """The sign-ins of all organisations."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        clock: Clock,
        integrations: Integrations,
        grants: Grants,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self.clients = OAuthClients(database, clock)
        self.consent = ConsentStep(database, clock, integrations, grants, self.clients)
        self.token_endpoint = TokenEndpoint(database, clock, self.clients)

    def caller(self, token: str) -> AgentCaller | None:
        """Return the caller of an access token; None if the token has ended or is unknown, and
        the client has to get another one. Whether its agent may do anything is decided with each
        call."""
        if not tokens.is_access(token):
            return None
        value = digest(token)
        with self._database.read() as connection:
            found = store.token(connection, value)
        if found is None or found.ends <= self._clock.now():
            return None
        if not addresses(self._settings).is_resource(found.resource):
            return None
        return AgentCaller(found.org, found.agent_id, value)

    def sign_in_code(self, org: str, agent_id: str, by: str) -> TypedCode:
        """Create a code that a person types on the consent page; an earlier code of the agent
        becomes void. Raises `NoAgent`."""
        now = self._clock.now()
        code = tokens.typed_code()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            if identity.locked(tenant, agent_id) is None:
                raise NoAgent
            store.drop_codes(tenant, agent_id)
            store.add_code(
                tenant,
                digest=digest(code),
                agent_id=agent_id,
                created=now,
                created_by=by,
                ends=now + CODE_SECONDS,
            )
        return TypedCode(now + CODE_SECONDS, code)

    def sign_ins(self, org: str, agent_id: str) -> Sequence[AgentSignIn]:
        """Return the open sign-ins, oldest first. Raises `NoAgent`."""
        now = self._clock.now()
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            if identity.get(tenant, agent_id) is None:
                raise NoAgent
            rows = store.open_ones(tenant, agent_id, now)
            keys = {key.digest: key for key in identity.keys(tenant, [agent_id])}
            until = {row.id: store.key_until(tenant, agent_id, row.key) for row in rows}
            used = store.last_uses(tenant, agent_id)
        return [
            _shown(row, keys.get(row.key), until[row.id], used.get(row.id))
            for row in rows
            if until[row.id] > now
        ]

    def end(self, org: str, agent_id: str, sign_in_id: str | None = None) -> int:
        """End one of an agent's sign-ins, or all of them; their tokens are invalid from the next
        decision on. Returns how many there were. Raises `NoAgent`, `NoSignIn`."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            if identity.locked(tenant, agent_id) is None:
                raise NoAgent
            ended = [
                row.id
                for row in store.of_agent(tenant, agent_id)
                if sign_in_id is None or row.id == sign_in_id
            ]
            store.drop(tenant, ended)
        if sign_in_id is not None and not ended:
            raise NoSignIn
        for one in ended:
            logger.info(
                "an agent's sign-in ended: an admin ended it",
                extra={"org": org, "agent": agent_id, "sign_in": one},
            )
        return len(ended)


def _shown(row: Row[Any], key: Row[Any] | None, until: float, used: float | None) -> AgentSignIn:
    return AgentSignIn(
        id=row.id,
        client=row.client_name,
        client_id=row.client_id,
        redirect_uri=row.redirect_uri,
        key=None if key is None else key.prefix,
        created=row.created,
        ends=min(row.ends, until),
        last_used=max(used or 0.0, row.last_used or 0.0) or None,
    )
