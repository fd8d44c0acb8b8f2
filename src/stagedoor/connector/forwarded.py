"""Middleware for X-Forwarded headers: only those of a trusted reverse proxy are used."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_HOST = b"x-forwarded-host"


class TrustedNetworks:
    """Addresses of reverse proxies, from STAGEDOOR_TRUSTED_PROXIES."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ip_network(text) for text in networks)

    def __contains__(self, peer: object) -> bool:
        try:
            address = ip_address(str(peer))
        except ValueError:
            return False
        return any(address in network for network in self._networks)


class Forwarded:
    """Middleware: X-Forwarded-For, -Proto and -Host of a trusted proxy become the request's
    client address, scheme and Host."""

    def __init__(self, app: ASGIApp, proxies: tuple[str, ...]) -> None:
        self._trusted = TrustedNetworks(proxies)
        # mypy: uvicorn's types for ASGI are its own
        self._app: ASGIApp = ProxyHeadersMiddleware(app, list(proxies))  # type: ignore[arg-type, assignment]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (scope.get("client") or ("",))[0] in self._trusted:
            # if there are several, the last is the host that the nearest proxy was asked for
            said = [value for name, value in scope["headers"] if name == _HOST]
            host = said[-1].rpartition(b",")[2].strip() if said else b""
            if host:
                kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
                scope = {**scope, "headers": [(b"host", host), *kept]}
        await self._app(scope, receive, send)
