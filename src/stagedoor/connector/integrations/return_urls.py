"""Return URLs after a login: only those that the organisation allowed."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from ..database import Database, TenantConnection
from ..tenants import store as tenants
from .errors import ReturnUrlRefused

MAX_LENGTH = 2000
_PATH = "returnUrl"
SETTING = "return_urls"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_OURS = ("integration", "integrationId", "missing", "reason")


class ReturnUrls:
    """An organisation's allow-list. While it is empty, any URL is accepted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self, org: str) -> list[str]:
        with self._database.read() as connection:
            return list(tenants.setting(TenantConnection(connection, org), SETTING) or [])

    def set(self, org: str, urls: Sequence[str]) -> list[str]:
        """Replace the list. Raises `ReturnUrlRefused` for a text that is no URL."""
        kept = list(urls)
        for number, url in enumerate(kept):
            split(url, f"returnUrls.{number}")
        with self._database.begin() as connection:
            tenants.set_setting(TenantConnection(connection, org), SETTING, kept)
        return kept

    def check(self, org: str, url: str) -> str | None:
        """A warning, or None. Raises `ReturnUrlRefused` for a URL that isn't allowed."""
        parts = split(url)
        allowed = self.listed(org)
        if not allowed:
            return (
                "Any returnUrl is accepted while the organisation lists none: set the allowed "
                "ones with PUT /api/settings/return-urls."
            )
        if not any(_without_query(split(one)) == _without_query(parts) for one in allowed):
            raise ReturnUrlRefused(
                "isn't on the organisation's list. An admin adds it with PUT "
                "/api/settings/return-urls; scheme, host, port and path must be the same."
            ).at(_PATH)
        return None


def split(url: str, path: str = _PATH) -> SplitResult:
    """Parse an absolute http(s) URL that browsers and this service read the same way. Raises
    `ReturnUrlRefused`; `path` is the URL's place in the request."""
    plain = url.isascii() and url.isprintable() and not any(c in url for c in ' \\"<>^`{|}')
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        plain, port = False, None
    if not plain or len(url) > MAX_LENGTH or port == 0:
        raise ReturnUrlRefused("isn't an address that a browser can be sent to").at(path)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ReturnUrlRefused(
            "must be an absolute address, such as https://app.example.com/connected, without user "
            "name and password"
        ).at(path)
    return parts


def with_outcome(url: str, **outcome: str) -> str:
    """`url` with the login's outcome in its query; the query that it had stays."""
    parts = urlsplit(url)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in _OURS
    ]
    return urlunsplit(parts._replace(query=urlencode([*kept, *outcome.items()])))


def _without_query(parts: SplitResult) -> tuple[str, str, int | None, str]:
    host = (parts.hostname or "").lower()
    return parts.scheme, host, parts.port or _DEFAULT_PORTS.get(parts.scheme), parts.path or "/"
