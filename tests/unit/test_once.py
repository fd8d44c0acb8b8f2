"""Values that all pytest workers of a run share are computed once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support import once


def test_of_those_that_need_it_at_once_the_first_computes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "_folder", tmp_path)
    computed = []

    def compute() -> bytes:
        computed.append(1)
        time.sleep(0.05)
        return b"%d" % len(computed)

    with ThreadPoolExecutor(8) as threads:
        given = set(threads.map(lambda _: once.once("key", compute), range(8)))
    assert given == {b"1"}
    assert once.once("another key", compute) == b"2"
    assert len(computed) == 2


def test_one_that_fails_is_computed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "_folder", tmp_path)

    def fail() -> bytes:
        raise RuntimeError("no result")

    with pytest.raises(RuntimeError, match="no result"):
        once.once("key", fail)
    assert once.once("key", lambda: b"made") == b"made"


def test_without_workers_each_need_computes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "_folder", None)
    assert [once.once("key", lambda: b"first"), once.once("key", lambda: b"second")] == [
        b"first",
        b"second",
    ]
