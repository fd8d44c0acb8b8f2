"""`stagedoor serve` as a process that a test may kill."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.prepared import Prepared

ROOT = Path(__file__).parents[2]

_PROGRAM = """
import sys
{first}
from stagedoor.connector.serving import serve
from stagedoor.connector.settings import load
serve(load(), "127.0.0.1", int(sys.argv[1]), with_worker=sys.argv[2] == "True",
      ready=lambda url, _: print("ready", url, flush=True))
"""


class Serving:
    """A real process; `environment` is all that it is told."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        port: int = 0,
        with_worker: bool = False,
        file_bytes: int | None = None,
        first: str = "",
    ) -> None:
        """`file_bytes`: no file may grow larger, as when the disk is full. `first`: code that runs
        before the service is made."""
        program = _PROGRAM.format(first=first)
        self._command = [sys.executable, "-c", program, str(port), str(with_worker)]
        self._environment = os.environ | environment
        self._limit = file_bytes
        self.url = ""

    def __enter__(self) -> Self:
        self.process = Prepared(
            self._command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        ready = re.match(r"ready (\S+)", self.process.stdout.readline())
        assert ready, "the service didn't start"
        self.url = ready[1]
        if self._limit is not None:
            limits = (self._limit, self._limit)
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, limits)
        return self

    def kill(self) -> None:
        """As when the machine's power goes, as far as a process can tell."""
        self.process.kill()
        self.process.wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()
