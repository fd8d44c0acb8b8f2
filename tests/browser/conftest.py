"""A real Chromium, and a local TikTok for it to look at."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from stagedoor import Hosts, TikTok
from stagedoor.testing import TikTokEmulator
from tests.support.site import Site, running_site

ROOT = Path(__file__).parents[2]
SECONDS = 30
expect.set_options(timeout=SECONDS * 1_000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a module: while it is open, its event loop is in the way of other tests'."""
    found = subprocess.run(
        [ROOT / "scripts" / "browser"], check=False, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.stdout.strip(),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """A page in a browser without JavaScript."""
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(SECONDS * 1_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def app() -> Iterator[Site]:
    """The app's own site, to which TikTok sends the browser back."""
    with running_site() as site:
        site.pages["/callback/"] = b"Back at the app"
        yield site


@pytest.fixture
def tiktok(tiktok_emulator_server: TikTokEmulator) -> Iterator[TikTok]:
    """A client of the ready-made app."""
    with TikTok(
        "emulator-client-key", "emulator-client-secret", hosts=Hosts.at(tiktok_emulator_server.url)
    ) as client:
        yield client
