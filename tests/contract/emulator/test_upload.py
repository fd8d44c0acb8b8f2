"""`PUT upload_url`: chunks in order, progress, and everything that makes TikTok refuse one."""

from __future__ import annotations

import hashlib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx2
import pytest

from stagedoor.platform.products import posting
from tests.support import media
from tests.support.poster import Poster

from .conftest import TikTok

CHUNK = 5_000_000
SIZE = 2 * CHUNK + 1_234_567
FILE = media.padded_video(SIZE)


def begun(poster: Poster) -> tuple[str, str, str]:
    """Token, publish_id and upload_url of a video in two chunks."""
    token = poster.token()
    made = poster.init_file(token, SIZE, CHUNK)
    return token, made["publish_id"], made["upload_url"]


def progress(answer: httpx2.Response) -> str:
    return str(answer.headers["content-range"])


def raw_put(
    upload_url: str, headers: dict[str, str], body: bytes = b"", close: bool = False
) -> bytes:
    """A PUT exactly as written; what came back, or nothing after `close`."""
    parts = urlsplit(upload_url)
    lines = [f"PUT {parts.path}?{parts.query} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join([*lines, "", ""]).encode()
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 80), 10) as line:
        line.sendall(head + body)
        return b"" if close else line.recv(4096)


def test_a_small_file_is_complete_with_one_put(poster: Poster) -> None:
    data = media.video()
    made = poster.init_file(poster.token(), len(data))
    answer = poster.put(made["upload_url"], data)
    assert answer.status_code == 201
    assert progress(answer) == f"bytes 0-{len(data)}/{len(data)}"
    assert answer.json() == {}
    seen = poster.publish(made["publish_id"])
    assert seen["digest"] == hashlib.sha256(data).hexdigest()
    assert seen["bytes_received"] == len(data)


def test_chunks_go_in_order_and_the_last_takes_the_remainder(poster: Poster) -> None:
    token, publish_id, address = begun(poster)
    first = poster.put(address, FILE[:CHUNK], 0, SIZE)
    assert (first.status_code, progress(first)) == (206, f"bytes 0-{CHUNK}/{SIZE}")
    assert poster.status(token, publish_id) == {
        "status": "PROCESSING_UPLOAD",
        "uploaded_bytes": CHUNK,
    }
    last = poster.put(address, FILE[CHUNK:], CHUNK, SIZE)
    assert (last.status_code, progress(last)) == (201, f"bytes 0-{SIZE}/{SIZE}")
    assert poster.publish(publish_id)["digest"] == hashlib.sha256(FILE).hexdigest()
    poster.advance(5)
    assert poster.status(token, publish_id)["status"] == "PUBLISH_COMPLETE"


@pytest.mark.parametrize("first", [CHUNK, CHUNK - 1, 1])
def test_a_gap_is_416_with_the_progress_and_stores_nothing(poster: Poster, first: int) -> None:
    token, publish_id, address = begun(poster)
    answer = poster.put(address, FILE[first : first + CHUNK], first, SIZE)
    assert (answer.status_code, progress(answer)) == (416, f"bytes 0-0/{SIZE}")
    asked = poster.control("GET", "requests?operation=media.upload_chunk")["requests"][-1]
    assert asked["detail"] == f"the chunk begins at byte {first}, the next one is at 0"
    assert poster.status(token, publish_id)["uploaded_bytes"] == 0


@pytest.mark.parametrize("first", [0, CHUNK - 1, CHUNK + 1])
def test_a_repeat_an_overlap_and_a_later_gap_are_416(poster: Poster, first: int) -> None:
    _, publish_id, address = begun(poster)
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 206
    answer = poster.put(address, FILE[first : first + CHUNK], first, SIZE)
    assert (answer.status_code, progress(answer)) == (416, f"bytes 0-{CHUNK}/{SIZE}")
    assert poster.put(address, FILE[CHUNK:], CHUNK, SIZE).status_code == 201
    assert poster.publish(publish_id)["digest"] == hashlib.sha256(FILE).hexdigest()


