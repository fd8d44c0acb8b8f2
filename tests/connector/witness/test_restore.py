"""The documented backup and restore, with real processes: nothing goes out twice."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.drills.flows import SMALL_VIDEO, mark
from tests.drills.installation import Installation, installation
from tests.support.postgres import OWNER, Postgres
from tests.support.prepared import Prepared

_FILES = ("engine.db", "stagedoor.db")
"""The engine's first: what it knows less of is done again, and finds itself done."""


class Sqlite:
    """The files of the data directory."""

    url = ""

    def __init__(self, folder: Path) -> None:
        self._kept = folder

    def back_up(self, data: Path) -> None:
        """While the service runs, as `sqlite3 FILE ".backup COPY"` does it."""
        for name in _FILES:
            with (
                closing(sqlite3.connect(data / name)) as source,
                closing(sqlite3.connect(self._kept / name)) as copy,
            ):
                source.backup(copy)

    def restore(self, data: Path) -> None:
        for name in _FILES:
            for left in data.glob(f"{name}-*"):
                left.unlink()
            (data / name).write_bytes((self._kept / name).read_bytes())


class Dumped:
    """A PostgreSQL database, by `pg_dump` and `pg_restore`."""

    def __init__(self, folder: Path, server: Postgres) -> None:
        self._dump = folder / "dump"
        self._server = server
        self._name = server.copy()
        self.url = server.url(self._name)

    def back_up(self, data: Path) -> None:
        self._run("pg_dump", "-Fc", "-f", str(self._dump), self._name)

    def restore(self, data: Path) -> None:
        self._run("dropdb", "--force", self._name)
        self._run("createdb", self._name)
        self._run("pg_restore", "--exit-on-error", "-d", self._name, str(self._dump))

    def _run(self, program: str, *arguments: str) -> None:
        server = self._server
        command = [str(server.programs / program), "-h", str(server.folder), "-U", OWNER]
        subprocess.run([*command, *arguments], check=True, timeout=60)


@pytest.fixture(params=["sqlite", "postgres"])
def backup(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "sqlite":
        return Sqlite(tmp_path)
    return Dumped(tmp_path, request.getfixturevalue("postgres_server"))


@pytest.fixture
def made(backup: Any) -> Iterator[Installation]:
    with installation(backup.url) as made:
        yield made


def command(made: Installation, *arguments: str) -> str:
    done = Prepared(
        [sys.executable, "-m", "stagedoor.cli", *arguments],
        env=made.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    printed, errors = done.communicate(timeout=60)
    assert done.returncode == 0, errors
    return str(printed)


def states(made: Installation, posts: dict[str, str]) -> dict[str, str]:
    return {name: made.post(publish_id)["state"] for name, publish_id in posts.items()}


@pytest.mark.long
@pytest.mark.timeout(240)
def test_a_restored_backup_publishes_nothing_twice(made: Installation, backup: Any) -> None:
    def post(number: int, **more: str) -> str:
        return SMALL_VIDEO.begin(made, mark(SMALL_VIDEO, number), more)

    def at_tiktok() -> list[str]:
        return sorted(str(one["title"]) for one in made.settled())

    soon = datetime.fromtimestamp(made.local.now() + 600, UTC).isoformat()
    far = datetime.fromtimestamp(made.local.now() + 90_000, UTC).isoformat()
    posts = {
        "before": post(1),
        "public": post(2, publishAt=soon),
        "private": post(3, publishAt=soon, privacyLevel="SELF_ONLY"),
        "far": post(4, publishAt=far),
    }
    made.until_over(posts["before"])
    backup.back_up(made.data)

    made.local.advance(601)
    for name in ("public", "private"):
        assert made.until_over(posts[name])["state"] == "published"
    assert made.until_over(post(5))["state"] == "published"
    sent = at_tiktok()
    assert len(sent) == 4
    made.stop()
    backup.restore(made.data)

    made.start()
    assert made.api("GET", "/api/pause")["reason"] == "restored"
    made.until(lambda: states(made, posts)["public"] == "published")
    for _ in range(5):
        made.pass_time(60)
    expected = {
        "before": "published",
        "public": "published",
        "private": "unknown",
        "far": "scheduled",
    }
    assert states(made, posts) == expected
    waiting = post(6)
    assert at_tiktok() == sent, "nothing goes out while it is paused"

    assert made.api("PATCH", f"/api/posts/{posts['private']}", {"resolution": "published"})
    assert "Publishing goes on." in command(made, "resume")
    assert made.until_over(waiting)["state"] == "published"
    assert len(at_tiktok()) == 5
    made.stop()
    made.start()
    assert made.api("GET", "/api/pause")["paused"] is False, "it is told once"
    made.local.advance(90_000)
    made.authorise()
    assert made.until_over(posts["far"])["state"] == "published"
    assert len(at_tiktok()) == 6
    assert len(set(at_tiktok())) == 6
