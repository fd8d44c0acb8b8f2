"""A collection of research data whose process is killed again and again, over days of quota."""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from stagedoor.platform.products.research import GENERAL, MAX_PAGE

from .collect_runner import CREATOR
from .process import ENVIRONMENT, ROOT, free_port, python, serving
from .row import Benchmark, Better, Length, Row
from .start import COMMAND

MEMORY, USED = 150.0, 95.0
MANY, KILLS = 1_000_000, 20
FEWER, FEWER_KILLS = 100_000, 5
_DAYS = 28
_BATCH = 100_000
_APP = "emulator-client-key"
_SEED = 20261130


def run(length: Length) -> list[Row]:
    full = length is Length.FULL
    videos, kills = (MANY, KILLS) if full else (FEWER, FEWER_KILLS)
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="stagedoor-bench-") as folder,
        serving([COMMAND, "emulator", "--port", str(port)], port),
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=600, trust_env=False) as http,
    ):
        _prepare(http, videos)
        out = Path(folder) / "out"
        done = _collect(http, f"http://127.0.0.1:{port}", out, videos, kills)
        lost, twice = _compared(out, videos)
    name = f"collection of {videos:,} videos, killed {done['kills']} times"
    allowed = -(-videos // MAX_PAGE)
    detail = (
        f"{done['requests']:,} requests of {MAX_PAGE} rows over {done['days']} days of quota, "
        f"{allowed:,} needed; seed {_SEED}"
    )
    return [
        Row(
            f"{name}: quota used for new rows",
            100 * allowed / done["requests"],
            USED,
            detail,
            Better.HIGHER,
            "%",
        ),
        Row(f"{name}: rows lost", lost, 0, detail, unit="rows"),
        Row(f"{name}: rows twice", twice, 0, detail, unit="rows"),
        Row(f"{name}: memory", done["peak"], MEMORY, "the most that the process held", unit="MB"),
    ]


def _prepare(http: httpx2.Client, videos: int) -> None:
    _control(http, "PATCH", "settings", {"research_delay_seconds": 0})
    _control(http, "POST", "creators", {"username": CREATOR})
    for begin in range(0, videos, _BATCH):
        count = min(_BATCH, videos - begin)
        body = {"creator": CREATOR, "count": count, "days": _DAYS, "titles": ["Bread", "Soup"]}
        _control(http, "POST", "videos/batch", body)


def _control(http: httpx2.Client, method: str, path: str, body: Any = None) -> Any:
    answer = http.request(method, f"/_emulator/{path}", json=body)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def _collect(http: httpx2.Client, url: str, out: Path, videos: int, kills: int) -> dict[str, Any]:
    dice = random.Random(_SEED)
    today = datetime.fromtimestamp(_control(http, "GET", "clock")["now"], UTC)
    first, last = (f"{today - timedelta(days=ago):%Y%m%d}" for ago in (_DAYS + 1, 0))
    told: dict[str, Any] = {"kills": 0, "requests": 0, "days": 1, "peak": 0.0}
    while True:
        running = subprocess.Popen(
            python("-m", "benchmarks.collect_runner", url, str(out), first, last),
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            text=True,
        )
        if told["kills"] < kills:
            time.sleep(dice.uniform(0.5, 3.0))
            if running.poll() is None:
                running.kill()
                told["kills"] += 1
        printed, _ = running.communicate(timeout=3_600)
        if running.returncode:
            continue
        result = json.loads(printed)
        told["peak"] = max(told["peak"], result["peak"])
        if result["finished"]:
            told["requests"] += _spent(http)
            return told
        told["requests"] += _spent(http)
        told["days"] += 1
        now = _control(http, "GET", "clock")["now"]
        _control(http, "POST", "clock", {"advance": result["resumes_at"] - now + 1})


def _spent(http: httpx2.Client) -> int:
    """The requests of today that the emulator counted."""
    pools = _control(http, "GET", f"apps/{_APP}/quotas")
    return int(pools[GENERAL.pool]["used"]["requests"])


def _compared(out: Path, videos: int) -> tuple[int, int]:
    """Rows lost and rows twice, from the files themselves."""
    from pyarrow import parquet

    seen: set[str] = set()
    rows = 0
    for file in (out / "videos").glob("*.parquet"):
        ids = parquet.read_table(file, columns=["id"])["id"].to_pylist()
        rows += len(ids)
        seen.update(ids)
    return videos - len(seen), rows - len(seen)


BENCHMARK = Benchmark("collecting", run)
