"""Runs the `stagedoor` command in its arguments and sends it SIGINT at many points.

A process of its own: at every STEP-th function call the process forks, and the child gets SIGINT
right there and runs to its end. For each child that doesn't end as it should, one line of JSON is
printed; then a last line with the number of points.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from types import FrameType
from typing import Any

STEP = int(os.environ["STEP"])
PATIENCE = 20.0


class Sweep:
    def __init__(self) -> None:
        self.calls = 0
        self.points = 0
        self.wrong: list[dict[str, Any]] = []
        self.owner = os.getpid()

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        self.calls += 1
        if self.calls % STEP or os.getpid() != self.owner:
            return
        self.points += 1
        where = f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}"
        with tempfile.TemporaryFile() as output:
            child = os.fork()
            if not child:
                sys.settrace(None)
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                signal.raise_signal(signal.SIGINT)
                return
            code = self.code_of(child)
            output.seek(0)
            said = output.read().decode(errors="replace")
        if code != 130 or said.count("Stopped.") != 1 or "Traceback" in said or "ignored" in said:
            self.wrong.append({"where": where, "code": code, "said": said[-800:]})

    def code_of(self, child: int) -> int | str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "it went on"


def run() -> None:
    sweep = Sweep()
    from stagedoor import cli

    command = cli._command

    def traced() -> int:
        sys.settrace(sweep)
        code = command()
        sys.settrace(None)
        return code

    cli._command = traced
    try:
        cli.main()
    except SystemExit as stop:
        if os.getpid() != sweep.owner:
            raise
        for one in sweep.wrong:
            sys.stdout.write(json.dumps(one) + "\n")
        sys.stdout.write(json.dumps({"points": sweep.points, "code": stop.code}) + "\n")


if __name__ == "__main__":
    run()
