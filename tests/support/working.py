"""A worker in a process of its own: `python -m tests.support.working LOG STEPS SECONDS VERSION`.

Its one kind of job, "count", writes a line to LOG for each of STEPS steps and takes SECONDS for it.
Its settings come from the environment, as a service's do.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from stagedoor.connector import jobs
from stagedoor.connector.clock import clock
from stagedoor.connector.database import Database
from stagedoor.connector.jobs import JobResult, Jobs
from stagedoor.connector.settings import load
from stagedoor.connector.worker import Worker


def main(log: Path, steps: int, seconds: float) -> None:
    settings = load()
    done: dict[str, int] = {}
    lock = threading.Lock()

    def count(ref: str) -> JobResult:
        with lock:
            so_far = log.read_text().split("\n") if log.exists() else []
            step = sum(line.startswith(f"{ref} ") for line in so_far) + 1
        time.sleep(seconds)
        with lock, log.open("a") as file:
            file.write(f"{ref} {step} {os.getpid()}\n")
        done[ref] = step
        return JobResult.AGAIN if step < steps else JobResult.DONE

    worker = Worker(
        Database(settings.database_url),
        clock(settings.clock_url),
        lambda name: Jobs(settings, name, {"count": count}),
    )
    worker.start()
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    print("ready", flush=True)
    stopping.wait()
    worker.stop()


if __name__ == "__main__":
    jobs.VERSION = sys.argv[4]
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
