"""Every page fits a phone and a desk: nothing runs over the edge, nothing is missing.

The pictures are left in build/screens for who wants to look.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from stagedoor import TikTok, Tokens, sharing
from stagedoor.testing import TikTokEmulator

from .conftest import ROOT, SECONDS

SCREENS = ROOT / "build" / "screens"

_OVERFLOWING = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (node) => node.closest('.scroll') !== null;
    return [...document.querySelectorAll('body *')]
        .filter((node) => !scrolls(node) || node.matches('.scroll'))
        .filter((node) => node.getBoundingClientRect().right > width + 0.5)
        .map((node) => node.outerHTML.slice(0, 120));
}"""


@pytest.fixture(params=[(400, "light"), (1280, "light"), (400, "dark")], ids=str)
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(SECONDS * 1_000)
    page = context.new_page()
    errors: list[str] = []

    def keep(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            errors.append(message.text)

    page.on("console", keep)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def connected(tiktok: TikTok, tiktok_emulator_server: TikTokEmulator) -> TikTok:
    """The client with tokens of the first creator."""
    issued = httpx2.post(
        f"{tiktok_emulator_server.url}/_emulator/tokens",
        json={"client_key": "emulator-client-key"},
        trust_env=False,
    ).json()
    return tiktok.for_account(Tokens(access_token=issued["access_token"]))


def paths(tiktok: TikTok, server: TikTokEmulator) -> dict[str, str]:
    """The pages by name."""
    video = tiktok.videos.list(max_count=1).videos[0]
    login = tiktok.begin_login("http://127.0.0.1:9/callback/", ["user.info.basic", "video.list"])
    link = "https://app.example.com/shared"
    share = sharing.ios_share(
        "emulator-client-key", "com.example.app", ["v1"], sharing.MediaType.VIDEO, link
    )
    qr = tiktok.oauth.qr_begin(["user.info.basic"])
    return {
        "qr": f"/_emulator/qr/{qr.token}?client_ticket={qr.ticket}",
        "scan": "/_emulator/scan",
        "live": "/embed/live/@maracooks?embed_domain=localhost",
        "share": share.url.removeprefix("https://www.tiktok.com"),
        "overview": "/_emulator/",
        "consent": login.url.removeprefix(server.url),
        "wrong": "/v2/auth/authorize/?client_key=nobody",
        "profile": "/@maracooks",
        "private": "/@jonas.behind.doors",
        "video": f"/@maracooks/video/{video.id}",
    }


def test_nothing_runs_over_the_edge(
    page: Page, tiktok_emulator_server: TikTokEmulator, connected: TikTok
) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    viewport = page.viewport_size
    assert viewport is not None
    scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else ""
    for name, path in paths(connected, tiktok_emulator_server).items():
        page.goto(tiktok_emulator_server.url + path)
        picture = f"{name}-{viewport['width']}{scheme}.png"
        page.screenshot(path=Path(SCREENS, picture), full_page=True)
        assert page.evaluate(_OVERFLOWING) == [], name
        across = page.evaluate("document.documentElement.scrollWidth")
        assert across <= viewport["width"], name
        assert page.title(), name
        assert page.locator("h1").count() == 1, name
        assert page.locator("html").get_attribute("lang") == "en", name
