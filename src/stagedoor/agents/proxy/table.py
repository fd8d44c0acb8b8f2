"""Routing: the operation of a request by its method and path, byte for byte.

The table is built from the declarations. Paths aren't decoded, completed or normalised: a path in
any other spelling doesn't exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from stagedoor.platform import catalogue
from stagedoor.platform.media import UPLOAD_CHUNK, UPLOAD_PATHS
from stagedoor.platform.operation import Operation, Surface
from stagedoor.platform.products import embed
from stagedoor.platform.protocols.business import BUSINESS
from stagedoor.platform.protocols.open_api import OPEN_API
from stagedoor.platform.protocols.protocol import Protocol

from .errors import NoSuchPath, WrongMethod

PREFIX = "/agents/proxy"

_PREFIX = PREFIX.encode()
MAX_FILE_BODY = 480 << 10
"""Bytes of a body with a file for TikTok API for Business: it is in memory while it is judged."""
_OF_BUSINESS = b"/open_api/"
_NAME = re.compile(rb"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class ProxyRoute:
    """The operations of one method and path. `open`: agents can have grants for them."""

    operations: Mapping[str, Operation[..., Any]]
    """By the selector's value; by "" if there is only one."""
    first: Operation[..., Any]
    open: bool
    takes_body: bool
    max_body: int
    """The largest body of these operations, in bytes."""

    def meant(self, query: str, body: bytes) -> Operation[..., Any]:
        """Return the operation that the request's own values select, or else the first one."""
        selector = self.first.selector
        if selector is None:
            return self.first
        value = self.first.protocol.selecting(selector[0], query, body) or ""
        if selector[0] == "url":
            value = embed.use_of(value) or ""
        return self.operations.get(value, self.first)


@dataclass(frozen=True, slots=True)
class RouteMatch:
    """A match. `account` is the account in the path, without the @."""

    route: ProxyRoute
    account: str | None


def find(method: str, path: bytes) -> RouteMatch:
    """Find the route of a request. Raises `NoSuchPath`, `WrongMethod`."""
    if not path.startswith(_PREFIX):
        raise NoSuchPath
    rest, account = path[len(_PREFIX) :], None
    if rest.startswith(b"/@"):
        name, slash, rest = rest[2:].partition(b"/")
        if not _NAME.fullmatch(name):
            raise NoSuchPath
        rest, account = slash + rest, name.decode()
    routes = table().get(rest)
    if routes is None:
        raise NoSuchPath
    route = routes.get(method)
    if route is None:
        raise WrongMethod(", ".join(routes))
    return RouteMatch(route, account)


def protocol(scope: Mapping[str, Any]) -> Protocol:
    """Return the protocol in which a request to no path of TikTok's is refused."""
    return BUSINESS if _OF_BUSINESS in (scope.get("raw_path") or b"") else OPEN_API


@cache
def table() -> dict[bytes, dict[str, ProxyRoute]]:
    """Return every path of TikTok's with its methods."""
    grouped: dict[tuple[str, str], list[Operation[..., Any]]] = {}
    for one in catalogue.operations().values():
        for path in UPLOAD_PATHS if one is UPLOAD_CHUNK else (one.path,):
            grouped.setdefault((path, one.method), []).append(one)
    found: dict[bytes, dict[str, ProxyRoute]] = {}
    for (path, method), operations in grouped.items():
        found.setdefault(path.encode(), {})[method] = _route(operations)
    return found


def _route(operations: list[Operation[..., Any]]) -> ProxyRoute:
    first = operations[0]
    given = [one for one in operations if Surface.PROXY in one.surfaces]
    listed = given or operations
    return ProxyRoute(
        operations={one.selector[1] if one.selector else "": one for one in listed},
        first=listed[0],
        open=bool(given),
        takes_body=first.method != "GET" and not first.protocol.streams_body,
        max_body=min(max(one.max_body for one in listed), MAX_FILE_BODY),
    )
