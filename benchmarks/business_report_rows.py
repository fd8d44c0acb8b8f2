"""Memory of a client that reads a large report row by row."""

from __future__ import annotations

import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from stagedoor.emulator.background import running
from stagedoor.emulator.products.business.seed import APP_ID, PERSON_ID
from stagedoor.emulator.products.business.tokens import issue_token

from .ad_tree import ADVERTISER_ID, plant
from .process import ENVIRONMENT, ROOT, python
from .row import Benchmark, Length, Row

TARGET = 150


def run(length: Length) -> list[Row]:
    ads, days = (3_334, 30) if length is Length.SHORT else (20_000, 50)
    with running() as emulator:
        world: Any = emulator.world
        world.settings.rate_limits = False
        world.settings.report_seconds = 0
        world.clock.freeze()
        plant(world, ads, days + 2)
        app = world.apps[APP_ID]
        token = issue_token(world, app, PERSON_ID, (ADVERTISER_ID,)).value
        today = datetime.fromtimestamp(world.now(), UTC).date()
        begun = time.perf_counter()
        done = subprocess.run(
            python(
                *("-m", "benchmarks.report_reader", emulator.url, token, ADVERTISER_ID),
                *(str(today - timedelta(days=days)), str(today - timedelta(days=1))),
            ),
            cwd=ROOT,
            env=ENVIRONMENT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        taken = time.perf_counter() - begun
    found = json.loads(done.stdout)
    assert found["rows"] == ads * days, found
    detail = f"{found['rows']:,} rows in {taken:.0f} s, with the emulator's part"
    peak = found["peak"] / 1e6
    return [Row("a client that reads a report, memory", peak, TARGET, detail, unit="MB")]


BENCHMARK = Benchmark("business-report-rows", run)
