"""A file behind a URL comes into the media store whole and with its digest, or not at all."""

from __future__ import annotations

import hashlib
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from stagedoor.connector.cancellation import Cancellation, Interrupted, under
from stagedoor.connector.container import Container
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.errors import ApiError, RequestTooLarge, ServiceUnavailable
from stagedoor.connector.fetching.errors import FetchFailed, FetchTooSlow, UrlRefused
from stagedoor.connector.fetching.service import Fetching, FetchLimits
from stagedoor.connector.media.service import MediaKind
from tests.support import media
from tests.support.site import Site, running_site
from tests.support.stored_files import files_in

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRET = "?X-Amz-Signature=hush-hush"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1"}


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


def stored(services: Container, media_id: str) -> bytes:
    with services.database.read() as connection:
        medium = services.media.find(TenantConnection(connection, "acme"), media_id)
    assert medium is not None
    assert medium.complete
    with services.media.storage.open(medium.parts) as file:
        return bytes(file.read() or b"")


def left(services: Container) -> list[Any]:
    """The contents of the store."""
    folder = services.settings.data / "media"
    return files_in(folder) if folder.exists() else []


def test_the_bytes_are_kept_with_their_digest(services: Container, site: Site) -> None:
    site.pages["/film.mp4"] = film = media.padded_video(3_000_000)
    site.pages["/a.jpg"] = photo = media.photo()
    (fetched,) = services.fetching.fetch("acme", [f"{site.url}/film.mp4{SECRET}"], MediaKind.VIDEO)
    assert fetched.digest == hashlib.sha256(film).hexdigest()
    assert stored(services, fetched.medium.id) == film
    assert fetched.medium.size == len(film)
    one, two = services.fetching.fetch("acme", [f"{site.url}/a.jpg"] * 2, MediaKind.PHOTO)
    assert one.digest == two.digest == hashlib.sha256(photo).hexdigest()
    assert one.medium.id != two.medium.id
    assert site.got[0].headers["accept-encoding"] == "identity"


@sqlite_only
def test_nobody_can_send_to_what_was_fetched(services: Container, site: Site) -> None:
    site.pages["/film.mp4"] = media.video()
    services.fetching.fetch("acme", [f"{site.url}/film.mp4"], MediaKind.VIDEO)
    with services.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM capabilities").scalar() == 0


@sqlite_only
def test_without_the_setting_nothing_private_is_fetched(services: Container, site: Site) -> None:
    site.pages["/film.mp4"] = media.video()
    closed = Fetching(False, services.database, services.media)
    https = site.url.replace("http", "https")
    for url, words in [
        (f"{site.url}/film.mp4", r"Only https.* start the service with STAGEDOOR_FETCH_PRIVATE=1"),
        (f"{https}/film.mp4", r"no address on the public internet.* STAGEDOOR_FETCH_PRIVATE=1"),
        ("http://localhost:9/film.mp4", "STAGEDOOR_FETCH_PRIVATE=1"),
        ("http://media.example/film.mp4", r"reached\.$"),
        ("file:///etc/passwd", "Only https"),
    ]:
        with pytest.raises(UrlRefused, match=words):
            closed.fetch("acme", [url], MediaKind.VIDEO)
    assert site.got == []
    closed.close()


@sqlite_only
def test_a_redirect_is_not_followed(services: Container, site: Site) -> None:
    site.redirects["/film.mp4"] = "/inside"
    with pytest.raises(UrlRefused, match="sends on to another address"):
        services.fetching.fetch("acme", [f"{site.url}/film.mp4"], MediaKind.VIDEO)
    assert [got.target for got in site.got] == ["/film.mp4"]
    assert left(services) == []


@sqlite_only
def test_what_is_no_media_is_refused_at_its_first_bytes(services: Container, site: Site) -> None:
    site.pages["/page"] = b"<!doctype html>" * 1_000
    site.pages["/list"] = b"#EXTM3U\nfile:///etc/passwd\n"
    site.pages["/short"] = b"ftyp"
    site.pages["/film.mp4"] = media.video()
    for path, kind in [
        ("page", MediaKind.VIDEO),
        ("list", MediaKind.VIDEO),
        ("short", MediaKind.VIDEO),
        ("film.mp4", MediaKind.PHOTO),
    ]:
        with pytest.raises(FetchFailed, match=f"is no {kind.value}"):
            services.fetching.fetch("acme", [f"{site.url}/{path}"], kind)
    assert left(services) == []


