"""The URLs from which an app may pull media (`media.yaml`, pull_from_url.ownership)."""

from __future__ import annotations

import ipaddress
from enum import Enum
from urllib.parse import urlsplit

from ...world import App
from ...world.entities import PropertyKind


class Ownership(Enum):
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    NO_URL = "no https URL"


def ownership(app: App, url: str) -> Ownership:
    """The app's ownership of `url`: a domain covers its subdomains and all paths, a prefix the URLs
    that start with exactly that prefix."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return Ownership.NO_URL
    if parts.scheme != "https" or not host or any(c.isspace() or ord(c) < 32 for c in url):
        return Ownership.NO_URL
    if parts.username is not None or _is_address(host):
        return Ownership.UNVERIFIED
    if app.any_url or any(_covers(p.kind, p.value, host, url) for p in app.url_properties):
        return Ownership.VERIFIED
    return Ownership.UNVERIFIED


def _covers(kind: PropertyKind, value: str, host: str, url: str) -> bool:
    if kind is PropertyKind.DOMAIN:
        domain = value.lower().rstrip(".")
        return host == domain or host.endswith(f".{domain}")
    return url.startswith(value) and not _climbs(url[len(value) :])


def _climbs(rest: str) -> bool:
    """Whether the rest of a path after a prefix leaves the prefix by `..`."""
    path = rest.partition("?")[0].partition("#")[0].lower().replace("%2e", ".")
    return ".." in path.replace("\\", "/").split("/")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # Other forms that resolvers accept as an address: 2130706433, 0x7f.1
        return host.rpartition(".")[2][:1].isdigit()
    return True