def test_a_finished_upload_takes_nothing_more(poster: Poster) -> None:
    data = media.video()
    made = poster.init_file(poster.token(), len(data))
    assert poster.put(made["upload_url"], data).status_code == 201
    again = poster.put(made["upload_url"], data)
    assert (again.status_code, progress(again)) == (416, f"bytes 0-{len(data)}/{len(data)}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Type", None),
        ("Content-Type", "application/octet-stream"),
        ("Content-Range", None),
        ("Content-Range", f"bytes 0-{CHUNK}/{SIZE}"),
        ("Content-Range", f"bytes 0-{CHUNK - 1}/{SIZE + 1}"),
        ("Content-Range", f"bytes 0-{CHUNK - 1}/*"),
        ("Content-Range", f"0-{CHUNK - 1}/{SIZE}"),
        ("Content-Range", f"bytes 5-4/{SIZE}"),
        ("Content-Length", None),
        ("Content-Length", str(CHUNK - 1)),
    ],
)
def test_a_wrong_or_missing_header_is_400(poster: Poster, name: str, value: str | None) -> None:
    token, publish_id, address = begun(poster)
    headers = {
        "Content-Type": "video/mp4",
        "Content-Length": str(CHUNK),
        "Content-Range": f"bytes 0-{CHUNK - 1}/{SIZE}",
    }
    del headers[name]
    if value is not None:
        headers[name] = value
    assert raw_put(address, headers).startswith(b"HTTP/1.1 400 ")
    assert poster.status(token, publish_id)["uploaded_bytes"] == 0


@pytest.mark.parametrize("length", [CHUNK - 1, CHUNK + 1, SIZE])
def test_every_chunk_but_the_last_is_exactly_chunk_size(poster: Poster, length: int) -> None:
    _, _, address = begun(poster)
    assert poster.put(address, FILE[:length], 0, SIZE).status_code == 400
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 206


def test_a_last_chunk_that_stops_early_is_400(poster: Poster) -> None:
    _, _, address = begun(poster)
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 206
    assert poster.put(address, FILE[CHUNK : 2 * CHUNK], CHUNK, SIZE).status_code == 400
    assert poster.put(address, FILE[CHUNK:], CHUNK, SIZE).status_code == 201


def test_a_chunk_whose_connection_dies_is_discarded_and_can_be_sent_again(
    poster: Poster,
) -> None:
    token, publish_id, address = begun(poster)
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 206
    headers = {
        "Content-Type": "video/mp4",
        "Content-Length": str(SIZE - CHUNK),
        "Content-Range": f"bytes {CHUNK}-{SIZE - 1}/{SIZE}",
    }
    raw_put(address, headers, b"x" * 1_000_000, close=True)
    assert poster.status(token, publish_id)["uploaded_bytes"] == CHUNK
    assert poster.put(address, FILE[CHUNK:], CHUNK, SIZE).status_code == 201
    assert poster.publish(publish_id)["digest"] == hashlib.sha256(FILE).hexdigest()


def test_the_upload_url_alone_is_the_credential(poster: Poster) -> None:
    _, _, address = begun(poster)
    known, _, secret = address.partition("&upload_token=")
    wrong = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    for broken in (f"{known}&upload_token={wrong}", known, address.replace("upload_id", "id")):
        assert poster.put(broken, FILE[:CHUNK], 0, SIZE).status_code == 404
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 206


def test_an_upload_url_dies_after_an_hour_and_the_post_with_it(poster: Poster) -> None:
    token, publish_id, address = begun(poster)
    poster.advance(3_590)
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 206
    poster.advance(20)
    assert poster.put(address, FILE[CHUNK:], CHUNK, SIZE).status_code == 403
    known = poster.status(token, publish_id)
    assert (known["status"], known["fail_reason"]) == ("FAILED", "internal")
    assert "upload_url expired" in poster.publish(publish_id)["fail_detail"]


def test_an_upload_outlives_its_access_token(poster: Poster) -> None:
    poster.settings(access_token_seconds=60)
    token, publish_id, address = begun(poster)
    poster.advance(120)
    asked = {"publish_id": publish_id}
    assert poster.error(posting.STATUS, token, asked) == (401, "access_token_invalid")
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 206


@pytest.mark.parametrize("path", ["/video/", "/upload", "/upload/"])
def test_every_upload_path_of_tiktoks_hosts_answers(poster: Poster, path: str) -> None:
    if path != "/upload/":
        poster.settings(upload_path=path)
    data = media.video()
    address = poster.init_file(poster.token(), len(data))["upload_url"]
    if path == "/upload/":
        address = address.replace("/video/", path)
    assert urlsplit(address).path == path
    assert poster.put(address, data).status_code == 201


