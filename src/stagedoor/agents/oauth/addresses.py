"""What the outside calls the door and its authorization server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import SplitResult, urlsplit

from stagedoor.connector.settings import Settings

MCP = "/mcp"
"""The door's path."""
ROOT = "/agents/oauth"
AUTHORIZE = f"{ROOT}/authorize"
TOKEN = f"{ROOT}/token"
OLD_TOKEN = "/token"
"""Where clients ask by the first edition of MCP's authorization: some that kept their tokens, but
not where those came from, still do."""
REGISTER = f"{ROOT}/register"
REVOKE = f"{ROOT}/revoke"
PROTECTED = "/.well-known/oauth-protected-resource"
SERVER = "/.well-known/oauth-authorization-server"
PREFIXES = (ROOT, PROTECTED, SERVER, OLD_TOKEN)

SCOPE = "mcp"
"""The only one: what a token may do is what its agent was given."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
METHODS = ("none", "client_secret_basic", "client_secret_post")
"""How a client may show that it is itself."""
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Addresses:
    """All of them, from the one that the client came by."""

    issuer: str
    names: frozenset[str] = frozenset()
    """Host names that lead to the same service, besides the public URL's own."""
    public: str = ""
    """The public URL, where the client came by another name."""

    @property
    def resource(self) -> str:
        return self.issuer + MCP

    @property
    def path(self) -> str:
        """What a proxy in front takes off each path."""
        return urlsplit(self.issuer).path

    @property
    def resource_metadata(self) -> str:
        """By RFC 9728 the well-known part stands between the host and the resource's path."""
        return f"{self.origin}{PROTECTED}{self.path}{MCP}"

    @property
    def origin(self) -> str:
        """As browsers write it."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{_netloc(parts)}"

    def resource_document(self) -> dict[str, Any]:
        """RFC 9728."""
        return {
            "resource": self.resource,
            "resource_name": "Stagedoor",
            "authorization_servers": [self.issuer],
            "scopes_supported": [SCOPE],
            "bearer_methods_supported": ["header"],
        }

    def server_document(self) -> dict[str, Any]:
        """RFC 8414. That answers name their issuer (RFC 9207) isn't announced: clients that drop
        the name would refuse an answer that was announced with one."""
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
        """Whether a client means this door (RFC 8707)."""
        ours, theirs = _split(self.resource), _split(uri)
        if ours is None or theirs is None:
            return False
        public = _split(self.public)
        here = {_host(ours)} if public is None else {_host(ours), _host(public)}
        return _place(ours, here, self.names) == _place(theirs, here, self.names)


def addresses(settings: Settings, host: str | None = None) -> Addresses:
    """The addresses for a client that sent `host`. It compares them with the address that it was
    given, so a name of STAGEDOOR_ALLOWED_HOSTS, or another loopback name, is kept; the scheme is
    the public URL's."""
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
    """What a door names in `WWW-Authenticate: Bearer resource_metadata="..."`; `host` is the
    request's header of that name."""
    return addresses(settings, host).resource_metadata


_Host: TypeAlias = tuple[str, int | None]


def _host(parts: SplitResult) -> _Host:
    """Host and port, however they are written."""
    host = (parts.hostname or "").lower()
    port = parts.port or _PORTS.get(parts.scheme.lower())
    return "loopback" if host in LOOPBACK else host, port


def _place(parts: SplitResult, here: set[_Host], names: frozenset[str]) -> tuple[object, ...]:
    """Equal for addresses that lead to the same; all of `here` and `names` do."""
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
