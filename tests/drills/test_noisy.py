"""One organisation attacks in every known way; another one works on, and each bound is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.support.noisy import attacks, stage
from tests.support.noisy.neighbour import Neighbour, neighbour
from tests.support.noisy.stage import Stage

Answers = Mapping[str, int]

_SECONDS = {"dripping_urls": 20.0, "held_connections": 13.0, "held_uploads": 34.0}
"""How long an attack runs: longer than the deadline of what it holds open. Others run for 5."""
_TOGETHER = ("dripping_urls", "held_uploads")
"""These attacks run at the same time: each mostly waits for its deadline, and neither counts
towards a limit of the other."""
_RUNS = (_TOGETHER, *((name,) for name in attacks.ATTACKS if name not in _TOGETHER))
_KIB = 1 << 10
_PAUSE = 0.1
"""Seconds between two rounds of the neighbour's calls, most of which would be work for nothing
beside attacks that wait for their deadlines; the benchmark makes as many as it can."""


@pytest.fixture(scope="module")
def noisy_stage() -> Iterator[Stage]:
    with stage.running(stage.OPEN) as running:
        yield running


@pytest.fixture
def quiet(noisy_stage: Stage) -> Iterator[Neighbour]:
    with neighbour(noisy_stage, _PAUSE) as working:
        yield working


def wide_requests(noisy: Stage, answers: Answers) -> None:
    """Requests without a list that fits are refused, briefly."""
    assert "200" not in answers
    assert answers["largest answer"] < 16 * _KIB


def dripping_urls(noisy: Stage, answers: Answers) -> None:
    """A request that drips in makes no post."""
    assert "200" not in answers
    posts = noisy.noisy.admin.send("GET", "/api/posts?limit=100")["posts"]
    assert [post for post in posts if post["title"] == "Dripping"] == []


def sample_tables(noisy: Stage, answers: Answers) -> None:
    """Nothing whose index lies is published."""
    posts = noisy.noisy.admin.send("GET", "/api/posts?limit=100")["posts"]
    claims = [post for post in posts if post["title"] == "Claims"]
    assert claims
    assert {post["state"] for post in claims} <= {"draft", "checking", "failed"}


def held_uploads(noisy: Stage, answers: Answers) -> None:
    """Uploads that don't send end."""
    assert answers["ended"] > 0


def held_connections(noisy: Stage, answers: Answers) -> None:
    """Connections without a key end."""
    assert answers["closed"] > 0
    assert "held" not in answers


def denied_calls(noisy: Stage, answers: Answers) -> None:
    """Denials beyond the pace are one entry a minute, and every entry is bounded."""
    assert "200" not in answers
    calls = sum(answers.values())
    rows = noisy.noisy.admin.send("GET", "/api/audit?decision=denied&limit=200")["rows"]
    mine = [row for row in rows if "Slow" in (row["sentence"] or "")]
    assert mine
    assert len(mine) < min(10, calls)
    assert max(len(json.dumps(row)) for row in rows) < 20 * _KIB


KEPT: dict[str, Callable[[Stage, Answers], None]] = {
    one.__name__: one
    for one in (
        wide_requests,
        dripping_urls,
        sample_tables,
        held_uploads,
        held_connections,
        denied_calls,
    )
}


@pytest.mark.long
@pytest.mark.timeout(180)
@pytest.mark.parametrize("names", _RUNS, ids="+".join)
def test_the_neighbour_works_on(
    quiet: Neighbour, noisy_stage: Stage, names: tuple[str, ...]
) -> None:
    with noisy_stage.attack(names, stage.target(noisy_stage)) as attack:
        quiet.work(max(_SECONDS.get(name, 5.0) for name in names))
    assert quiet.wrong == []
    assert quiet.posts
    assert quiet.switches
    for name in names:
        answers = attack.answers[name]
        assert sum(answers.values()), f"{name} didn't happen"
        KEPT[name](noisy_stage, answers)
