"""Authentication of a request: its token is verified, and its organisation is created if it is
new."""

from __future__ import annotations

from ..clock import Clock
from ..database import Database
from . import store
from .roles import Caller
from .tokens import Verifier


class Authentication:
    """Authenticates requests. Thread-safe."""

    def __init__(self, verifier: Verifier, database: Database, clock: Clock) -> None:
        self._verifier = verifier
        self._database = database
        self._clock = clock

    def caller(self, authorization: str, org: str | None) -> Caller:
        """The caller by a request's headers. Raises `Unauthenticated`, `Forbidden`."""
        scheme, _, token = authorization.partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else ""
        caller = self._verifier.caller(bearer, org)
        store.ensure(self._database, caller.org, self._clock.now())
        return caller
