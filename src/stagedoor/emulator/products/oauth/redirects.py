"""Redirect URIs: rules for registration, and the platform of a URI.

The rules are `oauth.yaml`, redirect_uri_rules.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from stagedoor.platform.products.oauth import LOOPBACK_HOSTS, MAX_REDIRECT_LENGTH, MAX_REDIRECT_URIS

from ...world.entities import App, PlatformKind

_ANY_PORT = ":*"


def problem(kind: PlatformKind, uri: str) -> str | None:
    """The reason why this URI can't be registered for this platform; None if it can."""
    if len(uri) > MAX_REDIRECT_LENGTH:
        return f"is longer than {MAX_REDIRECT_LENGTH} characters"
    parts = _split(uri)
    if parts is None or not parts.hostname:
        return "is no absolute URL"
    if parts.query or "?" in uri:
        return "may not have a query"
    if parts.fragment or "#" in uri:
        return "may not have a fragment"
    if kind is PlatformKind.DESKTOP:
        return _desktop_problem(parts)
    if parts.scheme != "https":
        return "must begin with https://"
    if "*" in uri:
        return "may not have a wildcard: only desktop apps may, as the port"
    if kind is PlatformKind.WEB and is_loopback(parts.hostname):
        return "may not be on this machine: register it for the desktop platform"
    return None


def problem_of_list(kind: PlatformKind, uris: list[str]) -> str | None:
    if len(uris) > MAX_REDIRECT_URIS:
        return f"takes at most {MAX_REDIRECT_URIS} redirect URIs"
    for uri in uris:
        why = problem(kind, uri)
        if why is not None:
            return f"{uri!r} {why}"
    return None


def platform_of(app: App, uri: str) -> PlatformKind | None:
    """The platform for which `uri` is registered; None if it isn't registered identically."""
    for kind, registered in app.redirect_uris.items():
        if any(_matches(kind, one, uri) for one in registered):
            return kind
    # A ready-made app serves all platforms, so it follows the most lenient platform's rules.
    return PlatformKind.WEB if app.any_redirect and _is_usable(uri) else None


def is_loopback(host: str) -> bool:
    if host in LOOPBACK_HOSTS or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _desktop_problem(parts: SplitResult) -> str | None:
    if parts.scheme not in ("http", "https"):
        return "must begin with http:// or https://"
    if parts.hostname not in LOOPBACK_HOSTS:
        return f"must be on {' or '.join(LOOPBACK_HOSTS)}"
    if parts.netloc.endswith(_ANY_PORT):
        return None
    return "needs a port, or * for any" if _port(parts) is None else None


def _matches(kind: PlatformKind, registered: str, uri: str) -> bool:
    if registered == uri:
        return True
    if kind is not PlatformKind.DESKTOP or _ANY_PORT not in registered:
        return False
    before, _, after = registered.partition("*")
    if not (uri.startswith(before) and uri.endswith(after)):
        return False
    port = uri[len(before) : len(uri) - len(after)]
    return port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65_536


def _is_usable(uri: str) -> bool:
    parts = _split(uri)
    if parts is None or not parts.hostname or "#" in uri or len(uri) > MAX_REDIRECT_LENGTH:
        return False
    if any(character <= " " for character in uri):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        if not parts.netloc.endswith(_ANY_PORT):
            _ = parts.port
        return parts
    except ValueError:
        return None


def _port(parts: SplitResult) -> int | None:
    return parts.port
