"""Loading a saved world against reading the same bytes as plain JSON."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from .contest import contest, ratio, typical
from .process import ROOT
from .row import Benchmark, Length, Row

MANY, MOST = 100_000, 1_000_000
AT_MOST = 3.0

_MADE = """
import sys
from pathlib import Path
from stagedoor.emulator import Emulator
from stagedoor.emulator.state import save
for file, videos in ((sys.argv[1], int(sys.argv[3])), (sys.argv[2], None)):
    emulator = Emulator(videos=videos)
    save(emulator.world, Path(file))
    emulator.close()
"""
_OURS = """
import sys, time
from pathlib import Path
from stagedoor.emulator import Emulator
from stagedoor.emulator.state import load
emulator = Emulator()
load(emulator.world, Path(sys.argv[2]))  # the modules and types are ready
begun = time.process_time()
load(emulator.world, Path(sys.argv[1]))
print(time.process_time() - begun, len(emulator.world.videos))
emulator.close()
"""
_THEIRS = """
import json, sys, time
from pathlib import Path
begun = time.process_time()
content = json.loads(Path(sys.argv[1]).read_bytes())
print(time.process_time() - begun, len(content["entities"]["videos"]))
"""


def run(length: Length) -> list[Row]:
    rounds, videos = (5, MANY) if length is Length.SHORT else (7, MOST)
    with tempfile.TemporaryDirectory(prefix="stagedoor-state-") as name:
        small, large = Path(name, "small.json"), Path(name, "large.json")
        _output(_MADE, large, small, videos)
        times = contest(
            lambda: _seconds(_OURS, videos, large, small),
            lambda: _seconds(_THEIRS, videos, large),
            rounds,
        )
        size = large.stat().st_size / 1e6
    ours, theirs = typical(times)
    detail = f"{ours:.2f} s, json.loads {theirs:.2f} s, {size:,.0f} MB"
    return [Row(f"loading a saved world of {videos:,} videos", ratio(times), AT_MOST, detail)]


def _seconds(program: str, videos: int, *files: Path) -> float:
    seconds, found = _output(program, *files).split()
    if int(found) < videos:
        raise RuntimeError(f"{found} videos instead of {videos}")
    return float(seconds)


def _output(program: str, *arguments: object) -> str:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


BENCHMARK = Benchmark("emulator-state", run)
