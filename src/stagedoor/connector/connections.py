"""Limits on connections that uvicorn has no settings for.

uvicorn waits without a limit for headers, for the rest of a body and for a client that doesn't
read. `LimitedProtocol` closes such connections. `Connections` limits the number of connections:
those that haven't shown a valid key yet, by address, and those that have, by the organisation of
the key. When a slot is needed, the connection that has waited longest for its client is closed,
unless it is new. The two kinds have slots of their own, so neither takes those of the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from .forwarded import TrustedNetworks

EXTENSION = "stagedoor.connection"
"""The ASGI extension that gives an application the connection of a request."""

logger = logging.getLogger("stagedoor.connections")

_CLOSE_SECONDS = 5.0
"""How long a client may take to read the rest of a response once the connection is to be closed."""
_REFUSAL = (
    b"HTTP/1.1 %d %s\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
    b"connection: close\r\n\r\n%s"
)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """`most` and `most_of_peer` count connections that haven't shown a valid key, `most` and
    `most_of_owner` those that have.

    No connection is closed to make room before it is `grace_seconds` old: its first request may be
    on its way. While all are that new, up to twice as many are admitted.
    """

    header_seconds: float = 10.0
    header_bytes: int = 1 << 16
    idle_seconds: int = 15
    """The longest time between two requests of a connection. Longer than common clients keep an
    idle connection (5 s), so that no request is sent on a connection that is being closed."""
    rest_seconds: float = 15.0
    """How long the rest of a body may still arrive after the response to its request."""
    write_seconds: float = 60.0
    """How long a client may read nothing of a response that is ready."""
    grace_seconds: float = 1.0
    most: int = 1_000
    most_of_peer: int = 200
    most_of_owner: int = 200
    most_pipelined: int = 50
    """Requests that a client may send before their turn on a connection."""

    @property
    def most_here(self) -> int:
        """`most`, but so few that all connections need at most three quarters of the files that
        this process may have open: twice as many without a key, and as many with one."""
        try:
            import resource
        except ImportError:  # Windows
            return self.most
        allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if allowed == resource.RLIM_INFINITY:
            return self.most
        return max(1, min(self.most, allowed // 4))


def mark_authenticated(scope: Scope, owner: str) -> None:
    """Record that the request of `scope` has shown a valid key of `owner`, an organisation.

    Called on the server's event loop.
    """
    connection = scope.get("extensions", {}).get(EXTENSION)
    if connection is not None:
        connection.authenticate(owner)


class _ConnectionSlots:
    """Connections that share a limit, by owner or peer; those that waited longest come first."""

    def __init__(self, most: int, most_of_one: int, grace_seconds: float) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._grace = grace_seconds
        self._all: dict[LimitedProtocol, str] = {}
        self._of: dict[str, dict[LimitedProtocol, None]] = {}

    def take(self, connection: LimitedProtocol, of: str, limited: bool = True) -> bool:
        """Whether the connection got a slot; others may be closed for it.

        `limited`: the limit for a single owner or peer applies, too.
        """
        self.leave(connection)
        mine = self._of.get(of, {})
        if (
            limited
            and len(mine) >= self._most_of_one
            and not self._make_room(list(mine), self._most_of_one)
        ):
            return False
        if len(self._all) >= self._most and not self._make_room(self._crowd(), self._most):
            return False
        self.put(connection, of)
        return True

    def put(self, connection: LimitedProtocol, of: str) -> None:
        """Give the connection a slot, whatever the limits are."""
        self._all[connection] = of
        self._of.setdefault(of, {})[connection] = None

    def leave(self, connection: LimitedProtocol) -> None:
        """Free the connection's slot, if it has one."""
        of = self._all.pop(connection, None)
        if of is not None:
            mine = self._of[of]
            del mine[connection]
            if not mine:
                del self._of[of]

    def _crowd(self) -> list[LimitedProtocol]:
        return list(self._all)

    def _make_room(self, found: list[LimitedProtocol], most: int) -> bool:
        """Whether there is room for one more connection, below `most` or beside new ones."""
        new = [each for each in found if each.seconds_old < self._grace]
        left = len(found)
        for each in found:
            if left < most:
                break
            if each.waits_for_peer and each.seconds_old >= self._grace:
                self.leave(each)
                each.end("its slot was needed")
                left -= 1
        return left - len(new) < most and left < 2 * most


class _OwnerSlots(_ConnectionSlots):
    def _crowd(self) -> list[LimitedProtocol]:
        """All connections, first those of the owner that has the most."""
        owners = sorted(self._of.values(), key=len, reverse=True)
        return [each for mine in owners for each in mine]


class Connections:
    """The connections of a server.

    `proxies` are networks of reverse proxies: connections of all clients come from their addresses,
    so only the overall limit applies to them.
    """

    def __init__(self, limits: ConnectionLimits, proxies: Iterable[str] = ()) -> None:
        self.limits = limits
        most = limits.most_here
        self._proxies = TrustedNetworks(proxies)
        self._keyless = _ConnectionSlots(most, limits.most_of_peer, limits.grace_seconds)
        self._keyed = _OwnerSlots(most, limits.most_of_owner, 0)

    def admit(self, connection: LimitedProtocol, peer: str) -> bool:
        """Whether the connection is admitted; the longest waiting connection may be closed for
        it."""
        return self._keyless.take(connection, peer, limited=peer not in self._proxies)

    def authenticate(self, connection: LimitedProtocol, owner: str) -> None:
        """Give the connection a slot among its owner's; without room, among the keyless ones."""
        self._keyless.leave(connection)
        if not self._keyed.take(connection, owner):
            self._keyless.put(connection, connection.peer)

    def leave(self, connection: LimitedProtocol) -> None:
        """Stop counting the connection, which is closed."""
        self._keyless.leave(connection)
        self._keyed.leave(connection)


class LimitedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with deadlines. `limited` makes a class for one server."""

    connections_shared: Connections

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._registry = type(self).connections_shared
        self._limits = self._registry.limits
        self._header_timer: asyncio.TimerHandle | None = None
        self._rest_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._closing_timer: asyncio.TimerHandle | None = None
        self._header_bytes = 0
        self._body_open = False
        self._refused = False
        self._opened = self.loop.time()

    @property
    def peer(self) -> str:
        return self.client[0] if self.client else ""

    @property
    def seconds_old(self) -> float:
        return self.loop.time() - self._opened

    @property
    def waits_for_peer(self) -> bool:
        """Whether the server waits for the client to send, or to read what was sent."""
        return self._between_requests or self.cycle.more_body or self.flow.write_paused

    def authenticate(self, owner: str) -> None:
        """Record that a request of this connection has shown a valid key of `owner`."""
        if not self.transport.is_closing():
            self._registry.authenticate(self, owner)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._registry.admit(self, self.peer):
            self._await_headers()
            return
        self._refused = True
        logger.info("connection refused: too many without a key", extra={"peer": self.peer})
        self._refuse(503, b"Service Unavailable", b"Too many connections: try again in a moment.")

    def connection_lost(self, exc: Exception | None) -> None:
        timers = (self._header_timer, self._rest_timer, self._write_timer, self._closing_timer)
        for timer in timers:
            if timer is not None:
                timer.cancel()
        self._unset_keepalive_if_required()
        self._registry.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused or self.transport.is_closing():
            return
        if self._body_open:
            if self._rest_timer is None and self._between_requests:
                self._rest_timer = self.loop.call_later(self._limits.rest_seconds, self._close)
        elif self._header_timer is None and self._between_requests:
            self._await_headers()
        super().data_received(data)
        if self._header_timer is not None:
            self._header_bytes += len(data)
            if self._header_bytes > self._limits.header_bytes:
                self._header_timer.cancel()
                self._refused = True
                self._tell(f"more than {self._limits.header_bytes} bytes of headers")
                self._refuse(
                    431, b"Request Header Fields Too Large", b"The request's headers are too long."
                )

    def on_headers_complete(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None
        self._body_open = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._body_open = False
        if self._rest_timer is not None:
            self._rest_timer.cancel()
            self._rest_timer = None
        super().on_message_complete()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if len(self.pipeline) >= self._limits.most_pipelined and not self._refused:
            self._refused = True
            self.end(f"more than {self._limits.most_pipelined} requests at once")
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["extensions"] = {EXTENSION: self}

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._write_timer is None:
            self._write_timer = self.loop.call_later(self._limits.write_seconds, self._unread)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def timeout_keep_alive_handler(self) -> None:
        self._close()

    @property
    def _between_requests(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _await_headers(self) -> None:
        self._header_bytes = 0
        self._header_timer = self.loop.call_later(self._limits.header_seconds, self._late)

    def _late(self) -> None:
        if not self._header_bytes:
            self._close()
            return
        self._refused = True
        self._tell(f"headers didn't come within {self._limits.header_seconds:g} s")
        self._refuse(408, b"Request Timeout", b"The request's headers didn't come in time.")

    def _unread(self) -> None:
        self._tell(f"the peer read nothing for {self._limits.write_seconds:g} s")
        self.transport.abort()

    def end(self, why: str) -> None:
        """Close the connection although the client may still be sending."""
        self._tell(why)
        self._close()

    def _tell(self, why: str) -> None:
        logger.info("connection closed: %s", why, extra={"peer": self.client and self.client[0]})

    def _refuse(self, status: int, phrase: bytes, words: bytes) -> None:
        if self._between_requests:
            self.transport.write(_REFUSAL % (status, phrase, len(words), words))
        self._close()

    def _close(self) -> None:
        """Close the transport without waiting for a client that reads nothing, as `close` alone
        would."""
        if not self.transport.is_closing():
            self.transport.close()
            self._closing_timer = self.loop.call_later(_CLOSE_SECONDS, self.transport.abort)


def limited(connections: Connections) -> type[LimitedProtocol]:
    """The protocol class for uvicorn's `http` setting."""
    return type("Limited", (LimitedProtocol,), {"connections_shared": connections})


def server_settings(
    limits: ConnectionLimits | None = None, proxies: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    """Settings of uvicorn.Config for a server with these limits, behind these proxies.

    uvicorn's own handling of X-Forwarded-For trusts every process on this machine: `Forwarded`
    takes its slot.
    """
    limits = limits or ConnectionLimits()
    return {
        "http": limited(Connections(limits, proxies)),
        "ws": "none",
        "timeout_keep_alive": limits.idle_seconds,
        "proxy_headers": False,
    }
