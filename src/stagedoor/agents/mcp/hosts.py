"""The host names that the endpoint answers to, against DNS rebinding: a web page must not reach
it under a name of its own that resolves to this host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Allowed hosts. `names` are the public URL's host and those of STAGEDOOR_ALLOWED_HOSTS;
    `origins` are web applications that may call the service."""

    names: frozenset[str]
    origins: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, public_url: str, origins: Iterable[str] = (), allowed: Iterable[str] = ()
    ) -> AllowedHosts:
        public = (urlsplit(public_url).hostname or "").lower()
        return cls(frozenset((public, *allowed)) - {""}, frozenset(origins))

    def answers_to(self, host: str, bound: str | None) -> bool:
        """Whether the Host header is allowed. `bound` is the address at which the request
        arrived: an IP address, which is no name to rebind."""
        name = _name(f"//{host}")
        return bool(name) and (name in self.names or name in LOOPBACK or name == bound)

    def takes_from(self, origin: str, bound: str | None) -> bool:
        """Whether a page of this origin may call."""
        if origin in self.origins:
            return True
        scheme, _, host = origin.partition("://")
        return scheme in ("http", "https") and self.answers_to(host, bound)


def _name(address: str) -> str:
    """Return the host without its port; "" if the address is no plain host."""
    try:
        parts = urlsplit(address)
        known = parts.hostname or ""
        fine = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
        parts.port  # noqa: B018
    except ValueError:
        return ""
    return known.lower() if fine else ""
