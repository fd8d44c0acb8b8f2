"""One organisation whose requests are slow, or whose bodies are, leaves others their threads."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from stagedoor.connector.fair_queue import Owner, Shares
from stagedoor.connector.slots import Slot, Slots
from tests.connector.conftest import Service

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MANY = 45
"""More than the framework has threads."""


class Held:
    """Calls that wait until a test lets them go on."""

    def __init__(self) -> None:
        self.inside = 0
        self.go_on = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, *given: Any) -> Any:
        with self._lock:
            self.inside += 1
        assert self.go_on.wait(60.0)
        return {}

    def until(self, count: int) -> None:
        end = time.monotonic() + 30.0
        while self.inside < count:
            assert time.monotonic() < end, self.inside
            time.sleep(0.01)


def served(service: Service, org: str) -> None:
    """Requests of another organisation are answered while the first one's wait."""
    assert service.api("GET", "/api/posts", org=org)["posts"] == []
    service.api("POST", "/api/resume", {}, org=org)


@sqlite_only
def test_requests_that_wait_for_tiktok_leave_threads_for_others(
    service_without_worker: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, held = service_without_worker, Held()
    monkeypatch.setattr(service.services.operation_calls, "call", held)
    path = "/api/upstream/call/tiktok-provider/user-info"
    service.token()
    with ThreadPoolExecutor(MANY) as pool:
        sent = [pool.submit(service.send, "POST", path, {}) for _ in range(MANY)]
        try:
            held.until(12)
            served(service, "other")
            assert held.inside == 12
        finally:
            held.go_on.set()
        assert [one.result().status_code for one in sent] == [200] * MANY
    assert held.inside == MANY


@sqlite_only
def test_uploads_whose_account_is_looked_up_leave_threads_for_others(
    service_without_worker: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, held = service_without_worker, Held()
    monkeypatch.setattr(service.services.creatives, "check_account", held)
    begun = (
        b'--xx\r\nContent-Disposition: form-data; name="accountId"\r\n\r\n7\r\n--xx\r\n'
        b'Content-Disposition: form-data; name="file"; filename="f.mp4"\r\n\r\n'
        b"\0\0\0\x18ftypisom"
    )
    with ExitStack() as stack:
        for _ in range(12):
            connection = begin(service, "/api/ads/creatives", "multipart/form-data; boundary=xx")
            stack.enter_context(connection).sendall(begun)
        stack.callback(held.go_on.set)
        held.until(1)
        served(service, "other")


@sqlite_only
def test_bodies_in_memory_are_few_of_one_organisation(service_without_worker: Service) -> None:
    service = service_without_worker
    path = "/api/ads/audiences/a/members"
    with ExitStack() as stack:
        for _ in range(4 + 8):
            stack.enter_context(begin(service, path, "text/csv")).sendall(b"email\n")
        service.until(lambda: refused(service, path), what="the thirteenth has no slot")
        headers = {"content-type": "text/csv"}
        other = service.http.post(path, content=b"email\n", headers=headers | of(service, "other"))
        assert other.status_code == 404, "its body was read"


def refused(service: Service, path: str) -> bool:
    """Whether there is no slot for one more body. It stays unread, so none is sent."""
    with begin(service, path, "text/csv", announced=1) as connection:
        connection.settimeout(0.3)
        try:
            return connection.recv(12) == b"HTTP/1.1 429"
        except TimeoutError:
            return False


def begin(service: Service, path: str, kind: str, announced: int = 1_000_000) -> socket.socket:
    """A POST whose headers are there, and whose body is to come."""
    parts = urlsplit(service.url)
    assert parts.hostname is not None
    assert parts.port is not None
    connection = socket.create_connection((parts.hostname, parts.port), timeout=30.0)
    given = {"host": parts.netloc, "content-type": kind, "content-length": announced}
    lines = [f"{name}: {value}" for name, value in {**given, **of(service, "acme")}.items()]
    connection.sendall("\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode())
    return connection


def of(service: Service, org: str) -> dict[str, str]:
    return {"orgid": org, "authorization": f"Bearer {service.token(org)}"}


def test_the_last_slots_are_for_those_who_have_none() -> None:
    async def run() -> None:
        slots = Slots(Shares(total=6, org=3, agent=3, waiting=9, last=2))
        held: dict[str, Slot] = {}
        for org in ("a", "a", "a", "b"):
            held[org] = await asyncio.wait_for(slots.take(Owner(org)), 1.0)
        second = asyncio.ensure_future(slots.take(Owner("b")))
        for org in ("c", "d"):
            held[org] = await asyncio.wait_for(slots.take(Owner(org)), 1.0)
        assert not second.done(), "the last two are for others"
        slots.leave(held["c"])
        slots.leave(held["d"])
        await asyncio.sleep(0)
        assert not second.done()
        slots.leave(held["a"])
        await asyncio.wait_for(second, 1.0)

    asyncio.run(run())


def test_a_slot_of_a_loop_that_has_ended_goes_to_the_next_call() -> None:
    slots = Slots(Shares(total=1, org=1, agent=1, waiting=9))
    waiting = slots.take(Owner("b"))

    async def begin() -> Slot:
        held = await slots.take(Owner("a"))
        asyncio.ensure_future(waiting)  # noqa: RUF006 - the queue refers to it
        await asyncio.sleep(0)
        return held

    ended = asyncio.new_event_loop()
    held = ended.run_until_complete(begin())
    ended.close()
    slots.leave(held)
    asyncio.run(asyncio.wait_for(slots.take(Owner("c")), 1.0))
    waiting.close()


def test_a_call_that_is_closed_while_it_waits_leaves_the_queue() -> None:
    async def run() -> None:
        slots = Slots(Shares(total=1, org=1, agent=1, waiting=1))
        held = await slots.take(Owner("a"))
        waiting = slots.take(Owner("b"))
        waiting.send(None)
        waiting.close()
        slots.leave(held)
        await asyncio.wait_for(slots.take(Owner("c")), 1.0)

    asyncio.run(run())
