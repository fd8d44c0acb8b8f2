"""A database that is gone while the service runs: few lines, all of them structured."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.postgres import Postgres

COMMAND = Path(sys.executable).with_name("stagedoor")
SECONDS = 3.0


@pytest.fixture
def own_server() -> Iterator[Postgres]:
    with postgres.running() as server:
        yield server


@pytest.mark.timeout(120)
def test_an_outage_of_the_database_is_a_few_lines_of_json(
    own_server: Postgres, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "STAGEDOOR_HOME": str(tmp_path / "home"),
        "STAGEDOOR_DATA": str(tmp_path / "data"),
        "STAGEDOOR_DATABASE_URL": own_server.url("postgres"),
    }
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [COMMAND, "worker"],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            assert process.stdout is not None
            assert "is at work" in process.stdout.readline()
            own_server.stop()
            time.sleep(SECONDS)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()  # type: ignore[union-attr]
    told = [json.loads(line) for line in log.read_text().splitlines()]
    assert any(line["logger"] == "stagedoor.database" for line in told)
    by_kind: dict[tuple[str, str], int] = {}
    for line in told:
        kind = (line["logger"], "".join(ch for ch in line["event"] if not ch.isdigit()))
        by_kind[kind] = by_kind.get(kind, 0) + 1
    assert max(by_kind.values()) <= 3, by_kind
