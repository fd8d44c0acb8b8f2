"""Synchronisation of one account as fast as its rate limit allows, on the emulator's clock."""

from __future__ import annotations

from stagedoor.platform.products import display

from .row import Benchmark, Better, Length, Row
from .sync_stage import ORG, Stage, stage

TARGET = 95
"""Percent of the allowed calls."""
_VIDEOS = 2_000
_LIMIT = display.VIDEO_QUERY.limits[0]


def run(length: Length) -> list[Row]:
    windows = 3 if length is Length.SHORT else 10
    with stage() as made:
        made.connect(1, _VIDEOS, 300)
        while made.pump():
            pass
        # the windows of the back-fill are over
        made.clock.advance(2 * _LIMIT.per_seconds)
        while made.pump():
            pass
        made.answers.clear()
        calls, seconds = _calls(made, windows * _LIMIT.per_seconds)
        throttled = made.answers.get(429, 0)
    allowed = _LIMIT.requests * seconds / _LIMIT.per_seconds
    detail = f"{calls:,} calls in {seconds:,.0f} s on the clock, {allowed:,.0f} allowed"
    return [
        Row("sync of one account", 100 * calls / allowed, TARGET, detail, Better.HIGHER, "%"),
        Row("sync of one account: throttle answers", throttled, 0, detail, unit="answers"),
    ]


def _calls(made: Stage, seconds: float) -> tuple[int, float]:
    """Read the metrics of all videos again and again for so long; the number of calls."""
    begun = made.clock.now()
    while made.clock.now() - begun < seconds:
        if made.pump():
            continue
        ahead = made.next_due() - made.clock.now()
        if ahead > _LIMIT.per_seconds + 1:  # everything was read
            made.services.sync.trigger(ORG, ["metrics"], force=True)
        else:
            made.clock.advance(max(0.001, ahead))
    return made.answers.get(200, 0), made.clock.now() - begun


BENCHMARK = Benchmark("sync-pace", run)
