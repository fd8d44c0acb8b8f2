"""Processes that all ask for one token at once: the drill of single-flight refreshing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import IO, Self

from tests.support.prepared import Prepared

_PROGRAM = Path(__file__).with_name("token_asker.py")
_CLOCK_SECONDS = 0.1
"""Every process asks the emulator's clock anew within 50 ms."""


class Askers:
    """`processes` of `threads` each, that ask for a grant's token when they are told to."""

    def __init__(
        self, grant_id: str, environment: dict[str, str], processes: int, threads: int
    ) -> None:
        self._threads = threads
        self._command = [sys.executable, "-c", _PROGRAM.read_text(), grant_id, str(threads)]
        self._environment = os.environ | environment
        self._count = processes
        self._running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        for _ in range(self._count):
            self._running.append(
                Prepared(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    env=self._environment,
                )
            )
        for one in self._running:
            assert _output(one).readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._running:
            if one.stdin is not None:
                one.stdin.close()
        for one in self._running:
            try:
                one.wait(20)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
            _output(one).close()

    def ask(self) -> None:
        """One round: all get one and the same token, or this fails and shows what they got."""
        time.sleep(_CLOCK_SECONDS)
        for one in self._running:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        told = [_output(one).readline().split() for one in self._running]
        assert [len(one) for one in told] == [self._threads] * self._count
        counted = Counter(digest for one in told for digest in one)
        assert len(counted) == 1, counted


def _output(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout
