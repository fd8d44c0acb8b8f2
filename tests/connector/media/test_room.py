"""Uploads share a disk: what others announced is kept for them, and nobody holds room for long."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from stagedoor.connector.media.disk_space import Pace, Room
from stagedoor.connector.media.errors import ShareTaken, StoreFull
from stagedoor.connector.media.storage import RESERVE, Storage
from tests.connector.media.conftest import Uploader

MIB = 1 << 20


class Disk(Storage):
    """A local disk with as much room as a test says."""

    def __init__(self, room: int) -> None:
        self.url = None
        self.room = RESERVE + room

    def free(self) -> float:
        return self.room


def test_what_others_still_have_to_send_is_kept_for_them() -> None:
    disk = Disk(100 * MIB)
    room = Room(disk)
    with room.reserve("acme", 60 * MIB) as first:
        with pytest.raises(StoreFull), room.reserve("other", 40 * MIB):
            pass
        with room.reserve("other", 30 * MIB):
            pass
        room.take(first, 50 * MIB)
        disk.room -= 50 * MIB
        with room.reserve("other", 30 * MIB):
            pass
    with room.reserve("other", 50 * MIB):  # the first one's room was given back
        pass


def test_an_upload_of_unknown_size_takes_none_that_others_announced() -> None:
    disk = Disk(100 * MIB)
    room = Room(disk)

    async def fill() -> int:
        with room.reserve("attacker", None) as chunked:
            for sent in range(1000):
                try:
                    await chunked.take(MIB)
                except StoreFull:
                    return sent
                disk.room -= MIB
        return 1000

    with room.reserve("acme", 60 * MIB) as announced:
        assert 30 <= asyncio.run(fill()) <= 40
        for _ in range(60):
            room.take(announced, MIB)
            disk.room -= MIB
    assert disk.room >= RESERVE


def test_one_organisation_cannot_announce_all_room() -> None:
    room = Room(Disk(100 * MIB))
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(room.reserve("attacker", 11 * MIB))
        with pytest.raises(ShareTaken), room.reserve("attacker", 11 * MIB):
            pass
        with room.reserve("other", 30 * MIB):
            pass
    with room.reserve("alone", 90 * MIB):  # a single upload may need more than half
        pass


@pytest.fixture
def held(uploader: Uploader) -> Iterator[socket.socket]:
    address = urlsplit(uploader.service.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as sender:
        yield sender


def begin(sender: socket.socket, url: str, headers: str, body: bytes) -> None:
    path = urlsplit(url).path
    sender.sendall(f"PUT {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode() + body)


def answered(sender: socket.socket, until: bytes = b"nothing") -> str:
    """All that comes until the other side closes the connection, or `until` is there."""
    found = b""
    while until not in found and (data := sender.recv(65_536)):
        found += data
    return found.decode()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_upload_that_stands_still_ends_and_what_came_is_kept(
    uploader: Uploader, held: socket.socket
) -> None:
    media = uploader.service.services.media
    media.pace = Pace(MIB, 0.5)
    _, url = uploader.place()
    begin(held, url, "Content-Length: 100", b"0123456789")
    answer = answered(held)
    assert answer.startswith("HTTP/1.1 408")
    assert "upload_too_slow" in answer
    assert "connection: close" in answer.lower()
    assert uploader.service.http.head(url).headers["upload-offset"] == "10"
    assert not media.room._open
    assert uploader.piece(url, bytes(90), 10, 100).status_code == 201


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_chunked_upload_is_refused_where_its_bytes_meet_the_end_of_the_room(
    uploader: Uploader, held: socket.socket
) -> None:
    services = uploader.service.services
    media_id, url = uploader.place()
    storage = services.media.storage
    left = iter([RESERVE + 8 * MIB] * 4)
    storage.free = lambda: next(left, RESERVE)  # type: ignore[method-assign]
    chunk = b"100000\r\n" + bytes(MIB) + b"\r\n"
    begin(held, url, "Transfer-Encoding: chunked", chunk * 8 + b"0\r\n\r\n")
    assert answered(held, b'"storage_full"').startswith("HTTP/1.1 507")
    folder = services.settings.data / "media" / media_id
    uploader.service.until(lambda: not folder.exists() or not list(folder.iterdir()))
    storage.free = lambda: RESERVE + 64 * MIB  # type: ignore[method-assign]
    assert uploader.put(url, b"x" * 1000).status_code == 201


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_upload_waits_for_nobody_elses_announced_bytes(
    uploader: Uploader, held: socket.socket
) -> None:
    services = uploader.service.services
    services.media.storage.free = lambda: RESERVE + 40 * MIB  # type: ignore[method-assign]
    _, first = uploader.place()
    begin(held, first, f"Content-Length: {15 * MIB}", b"0123456789")
    uploader.service.until(lambda: services.media.room._open)
    _, second = uploader.place()
    refused = uploader.put(second, bytes(10 * MIB))
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "storage_share_taken")
    assert uploader.put(second, bytes(MIB)).status_code == 201
