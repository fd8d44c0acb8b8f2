"""Posts through the service, against the engine alone doing as many steps of nothing.

A step of a post that may have an effect is on record before TikTok is called and after: nothing
is posted twice because of that. To promise the same, the engine would need a step of its own for
each of the two, so both count.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stagedoor.cli.demo.film import make_video
from stagedoor.connector.publishing.states import FINAL

from .contest import contest, ratio, typical
from .process import ENVIRONMENT, ROOT, python
from .row import Benchmark, Better, Length, Row
from .service import Stage, running

RATE = 0.6
POSTS = 150
CREATORS = 15
_HANDS = 4
_AHEAD = 2.0
_HANDOVER = 0.05
"""Seconds that handing a post over may take."""
_LONGER = (1, 3, 9)
"""How many times as long it may take, one after the other, on a slow disk or a machine that has
more to do."""
_PATIENCE = 180.0
_LOOK = 1.5
"""Seconds between looks: each takes some of what is measured. The posts say when they ended."""


def run(length: Length) -> list[Row]:
    rounds = 3 if length is Length.SHORT else 9
    with running(CREATORS) as stage:
        film = make_video(
            stage.folder / "film.mp4", seconds=3, width=360, height=640, bit_rate=400_000
        )
        steps = _steps(stage, film)

        def ours() -> float:
            return POSTS / publish(stage, film, POSTS)

        def bare() -> float:
            return POSTS / _engine(POSTS, steps)

        rates = contest(ours, bare, rounds)
    mine, theirs = typical(rates)
    detail = f"{mine:.0f} posts/s, the engine alone {theirs:.0f} workflows/s of {steps} steps"
    return [Row("posts through the service", ratio(rates), RATE, detail, Better.HIGHER)]


def _steps(stage: Stage, film: Path) -> int:
    """How often something is put on record in the journal of a post."""
    publish(stage, film, 1)
    newest: dict[str, Any] = stage.org.send("GET", "/api/posts?limit=1")["posts"][0]
    return sum(1 if step["started"] == step["ended"] else 2 for step in newest["history"])


def publish(stage: Stage, film: Path, count: int) -> float:
    """Seconds from the moment when `count` posts fall due until the last one is published."""
    for longer in _LONGER:
        posts, due = _handed_over(stage, film, count, (_AHEAD + count * _HANDOVER) * longer)
        in_time = time.time() <= due
        time.sleep(max(0.0, due - time.time()))
        end = max(_end(stage, post, due + _PATIENCE) for post in posts)
        if in_time:
            return end - due
    raise RuntimeError("the posts fell due before all of them were handed over")


def _handed_over(stage: Stage, film: Path, count: int, ahead: float) -> tuple[list[str], float]:
    """Posts that are all due at once, so many seconds from now, and that moment: handing them over
    isn't counted, and none has a start."""
    with ThreadPoolExecutor(_HANDS) as threads:
        posts = list(threads.map(lambda number: make_post(stage, film, number), range(count)))
        due = time.time() + ahead
        list(threads.map(lambda post: schedule(stage, post, due), posts))
    return posts, due


def make_post(stage: Stage, film: Path, number: int) -> str:
    begun = stage.org.call(
        "init-video-upload",
        title="Behind the curtain",
        privacyLevel="SELF_ONLY",
        integrationId=stage.accounts[number % len(stage.accounts)],
    )
    stage.org.http.put(begun["uploadUrl"], content=film.read_bytes()).raise_for_status()
    return str(begun["publishId"])


def _end(stage: Stage, post: str, latest: float) -> float:
    """The time at which the service says that the post was published."""
    while (shown := stage.org.send("GET", f"/api/posts/{post}"))["state"] not in FINAL:
        if time.time() > latest:
            raise RuntimeError("not all posts were published")
        time.sleep(_LOOK)
    assert shown["state"] == "published", shown
    return datetime.fromisoformat(shown["ended"]).timestamp()


def schedule(stage: Stage, post: str, due: float) -> None:
    at = datetime.fromtimestamp(due, UTC).isoformat()
    stage.org.send("PATCH", f"/api/posts/{post}", {"publishAt": at})
    stage.org.call("publish-video", publishId=post)


def _engine(workflows: int, steps: int) -> float:
    with tempfile.TemporaryDirectory(prefix="stagedoor-engine-") as folder:
        command = python("-m", "benchmarks.engine", folder, str(workflows), str(steps))
        done = subprocess.run(
            command, cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True
        )
    return float(done.stdout)


BENCHMARK = Benchmark("posts", run)
