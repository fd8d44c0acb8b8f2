"""The latency of an organisation's calls while another organisation attacks the service."""

from __future__ import annotations

import sys
import time

from tests.support.noisy import stage
from tests.support.noisy.attacks import ATTACKS
from tests.support.noisy.neighbour import Neighbour, neighbour, p99

from .row import Benchmark, Length, Row

TARGET = 3.0
_BEGIN_SECONDS = 1.0
"""The attack is under way before the neighbour is measured."""


def run(length: Length) -> list[Row]:
    calls = 100 if length is Length.SHORT else 500
    with stage.running(stage.OPEN) as running, neighbour(running) as quiet:
        target = stage.target(running)
        _calls(quiet, calls)  # the first calls of a process import and cache
        ratios, calm = {}, []
        for name in ATTACKS:
            calm += _calls(quiet, calls)
            with running.attack([name], target):
                time.sleep(_BEGIN_SECONDS)
                ratios[name] = p99(_calls(quiet, calls))
        if quiet.wrong:
            raise RuntimeError(f"the neighbour was refused: {quiet.wrong[:3]}")
    base = p99(calm)
    worst = max(ratios, key=lambda name: ratios[name])
    listed = ", ".join(f"{name} {seconds / base:.1f}x" for name, seconds in ratios.items())
    print(f"noisy: {listed}", file=sys.stderr)
    detail = f"{worst}: {ratios[worst] * 1e3:.0f} ms, quiet {base * 1e3:.0f} ms"
    return [Row("p99 of a neighbour under attack", ratios[worst] / base, TARGET, detail)]


def _calls(quiet: Neighbour, count: int) -> list[float]:
    quiet.seconds.clear()
    quiet.calls(count=count)
    return list(quiet.seconds)


BENCHMARK = Benchmark("noisy", run)
