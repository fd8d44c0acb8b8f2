"""The guard on the way out: one resolution, judged, and no other address is connected to."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
import trustme

from stagedoor.connector.fetching.errors import FetchFailed, UrlRefused
from stagedoor.connector.fetching.guard import GuardedTransport, parse
from tests.support.site import running_site


class Names:
    """A resolver that says what a test wants, once."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        assert len(self.asked) == 1, "a name is resolved once"
        return self.addresses


def get(guard: GuardedTransport, url: str) -> httpx2.Response:
    async def run() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=guard, trust_env=False) as http:
            return await http.get(url)

    return asyncio.run(run())


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("::1",),
        ("::ffff:127.0.0.1",),
        ("1.1.1.1", "127.0.0.1"),
        ("127.0.0.1", "2606:4700::1111"),
        ("169.254.169.254",),
    ],
)
def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(
    addresses: tuple[str, ...],
) -> None:
    with running_site() as site:
        port = site.url.rpartition(":")[2]
        names = Names(*addresses)
        with pytest.raises(UrlRefused, match=r"cdn\.example\.com leads to no address on"):
            get(GuardedTransport(resolve=names), f"https://cdn.example.com:{port}/film.mp4")
        assert site.got == []
        assert len(names.asked) == 1


def test_ways_to_write_loopback_are_no_way_in() -> None:
    with running_site() as site:
        port = site.url.rpartition(":")[2]
        for host in ("127.0.0.1", "127.1", "0x7f.1", "2130706433", "localhost", "[::1]", "0.0.0.0"):
            with pytest.raises((UrlRefused, FetchFailed)):
                get(GuardedTransport(), f"https://{host}:{port}/film.mp4")
        assert site.got == []


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example.com/film.mp4",
        "ftp://cdn.example.com/film.mp4",
        "file:///etc/passwd",
        "https:///film.mp4",
        "https://user:secret@cdn.example.com/film.mp4",
        "https://cdn.example.com:0/",
        "https://cdn.example.com:99999/",
        "https://cdn example.com/",
        "https://cdn<example>.com/",
        "https://cdn%2eexample.com/",
        "https://cdn..example.com/",
        f"https://{'c' * 64}.example.com/",
    ],
)
def test_what_no_address_makes_good_is_refused_unresolved(url: str) -> None:
    names = Names("1.1.1.1")
    with pytest.raises(UrlRefused) as refused:
        get(GuardedTransport(resolve=names), url)
    assert names.asked == []
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["https://a\r\nHost: b/", "https://①②7.0.0.1/", "https://x.de/" + "x" * 2_048]
)
def test_what_is_no_url_is_refused(text: str) -> None:
    with pytest.raises(UrlRefused, match="isn't an address"):
        parse(text)


def test_the_judged_address_is_connected_to_under_the_host_s_own_name() -> None:
    with running_site() as site:
        site.pages["/film.mp4"] = b"film"
        port = site.url.rpartition(":")[2]
        names = Names("127.0.0.1")
        answer = get(
            GuardedTransport(private=True, resolve=names),
            f"http://cdn.example.com:{port}/film.mp4?a=b",
        )
    assert answer.content == b"film"
    assert names.asked == [("cdn.example.com", int(port))]
    (got,) = site.got
    assert (got.target, got.headers["host"]) == ("/film.mp4?a=b", f"cdn.example.com:{port}")


def test_an_address_that_does_not_answer_gives_way_to_the_next_judged_one() -> None:
    with running_site() as site:
        site.pages["/"] = b"here"
        port = site.url.rpartition(":")[2]
        names = Names("::1", "127.0.0.1")
        assert get(
            GuardedTransport(private=True, resolve=names), f"http://cdn.example.com:{port}/"
        ).content


def test_a_name_that_nobody_has_is_told() -> None:
    with pytest.raises(FetchFailed, match=r"no host nowhere\.example\.com"):
        get(GuardedTransport(private=True, resolve=Names()), "https://nowhere.example.com/")


def test_whether_a_name_exists_inside_cannot_be_told_from_the_refusal() -> None:
    told = set()
    for names in (Names(), Names("10.0.0.1"), Names("127.0.0.1", "93.184.216.34")):
        with pytest.raises(UrlRefused) as refused:
            get(GuardedTransport(resolve=names), "https://vault.internal/")
        told.add((refused.value.code, refused.value.http, refused.value.message))
    assert len(told) == 1


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA, tmp_path: Path) -> Iterator[tuple[int, list[str | None]]]:
    """A port that speaks TLS as cdn.example.com, and the names it was asked for."""
    names: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"film")

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A caller that doesn't trust it hangs up."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("cdn.example.com").configure_cert(context)
    context.sni_callback = lambda _, name, __: names.append(name)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1], names
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_certificate_must_be_the_name_s(
    authority: trustme.CA, secure: tuple[int, list[str | None]]
) -> None:
    port, names = secure
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    def ask(host: str, verify: ssl.SSLContext | bool = trusting) -> httpx2.Response:
        guard = GuardedTransport(private=True, resolve=Names("127.0.0.1"), verify=verify)
        return get(guard, f"https://{host}:{port}/")

    assert ask("cdn.example.com").content == b"film"
    assert names == ["cdn.example.com"]
    with pytest.raises(httpx2.ConnectError, match="certificate"):
        ask("other.example.com")
    with pytest.raises(httpx2.ConnectError, match="certificate"):
        ask("cdn.example.com", verify=True)
