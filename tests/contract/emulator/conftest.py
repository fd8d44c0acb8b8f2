"""A local TikTok on a real port, as new for each test, and what tests do with it all the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from stagedoor.testing import TikTokEmulator
from tests.support import quick
from tests.support.poster import Poster
from tests.support.researcher import Researcher
from tests.support.site import Site, running_site

from .asking import Asking, opened


@dataclass
class TikTok:
    """The emulator, an HTTP client on it, and short ways to its control routes."""

    server: TikTokEmulator
    http: httpx2.Client

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def world(self) -> Any:
        return self.server.world

    def control(self, method: str, path: str, body: Any = None, /, **query: Any) -> Any:
        """JSON from a control route; fails the test on an error status."""
        answer = self.http.request(method, f"/_emulator/{path}", json=body, params=query)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def advance(self, seconds: float) -> None:
        self.control("POST", "clock", {"advance": seconds})

    def settings(self, **changed: Any) -> None:
        self.control("PATCH", "settings", changed)

    def token(self, **asked: Any) -> dict[str, Any]:
        """A grant with tokens; of the ready-made app and the first creator unless told."""
        issued: dict[str, Any] = self.control(
            "POST", "tokens", {"client_key": "emulator-client-key"} | asked
        )
        return issued

    def advertiser_token(self, **asked: Any) -> str:
        """A token of the ready-made business app for the seeded ad accounts, unless told."""
        issued = self.control("POST", "business/tokens", asked)
        return str(issued["access_token"])

    def access_token(self, **asked: Any) -> dict[str, str]:
        """The header of an advertiser's token."""
        return {"Access-Token": self.advertiser_token(**asked)}

    def bearer(self, **asked: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(**asked)['access_token']}"}


@pytest.fixture(scope="session")
def http_clients() -> Iterator[dict[str, httpx2.Client]]:
    """By address: one for all tests of a session, since it takes long to make."""
    clients: dict[str, httpx2.Client] = {}
    yield clients
    for one in clients.values():
        one.close()


@pytest.fixture
def tiktok(
    tiktok_emulator_server: TikTokEmulator, http_clients: dict[str, httpx2.Client]
) -> TikTok:
    url = tiktok_emulator_server.url
    if url not in http_clients:
        http_clients[url] = quick.client(url, timeout=20)
    http = http_clients[url]
    http.cookies.clear()
    return TikTok(tiktok_emulator_server, http)


@pytest.fixture
def poster(tiktok: TikTok) -> Poster:
    """Short ways to post; the clock stands still."""
    tiktok.control("POST", "clock", {"freeze": True})
    return Poster(tiktok.http)


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server on loopback that serves media and receives webhooks."""
    with running_site() as running:
        yield running


@pytest.fixture
def researcher(tiktok: TikTok) -> Researcher:
    """With a token of the app that is approved for research."""
    return Researcher(tiktok.http)


@pytest.fixture
def asking(tiktok: TikTok) -> Iterator[Asking]:
    """The emulator without rate limits, and tokens of every kind."""
    yield from opened(tiktok)
