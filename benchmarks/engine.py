"""The workflow engine alone: `python -m benchmarks.engine FOLDER WORKFLOWS STEPS`.

Runs workflows of durable steps that do nothing, on the database, threads and settings of the
service's worker, and prints how many seconds they took.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from stagedoor.connector import settings
from stagedoor.connector.jobs import JobResult, Jobs

WARM_UP = 32


def main(folder: str, workflows: int, steps: int) -> None:
    from dbos import DBOS

    def nothing(ref: str) -> JobResult:
        for _ in range(steps):
            DBOS.run_step({"name": "nothing"}, _nothing)
        return JobResult.DONE

    loaded = settings.load(Path(folder), environ={"STAGEDOOR_HOME": folder})
    jobs = Jobs(loaded, "alone", {"nothing": nothing})
    jobs.launch()
    try:
        _run(jobs, "warm-up", WARM_UP)
        print(_run(jobs, "counted", workflows))
    finally:
        jobs.stop(lambda kind, ref: None)


def _nothing() -> None:
    return None


def _run(jobs: Jobs, name: str, workflows: int) -> float:
    from dbos import DBOS

    begun = time.perf_counter()
    for number in range(workflows):
        key = f"{name}-{number}"
        jobs.start("nothing", [key], key)
    while DBOS.list_workflows(status="PENDING", limit=1):
        time.sleep(0.02)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
