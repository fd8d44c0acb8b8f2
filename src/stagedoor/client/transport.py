"""The HTTP library's failures in our own words: what may have happened, not which layer broke."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2

from stagedoor.platform.media import ChunkPut

from .errors import AnswerLost, NotSent

if TYPE_CHECKING:
    import ssl

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
    """What a server's certificate is checked by: read once, since that takes as long as a call."""
    return httpx2.create_ssl_context()


@contextmanager
def translated(method: str, url: str) -> Iterator[None]:
    """Turn transport errors into `NotSent` or `AnswerLost`; the address is shown without query."""
    try:
        yield
    except (httpx2.RequestError, httpx2.InvalidURL) as error:
        parts = urlsplit(url)
        where = f"{method} {parts.scheme}://{parts.netloc}{parts.path}"
        what = str(error) or type(error).__name__
        if isinstance(error, (*_NEVER_SENT, httpx2.InvalidURL)):
            raise NotSent(f"{where}: not reached ({what}). Nothing was sent.") from error
        raise AnswerLost(f"{where}: no answer ({what}). It may have been done.") from error


class _WithoutCredentials(logging.Filter):
    """The HTTP library logs whole addresses, and an upload_url is a credential by its query."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_bare(one) for one in record.args)
        return True


def _bare(logged: object) -> object:
    if isinstance(logged, httpx2.URL) and not _UPLOAD_FIELDS.isdisjoint(logged.params):
        return logged.copy_with(query=None)
    return logged


_UPLOAD_FIELDS = frozenset(ChunkPut.model_fields)

logging.getLogger("httpx2").addFilter(_WithoutCredentials())
