"""Synchronisation of many accounts against a hundred: none falls behind, none costs more."""

from __future__ import annotations

import json
import subprocess

from .process import ENVIRONMENT, ROOT, python
from .row import Benchmark, Length, Row

AGE, COST, MEMORY = 1.1, 1.2, 1.2
FEW, MANY, SHORTER = 100, 10_000, 1_000
_ROUNDS = 3


def run(length: Length) -> list[Row]:
    many = MANY if length is Length.FULL else SHORTER
    large, small = _synchronised(many, _ROUNDS), _synchronised(FEW, _ROUNDS * 2)
    name = f"sync of {many:,} accounts"
    return [
        Row(
            f"{name}: age of the slowest",
            large["slowest"] / large["median"],
            AGE,
            f"at most {large['slowest']:,.0f} s, median {large['median']:,.0f} s "
            f"between two readings of an account; {large['runs']:,.0f} runs",
        ),
        Row(
            f"{name}: cost per account",
            large["cpu"] / small["cpu"],
            COST,
            f"{large['cpu'] * 1e3:.1f} ms of the processor for a run, with {FEW} accounts "
            f"{small['cpu'] * 1e3:.1f} ms",
        ),
        Row(
            f"{name}: memory",
            large["peak"] / small["peak"],
            MEMORY,
            f"{large['peak']:.0f} MB, with {FEW} accounts {small['peak']:.0f} MB",
        ),
        Row(f"{name}: throttle answers", large["throttled"], 0, "", unit="answers"),
    ]


def _synchronised(accounts: int, rounds: int) -> dict[str, float]:
    done = subprocess.run(
        python("-m", "benchmarks.sync_runner", str(accounts), str(rounds)),
        cwd=ROOT,
        env=ENVIRONMENT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


BENCHMARK = Benchmark("sync-accounts", run)
