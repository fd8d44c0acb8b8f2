"""Media read for sending: whole, in blocks, and a changed file is noticed."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import IO, cast

import pytest

from stagedoor.client.errors import ConfigurationError, MediaChanged, MediaUnreadable
from stagedoor.client.source import BLOCK, Blocks, SourcePart, md5_of, open_source, opened


def blocks(path: Path, offset: int, length: int) -> list[bytes]:
    source = open_source(path)
    read = Blocks(source, offset, length, lambda _: None)
    found = []
    while block := read.next():
        found.append(block)
    source.close()
    return found


def test_a_chunk_is_read_in_blocks_whatever_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    content = os.urandom(2 * BLOCK + 17)
    path.write_bytes(content)
    found = blocks(path, 5, 2 * BLOCK + 10)
    assert [len(block) for block in found] == [BLOCK, BLOCK, 10]
    assert b"".join(found) == content[5 : 2 * BLOCK + 15]


def test_a_path_may_be_text_or_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"12345")
    for media in (path, str(path)):
        source = open_source(media)
        assert (source.size, source.name) == (5, "a.mp4")
        source.close()


@pytest.mark.parametrize("name", ["missing.mp4", "."])
def test_what_cannot_be_opened_is_named_with_the_reason(tmp_path: Path, name: str) -> None:
    with pytest.raises(MediaUnreadable) as error:
        open_source(tmp_path / name)
    assert str(tmp_path) in str(error.value)
    assert "directory" in str(error.value)


def test_a_stream_is_taken_from_where_it_stands_and_left_open(tmp_path: Path) -> None:
    stream = io.BytesIO(b"headerMEDIA")
    stream.seek(6)
    source = open_source(stream)
    assert source.size == 5
    assert Blocks(source, 0, 5, lambda _: None).next() == b"MEDIA"
    assert Blocks(source, 2, 3, lambda _: None).next() == b"DIA"
    source.close()
    assert not stream.closed


def test_a_pipe_needs_its_size_told() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb") as feed:
        with pytest.raises(ConfigurationError, match="size="):
            open_source(pipe)
        feed.write(b"12345")
        feed.close()
        source = open_source(pipe, size=5)
        assert Blocks(source, 0, 5, lambda _: None).next() == b"12345"


def test_a_pipe_that_ends_early_is_noticed() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe:
        with os.fdopen(writing, "wb") as feed:
            feed.write(b"123")
        source = open_source(pipe, size=5)
        with pytest.raises(MediaChanged, match="fewer bytes than the 5 announced"):
            Blocks(source, 0, 5, lambda _: None).next()


def test_a_pipe_that_trickles_is_read_until_the_block_is_full() -> None:
    class Trickle(io.RawIOBase):
        def __init__(self) -> None:
            self.left = b"12345"

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            byte, self.left = self.left[:1], self.left[1:]
            return byte

    source = open_source(cast("IO[bytes]", Trickle()), size=5)
    assert Blocks(source, 0, 5, lambda _: None).next() == b"12345"


@pytest.mark.parametrize("change", ["grows", "shrinks", "is rewritten"])
def test_a_file_that_changes_while_it_is_sent_is_noticed(tmp_path: Path, change: str) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x" * (BLOCK + 10))
    os.utime(path, ns=(1, 1))
    source = open_source(path)
    read = Blocks(source, 0, BLOCK + 10, lambda _: None)
    read.next()
    if change == "grows":
        with path.open("ab") as file:
            file.write(b"more")
    elif change == "shrinks":
        os.truncate(path, BLOCK)
    else:
        with path.open("r+b") as file:
            file.write(b"other")
    with pytest.raises(MediaChanged, match="Nothing was published"):
        read.next()
    source.close()


@pytest.mark.parametrize("address", ["https://cdn.example.com/film.mp4", "HTTP://x.example/f"])
def test_an_address_in_place_of_a_file_names_what_takes_addresses(address: str) -> None:
    with pytest.raises(MediaUnreadable) as error:
        open_source(address)
    assert f"{address} is an address" in str(error.value)
    assert "Url(address)" in str(error.value)
    assert "urls=" in str(error.value)


def test_a_file_whose_name_begins_like_an_address_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "https:" / "film.mp4"
    path.parent.mkdir()
    path.write_bytes(b"film")
    source = open_source(path)
    assert source.size == 4
    source.close()


def test_a_form_around_a_part_is_sent_but_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"0123456789")
    counted: list[int] = []
    source = open_source(path)
    read = Blocks(source, 2, 5, counted.append, head=b"<", tail=b">")
    found = b""
    while block := read.next():
        read.sending()
        found += block
        read.sent(len(block))
    source.close()
    assert found == b"<23456>"
    assert counted == [5]


def test_a_file_of_a_request_is_read_anew_for_every_attempt(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"0123456789")
    started: list[bool] = []
    with opened(path) as source:
        part = SourcePart(source, "a.mp4", 3, 4, lambda _: None, lambda: started.append(True))
        for _ in range(2):
            body = part.body(b"<", b">")
            assert [body.next() for _ in range(4)] == [b"<", b"3456", b">", b""]
    assert len(started) == 2


def test_the_md5_of_a_part_also_feeds_that_of_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"0123456789")
    whole = hashlib.md5(usedforsecurity=False)
    with opened(path) as source:
        first = md5_of(source, 0, 4, whole)
        md5_of(source, 4, 6, whole)
    assert first == hashlib.md5(b"0123", usedforsecurity=False).hexdigest()
    assert whole.hexdigest() == hashlib.md5(b"0123456789", usedforsecurity=False).hexdigest()
