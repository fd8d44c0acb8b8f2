"""Connections whose peer is slow, silent or one of too many."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from stagedoor.connector.connections import ConnectionLimits, mark_authenticated
from stagedoor.connector.serving import server_config

PATIENCE = 30.0
GET = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
KEYED = b"GET /key HTTP/1.1\r\nhost: a\r\n\r\n"
OTHER_KEYED = b"GET /key/other HTTP/1.1\r\nhost: a\r\n\r\n"
WORKING = b"GET /work HTTP/1.1\r\nhost: a\r\n\r\n"


@dataclass
class Server:
    """A small application: `/key` and `/key/other` have shown keys of two organisations, `/work`
    waits for `go_on`, `/large` sends 8 MiB."""

    port: int
    working: threading.Semaphore
    go_on: threading.Event

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)


@contextmanager
def running(limits: ConnectionLimits, proxies: tuple[str, ...] = ()) -> Iterator[Server]:
    working, go_on = threading.Semaphore(0), threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for done in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{done}.complete"})
            return
        if scope["path"].startswith("/key"):
            mark_authenticated(scope, scope["path"])
        if scope["path"] == "/work":
            working.release()
            while not go_on.is_set():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        body = b"x" * (8 << 20) if scope["path"] == "/large" else b"fine"
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(server_config(app, proxies, limits))
        thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        try:
            yield Server(bound.getsockname()[1], working, go_on)
        finally:
            go_on.set()
            server.should_exit = True
            thread.join(PATIENCE)


def ask(connection: socket.socket, request: bytes = GET) -> bytes:
    """The answer to a request; the connection stays open."""
    connection.sendall(request)
    answer = b""
    while not answer.endswith(b"fine"):
        part = connection.recv(65_536)
        assert part, f"closed after {answer!r}"
        answer += part
    return answer


def closed(connection: socket.socket) -> bytes:
    """The bytes that came until the server closed the connection."""
    got = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            got += part
    return got


def drip(connection: socket.socket, endless: bytes) -> None:
    """Send a little, again and again, until the server has closed it."""
    end = time.monotonic() + PATIENCE
    with suppress(ConnectionResetError, BrokenPipeError):
        while time.monotonic() < end:
            connection.sendall(endless)
            time.sleep(0.02)
        pytest.fail("it was never closed")


SHORT = ConnectionLimits(header_seconds=0.3)


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET",
        b"\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nx-more: ",
        b"POST /agents/oauth/token HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n",
    ],
)
def test_headers_that_do_not_come_in_time_end_the_connection(begun: bytes) -> None:
    with running(SHORT) as server:
        with server.connect() as slow:
            slow.sendall(begun)
            answer = closed(slow)
            assert answer.startswith(b"HTTP/1.1 408 ") if begun else not answer
        with server.connect() as quick:
            assert ask(quick).startswith(b"HTTP/1.1 200 ")


def test_headers_that_drip_end_the_connection_at_the_same_deadline() -> None:
    with running(SHORT) as server, server.connect() as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nhost: a\r\n")
        drip(slow, b"x: y\r\n")


def test_the_second_request_of_a_connection_has_the_same_deadline() -> None:
    with running(ConnectionLimits(header_seconds=0.3, idle_seconds=60)) as server:
        with server.connect() as slow:
            ask(slow)
            ask(slow)
            slow.sendall(b"GET / HTTP/1.1\r\nhost")
            assert closed(slow).startswith(b"HTTP/1.1 408 ")
        with server.connect() as silent:
            ask(silent)
            drip(silent, b"\r\n")


def test_headers_that_never_end_are_refused_by_their_size() -> None:
    with running(ConnectionLimits(header_seconds=60, header_bytes=4_096)) as server:
        with server.connect() as large:
            large.sendall(b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"y" * 6_000)
            assert b"431" in closed(large)[:16]
        with server.connect() as usual:
            ask(usual, b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"y" * 3_000 + b"\r\n\r\n")


def test_the_rest_of_a_body_that_was_answered_early_is_read_and_not_for_ever() -> None:
    large = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 300000\r\n\r\n"
    with running(ConnectionLimits(rest_seconds=0.3, idle_seconds=60)) as server:
        with server.connect() as usual:
            ask(usual, large)
            usual.sendall(b"x" * 300_000)
            ask(usual)
        with server.connect() as slow:
            ask(slow, large)
            drip(slow, b"x")


def test_a_peer_that_reads_nothing_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "stagedoor.connections")
    with running(ConnectionLimits(write_seconds=0.3)) as server:
        with server.connect() as slow:
            slow.sendall(b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n")
            end = time.monotonic() + PATIENCE
            while "read nothing" not in caplog.text:
                assert time.monotonic() < end
                time.sleep(0.02)
        with server.connect() as reader:
            reader.sendall(b"GET /large HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            assert len(closed(reader)) > 8 << 20


@pytest.mark.parametrize(
    "limits",
    [
        ConnectionLimits(most=3, idle_seconds=60, grace_seconds=0),
        ConnectionLimits(most_of_peer=3, idle_seconds=60, grace_seconds=0),
    ],
    ids=["overall", "of a peer"],
)
def test_the_connection_that_has_waited_longest_without_a_key_makes_room(
    limits: ConnectionLimits,
) -> None:
    with running(limits) as server, ExitStack() as stack:
        keyed = stack.enter_context(server.connect())
        ask(keyed, KEYED)
        silent = [stack.enter_context(server.connect()) for _ in range(3)]
        ask(stack.enter_context(server.connect()))
        assert closed(silent[0]) == b""
        for left in silent[1:]:
            left.setblocking(False)
            with pytest.raises(BlockingIOError):
                left.recv(1)
        for _ in range(10):
            stack.enter_context(server.connect())
        ask(keyed)


@pytest.mark.parametrize("limited", ["most", "most_of_peer"])
def test_a_new_connection_is_not_closed_before_its_request_could_come(limited: str) -> None:
    limits = ConnectionLimits(**{limited: 3}, grace_seconds=PATIENCE)
    with running(limits) as server, ExitStack() as stack:
        late = stack.enter_context(server.connect())
        burst = [stack.enter_context(server.connect()) for _ in range(5)]
        with server.connect() as beyond:
            assert closed(beyond).startswith(b"HTTP/1.1 503 ")
        for each in (late, *burst):
            ask(each, KEYED)


def test_new_connections_whose_requests_are_at_work_leave_room_as_well() -> None:
    limits = ConnectionLimits(most_of_peer=2, grace_seconds=PATIENCE)
    with running(limits) as server, ExitStack() as stack:
        working = [stack.enter_context(server.connect()) for _ in range(3)]
        for each in working:
            each.sendall(WORKING)
            assert server.working.acquire(timeout=PATIENCE)
        ask(stack.enter_context(server.connect()))


def test_when_connections_are_no_longer_new_all_that_are_too_many_are_closed() -> None:
    limits = ConnectionLimits(most_of_peer=2, idle_seconds=60, grace_seconds=0.3)
    with running(limits) as server, ExitStack() as stack:
        burst = [stack.enter_context(server.connect()) for _ in range(4)]
        for each in burst:
            ask(each)
        time.sleep(0.4)
        ask(stack.enter_context(server.connect()))
        for each in burst[:3]:
            assert closed(each) == b""
        ask(burst[3])


def test_a_request_at_work_is_not_ended_for_another_which_is_refused() -> None:
    limits = ConnectionLimits(most_of_peer=2, idle_seconds=60, grace_seconds=0)
    with running(limits) as server, ExitStack() as stack:
        working = [stack.enter_context(server.connect()) for _ in range(2)]
        for each in working:
            each.sendall(WORKING)
            assert server.working.acquire(timeout=PATIENCE)
        with server.connect() as third:
            assert closed(third).startswith(b"HTTP/1.1 503 ")
        server.go_on.set()
        for each in working:
            assert each.recv(65_536).startswith(b"HTTP/1.1 200 ")
        with server.connect() as later:
            ask(later)


def test_a_trusted_proxy_is_not_one_peer() -> None:
    limits = ConnectionLimits(most_of_peer=2, idle_seconds=60)
    with running(limits, ("127.0.0.0/8",)) as server, ExitStack() as stack:
        for each in [stack.enter_context(server.connect()) for _ in range(6)]:
            ask(each)
            ask(each)


def test_keyed_connections_of_one_organisation_make_room_among_themselves() -> None:
    limits = ConnectionLimits(most_of_owner=3, idle_seconds=60)
    with running(limits) as server, ExitStack() as stack:
        other = stack.enter_context(server.connect())
        ask(other, OTHER_KEYED)
        keyed = [stack.enter_context(server.connect()) for _ in range(3)]
        for each in keyed:
            ask(each, KEYED)
        ask(keyed[0], KEYED)
        ask(stack.enter_context(server.connect()), KEYED)
        assert closed(keyed[1]) == b""
        for each in (other, keyed[0], keyed[2]):
            ask(each, KEYED if each is not other else OTHER_KEYED)


def test_keyed_connections_overall_are_bounded_and_the_largest_owner_makes_room() -> None:
    limits = ConnectionLimits(most=3, idle_seconds=60)
    with running(limits) as server, ExitStack() as stack:
        keyed = [stack.enter_context(server.connect()) for _ in range(3)]
        for each in keyed:
            ask(each, KEYED)
        other = stack.enter_context(server.connect())
        ask(other, OTHER_KEYED)
        assert closed(keyed[0]) == b""
        for each in keyed[1:]:
            ask(each, KEYED)
        ask(other, OTHER_KEYED)


def test_a_peer_that_does_not_read_makes_room() -> None:
    limits = ConnectionLimits(most_of_peer=1, grace_seconds=0, write_seconds=60)
    with running(limits) as server, ExitStack() as stack:
        unread = stack.enter_context(server.connect())
        unread.sendall(b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n")
        assert unread.recv(1)
        ask(stack.enter_context(server.connect()))


def test_requests_that_pile_up_on_a_connection_end_it() -> None:
    with running(ConnectionLimits(most_pipelined=3)) as server, ExitStack() as stack:
        few = stack.enter_context(server.connect())
        few.sendall(GET * 3)
        answers = b""
        while answers.count(b"HTTP/1.1 200 ") < 3:
            answers += few.recv(65_536)
        many = stack.enter_context(server.connect())
        many.sendall(WORKING + GET * 9)
        assert closed(many) == b""
