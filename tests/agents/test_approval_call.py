"""The canonical form of a call: it reads back as the same call, and its preview hides nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.agents import vocabulary
from stagedoor.agents.approvals.preview import of_call, visible
from stagedoor.agents.calls import stored_call
from stagedoor.agents.calls.errors import ChangedSince
from stagedoor.agents.calls.request import CallRequest
from stagedoor.agents.calls.stored_call import StoredCall
from stagedoor.agents.decisions.arguments import read_arguments
from stagedoor.connector.errors import InvalidInput, RequestTooLarge
from stagedoor.emulator import Emulator
from stagedoor.platform import wire
from tests.examples import Seeded, request_of
from tests.support.every import every


@pytest.fixture(scope="module")
def seeded() -> Seeded:
    return Seeded(Emulator().world)


def of(operation: str, arguments: Any, **more: Any) -> StoredCall:
    found = vocabulary.operations()[operation]
    request = read_arguments(found, arguments).request
    return StoredCall.of(CallRequest(found, "i1", arguments, **more), request)


_PICTURES = (
    "business.file_video_upload",
    "business.file_image_upload",
    "business.comment_image_upload",
)
"""Operations whose examples send bytes that no text represents."""


@pytest.mark.parametrize("name", _PICTURES)
def test_a_file_that_no_text_represents_is_not_asked_about(name: str, seeded: Seeded) -> None:
    operation = vocabulary.operations()[name]
    request = request_of(operation, seeded)
    with pytest.raises(InvalidInput, match="written down"):
        StoredCall.of(CallRequest(operation, "i1", request), request)


@every("name", [one for one in vocabulary.operations() if one not in _PICTURES], ids=str)
def test_every_operation_is_sent_as_it_was_stored(name: str, seeded: Seeded) -> None:
    operation: Any = vocabulary.operations()[name]
    request = request_of(operation, seeded)
    call = StoredCall.of(CallRequest(operation, "i1", request), request)
    stored = StoredCall.read(call.text, call.digest)
    assert stored == call
    again = read_arguments(operation, stored.arguments).request
    assert wire.encode(operation, again) == wire.encode(operation, request)
    shown = of_call("", "Agent", "@demo", operation, stored.arguments)
    assert len(shown.lines) >= len(call.arguments)


def test_what_differs_in_anything_that_counts_is_another_call() -> None:
    arguments = {
        "post_info": {"title": "A film", "privacy_level": "SELF_ONLY"},
        "source_info": {"source": "PULL_FROM_URL", "video_url": "https://a.example.com/"},
    }
    first = of("posting.video_init", arguments)
    assert of("posting.video_init", arguments).digest == first.digest
    title = {**arguments, "post_info": {"title": "Another", "privacy_level": "SELF_ONLY"}}
    others = [
        of("posting.video_init", title),
        of("posting.video_init", arguments, uploads=("u1",)),
        of("posting.video_init", arguments, fetch=True),
        of("posting.inbox_video_init", {"source_info": arguments["source_info"]}),
    ]
    assert len({one.digest for one in [first, *others]}) == 5


def test_what_was_changed_in_the_store_is_not_read() -> None:
    call = of("display.video_list", {"fields": ["id"]})
    with pytest.raises(ChangedSince):
        StoredCall.read(call.text.replace("id", "title"), call.digest)
    with pytest.raises(ChangedSince):
        StoredCall.read(None, call.digest)


def test_what_nobody_could_read_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"https://a.example.com/{'x' * 2_000}"
    source = {"source": "PULL_FROM_URL", "video_url": url}
    assert of("posting.inbox_video_init", {"source_info": source}).digest
    monkeypatch.setattr(stored_call, "MAX_BYTES", 1_000)
    with pytest.raises(RequestTooLarge):
        of("posting.inbox_video_init", {"source_info": source})
    operation: Any = vocabulary.operations()["research.validation_create"]
    request = operation.request.model_construct(file_data=b"\xff\xfe", category="video")
    with pytest.raises(InvalidInput, match="written down"):
        StoredCall.of(CallRequest(operation, None, request), request)


@given(st.text())
def test_nothing_that_is_shown_hides_or_steers(text: str) -> None:
    shown = visible(text)
    assert all(ch.isprintable() or ch in "\n\u200d" or ch.isspace() for ch in shown)
    if text.isprintable():
        assert shown == text


def test_what_can_not_be_seen_is_made_visible() -> None:
    assert visible("good \u202etxt.exe\x1b[2J\x00") == "good ⟨U+202E⟩txt.exe⟨U+001B⟩[2J⟨U+0000⟩"
    assert visible("family 👨\u200d👩\u200d👧\nnext") == "family 👨\u200d👩\u200d👧\nnext"
