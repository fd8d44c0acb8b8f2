"""Access to the control routes: allowed to programs on this machine, not to other sites' pages.

A web page can send requests to a port of the machine that shows it. It can't set `Host`, so a
foreign name that its own DNS resolves to this machine is refused (DNS rebinding); its requests
carry its own `Origin`; and it can't send JSON without a preflight request, which the emulator
never grants.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import unquote_to_bytes, urlsplit

from starlette.datastructures import Headers

from stagedoor.platform.encodable import reason_against

from ..bodies import Scope
from .errors import ControlError, wrong

_FORMS = frozenset({"/_emulator/scan"})
"""Pages of the control plane with forms that a person submits."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ControlGuard:
    """`hosts` are host names accepted besides loopback and the address that was reached."""

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        self._hosts = frozenset(name.lower().strip("[]") for name in hosts)

    def check(self, scope: Scope) -> None:
        """Check `Host`, `Origin` and content type. Raises `ControlError`."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(_name(host), (scope.get("server") or ("",))[0]):
            raise ControlError(
                421,
                f"The emulator's own routes don't answer to the host {host[:200]!r}: start it with "
                "--allow-host NAME, or use its address.",
            )
        if scope["method"] in _SAFE:
            return
        origin = headers.get("origin")
        if origin is not None and not _is_same(origin, host, headers.get("sec-fetch-site")):
            raise ControlError(403, "A page of another origin may not use the emulator's routes.")
        if scope["path"] in _FORMS:
            return
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and (kind or _has_body(headers)):
            raise ControlError(415, "Send JSON, with the header 'Content-Type: application/json'.")

    def _is_ours(self, name: str, reached: str | None) -> bool:
        if not name:
            return False
        return name in ("localhost", reached) or name in self._hosts or _is_loopback(name)


def check_text(scope: Scope) -> None:
    """Raise `ControlError` for a path or query whose text can't be stored or encoded."""
    query = unquote_to_bytes(scope.get("query_string", b"").replace(b"+", b" "))
    for where, text in (("path", scope["path"]), ("query", query.decode(errors="replace"))):
        if (reason := reason_against(text)) is not None:
            raise wrong(where, reason)


def _name(host: str) -> str:
    """The host without its port."""
    try:
        parts = urlsplit(f"//{host}")
        plain = parts.netloc == host and "@" not in host
        return (parts.hostname or "").lower() if plain else ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _is_same(origin: str, host: str, fetched_from: str | None) -> bool:
    # a page whose referrer policy hides its origin sends `null` even to itself
    if origin == "null":
        return fetched_from == "same-origin"
    return origin.partition("://")[2].lower() == host.lower()


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
