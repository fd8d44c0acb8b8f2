"""An approved call is executed only while the grants allow it, only unchanged, and only once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from stagedoor.agents.approvals.store import KIND
from stagedoor.agents.identity.errors import NoLongerTrusted
from stagedoor.connector.errors import ApiError
from stagedoor.platform.products.research.validation import VALIDATION_CREATE
from tests.agents.approval_steps import ASKED, asks, ended, get, says, sha256
from tests.agents.call_requests import call_request, film
from tests.agents.conftest import AgentFixture
from tests.agents.job_pump import PULLED, Pump
from tests.support import media
from tests.support.local import Local
from tests.support.prepared import Prepared
from tests.support.site import Site
from tests.support.stored_files import files_in

ROOT = Path(__file__).parents[2]
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1", "STAGEDOOR_PULL_URL": PULLED}


@pytest.fixture
def agent(agent: AgentFixture, site: Site) -> AgentFixture:
    """It has to ask before it posts; `/film.mp4` is there to be posted."""
    agent.given(ASKED)
    site.pages["/film.mp4"] = media.video()
    return agent


def approved(agent: AgentFixture, site: Site, title: str = "A film") -> str:
    approval = asks(agent, film(agent, f"{site.url}/film.mp4", title=title))
    says(agent, approval, "approve")
    return approval


def failed(agent: AgentFixture, approval: str) -> dict[str, Any]:
    shown = get(agent, approval)
    assert shown["state"] == "failed", shown
    failure: dict[str, Any] = shown["failure"]
    return failure


TAKEN: dict[str, tuple[Callable[[AgentFixture], Any], str]] = {
    "the grant": (lambda agent: agent.given(), "Post to profile is off for this agent"),
    "the agent's liberty": (
        lambda agent: agent.service.api("POST", f"/api/agents/{agent.id}/stop"),
        "was stopped",
    ),
    "its key": (
        lambda agent: agent.service.api(
            "POST", f"/api/agents/{agent.id}/keys", {"overlapHours": 0}
        ),
        "key has ended",
    ),
    "the agent": (
        lambda agent: agent.service.send("DELETE", f"/api/agents/{agent.id}"),
        "no such agent",
    ),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_was_taken_away_after_the_approval_is_not_done(
    agent: AgentFixture, pump: Pump, local: Local, site: Site, what: str
) -> None:
    take, words = TAKEN[what]
    approval = approved(agent, site)
    take(agent)
    pump.run(30)
    failure = failed(agent, approval)
    assert failure["code"] == "denied_by_policy"
    assert words in failure["message"]
    assert local.publishes() == []
    told = agent.service.api("GET", "/api/notices")["notices"][0]
    assert (told["kind"], told["subject"]) == ("approval.failed", approval)


def test_who_was_stopped_gets_no_answer(agent: AgentFixture, pump: Pump, site: Site) -> None:
    approval, caller = approved(agent, site), agent.caller
    pump.run()
    agent.service.api("POST", f"/api/agents/{agent.id}/stop")
    with pytest.raises(NoLongerTrusted, match="stopped"):
        agent.agents.approval_requests.answer(caller, approval)


def test_what_a_day_allows_counts_when_it_is_done(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    agent.given({**ASKED, "conditions": {"postsPerDay": 1}})
    first, second = approved(agent, site, "one"), approved(agent, site, "two")
    pump.run()
    assert sorted(get(agent, one)["state"] for one in (first, second)) == ["done", "failed"]
    denied = first if get(agent, first)["state"] == "failed" else second
    with pytest.raises(ApiError) as told:
        agent.agents.approval_requests.answer(agent.caller, denied)
    assert (told.value.code, told.value.http) == ("denied_by_policy", 403)
    pump.until(lambda: ended(agent))
    assert len(local.publishes()) == 1


def test_a_full_minute_is_waited_for(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    agent.service.api("PATCH", f"/api/agents/{agent.id}", {"callsPerMinute": 3})
    first, second = approved(agent, site, "one"), approved(agent, site, "two")
    pump.run()
    # to ask took a place, too
    assert {get(agent, one)["state"] for one in (first, second)} == {"done", "approved"}
    pump.run(30)
    pump.run(40)
    assert {get(agent, one)["state"] for one in (first, second)} == {"done"}


@sqlite_only
def test_nothing_is_done_a_day_too_late(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    approval = approved(agent, site)
    pump.run(25 * 3600)
    assert get(agent, approval)["state"] == "expired"
    assert "for a day" in get(agent, approval)["failure"]["message"]
    assert local.publishes() == []


def test_bytes_that_were_changed_in_the_store_are_not_posted(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    approval = approved(agent, site)
    folder = agent.service.services.settings.data / "media"
    (stored,) = files_in(folder)
    stored.write_bytes(media.video(seconds=4))
    pump.run()
    assert failed(agent, approval)["code"] == "changed_since_approval"
    assert local.publishes() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE approvals SET request = replace(request, 'A film', 'Bad words')",
        "UPDATE approvals SET request = replace(request, 'SELF_ONLY', 'PUBLIC_TO_EVERYONE')",
        "UPDATE approvals SET request = NULL",
    ],
)
@sqlite_only
def test_words_that_were_changed_in_the_store_are_not_posted(
    agent: AgentFixture, pump: Pump, local: Local, site: Site, change: str
) -> None:
    approval = approved(agent, site)
    with agent.agents.services.database.begin() as connection:
        connection.execute(text(change))
    pump.run()
    assert failed(agent, approval)["code"] == "changed_since_approval"
    assert local.publishes() == []


def test_approved_again_and_again_it_is_done_once(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    approval = approved(agent, site)
    says(agent, approval, "approve")
    pump.run()
    says(agent, approval, "approve")
    for _ in range(3):
        pump.handlers[KIND](f"acme/{approval}")
        pump.run(10)
    pump.until(lambda: ended(agent))
    assert len(local.publishes()) == 1
    assert len(agent.rows(decision="allowed")) == 1


def test_two_who_decide_at_once_are_one_decision(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    chances = [asks(agent, film(agent, f"{site.url}/film.mp4", title=str(n))) for n in range(4)]
    for approval in chances:

        def decide(word: str, of: str = approval) -> tuple[str, int]:
            body = {"decision": word}
            answer = agent.service.send("POST", f"/api/approvals/{of}", body)
            return word, answer.status_code

        with ThreadPoolExecutor(8) as people:
            said = list(people.map(decide, ["approve", "refuse"] * 4))
        (won,) = {word for word, status in said if status == 200}
        assert {status for word, status in said if word != won} == {409}
        assert {status for word, status in said if word == won} == {200}
    pump.run()
    pump.until(lambda: all(row["outcome"] for row in agent.rows(decision="allowed")))
    done = [one for one in chances if get(agent, one)["state"] == "done"]
    assert len(local.publishes()) == len(done) == len(agent.rows(decision="allowed"))
    assert {row["outcome"] for row in agent.rows(decision="pending")} <= {"approved", "refused"}
    assert agent.service.api("GET", "/api/audit/verify")["intact"]


def test_approval_and_revocation_at_once_leave_no_call_without_a_row(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    for number in range(4):
        agent.given(ASKED)
        approval = asks(agent, film(agent, f"{site.url}/film.mp4", title=str(number)))
        begin = threading.Barrier(2)

        def approve(of: str = approval, begin: threading.Barrier = begin) -> None:
            begin.wait()
            says(agent, of, "approve")
            pump.handlers[KIND](f"acme/{of}")

        def revoke(begin: threading.Barrier = begin) -> None:
            begin.wait()
            agent.given()

        with ThreadPoolExecutor(2) as people:
            for work in [people.submit(approve), people.submit(revoke)]:
                work.result()
        pump.run()
        state = get(agent, approval)["state"]
        assert state in ("done", "failed")
        posts = agent.service.api("GET", "/api/posts")["posts"]
        assert (approval in [post["publishId"] for post in posts]) is (state == "done")
    allowed = agent.rows(decision="allowed")
    assert len(agent.service.api("GET", "/api/posts")["posts"]) == len(allowed)


def test_the_end_of_the_time_and_an_approval_at_once(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    approval = asks(agent, film(agent, f"{site.url}/film.mp4"))
    pump.advance(24 * 3600 - 0.2)

    def approve(_: int) -> int:
        body = {"decision": "approve"}
        return agent.service.send("POST", f"/api/approvals/{approval}", body).status_code

    with ThreadPoolExecutor(8) as people:
        answers = people.map(approve, range(8))
        local.advance(0.2)
        statuses = set(answers)
    pump.run()
    state = get(agent, approval)["state"]
    assert statuses == ({200} if state == "done" else {409})
    assert state in ("done", "expired")
    if state == "done":
        pump.until(lambda: ended(agent))
    assert len(local.publishes()) == (state == "done")


# a worker that dies


@pytest.fixture
def drill(environment: dict[str, str], tmp_path: Path) -> Callable[[str, str], tuple[int, str]]:
    """Do an approval's job in a process that dies at a point; its exit code, and the points."""
    folder = tmp_path / "drill"
    folder.mkdir()
    found = {"PYTHONPATH": f"{ROOT / 'tests' / 'drills' / 'inject'}{os.pathsep}{ROOT}"}
    own = os.environ.get("PYTHONPATH")
    if own:
        found["PYTHONPATH"] += f"{os.pathsep}{own}"
    program = "import sys; from tests.support.approval_process import main; main(sys.argv[2])"
    command = [sys.executable, "-c", program, "serve"]

    def run(approval: str, point: str) -> tuple[int, str]:
        (folder / "armed").write_text(f"{approval}\n{point}")
        (folder / "points").write_text("")
        with Prepared(
            [*command, f"acme/{approval}"],
            env=os.environ | environment | found | {"STAGEDOOR_DRILL": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            _, errors = process.communicate()
        assert process.returncode in (0, -9), errors
        return process.returncode, (folder / "points").read_text()

    return run


Drill = Callable[[str, str], tuple[int, str]]


@pytest.mark.timeout(180)
def test_killed_anywhere_an_approved_post_is_made_once(
    agent: AgentFixture, pump: Pump, local: Local, site: Site, drill: Drill
) -> None:
    killed = 0
    for point in range(1, 40, 2):
        approval = approved(agent, site, f"film {point}")
        code, points = drill(approval, f"#{point}")
        pump.handlers[KIND](f"acme/{approval}")
        assert get(agent, approval)["state"] == "done", points
        posts = agent.service.api("GET", "/api/posts")["posts"]
        assert [post["publishId"] for post in posts].count(approval) == 1
        if code == 0:
            break
        killed += 1
    assert killed >= 4
    pump.until(lambda: all(post["state"] == "published" for post in posts_of(agent)))
    assert len(local.publishes()) == len(posts_of(agent)) == killed + 1
    assert {made["digest"] for made in local.publishes()} == {sha256(media.video())}


def posts_of(agent: AgentFixture) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = agent.service.api("GET", "/api/posts", limit=100)["posts"]
    return found


@pytest.mark.parametrize("moment", ["before", "after"])
def test_of_another_write_whose_worker_was_killed_nobody_claims_to_know(
    agent: AgentFixture, pump: Pump, local: Local, drill: Drill, moment: str
) -> None:
    agent.given({"resource": "research", "level": "full", "askFirst": True})
    arguments = {"file_data": "1\n2", "category": "video"}
    approval = asks(agent, call_request(agent, VALIDATION_CREATE.id, arguments, account=None))
    says(agent, approval, "approve")
    code, points = drill(approval, f"{moment} POST {VALIDATION_CREATE.path}#1")
    assert code == -9, points
    pump.run(10)
    assert get(agent, approval)["state"] == "unknown"
    assert len(local.calls(VALIDATION_CREATE.id)) == (moment == "after")
    with pytest.raises(ApiError, match="nobody can say"):
        agent.agents.approval_requests.answer(agent.caller, approval)


def test_a_read_whose_worker_was_killed_is_done_again(
    agent: AgentFixture, pump: Pump, drill: Drill
) -> None:
    agent.given({"resource": "profile", "level": "read", "askFirst": True})
    approval = asks(agent, call_request(agent, "display.user_info", {"fields": ["username"]}))
    says(agent, approval, "approve")
    code, points = drill(approval, "after GET /v2/user/info/#1")
    assert code == -9, points
    pump.run(10)
    done = agent.agents.approval_requests.answer(agent.caller, approval)
    assert done.data["user"]["username"] == "maracooks"


def test_what_is_being_done_elsewhere_is_left_to_it(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    approval = approved(agent, site)
    with ThreadPoolExecutor(6) as workers:
        list(workers.map(pump.handlers[KIND], [f"acme/{approval}"] * 6))
    assert len(agent.rows(decision="allowed")) == 1
    assert get(agent, approval)["state"] == "done"
