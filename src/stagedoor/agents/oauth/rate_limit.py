"""Rate limit of attempts: counted by source address, over all processes."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database
from stagedoor.connector.limits.errors import TooFast
from stagedoor.connector.limits.pacer import DatabasePacer
from stagedoor.platform.operation import LimitKey, RateLimit

from .errors import TooMany

_NETWORK = 64
"""Bits of an IPv6 address that count; its owner chooses the rest."""


class AttemptLimit:
    """The rate limit of one kind of attempt."""

    def __init__(
        self, database: Database, clock: Clock, kind: str, attempts: int, seconds: float
    ) -> None:
        self._pacer = DatabasePacer(database, clock, patience=0.0)
        self._kind = kind
        self._limit = RateLimit(attempts, seconds, LimitKey.CLIENT)

    def take(self, source: str) -> None:
        """Count an attempt. Raises `TooMany`; refused attempts aren't counted."""
        try:
            self._pacer.reserve(self._key(source), self._limit)
        except TooFast as error:
            raise paced("Too many attempts from this address.", error.retry_after or 60.0) from None

    def give_back(self, source: str) -> None:
        """Give back the last attempt, which succeeded and so doesn't count."""
        self._pacer.give_back(self._key(source))

    def _key(self, source: str) -> tuple[str, ...]:
        return "oauth", self._kind, _network(source)


def paced(why: str, seconds: float) -> TooMany:
    return TooMany(f"{why} Try again in {seconds:.0f} s.", retry_after=seconds)


def _network(source: str) -> str:
    try:
        address = ip_address(source)
    except ValueError:
        return source
    if not isinstance(address, IPv6Address):
        return source
    return str(address.ipv4_mapped or int(address) >> (128 - _NETWORK))
