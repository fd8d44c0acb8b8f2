"""The page of an approval in a real Chromium: the media appear, and nothing else is loaded."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.agents.approval_steps import ASKED, asks, get
from tests.agents.call_requests import film, photos
from tests.agents.conftest import AgentFixture
from tests.agents.job_pump import PULLED
from tests.browser.conftest import chromium
from tests.support import media
from tests.support.site import Site

__all__ = ["chromium"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1", "STAGEDOOR_PULL_URL": PULLED}


def test_a_person_sees_the_photos_and_the_film(
    agent: AgentFixture, site: Site, chromium: Browser
) -> None:
    agent.given(ASKED)
    site.pages |= {"/1.jpg": media.photo(), "/2.jpg": media.photo(), "/film.mp4": media.video()}
    pictures = asks(agent, photos(agent, f"{site.url}/1.jpg", f"{site.url}/2.jpg"))
    moving = asks(agent, film(agent, f"{site.url}/film.mp4"))
    page = chromium.new_page()
    said: list[str] = []
    loaded: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("response", lambda answer: loaded.append(f"{answer.status} {answer.url}"))
    page.goto(get(agent, pictures)["link"])
    page.wait_for_load_state("load")
    widths = page.eval_on_selector_all("img.media", "all => all.map(one => one.naturalWidth)")
    assert len(widths) == 2
    assert all(widths)
    link = get(agent, moving)["link"]
    with page.expect_response(lambda answer: answer.url.startswith(f"{link}/files/1")) as film_got:
        page.goto(link)
    assert film_got.value.status in (200, 206)
    assert all(url.split(" ")[1].startswith(agent.service.url) for url in loaded)
    assert not [line for line in said if "Security Policy" in line]
    page.close()
