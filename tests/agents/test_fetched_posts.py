"""Posts whose media Stagedoor fetches itself: allowed first, fetched then, posted byte for byte."""

from __future__ import annotations

import hashlib

import pytest

from stagedoor.agents.calls.errors import Denied
from stagedoor.connector.errors import ApiError
from tests.agents.call_requests import film, photos
from tests.agents.conftest import AgentFixture
from tests.agents.job_pump import PULLED, Pump
from tests.support import media
from tests.support.local import Local
from tests.support.site import Site

FULL = {"resource": "posting", "level": "full"}
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1", "STAGEDOOR_PULL_URL": PULLED}


def test_a_video_is_fetched_here_and_sent_as_a_file(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    agent.given(FULL)
    site.pages["/film.mp4"] = data = media.video()
    done = agent.agents.calls.make(agent.caller, film(agent, f"{site.url}/film.mp4"))
    assert done.data == {"publish_id": done.post}
    pump.until(lambda: agent.rows()[0]["outcome"])
    (made,) = local.publishes()
    assert made["digest"] == hashlib.sha256(data).hexdigest()
    assert len(site.got) == 1
    (sent,) = local.calls("posting.video_init")
    assert "PULL_FROM_URL" not in str(sent)


def test_photos_are_fetched_here_and_pulled_from_here(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    agent.given(FULL)
    one, two = media.photo(), media.photo(kind="webp")
    site.pages |= {"/1.jpg": one, "/2.webp": two}
    agent.agents.calls.make(agent.caller, photos(agent, f"{site.url}/1.jpg", f"{site.url}/2.webp"))
    pump.until(lambda: agent.rows()[0]["outcome"])
    (made,) = local.publishes()
    assert made["digests"] == [hashlib.sha256(data).hexdigest() for data in (one, two)]
    assert [got.target for got in site.got] == ["/1.jpg", "/2.webp"]


@sqlite_only
def test_nothing_is_fetched_for_a_denied_call(agent: AgentFixture, site: Site) -> None:
    with pytest.raises(Denied):
        agent.agents.calls.make(agent.caller, film(agent, f"{site.url}/film.mp4"))
    assert site.got == []


@sqlite_only
def test_what_cannot_be_fetched_is_a_failed_call(
    agent: AgentFixture, local: Local, site: Site
) -> None:
    agent.given(FULL)
    with pytest.raises(ApiError, match="HTTP 404"):
        agent.agents.calls.make(agent.caller, film(agent, f"{site.url}/gone.mp4"))
    assert agent.rows()[0]["outcome"] == "failed"
    assert local.publishes() == []


@sqlite_only
def test_the_same_decision_fetches_and_posts_once(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    agent.given(FULL)
    site.pages["/film.mp4"] = media.video()
    wanted = film(agent, f"{site.url}/film.mp4")
    first = agent.agents.calls.make(agent.caller, wanted, post_id="p1")
    again = agent.agents.calls.make(agent.caller, wanted, post_id="p1")
    assert first.post == again.post == "p1"
    pump.until(lambda: agent.rows()[-1]["outcome"])
    assert len(local.publishes()) == len(site.got) == 1
