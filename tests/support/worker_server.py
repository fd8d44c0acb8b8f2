"""The process behind `workers`: it imports all tests once, and forks for each pytest worker.

Its arguments are those of `fork_server`, whose orders it takes.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
from typing import Any

import pytest


class ImportOnly:
    """A plugin that collects nothing in the modules that are imported."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self) -> list[Any]:
        return []


def import_tests() -> None:
    """Import every test module as pytest does, with its assertions rewritten.

    A module that can't be imported is left out: each worker tries again, and reports why.
    """
    pytest.main(["--collect-only", "-qq", "-n", "0", "-p", "no:cacheprovider"], [ImportOnly()])
    # imported before pytest's plugins, it would lack its rewritten assertions
    strategies = importlib.import_module("hypothesis.strategies")
    strategies.text().validate()  # computes tables of Unicode, or reads them from a file


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listening, life = (socket.socket(fileno=int(fd)) for fd in sys.argv[1:])
    # the module beside this file; a script has its own folder in front
    fork_server = importlib.import_module("fork_server")
    import_tests()
    fork_server.require_no_thread()
    gc.disable()
    gc.freeze()
    running: dict[int, int] = {}
    forked = fork_server.serve(listening, life, running)
    if forked is not None:
        forked.line.close()
        fork_server.become(forked.order, forked.streams)
        fork_server.run_code(forked.order["code"])
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    listening.close()
    life.close()
