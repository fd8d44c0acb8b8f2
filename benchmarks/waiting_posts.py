"""Posts that fall due beside many that wait for their time, against the same beside few.

The posts that wait are copies of one that was scheduled by its route, in the tables of posts, of
their media and of due rows, over the year that follows.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import psutil

from stagedoor.cli.demo.film import make_video

from .contest import contest, ratio, typical
from .posts import make_post, publish, schedule
from .row import Benchmark, Length, Row
from .service import ORG, Stage, running

FEW, MANY, MOST = 1_000, 100_000, 1_000_000
AT_MOST = 1.2
IDLE_POINTS = 1.0
POSTS = 60
CREATORS = 12
_IDLE_SECONDS = 10.0
_AHEAD = timedelta(days=300)
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"


def run(length: Length) -> list[Row]:
    rounds, many = (3, MANY) if length is Length.SHORT else (5, MOST)
    with ExitStack() as stack:
        crowded, empty = (stack.enter_context(running(CREATORS)) for _ in range(2))
        film = make_video(
            crowded.folder / "film.mp4", seconds=3, width=360, height=640, bit_rate=400_000
        )
        for stage, count in ((crowded, many), (empty, FEW)):
            post = make_post(stage, film, 0)
            schedule(stage, post, (datetime.now(UTC) + _AHEAD).timestamp())
            _copy(stage, post, count)
        rates = contest(
            lambda: publish(crowded, film, POSTS), lambda: publish(empty, film, POSTS), rounds
        )
        busy, idle = _idle(crowded), _idle(empty)
    ours, theirs = typical(rates)
    per_post = [1_000 * seconds / POSTS for seconds in (ours, theirs)]
    detail = f"{per_post[0]:.0f} ms a post beside {many:,}, {per_post[1]:.0f} ms beside {FEW:,}"
    cpu = f"{busy:.1f} % of a core beside {many:,}, {idle:.1f} % beside {FEW:,}"
    more = max(0.0, busy - idle)
    return [
        Row("due posts beside many that wait", ratio(rates), AT_MOST, detail),
        Row("the same, an idle service", more, IDLE_POINTS, cpu, unit="percentage points"),
    ]


def _copy(stage: Stage, post: str, count: int) -> None:
    """Have `count` copies of a scheduled post wait, a second of the following days apart."""
    with closing(sqlite3.connect(stage.folder / "data" / "stagedoor.db", timeout=60)) as database:
        for table, own, value, when in (
            ("posts", "id", post, "publish_at"),
            ("media", "post", post, "created"),
            ("due_rows", "ref", f"{ORG}/{post}", "due"),
        ):
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            new = {"id": "id || '-' || n", own: f"{own} || '-' || n", when: f"{when} + n"}
            values = ", ".join(new.get(name, name) for name in names)
            copied = (
                f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608
                f"SELECT {values} FROM {table}, numbers WHERE {own} = ?"
            )
            database.execute(f"{_NUMBERS} {copied}", (count, value))
        database.commit()


def _idle(stage: Stage) -> float:
    """The processor's time of a service that has nothing to do, in percent of a core."""
    process = psutil.Process(stage.process.pid)
    processes = [process, *process.children(recursive=True)]
    before = [one.cpu_times() for one in processes]
    time.sleep(_IDLE_SECONDS)
    after = [one.cpu_times() for one in processes]
    used = sum(b.user + b.system - a.user - a.system for a, b in zip(before, after, strict=True))
    return 100 * used / _IDLE_SECONDS


BENCHMARK = Benchmark("waiting-posts", run)
