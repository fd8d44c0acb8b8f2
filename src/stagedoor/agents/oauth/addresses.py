"""The public addresses of the MCP endpoint and of its authorization server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import SplitResult, urlsplit

from stagedoor.connector.settings import Settings

MCP = "/mcp"
"""The path of the MCP endpoint."""
ROOT = "/agents/oauth"
AUTHORIZE = f"{ROOT}/authorize"
TOKEN = f"{ROOT}/token"
OLD_TOKEN = "/token"
"""The token endpoint of the first edition of MCP's authorization: some clients that kept their
tokens, but not the token endpoint's address, still use it."""
REGISTER = f"{ROOT}/register"
REVOKE = f"{ROOT}/revoke"
PROTECTED = "/.well-known/oauth-protected-resource"
SERVER = "/.well-known/oauth-authorization-server"
PREFIXES = (ROOT, PROTECTED, SERVER, OLD_TOKEN)

SCOPE = "mcp"
"""The only scope: an agent's grants decide what its tokens may do."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
METHODS = ("none", "client_secret_basic", "client_secret_post")
"""Methods by which a client may authenticate."""
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Addresses:
    """The public addresses, based on the address that the client used."""

    issuer: str
    names: frozenset[str] = frozenset()
    """Further host names of the same service, besides the public URL's."""
    public: str = ""
    """The public URL, if the client used another host name."""

    @property
    def resource(self) -> str:
        return self.issuer + MCP

    @property
    def path(self) -> str:
        """The path prefix that a reverse proxy strips."""
        return urlsplit(self.issuer).path

    @property
    def resource_metadata(self) -> str:
        """The metadata URL: RFC 9728 puts the well-known part between host and path."""
        return f"{self.origin}{PROTECTED}{self.path}{MCP}"

    @property
    def origin(self) -> str:
        """The origin as browsers write it."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{_netloc(parts)}"

    def resource_document(self) -> dict[str, Any]:
        """Return the protected resource metadata (RFC 9728)."""
        return {
            "resource": self.resource,
            "resource_name": "Stagedoor",
            "authorization_servers": [self.issuer],
            "scopes_supported": [SCOPE],
            "bearer_methods_supported": ["header"],
        }

    def server_document(self) -> dict[str, Any]:
        """Return the authorization server metadata (RFC 8414). It doesn't announce that answers
        name their issuer (RFC 9207): clients that drop the parameter would then reject the
        answers."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": self.issuer + AUTHORIZE,
            "token_endpoint": self.issuer + TOKEN,
            "registration_endpoint": self.issuer + REGISTER,
            "revocation_endpoint": self.issuer + REVOKE,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": list(METHODS),
            "revocation_endpoint_auth_methods_supported": list(METHODS),
            "scopes_supported": [SCOPE],
        }

    def is_resource(self, uri: str) -> bool:
        """Whether a client's resource parameter means this endpoint (RFC 8707)."""
        ours, theirs = _split(self.resource), _split(uri)
        if ours is None or theirs is None:
            return False
        public = _split(self.public)
        here = {_host(ours)} if public is None else {_host(ours), _host(public)}
        return _place(ours, here, self.names) == _place(theirs, here, self.names)


def addresses(settings: Settings, host: str | None = None) -> Addresses:
    """Return the addresses for a client that sent the Host header `host`.

    The client compares them with the address that it was given, so a name of
    STAGEDOOR_ALLOWED_HOSTS, or another loopback name, is kept; the scheme is the public URL's.
    """
    public = urlsplit(settings.public_url)
    asked = _split(f"//{host}") if host else None
    names = frozenset(settings.allowed_hosts)
    if asked is not None and (asked.hostname or "").lower() in names:
        issuer = public._replace(netloc=_netloc(asked)).geturl()
        return Addresses(issuer, names, settings.public_url)
    if (
        asked is not None
        and asked.hostname in LOOPBACK
        and public.hostname in LOOPBACK
        and (asked.port or _PORTS[public.scheme]) == (public.port or _PORTS[public.scheme])
    ):
        return Addresses(public._replace(netloc=_netloc(asked)).geturl(), names)
    return Addresses(settings.public_url, names)


def resource_metadata_url(settings: Settings, host: str | None = None) -> str:
    """Return the URL for `WWW-Authenticate: Bearer resource_metadata="..."`; `host` is the
    request's Host header."""
    return addresses(settings, host).resource_metadata


_Host: TypeAlias = tuple[str, int | None]


def _host(parts: SplitResult) -> _Host:
    """Return the normalised host and port."""
    host = (parts.hostname or "").lower()
    port = parts.port or _PORTS.get(parts.scheme.lower())
    return "loopback" if host in LOOPBACK else host, port


def _place(parts: SplitResult, here: set[_Host], names: frozenset[str]) -> tuple[object, ...]:
    """Return a key that is equal for addresses of the same endpoint; all of `here` and `names`
    are the same host."""
    host = _host(parts)
    return (
        parts.scheme.lower(),
        None if host in here or host[0] in names else host,
        parts.path.rstrip("/"),
        parts.query,
        parts.fragment,
        parts.username,
    )


def _netloc(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    usual = parts.port is None or parts.port == _PORTS.get(parts.scheme)
    return host if usual else f"{host}:{parts.port}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