def test_two_puts_of_the_same_chunk_at_once_leave_the_right_bytes(poster: Poster) -> None:
    _, publish_id, address = begun(poster)
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 206
    headers = {
        "Content-Type": "video/mp4",
        "Content-Length": str(SIZE - CHUNK),
        "Content-Range": f"bytes {CHUNK}-{SIZE - 1}/{SIZE}",
    }
    parts = urlsplit(address)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 80), 10) as slow:
        head = [f"PUT {parts.path}?{parts.query} HTTP/1.1", f"Host: {parts.netloc}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        slow.sendall("\r\n".join([*head, "", ""]).encode() + b"wrong bytes " * 1_000)
        assert poster.put(address, FILE[CHUNK:], CHUNK, SIZE).status_code == 201
        slow.sendall(b"more wrong bytes" * 1_000)
        assert slow.recv(64).startswith(b"HTTP/1.1 416 ")
    assert poster.publish(publish_id)["digest"] == hashlib.sha256(FILE).hexdigest()


def test_many_puts_of_one_chunk_count_once(poster: Poster) -> None:
    token, publish_id, address = begun(poster)
    ready = threading.Barrier(4)

    def send(_: int) -> int:
        with httpx2.Client() as http:
            ready.wait()
            return Poster(http).put(address, FILE[:CHUNK], 0, SIZE).status_code

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(send, range(4)))
    assert codes == [206, 416, 416, 416]
    assert poster.status(token, publish_id)["uploaded_bytes"] == CHUNK
    assert poster.put(address, FILE[CHUNK:], CHUNK, SIZE).status_code == 201
    assert poster.publish(publish_id)["digest"] == hashlib.sha256(FILE).hexdigest()


def test_an_answer_that_was_lost_shows_in_the_progress(poster: Poster) -> None:
    token, publish_id, address = begun(poster)
    poster.control("POST", "faults", {"operation": "media.upload_chunk", "kind": "lost"})
    with pytest.raises(httpx2.TransportError):
        poster.put(address, FILE[:CHUNK], 0, SIZE)
    assert poster.status(token, publish_id)["uploaded_bytes"] == CHUNK
    assert poster.put(address, FILE[CHUNK:], CHUNK, SIZE).status_code == 201


def test_a_cut_in_the_middle_of_a_chunk_stores_nothing(poster: Poster) -> None:
    token, publish_id, address = begun(poster)
    fault = {"operation": "media.upload_chunk", "kind": "cut", "after_bytes": 2_000_000}
    poster.control("POST", "faults", fault)
    with pytest.raises(httpx2.TransportError):
        poster.put(address, FILE[:CHUNK], 0, SIZE)
    assert poster.status(token, publish_id)["uploaded_bytes"] == 0
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 206


def test_a_forced_502_stores_nothing_and_the_chunk_can_be_sent_again(poster: Poster) -> None:
    token, publish_id, address = begun(poster)
    fault = {"operation": "media.upload_chunk", "kind": "status", "status": 502}
    poster.control("POST", "faults", fault)
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 502
    assert poster.status(token, publish_id)["uploaded_bytes"] == 0
    assert poster.put(address, FILE[:CHUNK], 0, SIZE).status_code == 206


def test_no_record_of_the_emulator_shows_the_upload_token(poster: Poster, tiktok: TikTok) -> None:
    _, publish_id, address = begun(poster)
    poster.put(address, FILE[:CHUNK], 0, SIZE)
    secret = address.partition("upload_token=")[2]
    for path in (f"publishes/{publish_id}", "publishes", "requests", "clock", "world"):
        assert secret not in poster.http.get(f"/_emulator/{path}").text
    (stored,) = tiktok.world.media.glob("upload-*")
    assert stored.stat().st_mode & 0o777 == 0o600


def test_real_time_brings_an_upload_to_the_profile_by_itself(poster: Poster) -> None:
    poster.control("POST", "clock", {"freeze": False})
    poster.settings(processing_seconds=0.05, moderation_seconds=0.05)
    token = poster.token()
    publish_id = poster.post_video(token, media.video())
    seen = poster.until(publish_id, lambda seen: any(v["public"] for v in seen["videos"]))
    known = poster.status(token, publish_id)
    assert known["status"] == "PUBLISH_COMPLETE"
    assert known["publicaly_available_post_id"] == [int(seen["videos"][0]["id"])]
