"""The API reference at /docs in a real browser: it works offline and under a strict policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.agents.conftest import (
    _sqlite_template,
    database_url,
    emulator_http,
    emulator_process,
    environment,
    local,
    service,
    service_socket,
    services,
    settings,
)
from tests.browser.conftest import SECONDS
from tests.connector.conftest import Service

__all__ = [
    "_sqlite_template",
    "database_url",
    "emulator_http",
    "emulator_process",
    "environment",
    "local",
    "service",
    "service_socket",
    "services",
    "settings",
]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(SECONDS * 1_000)
    yield context.new_page()
    context.close()


def test_the_reference_shows_a_route_without_any_other_host(
    page: Page, service: Service, tmp_path: Path
) -> None:
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(f"{service.url}/docs")
    assert answer is not None
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    expect(page.get_by_role("heading", name="Stagedoor")).to_be_visible(timeout=SECONDS * 1_000)
    page.get_by_placeholder("Filter by tag or path").fill("init-video-upload")
    route = page.locator("#operations-posts-initVideoUpload")
    route.get_by_role("button").first.click()
    expect(route.get_by_text("Role: ")).to_be_visible()
    expect(route.get_by_text("Idempotency-Key").first).to_be_visible()
    page.screenshot(path=tmp_path / "reference.png")
    others = [url for url in asked if not url.startswith((service.url, "data:"))]
    assert others == []
    assert complaints == []
