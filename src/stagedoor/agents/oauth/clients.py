"""Registered clients. Anybody may register a client, so they are few, small, and deleted when
unused.

A registration permits nothing: a person decides on the consent page what a client may do.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import unquote_plus

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import Connection, Row

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database
from stagedoor.platform.model import problems_of

from ..identity.keys import digest
from ..quoting import one_line
from . import redirects, store, tokens
from .addresses import METHODS
from .errors import InvalidClient, InvalidClientMetadata, InvalidRedirectUri, OAuthInvalidRequest
from .rate_limit import AttemptLimit, paced

MOST = 5_000
UNUSED_SECONDS = 86_400.0
"""Seconds for which a registration waits for its first sign-in."""
USED_SECONDS = 90 * 86_400.0
"""Seconds for which a client is kept after its last use; more than a refresh token lives."""
_MAX_TEXT = 4_096
_MAX_ID = 64
_NAMELESS = "A client without a name"
_ATTEMPTS, _IN_SECONDS = 60, 600.0


@dataclass(frozen=True, slots=True)
class Client:
    """A client. `secret` is a digest; None: a public client, which can't keep a secret."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    method: str
    secret: str | None = field(repr=False)

    @classmethod
    def of(cls, row: Row[Any]) -> Client:
        return cls(row.id, row.name, tuple(row.redirect_uris), row.method, row.secret)


@dataclass(frozen=True, slots=True)
class Registered:
    """A new registration. `secret` is shown this once."""

    client: Client
    at: float
    secret: str | None = field(repr=False)

    def document(self) -> dict[str, Any]:
        """Return RFC 7591's answer: the registered values, not all requested ones."""
        client = self.client
        shown: dict[str, Any] = {
            "client_id": client.id,
            "client_id_issued_at": int(self.at),
            "client_name": client.name,
            "redirect_uris": list(client.redirect_uris),
            "token_endpoint_auth_method": client.method,
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
        }
        if self.secret is not None:
            shown |= {"client_secret": self.secret, "client_secret_expires_at": 0}
        return shown


class _Asked(BaseModel):
    """The fields of a registration that count; all others are dropped."""

    model_config = ConfigDict(hide_input_in_errors=True)

    redirect_uris: Annotated[list[str], Field(min_length=1, max_length=10)]
    client_name: Annotated[str, Field(max_length=1_000)] = ""
    token_endpoint_auth_method: str = "client_secret_basic"
    grant_types: Annotated[list[str], Field(max_length=20)] = ["authorization_code"]
    response_types: Annotated[list[str], Field(max_length=20)] = ["code"]

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, said: Any) -> Any:
        """Drop nulls and empty texts: some clients send them for fields that they don't mean."""
        if isinstance(said, dict):
            return {name: value for name, value in said.items() if value not in (None, "")}
        return said


class OAuthClients:
    """The clients of the service, for all organisations."""

    def __init__(self, database: Database, clock: Clock, most: int = MOST) -> None:
        self._most = most
        self._database = database
        self._clock = clock
        self._attempts = AttemptLimit(database, clock, "register", _ATTEMPTS, _IN_SECONDS)

    def register(self, body: bytes, source: str) -> Registered:
        """Register a client. Raises `InvalidClientMetadata`, `InvalidRedirectUri`, `TooMany`."""
        asked = _read(body)
        self._attempts.take(source)
        now = self._clock.now()
        secret = None if asked.token_endpoint_auth_method == "none" else tokens.secret()
        client = Client(
            secrets.token_urlsafe(16),
            one_line(asked.client_name) or _NAMELESS,
            tuple(asked.redirect_uris),
            asked.token_endpoint_auth_method,
            None if secret is None else digest(secret),
        )
        with self._database.begin() as connection:
            store.sweep_clients(connection, now)
            if store.clients(connection) >= self._most and not store.drop_unused_client(connection):
                raise paced("This server has no room for more clients.", UNUSED_SECONDS)
            store.add_client(
                connection,
                id=client.id,
                name=client.name,
                redirect_uris=list(client.redirect_uris),
                method=client.method,
                secret=client.secret,
                created=now,
                ends=now + UNUSED_SECONDS,
            )
        return Registered(client, now, secret)

    def find(self, client_id: str) -> Client | None:
        if not (client_id.isascii() and client_id.isprintable() and len(client_id) <= _MAX_ID):
            return None
        with self._database.read() as connection:
            row = store.client(connection, client_id, self._clock.now())
        return None if row is None else Client.of(row)

    def used(self, connection: Connection, client_id: str) -> None:
        """Extend the client's life after a use."""
        now = self._clock.now()
        store.use_client(connection, client_id, now, now + USED_SECONDS)

    def authenticated(self, said: Mapping[str, str], authorization: str | None) -> Client:
        """Authenticate the client of a token request. Raises `InvalidClient`, and
        `OAuthInvalidRequest` for two proofs."""
        client_id: str | None = said.get("client_id")
        secret: str | None = said.get("client_secret")
        if authorization is not None:
            if secret is not None:
                raise OAuthInvalidRequest("Send the client secret in one place only.")
            name, secret = _basic(authorization)
            if client_id not in (None, name):
                raise InvalidClient("The client_id isn't that of the Authorization header.")
            client_id = name
        if client_id is None:
            raise InvalidClient("There is no client_id.")
        client = self.find(client_id)
        if client is None:
            raise InvalidClient("There is no such client: register again.")
        if client.secret is None:
            if secret:
                raise InvalidClient("This client was registered without a secret.")
        elif not hmac.compare_digest(digest(secret or ""), client.secret):
            raise InvalidClient("The client secret isn't this client's.")
        return client


def _read(body: bytes) -> _Asked:
    try:
        asked = _Asked.model_validate_json(body)
    except ValidationError as error:
        path, why = problems_of(error)[0]
        wrong = InvalidRedirectUri if path.startswith("redirect_uris") else InvalidClientMetadata
        raise wrong(f"{path or 'The body'}: {why}.") from None
    for number, uri in enumerate(asked.redirect_uris):
        problem = redirects.problem(uri)
        if problem is not None:
            raise InvalidRedirectUri(f"redirect_uris[{number}] {problem}.")
    if len(json.dumps(asked.redirect_uris)) > _MAX_TEXT:
        raise InvalidRedirectUri("redirect_uris are too long together.")
    if asked.token_endpoint_auth_method not in METHODS:
        raise InvalidClientMetadata(f"token_endpoint_auth_method must be {' or '.join(METHODS)}.")
    if "authorization_code" not in asked.grant_types:
        raise InvalidClientMetadata("grant_types must have authorization_code.")
    if "code" not in asked.response_types:
        raise InvalidClientMetadata("response_types must have code.")
    return asked


def _basic(authorization: str) -> tuple[str, str]:
    """Parse Basic credentials, whose parts are form-encoded (RFC 6749, 2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        name, colon, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
        if not colon:
            raise ValueError
    except (ValueError, NoBase64):
        raise InvalidClient("The Authorization header isn't a client's.") from None
    return unquote_plus(name), unquote_plus(secret)
