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

from stagedoor.platform.masking import masked
from tests.connector.media.conftest import Uploader

DATA = random.Random(7).randbytes(3_000_000)


def test_a_raw_body(uploader: Uploader) -> None:
    media_id, url = uploader.place()
    answer = uploader.put(url, DATA)
    assert answer.status_code == 201
    assert answer.json() == {
        "uploadId": media_id,
        "publishId": None,
        "received": len(DATA),
        "size": len(DATA),
        "complete": True,
    }
    assert uploader.stored(media_id) == DATA


def test_a_form(uploader: Uploader) -> None:
    media_id, url = uploader.place()
    answer = uploader.service.http.post(
        url,
        data={"note": "no file"},
        files={"file": ("film.mp4", DATA, "video/mp4"), "other": ("x.mp4", b"second")},
    )
    assert answer.status_code == 201, answer.text
    assert uploader.stored(media_id) == DATA


def test_a_form_whose_file_has_a_media_type_and_no_name(uploader: Uploader) -> None:
    media_id, url = uploader.place()
    body = (
        b"--x\r\nContent-Disposition: form-data; name=note\r\nContent-Type: text/plain\r\n\r\nb"
        b"\r\n--x\r\nContent-Disposition: form-data; name=file\r\nContent-Type: video/mp4\r\n\r\n"
        + DATA
        + b"\r\n--x--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = uploader.service.http.post(url, content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert uploader.stored(media_id) == DATA


def test_a_form_without_a_file_or_cut_short(uploader: Uploader) -> None:
    media_id, url = uploader.place()
    headers = {"content-type": "multipart/form-data; boundary=x"}
    for body in (
        b"--x\r\ncontent-disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n",
        b'--x\r\ncontent-disposition: form-data; name=a; filename="f"\r\n\r\nhalf',
        b"not a form at all",
    ):
        answer = uploader.service.http.post(url, content=body, headers=headers)
        assert uploader.error(answer)[:2] == (400, "invalid_upload"), body
    answer = uploader.service.http.post(
        url, content=b"", headers={"content-type": "multipart/form-data"}
    )
    assert answer.status_code == 400
    assert uploader.service.http.head(url).headers["upload-offset"] == "0"
    assert uploader.put(url, DATA).status_code == 201
    assert uploader.stored(media_id) == DATA


def test_pieces_in_order_with_repeats_and_a_gap(uploader: Uploader) -> None:
    media_id, url = uploader.place()
    total = len(DATA)
    first = uploader.piece(url, DATA[:1_000_000], 0, total)
    assert first.status_code == 202
    assert first.json()["received"] == 1_000_000
    again = uploader.piece(url, DATA[:1_000_000], 0, total)
    assert (again.status_code, again.json()["received"]) == (202, 1_000_000)
    gap = uploader.piece(url, DATA[2_000_000:], 2_000_000, total)
    assert uploader.error(gap) == (
        409,
        "upload_out_of_order",
        {"received": 1_000_000, "size": total},
    )
    assert "go on with byte 1000000" in gap.json()["error"]["message"]
    overlapping = uploader.piece(url, DATA[500_000:2_000_000], 500_000, total)
    assert overlapping.json()["received"] == 2_000_000
    told = uploader.service.http.head(url).headers
    assert (told["upload-offset"], told["upload-length"]) == ("2000000", str(total))
    assert told["upload-complete"] == "?0"
    asked = uploader.put(url, b"", content_range=f"bytes */{total}")
    assert asked.json()["received"] == 2_000_000
    last = uploader.piece(url, DATA[2_000_000:], 2_000_000, total)
    assert (last.status_code, last.json()["complete"]) == (201, True)
    assert uploader.stored(media_id) == DATA


def test_complete_is_complete(uploader: Uploader) -> None:
    media_id, url = uploader.place()
    uploader.put(url, b"first")
    for answer in (
        uploader.put(url, b"second"),
        uploader.piece(url, b"first", 0, 5),
        uploader.service.http.post(url, files={"file": ("a", b"third")}),
    ):
        assert uploader.error(answer)[:2] == (409, "upload_complete")
    assert uploader.stored(media_id) == b"first"
    folder = uploader.service.services.settings.data / "media" / media_id
    assert len(list(folder.iterdir())) == 1


def test_two_at_once_are_one(uploader: Uploader) -> None:
    media_id, url = uploader.place()
    bodies = [bytes([number]) * 2_000_000 for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda body: uploader.put(url, body), bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    [winner] = [body for body, a in zip(bodies, answers, strict=True) if a.status_code == 201]
    assert uploader.stored(media_id) == winner
    folder = uploader.service.services.settings.data / "media" / media_id
    assert len(list(folder.iterdir())) == 1


def test_of_the_wrong_size(uploader: Uploader) -> None:
    _, url = uploader.place(size=100)
    assert uploader.error(uploader.put(url, b"x" * 99))[0] == 400
    assert uploader.error(uploader.piece(url, b"x" * 10, 0, 99))[0] == 400
    form = uploader.service.http.post(url, files={"file": ("a", b"x" * 101)})
    assert uploader.error(form)[0] == 400
    uploader.piece(url, b"x" * 10, 0, 100)
    other = uploader.piece(url, b"x" * 10, 10, 101)
    assert uploader.error(other)[:2] == (400, "invalid_upload")
    assert uploader.piece(url, b"x" * 90, 10, 100).status_code == 201


def test_headers_that_make_no_sense(uploader: Uploader) -> None:
    _, url = uploader.place()
    for wrong in ("bytes 5-1/10", "bytes 0-9/5", "bytes 0-1", "items 0-4/5", "bytes 0-3/5", "x"):
        answer = uploader.put(url, b"12345", content_range=wrong)
        assert uploader.error(answer)[:2] == (400, "invalid_upload"), wrong
    huge = uploader.put(url, b"12345", content_range="bytes 0-4/99999999999")
    assert uploader.error(huge)[:2] == (413, "too_large")
    assert uploader.error(uploader.put(url, b""))[0] == 400
    assert uploader.service.http.head(url).headers["upload-offset"] == "0"


def test_after_a_day_the_address_is_over(uploader: Uploader) -> None:
    _, url = uploader.place()
    uploader.service.services.clock.now()
    uploader.piece(url, b"12345", 0, 10)
    services = uploader.service.services
    httpx = uploader.service.http
    httpx.post(f"{services.settings.tiktok_url}/_emulator/clock", json={"advance": 86_500})
    uploader.service.until(lambda: uploader.piece(url, b"12345", 5, 10).status_code == 410)
    assert uploader.error(uploader.piece(url, b"12345", 5, 10))[:2] == (410, "upload_expired")
    assert httpx.head(url).status_code == 410


def test_a_guess_gets_nothing(uploader: Uploader) -> None:
    _, url = uploader.place()
    base = url.rpartition("/")[0]
    for guess in ("x", "0" * 43, url.rpartition("/")[2][:-1], "a" * 5000):
        assert uploader.put(f"{base}/{guess}", b"x").status_code == 404
    # a text that no database takes is refused before any route, as everywhere
    assert uploader.put(f"{base}/%00", b"x").status_code == 400
    # an upload's address fetches nothing
    uploader.put(url, b"data")
    pull = url.replace("/upload/", "/media/")
    assert uploader.service.http.get(pull).status_code == 404
    assert url.rpartition("/")[2] not in masked(f"PUT {url} failed")


def test_a_broken_connection_keeps_what_came(uploader: Uploader) -> None:
    media_id, url = uploader.place()
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as raw:
        head = f"PUT {parts.path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(DATA)}\r\n\r\n"
        raw.sendall(head.encode() + DATA[:1_500_000])

    def offset() -> int:
        return int(uploader.service.http.head(url).headers["upload-offset"])

    kept = uploader.service.until(offset)
    assert 0 < kept <= 1_500_000
    rest = uploader.piece(url, DATA[kept:], kept, len(DATA))
    assert rest.status_code == 201, rest.text
    assert uploader.stored(media_id) == DATA


def test_any_pieces_make_the_file(uploader: Uploader) -> None:
    whole = DATA[:5000]

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.integers(1, 4999), max_size=5, unique=True))
    def made(cuts: list[int]) -> None:
        media_id, url = uploader.place()
        edges = [0, *sorted(cuts), len(whole)]
        for first, last in pairwise(edges):
            uploader.piece(url, whole[first:last], first, len(whole))
        assert uploader.stored(media_id) == whole

    made()


@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "Application/JSON; charset=utf-8", "text/html"],
)
def test_a_body_that_is_declared_to_be_no_file_is_refused(
    uploader: Uploader, media_type: str
) -> None:
    media_id, url = uploader.place()
    answer = uploader.put(url, b"file=film.mp4", content_type=media_type)
    assert uploader.error(answer)[:2] == (400, "invalid_upload")
    assert "multipart/form-data" in answer.json()["error"]["message"]
    assert uploader.service.http.head(url).headers["upload-offset"] == "0"
    # the control: the same upload takes the file's bytes
    assert uploader.put(url, DATA, content_type="video/mp4").status_code == 201
    assert uploader.stored(media_id) == DATA


@pytest.mark.parametrize("headers", ["", "Content-Type: multipart/form-data; boundary=x\r\n"])
def test_a_file_announced_as_too_large_is_refused_and_not_listened_to(
    uploader: Uploader, headers: str
) -> None:
    _, url = uploader.place()
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


def test_a_small_refused_body_leaves_the_connection_open(uploader: Uploader) -> None:
    _, url = uploader.place()
    answer = uploader.put(url, b"a=b", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert "connection" not in answer.headers