def test_one_that_fails_takes_the_others_with_it(services: Container, site: Site) -> None:
    site.pages["/a.jpg"] = media.photo()
    urls = [f"{site.url}/a.jpg", f"{site.url}/gone.jpg"]
    with pytest.raises(FetchFailed, match="HTTP 404"):
        services.fetching.fetch("acme", urls, MediaKind.PHOTO)
    assert left(services) == []
    with services.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM media").scalar() == 0


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A port whose every caller gets what `answer` sends."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen()

        def run() -> None:
            while True:
                try:
                    connection, _ = bound.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    try:
                        answer(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/film.mp4{SECRET}"
        bound.shutdown(socket.SHUT_RDWR)
    thread.join(10)


HEAD = b"HTTP/1.1 200 OK\r\n"


def refused(services: Container, url: str, kind: type[ApiError], limits: FetchLimits) -> str:
    with pytest.raises(kind) as caught:
        services.fetching.fetch("acme", [url], MediaKind.VIDEO, limits)
    assert "hush-hush" not in f"{caught.value!r} {caught.value} {caught.value.__cause__}"
    assert left(services) == []
    return caught.value.message


@sqlite_only
def test_too_large_is_refused_announced_or_not(services: Container) -> None:
    film = media.video()
    limits = FetchLimits(len(film) - 1, 10)
    announced = HEAD + b"content-length: %d\r\n\r\n" % len(film)
    with serving(lambda to: to.sendall(announced)) as url:
        assert "larger than TikTok takes" in refused(services, url, RequestTooLarge, limits)
    with serving(lambda to: to.sendall(HEAD + b"\r\n" + film)) as url:
        refused(services, url, RequestTooLarge, limits)


@sqlite_only
def test_a_file_that_ends_early_is_no_file(services: Container) -> None:
    film = media.video()
    cut = HEAD + b"content-length: %d\r\n\r\n" % len(film) + film[:-1]
    with serving(lambda to: to.sendall(cut)) as url:
        assert "connection to 127.0.0.1 failed" in refused(
            services, url, FetchFailed, FetchLimits(10**9, 10)
        )


@sqlite_only
def test_packed_bytes_are_not_taken_for_the_file(services: Container) -> None:
    packed = HEAD + b"content-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc"
    with serving(lambda to: to.sendall(packed)) as url:
        assert "packed" in refused(services, url, FetchFailed, FetchLimits(10**9, 10))


@sqlite_only
@pytest.mark.parametrize("part", ["headers", "body"])
def test_who_sends_drop_by_drop_is_cut_off(services: Container, part: str) -> None:
    ended = threading.Event()

    def drip(to: socket.socket) -> None:
        to.sendall(HEAD if part == "headers" else HEAD + b"\r\n" + media.video()[:100])
        while not ended.wait(0.05):
            to.sendall(b"x: y\r\n" if part == "headers" else b"x")

    with serving(drip) as url:
        assert "in 1 s" in refused(services, url, FetchTooSlow, FetchLimits(10**9, 1.0))
        ended.set()


@sqlite_only
def test_memory_stays_bounded(services: Container) -> None:
    head, block, blocks = media.video(), bytes(1 << 20), 100

    def much(to: socket.socket) -> None:
        to.sendall(HEAD + b"\r\n" + head)
        for _ in range(blocks):
            to.sendall(block)

    with serving(much) as url:
        services.fetching.fetch("acme", [url], MediaKind.VIDEO)
        tracemalloc.start()
        (fetched,) = services.fetching.fetch("acme", [url], MediaKind.VIDEO)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert fetched.medium.size == len(head) + blocks * len(block)
    assert peak < 12 << 20


@sqlite_only
def test_a_process_that_ends_breaks_off_what_it_fetches(services: Container, site: Site) -> None:
    site.hold = threading.Event()
    site.pages["/film.mp4"] = media.video()
    failed: list[BaseException] = []

    def fetch() -> None:
        try:
            services.fetching.fetch("acme", [f"{site.url}/film.mp4"], MediaKind.VIDEO)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=fetch)
    thread.start()
    assert site.held.wait(10)
    services.fetching.close()
    thread.join(10)
    assert isinstance(failed[0], ServiceUnavailable)
    assert left(services) == []


@sqlite_only
def test_a_host_that_keeps_sending_too_little_is_cut_off(services: Container) -> None:
    ended = threading.Event()

    def drip(to: socket.socket) -> None:
        to.sendall(HEAD + b"\r\n" + media.video()[:100])
        while not ended.wait(0.05):
            to.sendall(b"x")

    with serving(drip) as url:
        limits = FetchLimits(10**9, 600.0, step=10_000, step_seconds=1.0)
        assert "less than 10000 bytes in 1 s" in refused(services, url, FetchTooSlow, limits)
        ended.set()


@sqlite_only
def test_a_host_that_is_quick_enough_may_take_longer_than_a_step(services: Container) -> None:
    film = media.padded_video(120_000)

    def steadily(to: socket.socket) -> None:
        to.sendall(HEAD + b"content-length: %d\r\n\r\n" % len(film))
        for begin in range(0, len(film), 20_000):
            to.sendall(film[begin : begin + 20_000])
            threading.Event().wait(0.3)

    with serving(steadily) as url:
        limits = FetchLimits(10**9, 600.0, step=20_000, step_seconds=1.6)
        (fetched,) = services.fetching.fetch("acme", [url], MediaKind.VIDEO, limits)
    assert stored(services, fetched.medium.id) == film


@sqlite_only
def test_a_cancelled_call_breaks_off_its_fetch_and_no_other(
    services: Container, site: Site
) -> None:
    site.hold = threading.Event()
    site.pages["/film.mp4"] = media.video()
    cancellation = Cancellation()

    def fetch(under_it: Cancellation) -> Any:
        with under(under_it):
            return services.fetching.fetch("acme", [f"{site.url}/film.mp4"], MediaKind.VIDEO)

    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(fetch, Cancellation())
        assert site.held.wait(10)
        site.held.clear()
        cancelled = pool.submit(fetch, cancellation)
        assert site.held.wait(10)
        cancellation.cancel()
        with pytest.raises(Interrupted):
            cancelled.result(10)
        assert not other.done()
        site.hold.set()
        assert len(other.result(10)) == 1
    assert len(left(services)) == 1
