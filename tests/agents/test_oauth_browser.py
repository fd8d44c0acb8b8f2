"""Signing in with a real Chromium, without JavaScript."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.agents.conftest import AgentFixture
from tests.agents.test_oauth import agent, raw, service
from tests.browser.conftest import chromium, plain
from tests.support.signing_in import Raw, code_of
from tests.support.site import Site, running_site

__all__ = ["agent", "chromium", "plain", "raw", "service"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOSTED = "https://client.example.com/callback"


@pytest.fixture
def app() -> Iterator[Site]:
    """The client's own port of this machine."""
    with running_site() as site:
        site.pages["/callback"] = b"Back at the client"
        yield site


def kept(page: Page, name: str) -> None:
    """A picture for people, where STAGEDOOR_TEST_PICTURES says."""
    if folder := os.environ.get("STAGEDOOR_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def proven(page: Page, agent: AgentFixture) -> None:
    page.get_by_label("The agent's key, or a one-time code").fill(agent.key)
    page.get_by_role("button", name="Continue").click()


def test_a_person_reads_what_it_means_and_says_yes(
    agent: AgentFixture, raw: Raw, plain: Page, app: Site
) -> None:
    agent.given(
        {"resource": "videos", "level": "read"},
        {"resource": "posting", "level": "full", "askFirst": True},
    )
    raw.register(client_name="Claude Code", redirect_uris=[f"{app.url}/callback"])
    broken: list[str] = []
    plain.on("console", lambda message: broken.append(message.text))
    plain.goto(raw.authorize())
    expect(plain.get_by_role("heading")).to_have_text(
        "Claude Code would like to act as one of your agents"
    )
    kept(plain, "consent")
    plain.get_by_label("The agent's key, or a one-time code").fill("sda_wrong")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("alert")).to_contain_text("no agent's key")
    kept(plain, "wrong")
    proven(plain, agent)
    expect(plain.get_by_role("heading")).to_have_text("Let Claude Code act as Social Agent?")
    expect(plain.get_by_role("listitem")).to_have_text(
        ["Read Own videos on all accounts", "Everything of Posting on all accounts: asks first"]
    )
    kept(plain, "allow")
    plain.get_by_role("button", name="Allow").click()
    expect(plain.get_by_text("Back at the client")).to_be_visible()
    tokens = raw.redeem(code_of(plain.url)).json()
    assert raw.call_with(tokens["access_token"]).json()["decision"] == "allowed"
    assert not [line for line in broken if "Security Policy" in line]
    (landed,) = [got for got in app.got if got.target.startswith("/callback")]
    assert "referer" not in landed.headers


def test_a_no_needs_no_key(agent: AgentFixture, raw: Raw, plain: Page, app: Site) -> None:
    raw.register(redirect_uris=[f"{app.url}/callback"])
    plain.goto(raw.authorize())
    plain.get_by_role("button", name="Deny").click()
    expect(plain.get_by_text("Back at the client")).to_be_visible()
    assert "error=access_denied" in plain.url


def test_a_client_elsewhere_may_lead_on_to_its_app(
    agent: AgentFixture, raw: Raw, plain: Page
) -> None:
    """Its address answers with a redirect of its own: a form's policy would forbid that."""
    raw.register(client_name="Hosted", redirect_uris=[HOSTED])
    plain.route(
        f"{HOSTED}*",
        lambda route: route.fulfill(
            status=302, headers={"location": "https://elsewhere.example.com/done"}
        ),
    )
    plain.route(
        "https://elsewhere.example.com/done",
        lambda route: route.fulfill(content_type="text/html", body="<p>Signed in at Hosted</p>"),
    )
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    plain.on("request", note)
    plain.goto(raw.authorize())
    kept(plain, "hosted")
    proven(plain, agent)
    plain.get_by_role("button", name="Allow").click()
    expect(plain.get_by_text("Signed in at Hosted")).to_be_visible()
    (back,) = [url for url in asked if url.startswith(HOSTED)]
    assert raw.redeem(code_of(back)).status_code == 200


def test_a_link_of_a_stranger_leads_nowhere(raw: Raw, agent: AgentFixture, plain: Page) -> None:
    raw.register(client_name="<b>Free TikTok</b>", redirect_uris=["https://evil.example.com/"])
    plain.goto(raw.authorize(response_type="token"))
    expect(plain.get_by_role("heading")).to_have_text("This sign-in can't go on")
    expect(plain.get_by_text("evil.example.com")).to_be_visible()
    kept(plain, "stranger")
    assert plain.url.startswith(raw.url)


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_fit_every_screen(agent: AgentFixture, raw: Raw, plain: Page, width: int) -> None:
    plain.set_viewport_size({"width": width, "height": 800})
    raw.register(redirect_uris=[f"http://127.0.0.1:5999/{'long' * 60}"], client_name="x" * 80)
    plain.goto(raw.authorize())
    for name in ("first", "second"):
        wide = plain.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, name
        kept(plain, f"{name}-{width}")
        if name == "first":
            proven(plain, agent)
            expect(plain.get_by_role("button", name="Allow")).to_be_visible()
