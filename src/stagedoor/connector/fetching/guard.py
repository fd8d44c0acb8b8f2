"""Guard against SSRF: a name is resolved once, its addresses are checked, and the connection goes
to a checked address.

So a name that resolves differently the second time gains nothing. The guard is an httpx2 transport:
a client over it is used like any other, and can't reach an address that the guard refuses.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence

import httpx2

from .addresses import is_public
from .errors import FetchFailed, UrlRefused

MAX_URL = 2_048
_PORTS = {"https": 443, "http": 80}
_LABELS = re.compile(r"(?=.{1,253}\.?$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
"""A host's name in ASCII, as a resolver takes it: labels of up to 63 characters, 253 in all."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Resolves a host's name and port to its addresses; OSError where it has none."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Resolve a host by the system's resolver."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class GuardedTransport(httpx2.AsyncBaseTransport):
    """A transport. `private` allows http and private addresses: for a local TikTok, and tests."""

    def __init__(
        self,
        private: bool = False,
        resolve: Resolve = resolve,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        self._private = private
        self._resolve = resolve
        # no keep-alive: a kept connection could belong to another host at the same address
        self._inner = httpx2.AsyncHTTPTransport(
            verify=verify, limits=httpx2.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises `UrlRefused`, and httpx2's own errors."""
        check(request.url, self._private)
        host = request.url.raw_host.decode()
        port = port_of(request.url)
        *others, last = await self._judged(host, port)
        for address in others:
            try:
                return await self._inner.handle_async_request(_to(address, host, request))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_to(last, host, request))

    async def _judged(self, host: str, port: int) -> Sequence[str]:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError):
            found = ()
        if not self._private and not (found and all(map(is_public, found))):
            # one error for both cases: outsiders mustn't learn which internal names exist
            raise not_public(host)
        if not found:
            raise FetchFailed(f"There is no host {host}.")
        return found

    async def aclose(self) -> None:
        await self._inner.aclose()


def check(url: httpx2.URL, private: bool = False) -> None:
    """Refuse a URL that no address could make acceptable. Raises `UrlRefused`."""
    if url.scheme != "https" and not (private and url.scheme == "http"):
        raise UrlRefused(f"Only https addresses are reached.{_for_local_use(url.host)}")
    if not url.host:
        raise UrlRefused("The address names no host.")
    # colons are in IPv6 addresses alone, which are judged as addresses
    if ":" not in url.host and not _LABELS.fullmatch(url.raw_host.decode()):
        raise UrlRefused(f"{url.host} can't be the name of a host: look for a typing error.")
    if url.userinfo:
        raise UrlRefused("The address holds a user name or a password: give one without.")
    if url.port is not None and not 0 < url.port < 65_536:
        raise UrlRefused("The address names a port that there isn't.")


def port_of(url: httpx2.URL) -> int:
    """The port of a URL that `check` accepts."""
    return url.port or _PORTS[url.scheme]


def not_public(host: str) -> UrlRefused:
    """The refusal of a host that leads into a private network, or nowhere."""
    return UrlRefused(
        f"{host} leads to no address on the public internet, and nothing else is reached."
        f"{_for_local_use(host)}"
    )


def _for_local_use(host: str) -> str:
    """The setting that a developer needs whose program is on the same machine; it names no name
    that only the machine's network knows."""
    if host != "localhost" and not host.startswith("127."):
        return ""
    return " For local use, start the service with STAGEDOOR_FETCH_PRIVATE=1."


def parse(text: str) -> httpx2.URL:
    """Parse a URL. Raises `UrlRefused`."""
    try:
        if len(text) <= MAX_URL:
            return httpx2.URL(text)
    except (httpx2.InvalidURL, TypeError, ValueError):
        pass
    raise UrlRefused("That isn't an address such as https://cdn.example.com/film.mp4.")


def _to(address: str, host: str, request: httpx2.Request) -> httpx2.Request:
    """The same request to an address. Host header, SNI and certificate check keep the name."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
