"""An outage is a few structured lines, not ten a second."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from stagedoor.connector import logs


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The service's log, as it is configured in a process."""
    out = io.StringIO()
    root, engine = logging.getLogger(), logging.getLogger("dbos")
    before = root.handlers[:], root.level, engine.handlers[:], engine.propagate
    monkeypatch.setattr(sys, "stderr", out)
    logs.configure(as_json=True)
    yield out
    root.handlers[:], engine.handlers[:] = before[0], before[2]
    root.setLevel(before[1])
    engine.propagate = before[3]


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_the_engine_s_lines_are_structured_and_few(written: io.StringIO) -> None:
    from dbos._logger import init_logger

    init_logger()
    for number in range(100):
        logging.getLogger("dbos").warning(f"Notification poller error: port {number} refused")
    found = lines(written)
    assert len(found) == 3
    assert {line["logger"] for line in found} == {"dbos"}
    assert found[0]["level"] == "warning"


def test_what_differs_and_what_is_no_warning_is_all_there(written: io.StringIO) -> None:
    logger = logging.getLogger("stagedoor.test")
    for number in range(20):
        logger.info("post %d begun", number)
        logger.warning("the %s failed", "abcdefghijklmnopqrstuvwxyz"[number])
        logger.error("publishing broke off", extra={"post": f"{number:032x}"})
    assert len(lines(written)) == 60


def test_after_a_while_one_line_says_how_many_were_held_back() -> None:
    at = 0.0
    limit = logs.Repetitions(most=2, seconds=60.0, now=lambda: at)

    def record() -> logging.LogRecord:
        return logging.LogRecord("x", logging.ERROR, "", 0, "it is down", (), None)

    assert [limit.filter(record()) for _ in range(10)] == [True, True] + [False] * 8
    at = 61.0
    later = record()
    assert limit.filter(later)
    assert later.__dict__["held_back"] == 8
