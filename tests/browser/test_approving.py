"""The page behind an approval's link in a real browser without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.agents.approval_steps import ASKED, asks, get
from tests.agents.call_requests import film
from tests.agents.conftest import (
    AgentFixture,
    _sqlite_template,
    agent,
    agents,
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
from tests.support import media

__all__ = [
    "_sqlite_template",
    "agent",
    "agents",
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
_MOST_STOPS = 20


@pytest.fixture
def asked(agent: AgentFixture) -> str:
    """An approval whose caption tries to be more than words."""
    agent.given(ASKED)
    upload = agent.agents.services.drafts.begin_upload("acme")
    assert agent.service.http.put(upload.url, content=media.video()).status_code == 201
    title = "<img src=x onerror=\"document.title='taken over'\"> Drop\n#one"
    return asks(agent, film(agent, "https://a.example.com/", title, uploads=(upload.media_id,)))


def test_it_is_read_and_approved_with_the_keyboard(
    plain: Page, agent: AgentFixture, asked: str
) -> None:
    complaints: list[str] = []
    plain.on("console", lambda message: complaints.append(message.text))
    plain.goto(get(agent, asked)["link"])
    expect(plain.get_by_role("heading")).to_have_text("Post a video to @maracooks?")
    expect(plain.get_by_text("<img src=x")).to_be_visible()
    assert plain.locator("img").count() == 0
    assert plain.title() == "Approve? - Stagedoor"
    # the film's controls come first: how many stops they are is the browser's affair
    expect(plain.locator("video")).to_be_visible()
    note = plain.get_by_label("A word to the agent")
    for _ in range(_MOST_STOPS):
        plain.keyboard.press("Tab")
        if note.evaluate("field => field === document.activeElement"):
            break
    expect(note).to_be_focused()
    plain.keyboard.type("go on")
    plain.keyboard.press("Tab")
    expect(plain.get_by_role("button", name="Refuse")).to_be_focused()
    plain.keyboard.press("Tab")
    plain.keyboard.press("Enter")
    expect(plain.get_by_text("It was approved")).to_be_visible()
    shown = get(agent, asked)
    assert (shown["state"], shown["note"]) == ("approved", "go on")
    plain.reload()
    expect(plain.get_by_text("It was approved")).to_be_visible()
    assert complaints == []


def test_enter_in_the_note_never_approves(plain: Page, agent: AgentFixture, asked: str) -> None:
    plain.goto(get(agent, asked)["link"])
    plain.get_by_label("A word to the agent").fill("not like this")
    plain.keyboard.press("Enter")
    expect(plain.get_by_text("It was refused")).to_be_visible()
    assert get(agent, asked)["state"] == "refused"
