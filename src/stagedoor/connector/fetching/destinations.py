"""Checking the address of a webhook when a caller sets it.

The guard checks every connection again; this check refuses in advance an address that the guard
would always refuse.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as Unresolved
from functools import partial

from ..fair_pool import FairPool
from ..fair_queue import Owner, Shares, TooManyAtOnce
from .addresses import is_public
from .errors import UrlRefused
from .guard import check, not_public, parse, port_of

SECONDS = 2.0
"""A name that isn't resolved within this time is accepted: its messages are judged when sent."""
_SHARES = Shares(total=8, org=2, agent=2, waiting=20)
_NEVER_PUBLIC = (
    "alt",
    "example",
    "home.arpa",
    "internal",
    "invalid",
    "local",
    "localhost",
    "onion",
    "test",
)
"""Domains that the public DNS will never have: special-use names, and ICANN's `internal`."""

Lookup = Callable[[str, int], Sequence[str]]
"""Resolves a host's name and port to its addresses; OSError where it has none."""


def lookup(host: str, port: int, flags: int = 0) -> Sequence[str]:
    """Resolve a host by the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [str(place[0]) for *_, place in found]


class Destinations:
    """Checks destinations. Thread-safe. `private` accepts http and private addresses: for local
    use, and tests."""

    def __init__(self, private: bool, lookup: Lookup = lookup) -> None:
        self._private = private
        self._lookup = lookup
        self._pool = FairPool("stagedoor resolve", _SHARES)

    def check_url(self, org: str, text: str, path: str = "url") -> None:
        """Raises `UrlRefused` for a URL that nothing can be sent to, also where its host leads to a
        private address now. A name that doesn't resolve now is accepted. `path` is the URL's place
        in the request."""
        try:
            self._check_url(org, text)
        except UrlRefused as error:
            raise error.at(path) from None

    def _check_url(self, org: str, text: str) -> None:
        url = parse(text)
        check(url, self._private)
        if "#" in text:
            raise UrlRefused("The address has a fragment (#...), which no server is sent: omit it.")
        host = url.raw_host.decode()
        if self._private:
            return
        if is_inside(host) or not all(map(is_public, self._resolved(org, host, port_of(url)))):
            raise not_public(host)

    def check_domain(self, domain: str, path: str) -> None:
        """Raises `UrlRefused` for the domain of an e-mail address that can't be a public one."""
        if not self._private and is_inside(domain):
            raise not_public(domain).at(path)

    def close(self) -> None:
        self._pool.close()

    def _resolved(self, org: str, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, as far as they are known in time."""
        try:
            looked = self._pool.submit(Owner(org), partial(self._lookup, host, port))
        except TooManyAtOnce:
            return ()
        try:
            return looked.result(SECONDS)
        except (OSError, UnicodeError, Unresolved):
            looked.cancel()
            return ()


def is_inside(host: str) -> bool:
    """Whether a host can't be on the public internet, whatever a resolver says: an address that
    isn't public in any spelling, a name without a dot, or one of a domain that is never public."""
    name = host.lower().rstrip(".")
    try:
        found = lookup(name, 0, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        last = any(name == one or name.endswith(f".{one}") for one in _NEVER_PUBLIC)
        return last or "." not in name
    return not all(map(is_public, found))
