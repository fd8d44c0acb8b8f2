"""Redirect URIs: which may be registered, and which match a registered one."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlencode, urlsplit

from .addresses import LOOPBACK

MAX = 500
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,40}")
_NOT_AN_APP = frozenset(
    {
        "about",
        "blob",
        "chrome",
        "content",
        "data",
        "file",
        "filesystem",
        "ftp",
        "intent",
        "jar",
        "javascript",
        "mailto",
        "resource",
        "sms",
        "tel",
        "vbscript",
        "view-source",
        "ws",
        "wss",
    }
)
"""Schemes that a browser handles itself, or that reach something other than the client's app."""


def problem(uri: str) -> str | None:
    """Return why the URI can't be registered; None: it can."""
    parts = _split(uri)
    if parts is None:
        return "must be an absolute address of printable ASCII"
    if "#" in uri:
        return "may not have a fragment"
    if "@" in parts.netloc:
        return "may not hold a user name"
    if parts.scheme == "https":
        return None if parts.hostname else "must name a host"
    if parts.scheme == "http":
        if is_loopback(parts):
            return None
        return "must begin with https:// unless it is on the person's own machine"
    if parts.scheme in _NOT_AN_APP or not _SCHEME.fullmatch(parts.scheme):
        return "has a scheme that isn't an app's own"
    if not uri[len(parts.scheme) + 1 :].startswith("/"):
        return "must go on with / after its scheme"
    return None


def matches(registered: str, uri: str) -> bool:
    """Whether the URI is the registered one: equal to the letter, or on the person's own machine
    with any port, since an app listens on the port that it gets (RFC 8252)."""
    if registered == uri:
        return True
    one, other = _split(registered), _split(uri)
    if one is None or other is None or not (is_loopback(one) and is_loopback(other)):
        return False
    if problem(uri) is not None:
        return False
    # urlsplit drops a lone "?"
    bare = (one.hostname, one.path, one.query, registered.endswith("?"))
    return bare == (other.hostname, other.path, other.query, uri.endswith("?"))


def is_loopback(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def origin(uri: str) -> str | None:
    """Return the origin for a content security policy, where a form may lead there: a port of
    this machine, which leads nowhere else. None: no origin can be named."""
    parts = urlsplit(uri)
    if is_loopback(parts) and parts.hostname != "::1":
        return f"http://{parts.netloc.lower()}"
    return None


def is_near(uri: str) -> bool:
    """Whether the URI stays on the person's own machine, so a redirect lures nobody away."""
    return is_loopback(urlsplit(uri))


def target_in_words(uri: str) -> str:
    """Return the URI's target in words for a person."""
    parts = urlsplit(uri)
    if is_loopback(parts):
        return "a program on this computer"
    if parts.scheme == "https":
        return parts.netloc.lower()
    return f"the app that opens {parts.scheme}: links"


def with_answer(uri: str, **answer: str | None) -> str:
    """Return `uri` with the answer appended to its query; the rest stays unchanged."""
    said = {name: value for name, value in answer.items() if value is not None}
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(said)}"


def _split(uri: str) -> SplitResult | None:
    """Split a URI; None if browsers and this parser might read it differently."""
    plain = uri.isascii() and uri.isprintable() and not any(c in uri for c in ' \\"<>^`{|}')
    if not plain or len(uri) > MAX:
        return None
    try:
        parts = urlsplit(uri)
        if parts.port == 0:
            return None
    except ValueError:
        return None
    return parts if parts.scheme else None
