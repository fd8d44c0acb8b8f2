"""Proxies of the environment: named in errors, and never used for loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from stagedoor import AsyncTikTok, Hosts, TikTok
from stagedoor.client import proxies
from stagedoor.client.retry import NO_RETRY
from stagedoor.errors import AnswerLost, ConfigurationError, NotSent, TransportError

NAMES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def closed() -> str:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


class _TikTok(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"data": {"user": {"display_name": "Mara"}}, "error": {"code": "ok"}}'
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def here() -> Iterator[int]:
    """The port of a server on loopback that answers like TikTok."""
    server = HTTPServer(("127.0.0.1", 0), _TikTok)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "HTTP_PROXY"])
@pytest.mark.parametrize(
    ("value", "todo"),
    [
        ("socks5h://mara:hunter2@proxy.example:1080", "pip install socksio"),
        ("socks5://mara:hunter2@proxy.example", "pip install socksio"),
        ("socks4://mara:hunter2@proxy.example", "such as http://"),
        ("http://mara:hunter2@proxy.example:port", "such as http://"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, todo: str
) -> None:
    monkeypatch.setenv(name, value)
    for kind in (TikTok, AsyncTikTok):
        with pytest.raises(ConfigurationError) as error:
            kind(access_token="act.x")
        said = str(error.value)
        assert said.startswith(f"{name} names ")
        assert todo in said
        assert f"unset {name}" in said
        assert "hunter2" not in said


def test_without_a_proxy_a_client_is_made() -> None:
    with TikTok(access_token="act.x"):
        pass


@pytest.mark.parametrize("name", ["ALL_PROXY", "HTTP_PROXY", "http_proxy"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached_around_proxies(
    monkeypatch: pytest.MonkeyPatch, here: int, closed: str, name: str, host: str
) -> None:
    monkeypatch.setenv(name, f"http://{closed}")
    hosts = Hosts.at(f"http://{host}:{here}")
    with TikTok(access_token="act.x", hosts=hosts, retry=NO_RETRY) as tiktok:
        assert tiktok.user.info().user.display_name == "Mara"

    async def also() -> str | None:
        async with AsyncTikTok(access_token="act.x", hosts=hosts, retry=NO_RETRY) as tiktok:
            return (await tiktok.user.info()).user.display_name

    assert asyncio.run(also()) == "Mara"


@pytest.mark.parametrize(
    ("name", "scheme"), [("HTTP_PROXY", "http"), ("HTTPS_PROXY", "https"), ("ALL_PROXY", "https")]
)
def test_an_error_names_the_proxy_that_stood_between(
    monkeypatch: pytest.MonkeyPatch, closed: str, name: str, scheme: str
) -> None:
    monkeypatch.setenv(name, f"http://mara:hunter2@{closed}")
    hosts = Hosts.at(f"{scheme}://tiktok.example")
    with (
        TikTok(access_token="act.x", hosts=hosts, retry=NO_RETRY) as tiktok,
        pytest.raises(TransportError) as error,
    ):
        tiktok.user.info()
    assert f"through the proxy that {name} names, {closed}" in str(error.value)
    assert "hunter2" not in str(error.value)


def test_no_proxy_is_named_where_none_stood_between(
    monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://{closed}")
    assert "HTTP_PROXY" in proxies.between("http://tiktok.example/v2")
    assert proxies.between("https://tiktok.example/v2") == ""
    monkeypatch.setenv("NO_PROXY", "tiktok.example")
    assert proxies.between("http://tiktok.example/v2") == ""
    hosts = Hosts.at(f"http://{closed}")
    with (
        TikTok(access_token="act.x", hosts=hosts, retry=NO_RETRY) as tiktok,
        pytest.raises((NotSent, AnswerLost)) as error,
    ):
        tiktok.user.info()
    assert "proxy" not in str(error.value)
