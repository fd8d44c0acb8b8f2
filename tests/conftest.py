"""Fixtures and checks of every test."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import socketserver
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from httpx2._transports import default as transports
from uvicorn import server as uvicorn_server

from tests.conformance import options as conformance
from tests.support import compiled, once, prepared, query_plans, unclosed, workers
from tests.support.transactions import forbid_nesting

_MEMORY = Path("/dev/shm")  # noqa: S108
_ROOM = 4 << 30


def _write_to_memory() -> None:
    """Let tests and the processes that they start write to a file system in memory, where there is
    one with room: each commit of a database waits for a disk otherwise, some milliseconds each."""
    with suppress(OSError):
        runs_programs = not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
        has_room = shutil.disk_usage(_MEMORY).free >= _ROOM
        if "TMPDIR" not in os.environ and runs_programs and has_room:
            os.environ["TMPDIR"] = str(_MEMORY)
            tempfile.tempdir = None


_write_to_memory()

# No example is judged by the time that it took, nor the drawing of examples.
hypothesis.settings.register_profile(
    "tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tests")

# While modules are loaded nothing becomes garbage, and looking through all of them for it takes
# longer than many a test: it is done rarely.
gc.disable()

# A start of the service without cached bytecode compiles it and its libraries: twice the work, in
# hundreds of processes that tests start, and in each pytest worker.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# reading the certificates takes 60 ms, each client and each httpx2.get() does it anew, and there
# are thousands of them here: one context serves all that ask for the same
transports.create_ssl_context = cache(transports.create_ssl_context)  # type: ignore[attr-defined]


class _Brisk:
    """asyncio for uvicorn, which looks every 100 ms whether it is to stop, and then waits for
    100 ms more: a thousand tests have a server of their own."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))


setattr(uvicorn_server, "asyncio", _Brisk())  # noqa: B010

# the servers of tests look every half second whether they are to stop
socketserver.BaseServer.serve_forever.__defaults__ = (0.01,)

forbid_nesting()
query_plans.look_at_plans()
unclosed.look_at_connections()
compiled.share()

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a shell lets its background jobs ignore Ctrl-C, and so would every program that a test starts
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    conformance.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    conformance.Options.of(config)
    if (given := getattr(config, "workerinput", None)) is not None:
        prepared.share(given["prepared"])
        once.share(Path(config.option.basetemp).parent)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: Sequence[Any]) -> None:
    """Load what all workers need once, for a run of all tests."""
    if not config.option.file_or_dir:
        prepared.load()  # among all tests are some that start processes
        workers.fork(specs)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a pytest worker before it starts."""
    node.workerinput["prepared"] = prepared.address()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker begins with its share of the tests that are marked as long: begun late, one of
    them would go on alone while the other workers have nothing left to do."""
    long: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("long"):
            long.setdefault(item.nodeid.partition("::")[0], []).append(item)
    rest = [item for item in items if not item.get_closest_marker("long")]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    # what shares the fixtures of a module stays together
    shares = [
        [item for one in list(long.values())[i::workers] for item in one] for i in range(workers)
    ]
    ordered: list[pytest.Item] = []
    for number, share in enumerate(shares):
        # as many items for each as xdist gives out at first
        size = (len(items) - len(ordered)) // (workers - number)
        taken = max(0, size - len(share))
        ordered += share + rest[:taken]
        del rest[:taken]
    items[:] = ordered + rest


def pytest_collection_finish() -> None:
    # Ten thousand tests and every module stay until the end: no collection walks through them.
    # Hypothesis must be loaded by then, since it asks for referrers, and frozen ones aren't named.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    # a worker that takes longer to end than pytest-xdist waits is killed, and says nothing then
    if "coverage" in sys.modules:
        from coverage import Coverage

        if (measured := Coverage.current()) is not None:
            measured.save()


@pytest.fixture(autouse=True)
def _rows_are_found_by_an_index() -> Iterator[None]:
    yield
    found = query_plans.found()
    assert not found, "\n".join(found)
