"""Errors of fetching. A message has at most the host of a URL: the rest may be a secret."""

from __future__ import annotations

from ..errors import ApiError, InvalidInput


class UrlRefused(InvalidInput):
    """An address that is never fetched."""

    code = "url_refused"


class FetchFailed(ApiError):
    """The host didn't deliver the file."""

    code, http = "fetch_failed", 502


class FetchTooSlow(FetchFailed):
    """The host was too slow."""

    code, http, retryable = "fetch_too_slow", 504, True
