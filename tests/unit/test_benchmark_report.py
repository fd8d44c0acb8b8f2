"""The report of the benchmarks says how long each of them took."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.__main__ import measured
from benchmarks.row import Benchmark, Length, Measured, Row


def test_the_report_has_the_seconds_of_each_benchmark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "BUILD", tmp_path)
    done = [
        Measured("short", [Row("a row", 1.0, 2.0, "its numbers")], 1.25),
        Measured("long", [Row("another", 1.0, 2.0, "its numbers")], 12.0),
    ]
    table, data, _ = report.write(done, Length.SHORT, 13.4)
    assert "13 s: long 12, short 1" in table.read_text()
    told = json.loads(data.read_text())
    assert told["seconds"] == 13
    assert told["seconds_of"] == {"short": 1.2, "long": 12.0}
    assert [row["what"] for row in told["rows"]] == ["a row", "another"]


def test_the_seconds_of_a_benchmark_include_its_repetition() -> None:
    runs = []

    def run(length: Length) -> list[Row]:
        runs.append(length)
        return [Row("a row", 3.0 if len(runs) == 1 else 1.0, 2.0, "its numbers")]

    done = measured(Benchmark("tried twice", run), Length.SHORT)
    assert [row.runs for row in done.rows] == [2]
    assert len(runs) == 2
    assert done.seconds >= 0
