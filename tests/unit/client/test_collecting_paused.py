"""No garbage is looked for while an answer is read: none of its objects is any."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator

import pytest

from stagedoor.client.answer import read
from stagedoor.client.effects import Reply
from stagedoor.client.errors import UnexpectedAnswer
from stagedoor.platform.products.research import VIDEO_QUERY

PAGE = json.dumps(
    {
        "data": {"videos": [{"id": number} for number in range(2_000)]},
        "error": {"code": "ok", "message": "", "log_id": ""},
    }
).encode()
SMALL = json.dumps(
    {"data": {"videos": []}, "error": {"code": "ok", "message": "", "log_id": ""}}
).encode()


@pytest.fixture
def collections() -> Iterator[list[str]]:
    seen: list[str] = []

    def collected(phase: str, _: dict[str, int]) -> None:
        seen.append(phase)

    thresholds = gc.get_threshold()
    gc.collect()
    gc.set_threshold(700)
    gc.callbacks.append(collected)
    yield seen
    gc.callbacks.remove(collected)
    gc.set_threshold(*thresholds)
    gc.enable()


def test_a_page_is_read_without_a_collection(collections: list[str]) -> None:
    read(VIDEO_QUERY, Reply(200, {}, PAGE))
    gc.collect()
    collections.clear()
    page = read(VIDEO_QUERY, Reply(200, {}, PAGE))
    assert len(page.videos) == 2_000
    assert collections.count("start") <= 1, "more than the one that was put off to the end"
    assert gc.isenabled()


def test_a_small_answer_leaves_the_collector_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "disable", lambda: pytest.fail("the process is more than this call"))
    assert read(VIDEO_QUERY, Reply(200, {}, SMALL)).videos == ()


def test_collections_go_on_after_a_broken_answer() -> None:
    with pytest.raises(UnexpectedAnswer):
        read(VIDEO_QUERY, Reply(200, {}, b"no JSON" * 10_000))
    assert gc.isenabled()


def test_collections_stay_off_where_they_are(collections: list[str]) -> None:
    gc.disable()
    read(VIDEO_QUERY, Reply(200, {}, PAGE))
    assert not gc.isenabled()


def test_a_pause_that_another_thread_ends_meanwhile_stays_ended(
    collections: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gc.disable()  # by a thread that reads an answer

    def other_thread_ends() -> bool:
        gc.enable()
        return False

    with monkeypatch.context() as patched:
        patched.setattr(gc, "isenabled", other_thread_ends)
        read(VIDEO_QUERY, Reply(200, {}, PAGE))
    assert gc.isenabled()
