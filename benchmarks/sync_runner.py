"""`python -m benchmarks.sync_runner ACCOUNTS ROUNDS`: synchronises so many accounts, and prints the
results as JSON.

The clock moves as real time does while there is work, and at once to the next due row where there
is none: so the service has to keep up, and no time is lost with waiting.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time

from .sync_stage import Stage, stage

VIDEOS = 20
DAYS = 300


def main(accounts: int, rounds: int) -> None:
    with stage() as made:
        made.connect(accounts, VIDEOS, DAYS)
        _first(made)
        last = dict.fromkeys(_accounts(made), made.clock.now())
        longest = dict.fromkeys(last, 0.0)
        counts = dict.fromkeys(last, 0)
        begun, runs = time.process_time(), 0
        end = made.clock.now() + rounds * 1_800
        while made.clock.now() < end:
            at = time.perf_counter()
            refs = made.pump()
            runs += len(refs)
            if refs:
                made.clock.advance(time.perf_counter() - at)
            else:
                made.clock.advance(max(0.001, made.next_due() - made.clock.now()))
            for ref in refs:
                _, integration, kind = ref.rsplit("/", 2)
                if kind == "videos":
                    counts[integration] += 1
                    if counts[integration] > 1:  # the first one's distance is from the back-fill
                        gap = made.clock.now() - last[integration]
                        longest[integration] = max(longest[integration], gap)
                    last[integration] = made.clock.now()
        told = {
            "slowest": max(longest.values()),
            "median": statistics.median(longest.values()),
            "cpu": (time.process_time() - begun) / runs,
            "runs": runs,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "throttled": made.answers.get(429, 0),
        }
    print(json.dumps(told))


def _first(made: Stage) -> None:
    """Read everything once."""
    while True:
        at = time.perf_counter()
        if not made.pump():
            return
        made.clock.advance(time.perf_counter() - at)


def _accounts(made: Stage) -> list[str]:
    found, cursor = [], None
    while True:
        page = made.services.integrations.page("acme", cursor, 200)
        found += [one.id for one in page.items]
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
