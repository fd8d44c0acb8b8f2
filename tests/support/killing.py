"""Runs of one job in processes that die at a chosen moment.

A process that has imported everything forks for each order it reads, one line of JSON each. The
child does one job, and kills itself with SIGKILL at the n-th boundary: before and after each
commit and each call to TikTok. The product knows nothing of this.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ENDED = "ended"
KILLED = "killed"


class Killer:
    """Speaks to the process that forks."""

    def __init__(self, process: subprocess.Popen[str], environment: dict[str, str]) -> None:
        self._process = process
        self._environment = environment

    def run(self, kind: str, ref: str, at: int) -> str:
        """Do a job, to be killed at boundary `at`; KILLED, or ENDED when it had fewer."""
        order = {"environment": self._environment, "kind": kind, "ref": ref, "at": at}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline().strip()
        assert said in (ENDED, KILLED), said
        return said


@contextmanager
def killer(environment: dict[str, str]) -> Iterator[Killer]:
    command = [sys.executable, "-m", "tests.support.killing"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Killer(process, environment)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(20)


def main() -> None:

    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _work(order)
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        ended = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
        print(KILLED if killed else ENDED if ended else f"failed with {status}", flush=True)


def _work(order: dict[str, Any]) -> None:
    import httpx2

    from stagedoor.connector import settings
    from stagedoor.connector.database import Database
    from stagedoor.connector.jobs import Turn
    from stagedoor.connector.services import Services
    from stagedoor.connector.workings import handlers

    left = order["at"]

    def boundary() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    begin, send = Database.begin, httpx2.Client.send

    @contextmanager
    def begun(self: Database) -> Iterator[Any]:
        with begin(self) as connection:
            yield connection
            boundary()
        boundary()

    def sent(self: httpx2.Client, request: Any, **more: Any) -> Any:
        if "/_emulator/" in str(request.url):
            return send(self, request, **more)
        boundary()
        answer = send(self, request, **more)
        boundary()
        return answer

    Database.begin = begun  # type: ignore[method-assign]
    httpx2.Client.send = sent  # type: ignore[method-assign]
    services = Services.build(settings.load(environ=order["environment"]))
    handler = handlers(services)[order["kind"]]
    while handler(order["ref"]) is Turn.AGAIN:
        pass
    services.close()


if __name__ == "__main__":
    main()
