"""Why something wasn't fetched. No message holds more of a URL than its host: the rest may be
a secret."""

from __future__ import annotations

from ..errors import ApiError, BadRequest


class UrlRefused(BadRequest):
    """An address that is fetched for nobody."""

    code = "url_refused"


class FetchFailed(ApiError):
    """The other side doesn't give the file."""

    code, http = "fetch_failed", 502


class FetchTooSlow(FetchFailed):
    """The other side took too long."""

    code, http, retryable = "fetch_too_slow", 504, True
