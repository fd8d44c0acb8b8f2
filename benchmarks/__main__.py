"""`python -m benchmarks [--full] [NAME]...`: all benchmarks, or those named."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from . import (
    activity_page,
    ads_metrics_page,
    audit,
    audit_large,
    business_hashing,
    business_pacing,
    business_report,
    business_report_rows,
    call,
    collecting,
    emulator,
    emulator_large,
    emulator_state,
    fixture,
    mcp,
    memory,
    noisy,
    portability,
    posts,
    proxy,
    report,
    research,
    start,
    sync_accounts,
    sync_pace,
    token,
    upload,
    waiting_posts,
    webhooks,
)
from .process import ROOT, ToolMissing
from .row import Benchmark, Length, Measured, Row

BENCHMARKS = (
    call.BENCHMARK,
    upload.BENCHMARK,
    emulator.BENCHMARK,
    emulator_large.BENCHMARK,
    emulator_state.BENCHMARK,
    start.EMULATOR_START,
    start.HELP_PAGE,
    start.IMPORTS,
    webhooks.BENCHMARK,
    token.BENCHMARK,
    memory.BENCHMARK,
    research.BENCHMARK,
    collecting.BENCHMARK,
    fixture.BENCHMARK,
    business_pacing.BENCHMARK,
    portability.BENCHMARK,
    posts.BENCHMARK,
    audit.BENCHMARK,
    proxy.BENCHMARK,
    mcp.BENCHMARK,
    noisy.BENCHMARK,
    business_report.BENCHMARK,
    business_report_rows.BENCHMARK,
    business_hashing.BENCHMARK,
    sync_pace.BENCHMARK,
    sync_accounts.BENCHMARK,
    activity_page.BENCHMARK,
    ads_metrics_page.BENCHMARK,
)
BY_NAME = (audit_large.BENCHMARK, waiting_posts.BENCHMARK)
"""Run when they are named."""
LARGE = (audit_large.BENCHMARK, waiting_posts.BENCHMARK)
"""Run at full length, too."""


def measured(benchmark: Benchmark, length: Length) -> Measured:
    """Its rows, and how long they took."""
    begun = time.monotonic()
    rows = _rows(benchmark, length)
    seconds = time.monotonic() - begun
    print(f"measured: {benchmark.name} in {seconds:.0f} s", file=sys.stderr, flush=True)
    return Measured(benchmark.name, rows, seconds)


def _rows(benchmark: Benchmark, length: Length) -> list[Row]:
    """Its rows. For one that misses its target, a second run is the one that counts."""
    print(f"measuring: {benchmark.name}", file=sys.stderr, flush=True)
    rows = benchmark.run(length)
    if all(row.ok for row in rows):
        return rows
    missed = "; ".join(f"{row.name} {row.shown}" for row in rows if not row.ok)
    print(f"measuring: {benchmark.name} once more ({missed})", file=sys.stderr, flush=True)
    second = benchmark.run(length)
    return [one if one.ok else other.again() for one, other in zip(rows, second, strict=True)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--full", action="store_true", help="more rounds, 4 GiB uploads, 1 GiB archives"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; none: all")
    given = parser.parse_args(arguments)
    known = [benchmark.name for benchmark in BENCHMARKS + BY_NAME]
    for name in given.names:
        if name not in known:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(known)}")
    length = Length.FULL if given.full else Length.SHORT
    begun = time.monotonic()
    done: list[Measured] = []
    try:
        chosen = [one for one in BENCHMARKS + BY_NAME if one.name in given.names]
        every = BENCHMARKS + LARGE if given.full else BENCHMARKS
        for benchmark in chosen or every:
            done.append(measured(benchmark, length))
    except ToolMissing as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - begun
    rows = [row for one in done for row in one.rows]
    report.show(rows)
    print(report.durations(done, seconds))
    for file in report.write(done, length, seconds):
        print(f"written: {file.relative_to(ROOT)}")
    missed = [row.name for row in rows if not row.ok]
    if missed:
        print(f"benchmarks: missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
