"""HTTP client set-up; translates its errors by whether the request may have been executed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx2

from stagedoor.platform.masking import masked

from . import proxies
from .errors import AnswerLost, ConfigurationError, NotSent

if TYPE_CHECKING:
    import ssl

H = TypeVar("H", httpx2.Client, httpx2.AsyncClient)

_NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
    httpx2.ProxyError,
)


@cache
def tls() -> ssl.SSLContext:
    """The TLS context with the trusted certificates, cached: loading takes as long as a call."""
    return httpx2.create_ssl_context()


_LOOPBACK: dict[str, None] = {
    f"all://{host}": None for host in ("localhost", "*.localhost", "127.0.0.1", "[::1]")
}
"""Loopback hosts are never reached through a proxy, whatever the environment says."""


class _Refusing(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Replaces a proxy that can't be used: requests fail, they don't bypass the proxy."""

    def __init__(self, words: str) -> None:
        self._words = words

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        raise ConfigurationError(self._words)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        raise ConfigurationError(self._words)


def opened(
    kind: type[H],
    timeout: float | httpx2.Timeout | None,
    transport: Any = None,
    *,
    reaches: Iterable[str] = (),
    **options: Any,
) -> H:
    """An HTTP client that uses the environment's proxies, except for loopback hosts.

    Raises `ConfigurationError`, which names the variable, for a proxy that can't be used. If all
    addresses in `reaches` are loopback ones, only a request to another host raises it.
    """
    if transport is not None:
        return kind(timeout=timeout, transport=transport, trust_env=False, **options)
    try:
        return kind(timeout=timeout, verify=tls(), mounts=_LOOPBACK, **options)
    except (ImportError, ValueError, httpx2.InvalidURL) as error:
        found = proxies.set_in_environment()
        if not found:
            raise
        words = proxies.unusable(found)
        addresses = tuple(reaches)
        if not addresses or not all(map(proxies.is_loopback, addresses)):
            raise ConfigurationError(words) from error
    mounts = {"all://": _Refusing(words), **_LOOPBACK}
    return kind(timeout=timeout, verify=tls(), trust_env=False, mounts=mounts, **options)


def check_proxies(reaches: Iterable[str]) -> None:
    """Raise `ConfigurationError` now if the environment names a proxy that can't be used.

    Nothing is raised if all addresses in `reaches` are loopback ones, which need no proxy.
    """
    opened(httpx2.Client, None, reaches=reaches).close()


_KEPT_LENGTH = 1_024


def parsed(method: str, url: str) -> httpx2.URL | str:
    """Parse an address that requests repeat once: parsing takes a tenth of a request's time.

    Upload addresses are credentials, and long addresses take memory: neither is cached.
    """
    return url if method == "PUT" or len(url) > _KEPT_LENGTH else _parsed(url)


@lru_cache(maxsize=512)
def _parsed(url: str) -> httpx2.URL:
    return httpx2.URL(url)


@contextmanager
def translated(method: str, url: str, http: httpx2.Client | httpx2.AsyncClient) -> Iterator[None]:
    """Turn transport errors into `NotSent` or `AnswerLost`; the address is shown without query.

    If the request went through a proxy of the environment, the error names its variable.
    """
    try:
        yield
    except (httpx2.RequestError, httpx2.InvalidURL) as error:
        parts = urlsplit(url)
        where = masked(f"{method} {parts.scheme}://{parts.netloc}{parts.path}")
        what = str(error) or type(error).__name__
        via = proxies.between(url) if http.trust_env else ""
        if isinstance(error, (*_NEVER_SENT, httpx2.InvalidURL)):
            raise NotSent(f"{where}: not reached ({what}){via}. Nothing was sent.") from error
        raise AnswerLost(f"{where}: no answer ({what}){via}. It may have been done.") from error


class _WithoutCredentials(logging.Filter):
    """Removes queries and capabilities of addresses from log records: the HTTP library logs whole
    addresses, and the app's secret, signatures and upload tokens stand in queries."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_bare(one) for one in record.args)
        return True


def _bare(logged: object) -> object:
    return masked(str(logged.copy_with(query=None))) if isinstance(logged, httpx2.URL) else logged


logging.getLogger("httpx2").addFilter(_WithoutCredentials())
