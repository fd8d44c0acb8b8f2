"""Uploads: whole, as a form, in pieces; and everything that is refused."""

from __future__ import annotations

import random
import socket
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.connector.logs import masked
from tests.connector.media.conftest import Desk

DATA = random.Random(7).randbytes(3_000_000)


def test_a_raw_body(desk: Desk) -> None:
    media_id, url = desk.place()
    answer = desk.put(url, DATA)
    assert answer.status_code == 201
    assert answer.json() == {
        "uploadId": media_id,
        "publishId": None,
        "received": len(DATA),
        "size": len(DATA),
        "complete": True,
    }
    assert desk.stored(media_id) == DATA


def test_a_form(desk: Desk) -> None:
    media_id, url = desk.place()
    answer = desk.service.http.post(
        url,
        data={"note": "no file"},
        files={"file": ("film.mp4", DATA, "video/mp4"), "other": ("x.mp4", b"second")},
    )
    assert answer.status_code == 201, answer.text
    assert desk.stored(media_id) == DATA


def test_a_form_whose_file_has_a_media_type_and_no_name(desk: Desk) -> None:
    media_id, url = desk.place()
    body = (
        b"--x\r\nContent-Disposition: form-data; name=note\r\nContent-Type: text/plain\r\n\r\nb"
        b"\r\n--x\r\nContent-Disposition: form-data; name=file\r\nContent-Type: video/mp4\r\n\r\n"
        + DATA
        + b"\r\n--x--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = desk.service.http.post(url, content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert desk.stored(media_id) == DATA


def test_a_form_without_a_file_or_cut_short(desk: Desk) -> None:
    media_id, url = desk.place()
    headers = {"content-type": "multipart/form-data; boundary=x"}
    for body in (
        b"--x\r\ncontent-disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n",
        b'--x\r\ncontent-disposition: form-data; name=a; filename="f"\r\n\r\nhalf',
        b"not a form at all",
    ):
        answer = desk.service.http.post(url, content=body, headers=headers)
        assert desk.error(answer)[:2] == (400, "invalid_upload"), body
    answer = desk.service.http.post(
        url, content=b"", headers={"content-type": "multipart/form-data"}
    )
    assert answer.status_code == 400
    assert desk.service.http.head(url).headers["upload-offset"] == "0"
    assert desk.put(url, DATA).status_code == 201
    assert desk.stored(media_id) == DATA


def test_pieces_in_order_with_repeats_and_a_gap(desk: Desk) -> None:
    media_id, url = desk.place()
    total = len(DATA)
    first = desk.piece(url, DATA[:1_000_000], 0, total)
    assert first.status_code == 202
    assert first.json()["received"] == 1_000_000
    again = desk.piece(url, DATA[:1_000_000], 0, total)
    assert (again.status_code, again.json()["received"]) == (202, 1_000_000)
    gap = desk.piece(url, DATA[2_000_000:], 2_000_000, total)
    assert desk.error(gap) == (
        409,
        "upload_out_of_order",
        {"received": 1_000_000, "size": total},
    )
    assert "go on with byte 1000000" in gap.json()["error"]["message"]
    overlapping = desk.piece(url, DATA[500_000:2_000_000], 500_000, total)
    assert overlapping.json()["received"] == 2_000_000
    told = desk.service.http.head(url).headers
    assert (told["upload-offset"], told["upload-length"]) == ("2000000", str(total))
    assert told["upload-complete"] == "?0"
    asked = desk.put(url, b"", content_range=f"bytes */{total}")
    assert asked.json()["received"] == 2_000_000
    last = desk.piece(url, DATA[2_000_000:], 2_000_000, total)
    assert (last.status_code, last.json()["complete"]) == (201, True)
    assert desk.stored(media_id) == DATA


def test_complete_is_complete(desk: Desk) -> None:
    media_id, url = desk.place()
    desk.put(url, b"first")
    for answer in (
        desk.put(url, b"second"),
        desk.piece(url, b"first", 0, 5),
        desk.service.http.post(url, files={"file": ("a", b"third")}),
    ):
        assert desk.error(answer)[:2] == (409, "upload_complete")
    assert desk.stored(media_id) == b"first"
    folder = desk.service.services.settings.data / "media" / media_id
    assert len(list(folder.iterdir())) == 1


def test_two_at_once_are_one(desk: Desk) -> None:
    media_id, url = desk.place()
    bodies = [bytes([number]) * 2_000_000 for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda body: desk.put(url, body), bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    [winner] = [body for body, a in zip(bodies, answers, strict=True) if a.status_code == 201]
    assert desk.stored(media_id) == winner
    folder = desk.service.services.settings.data / "media" / media_id
    assert len(list(folder.iterdir())) == 1


def test_of_the_wrong_size(desk: Desk) -> None:
    _, url = desk.place(size=100)
    assert desk.error(desk.put(url, b"x" * 99))[0] == 400
    assert desk.error(desk.piece(url, b"x" * 10, 0, 99))[0] == 400
    form = desk.service.http.post(url, files={"file": ("a", b"x" * 101)})
    assert desk.error(form)[0] == 400
    desk.piece(url, b"x" * 10, 0, 100)
    other = desk.piece(url, b"x" * 10, 10, 101)
    assert desk.error(other)[:2] == (400, "invalid_upload")
    assert desk.piece(url, b"x" * 90, 10, 100).status_code == 201


def test_headers_that_make_no_sense(desk: Desk) -> None:
    _, url = desk.place()
    for wrong in ("bytes 5-1/10", "bytes 0-9/5", "bytes 0-1", "items 0-4/5", "bytes 0-3/5", "x"):
        answer = desk.put(url, b"12345", content_range=wrong)
        assert desk.error(answer)[:2] == (400, "invalid_upload"), wrong
    huge = desk.put(url, b"12345", content_range="bytes 0-4/99999999999")
    assert desk.error(huge)[:2] == (413, "too_large")
    assert desk.error(desk.put(url, b""))[0] == 400
    assert desk.service.http.head(url).headers["upload-offset"] == "0"


def test_after_a_day_the_address_is_over(desk: Desk) -> None:
    _, url = desk.place()
    desk.service.services.clock.now()
    desk.piece(url, b"12345", 0, 10)
    services = desk.service.services
    httpx = desk.service.http
    httpx.post(f"{services.settings.tiktok_url}/_emulator/clock", json={"advance": 86_500})
    desk.service.until(lambda: desk.piece(url, b"12345", 5, 10).status_code == 410)
    assert desk.error(desk.piece(url, b"12345", 5, 10))[:2] == (410, "upload_expired")
    assert httpx.head(url).status_code == 410


def test_a_guess_gets_nothing(desk: Desk) -> None:
    _, url = desk.place()
    base = url.rpartition("/")[0]
    for guess in ("x", "0" * 43, url.rpartition("/")[2][:-1], "a" * 5000):
        assert desk.put(f"{base}/{guess}", b"x").status_code == 404
    # a text that no database takes is refused before any route, as everywhere
    assert desk.put(f"{base}/%00", b"x").status_code == 400
    # an upload's address fetches nothing
    desk.put(url, b"data")
    pull = url.replace("/upload/", "/media/")
    assert desk.service.http.get(pull).status_code == 404
    assert url.rpartition("/")[2] not in masked(f"PUT {url} failed")


def test_a_broken_connection_keeps_what_came(desk: Desk) -> None:
    media_id, url = desk.place()
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as raw:
        head = f"PUT {parts.path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(DATA)}\r\n\r\n"
        raw.sendall(head.encode() + DATA[:1_500_000])

    def offset() -> int:
        return int(desk.service.http.head(url).headers["upload-offset"])

    kept = desk.service.until(offset)
    assert 0 < kept <= 1_500_000
    rest = desk.piece(url, DATA[kept:], kept, len(DATA))
    assert rest.status_code == 201, rest.text
    assert desk.stored(media_id) == DATA


def test_any_pieces_make_the_file(desk: Desk) -> None:
    whole = DATA[:5000]

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.integers(1, 4999), max_size=5, unique=True))
    def made(cuts: list[int]) -> None:
        media_id, url = desk.place()
        edges = [0, *sorted(cuts), len(whole)]
        for first, last in pairwise(edges):
            desk.piece(url, whole[first:last], first, len(whole))
        assert desk.stored(media_id) == whole

    made()


