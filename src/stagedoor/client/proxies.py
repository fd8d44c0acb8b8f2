"""Proxies from environment variables: which proxy applies to an address, as text for errors."""

from __future__ import annotations

import os
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

_NAMES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")
_HTTP = ("http", "https")
_SOCKS = ("socks5", "socks5h")


def set_in_environment() -> dict[str, str]:
    """The environment variables that name a proxy, in their actual case, with their values."""
    return {
        name: os.environ[name]
        for upper in _NAMES
        for name in (upper, upper.lower())
        if os.environ.get(name)
    }


def unusable(found: dict[str, str]) -> str:
    """Why the HTTP library accepts none of these: the variable at fault and the remedy."""
    for name, value in found.items():
        scheme = urlsplit(_whole(value)).scheme
        if scheme in _SOCKS:
            return (
                f"{name} names a SOCKS proxy ({_shown(value)}), which needs another package: "
                f"pip install socksio, or unset {name}."
            )
        if scheme not in _HTTP or not _readable(value):
            return (
                f"{name} names a proxy that can't be used ({_shown(value)}): set it to an address "
                f"such as http://127.0.0.1:3128 or socks5://127.0.0.1:1080, or unset {name}."
            )
    listed = " and ".join(found)
    return f"{listed} can't be used as the address of a proxy: mend it, or unset it."


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine, for which no proxy is used."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost")


def between(url: str) -> str:
    """Text for an error: the proxy on the way to `url`, empty if there is none."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(url):
        return ""
    named = getproxies()
    proxy = named.get(parts.scheme) or named.get("all")
    if not proxy or proxy_bypass(host):
        return ""
    name = next((name for name, value in set_in_environment().items() if value == proxy), None)
    by = f"that {name} names" if name else "of the system's settings"
    return f" through the proxy {by}, {_shown(proxy)}"


def _whole(value: str) -> str:
    return value if "://" in value else f"http://{value}"


def _readable(value: str) -> bool:
    try:
        parts = urlsplit(_whole(value))
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.hostname)


def _shown(value: str) -> str:
    """The proxy's address without user and password."""
    return _whole(value).rpartition("@")[2] if "@" in value else value
