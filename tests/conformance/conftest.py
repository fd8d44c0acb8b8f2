"""The run that the tests of this folder share; `options.py` says what it can be told."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stagedoor import TikTok
from stagedoor.errors import TikTokError, UnexpectedAnswer
from stagedoor.platform.paging import CursorStandsStill

from . import report
from .credentials import Unreachable
from .options import Options
from .suite import Suite
from .targets import emulated, real
from .undo import CleanUp, clean_up

_LINES = pytest.StashKey[list[str]]()
_OTHERWISE = pytest.StashKey[list[str]]()
"""The tests of TikTok's behaviour that failed."""
_OF_TIKTOK = (AssertionError, TikTokError, UnexpectedAnswer, CursorStandsStill)
"""Failures that say that TikTok behaves otherwise, and not that a test is broken."""
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let tests of real TikTok reach it: pytest-socket lets only loopback be reached otherwise."""
    if Options.of(config).is_real:
        for item in items:
            if item.path.parent == _HERE:
                item.add_marker("enable_socket")


@pytest.fixture(scope="session")
def options(request: pytest.FixtureRequest) -> Options:
    return Options.of(request.config)


@pytest.fixture(scope="session")
def suite(options: Options, request: pytest.FixtureRequest) -> Iterator[Suite]:
    """The run; at its end, what it made is taken back, and the report is written."""
    cleaned: list[CleanUp] = []
    if options.is_real:
        target = real(options.hosts, os.environ, may_write=options.may_write)
    else:
        target = emulated()
    with target as made:
        yield made
        if options.is_real:
            cleaned = clean_up(made)
    made.behaves_otherwise = request.config.stash.setdefault(_OTHERWISE, [])
    lines = list(report.summary(made, cleaned))
    if options.folder is not None:
        folder = report.write(options.folder, made, cleaned, datetime.now(UTC))
        lines.append(f"report and recordings: {folder}")
    request.config.stash[_LINES] = lines


@pytest.fixture
def either(suite: Suite) -> Iterator[TikTok]:
    """A client of the run's TikTok with the creator's token."""
    try:
        token = suite.credentials.given("creator_token")
    except Unreachable as reason:
        pytest.skip(str(reason))
    with TikTok(access_token=token, hosts=suite.hosts, transport=suite.transport) as tiktok:
        yield tiktok


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On the emulator a skipped test of this folder fails: it reaches everything. On real TikTok a
    failure shows no values, since tracebacks have tokens and what accounts hold; and a test of how
    TikTok behaves tells of drift, like the others."""
    made = yield
    if item.path.parent != _HERE or call.excinfo is None:
        return made
    options = Options.of(item.config)
    if not options.is_real:
        if made.skipped:
            made.outcome = "failed"
            made.longrepr = f"skipped on the emulator, which reaches everything: {made.longrepr}"
    elif made.failed and not call.excinfo.errisinstance(pytest.fail.Exception):
        where = call.excinfo._getreprcrash()
        line = "" if where is None else f"{Path(where.path).name}:{where.lineno}: "
        told = f"{line}{call.excinfo.typename} in {item.name}; values aren't shown"
        made.longrepr, made.sections = told, []
        if call.when == "call" and call.excinfo.errisinstance(_OF_TIKTOK):
            item.config.stash.setdefault(_OTHERWISE, []).append(item.name)
            if not options.fails_on_drift:
                made.outcome, made.wasxfail = "skipped", told
    return made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    stash = terminalreporter.config.stash
    lines = stash.get(_LINES, None)
    if lines and Options.of(terminalreporter.config).is_real:
        terminalreporter.section("conformance with TikTok")
        for line in lines:
            terminalreporter.line(line)
