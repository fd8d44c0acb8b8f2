"""The output of a run: a table on the terminal, and table, data and chart in build/."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path

from .chart import chart
from .process import ROOT
from .row import Length, Row

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


def write(rows: Sequence[Row], length: Length, seconds: float) -> list[Path]:
    """benchmarks.md, .json and .svg; gives their paths."""
    BUILD.mkdir(exist_ok=True)
    files = [BUILD / f"benchmarks.{kind}" for kind in ("md", "json", "svg")]
    for file, text in zip(
        files,
        (_markdown(rows, length, seconds), _json(rows, length, seconds), chart(rows)),
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


def _markdown(rows: Sequence[Row], length: Length, seconds: float) -> str:
    lines = ["# Benchmarks", "", f"{_machine()}; {length} run of {seconds:.0f} s.", ""]
    lines += ["| " + " | ".join(_COLUMNS) + " |", "| --- | ---: | ---: | --- | --- |"]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    return "\n".join([*lines, "", "![How much of each target was used](benchmarks.svg)", ""])


def _json(rows: Sequence[Row], length: Length, seconds: float) -> str:
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
        for row in rows
    ]
    whole = {"machine": _machine(), "length": length, "seconds": round(seconds), "rows": told}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
