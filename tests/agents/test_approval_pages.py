"""The page behind a link: it shows the whole call, runs no script, and loading it decides
nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import httpx2
import pytest

from stagedoor.platform.masking import masked
from tests.agents.approval_steps import ASKED, asks, get, says
from tests.agents.call_requests import film, photos
from tests.agents.conftest import AgentFixture
from tests.agents.job_pump import PULLED, Pump
from tests.support import media
from tests.support.local import Local
from tests.support.site import Site

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{7*7}} \u202eevil #drop"
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1", "STAGEDOOR_PULL_URL": PULLED}


@pytest.fixture
def agent(agent: AgentFixture, site: Site) -> AgentFixture:
    agent.given(ASKED)
    site.pages["/film.mp4"] = media.video()
    return agent


def asked(agent: AgentFixture, site: Site, title: str = "A film") -> tuple[str, str]:
    """An approval and the path of its page."""
    approval = asks(agent, film(agent, f"{site.url}/film.mp4", title=title))
    link: str = get(agent, approval)["link"]
    assert link.startswith(agent.service.url)
    return approval, link.removeprefix(agent.service.url)


def send(agent: AgentFixture, path: str, **form: str) -> httpx2.Response:
    return agent.service.http.post(path, data=form)


def test_a_person_approves_by_a_link(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    approval, path = asked(agent, site, "Line one\nline two")
    page = agent.service.http.get(path)
    assert page.status_code == 200
    for words in (
        "Social Agent asks",
        "Post a video to @maracooks?",
        "Line one\nline two",
        "only the creator (SELF_ONLY)",
        f"sha256 {hashlib.sha256(media.video()).hexdigest()}",
        "360x640",
    ):
        assert words in unescape(page.text), words
    answer = send(agent, path, decision="approve", note="go")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    after = agent.service.http.get(path)
    assert "It was approved, and is done in a moment." in after.text
    assert "Line one" not in after.text
    shown = get(agent, approval)
    assert (shown["state"], shown["decidedBy"]) == ("approved", "whoever had the link")
    assert (shown["note"], shown["link"]) == ("go", None)
    pump.run()
    assert "It was approved, and was done." in agent.service.http.get(path).text
    row = agent.rows(decision="pending")[0]
    assert (row["outcome"], row["decidedBy"]) == ("approved", "whoever had the link")


@sqlite_only
def test_looking_decides_nothing(agent: AgentFixture, pump: Pump, local: Local, site: Site) -> None:
    approval, path = asked(agent, site)
    for query in ("", "?decision=approve", "?decision=refuse&note=x"):
        agent.service.http.get(path + query)
    for method in ("HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"):
        assert agent.service.http.request(method, path).status_code == 405
    for form in ({}, {"decision": ""}, {"decision": "yes"}, {"decision": "APPROVE"}):
        assert send(agent, path, **form).status_code == 400
    huge = agent.service.http.post(path, content=b"decision=approve&note=" + b"x" * 20_000)
    assert huge.status_code == 400
    strange = agent.service.http.post(path, content=b"\xff\xfe" * 50)
    assert strange.status_code == 400
    assert get(agent, approval)["state"] == "pending"
    pump.run()
    assert local.publishes() == []


@sqlite_only
def test_nothing_in_a_caption_becomes_part_of_the_page(agent: AgentFixture, site: Site) -> None:
    agent.service.api("PATCH", f"/api/agents/{agent.id}", {"name": "<b>Agent</b>"})
    _, path = asked(agent, site, EVIL)
    page = agent.service.http.get(path)
    for bad in ("<script", "<img", "<b>", "\u202e", "onerror=alert(2)>"):
        assert bad not in page.text, bad
    assert "{{7*7}}" in page.text
    assert "⟨U+202E⟩evil #drop" in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "&lt;b&gt;Agent" in page.text


@sqlite_only
def test_the_page_runs_and_frames_nothing_and_loads_its_own_files(
    agent: AgentFixture, site: Site
) -> None:
    _, path = asked(agent, site)
    page = agent.service.http.get(path)
    policy = page.headers["content-security-policy"]
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert parts == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "img-src": "'self' data:",
        "media-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "style=" not in page.text
    assert "http://" not in re.sub(r"http://(127\.0\.0\.1|www\.w3\.org)", "", page.text)


@sqlite_only
def test_another_s_link_and_a_guess_lead_nowhere(agent: AgentFixture, site: Site) -> None:
    approval, path = asked(agent, site)
    token = path.rpartition("/")[2]
    for guess in ("x", approval, token[:-1], token + "x", token.swapcase(), "x" * 5_000):
        for answer in (
            agent.service.http.get(f"/agents/approve/{guess}"),
            send(agent, f"/agents/approve/{guess}", decision="approve"),
        ):
            assert answer.status_code == 404
            assert "mistyped, or long over" in answer.text
    for elsewhere in (f"/agents/upload/{token}", f"/upload/{token}"):
        assert agent.service.http.put(elsewhere, content=b"x").status_code == 404
    assert agent.service.http.get(f"/media/{token}").status_code == 404
    assert get(agent, approval)["state"] == "pending"


@sqlite_only
def test_an_agent_s_key_opens_nothing_of_this(agent: AgentFixture, site: Site) -> None:
    approval, _ = asked(agent, site)
    headers = {"orgid": "acme", "authorization": f"Bearer {agent.key}"}
    for method, path in (
        ("GET", "/api/approvals"),
        ("POST", f"/api/approvals/{approval}"),
        ("GET", "/api/notices"),
    ):
        body = {"decision": "approve"}
        answer = agent.service.http.request(method, path, json=body, headers=headers)
        assert answer.status_code == 401
    assert get(agent, approval)["state"] == "pending"


@sqlite_only
def test_a_link_ends_with_its_approval(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    _, first = asked(agent, site, "one")
    _, path = asked(agent, site, "two")
    pump.advance(24 * 3600)
    page = agent.service.http.get(first)
    assert "Nobody decided in time" in page.text
    assert "@maracooks" not in page.text
    late = send(agent, path, decision="approve")
    assert late.status_code == 409
    assert "That came too late" in late.text
    pump.run()
    assert local.publishes() == []
    pump.run(8 * 86_400)
    assert agent.service.http.get(path).status_code == 404


@sqlite_only
def test_two_people_with_one_link_make_one_decision(agent: AgentFixture, site: Site) -> None:
    approval, path = asked(agent, site)
    with ThreadPoolExecutor(6) as people:
        words = ["approve", "refuse"] * 3
        said = list(people.map(lambda word: send(agent, path, decision=word).status_code, words))
    assert set(said) == {303, 409}
    verdict = get(agent, approval)["verdict"]
    won = {status for word, status in zip(words, said, strict=True) if verdict.startswith(word[:5])}
    assert won == {303}


@sqlite_only
def test_a_link_and_a_route_are_one_decision(agent: AgentFixture, site: Site) -> None:
    approval, path = asked(agent, site)
    says(agent, approval, "refuse")
    assert send(agent, path, decision="approve").status_code == 409
    assert send(agent, path, decision="refuse").status_code == 303


def test_logs_hide_links() -> None:
    token = "a" * 43
    assert token not in masked(f"GET https://x.example.com/agents/approve/{token} 200")


@sqlite_only
def test_the_film_itself_is_shown_as_long_as_it_waits(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    _, path = asked(agent, site)
    page = agent.service.http.get(path)
    (source,) = re.findall(r'<video [^>]*src="([^"]+)"', page.text)
    address = str(httpx2.URL(str(page.url)).join(source))
    film_bytes = media.video()
    whole = agent.service.http.get(address)
    assert whole.content == film_bytes
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["cross-origin-resource-policy"] == "same-origin"
    assert "sandbox" in whole.headers["content-security-policy"]
    assert "no-store" in whole.headers["cache-control"]
    part = agent.service.http.get(address, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, film_bytes[10:20])
    for other in (address[:-1] + "2", address[:-1] + "0", address.replace(path[-5:], "xxxxx")):
        assert agent.service.http.get(other).status_code == 404
    send(agent, path, decision="refuse")
    assert agent.service.http.get(address).status_code == 404, "it was for the decision alone"


@sqlite_only
def test_the_photos_themselves_are_shown(agent: AgentFixture, site: Site) -> None:
    site.pages |= {f"/{number}.jpg": media.photo() for number in (1, 2)}
    approval = asks(agent, photos(agent, *(f"{site.url}/{number}.jpg" for number in (1, 2))))
    link = get(agent, approval)["link"]
    page = agent.service.http.get(link)
    sources = re.findall(r'<img [^>]*src="([^"]+)"', page.text)
    assert len(sources) == 2
    for source in sources:
        got = agent.service.http.get(str(httpx2.URL(link).join(source)))
        assert (got.content, got.headers["content-type"]) == (media.photo(), "image/jpeg")
