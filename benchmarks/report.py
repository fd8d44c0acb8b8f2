"""The output of a run: a table on the terminal, and table, data and chart in build/."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path

from .chart import chart
from .process import ROOT
from .row import Length, Measured, Row

BUILD = ROOT / "build"
_COLUMNS = ("what", "measured", "target", "", "the numbers behind it")


def show(rows: Sequence[Row]) -> None:
    """The table on the terminal, with rich where it is installed."""
    try:
        from rich.console import Console
        from rich.table import Table
    except ImportError:
        for row in rows:
            print("  ".join(_cells(row)))
        return
    table = Table(*_COLUMNS)
    for row in rows:
        table.add_row(*_cells(row), style=None if row.ok else "bold red")
    Console().print(table)


def durations(done: Sequence[Measured], seconds: float) -> str:
    """How long the run took, and each benchmark, the longest first."""
    longest = sorted(done, key=lambda one: one.seconds, reverse=True)
    each = ", ".join(f"{one.name} {one.seconds:.0f}" for one in longest)
    return f"{seconds:.0f} s: {each}"


def write(done: Sequence[Measured], length: Length, seconds: float) -> list[Path]:
    """benchmarks.md, .json and .svg; gives their paths."""
    rows = [row for one in done for row in one.rows]
    BUILD.mkdir(exist_ok=True)
    files = [BUILD / f"benchmarks.{kind}" for kind in ("md", "json", "svg")]
    for file, text in zip(
        files,
        (_markdown(done, length, seconds), _json(done, length, seconds), chart(rows)),
        strict=True,
    ):
        file.write_text(text, encoding="utf-8")
    return files


def _cells(row: Row) -> tuple[str, ...]:
    again = f"; run {row.runs} times" if row.runs > 1 else ""
    return row.name, row.shown, row.wanted, _verdict(row), row.detail + again


def _verdict(row: Row) -> str:
    if row.target is None:
        return ""
    return "ok" if row.ok else "missed"


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def _markdown(done: Sequence[Measured], length: Length, seconds: float) -> str:
    rows = [row for one in done for row in one.rows]
    lines = ["# Benchmarks", "", f"{_machine()}; {length} run of {seconds:.0f} s.", ""]
    lines += ["| " + " | ".join(_COLUMNS) + " |", "| --- | ---: | ---: | --- | --- |"]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    lines += ["", f"Seconds of each benchmark, of {durations(done, seconds)}."]
    return "\n".join([*lines, "", "![How much of each target was used](benchmarks.svg)", ""])


def _json(done: Sequence[Measured], length: Length, seconds: float) -> str:
    told = [
        {
            "what": row.name,
            "measured": round(row.measured, 4),
            "unit": row.unit,
            "target": row.target,
            "better": row.better.name.lower(),
            "ok": row.ok,
            "runs": row.runs,
            "detail": row.detail,
        }
        for one in done
        for row in one.rows
    ]
    whole = {
        "machine": _machine(),
        "length": length,
        "seconds": round(seconds),
        "seconds_of": {one.name: round(one.seconds, 1) for one in done},
        "rows": told,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