@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "Application/JSON; charset=utf-8", "text/html"],
)
def test_a_body_that_is_declared_to_be_no_file_is_refused(desk: Desk, media_type: str) -> None:
    media_id, url = desk.place()
    answer = desk.put(url, b"file=film.mp4", content_type=media_type)
    assert desk.error(answer)[:2] == (400, "invalid_upload")
    assert "multipart/form-data" in answer.json()["error"]["message"]
    assert desk.service.http.head(url).headers["upload-offset"] == "0"
    # the control: the same upload takes the file's bytes
    assert desk.put(url, DATA, content_type="video/mp4").status_code == 201
    assert desk.stored(media_id) == DATA


@pytest.mark.parametrize("headers", ["", "Content-Type: multipart/form-data; boundary=x\r\n"])
def test_a_file_announced_as_too_large_is_refused_and_not_listened_to(
    desk: Desk, headers: str
) -> None:
    _, url = desk.place()
    parts = urlsplit(url)
    head = (
        f"PUT {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{headers}"
        f"Content-Length: {1 << 40}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname or "", parts.port or 0), 20) as peer:
        peer.sendall(head.encode() + b"x" * 1000)
        answer = b""
        while block := peer.recv(65_536):
            answer += block
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
    assert b"TikTok takes" in answer


def test_a_small_refused_body_leaves_the_connection_open(desk: Desk) -> None:
    _, url = desk.place()
    answer = desk.put(url, b"a=b", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert "connection" not in answer.headers
