"""Nothing that may be somebody's is in a recording, wherever it stood."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

from stagedoor import Hosts
from stagedoor.emulator import Emulator
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import display, oauth
from stagedoor.platform.protocols.protocol import Problem
from tests.conformance.drift import Received, compared
from tests.conformance.recording import recording_of, version_of
from tests.conformance.references import replaced
from tests.conformance.report import report_of
from tests.conformance.shapes import Shape, members, shape_of
from tests.conformance.suite import Outcome
from tests.examples import Seeded, request_of

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
LOG_ID = "20261130120000" + "0A" * 10
NUMBER = 7_123_456_789_012_345_678
TEXTS = (
    "act.planted0123456789",
    "rft.planted!0123456789",
    "0123456789abcdef0123456789abcdefplanted1",
    "planted7@example.com",
    "https://p16-sign.tiktokcdn.com/obj/planted8?x-expires=1&x-signature=planted9",
    "Planted Person 7",
    "7123456789012345678",
    "+1 202 555 0107",
)
PLANTED = ("planted", "Planted", str(NUMBER), "555 0107", "0107")
"""Texts that no recording holds: parts of all of them."""
OPERATIONS = list(catalogue.operations().values())


@pytest.fixture(scope="module")
def seeded() -> Iterator[Seeded]:
    emulator = Emulator()
    yield Seeded(emulator.world)
    emulator.close()


class Planting:
    """Fills a declared type with secrets, each kind in turn, and adds members of its own."""

    def __init__(self) -> None:
        self.count = 0

    def text(self) -> str:
        self.count += 1
        return TEXTS[self.count % len(TEXTS)]

    def value(self, shape: Shape, depth: int = 0) -> Any:
        [arm, *_] = shape.arms
        if depth > 6:
            return self.text()
        if arm.model is not None:
            made = {one.names[0]: self.value(one.shape, depth + 1) for one in members(arm.model)}
            return made | {self.text(): self.text(), "new": [self.text(), {"a": NUMBER}]}
        if arm.item is not None:
            return [self.value(arm.item, depth + 1), self.text(), NUMBER]
        if arm.entry is not None:
            return {self.text(): self.value(arm.entry, depth + 1)}
        return NUMBER if arm.kind in (int, float) else self.text()


def planted_request(operation: Operation[..., Any], seeded: Seeded) -> BaseModel:
    """The example's request, with a secret in the place of each text."""
    planting = Planting()

    def planted(name: str, value: Any) -> Any:
        if name == "fields" or isinstance(value, Enum):
            return value
        if isinstance(value, str):
            return str(NUMBER) if value.isdecimal() else planting.text()
        if isinstance(value, tuple):
            return tuple(planted(name, one) for one in value)
        return b"planted" if isinstance(value, bytes) else value

    made: BaseModel = replaced(request_of(operation, seeded), planted)
    return made


def outcome(
    operation: Operation[..., Any],
    body: bytes,
    request: BaseModel,
    problem: Problem | None = None,
) -> Outcome:
    headers = {
        "content-type": f"text/{TEXTS[0]}",
        "x-tt-logid": LOG_ID,
        "set-cookie": f"sid={TEXTS[0]}",
        "location": TEXTS[4],
        "x-custom": TEXTS[2],
        "x-ratelimit-reset": TEXTS[3],
    }
    received = Received(200, headers, body)
    drift = tuple(compared(operation, received))
    return Outcome(operation, MOMENT, request, received, None, problem, drift)


def report(one: Outcome) -> dict[str, Any]:
    """The report of a run that asked this alone."""
    run = SimpleNamespace(
        outcomes={one.operation.id: one},
        skipped={},
        hosts=Hosts(),
        may_write=False,
        behaves_otherwise=[],
    )
    return report_of(run, (), MOMENT)  # type: ignore[arg-type]


def check(told: dict[str, Any]) -> None:
    written = json.dumps(told)
    found = [secret for secret in PLANTED if secret in written]
    assert not found, f"{found} in {written}"


def test_no_secret_is_recorded_wherever_it_stood(seeded: Seeded, subtests: pytest.Subtests) -> None:
    for operation in OPERATIONS:
        with subtests.test(operation.id):
            data = Planting().value(shape_of(operation.response))
            body = operation.protocol.wrap(operation, data, TEXTS[0]).body
            made = outcome(operation, body, planted_request(operation, seeded))
            check(recording_of(made, secrets=()))
            check(report(made))


def test_no_secret_of_an_error_is_recorded(seeded: Seeded, subtests: pytest.Subtests) -> None:
    said = "token act.planted0123456789 of planted7@example.com 7123456789012345678 is bad"
    for operation in OPERATIONS:
        with subtests.test(operation.id):
            problem = Problem("planted77code0123", said, TEXTS[2], 400)
            body = operation.protocol.wrap_error(operation, problem, {TEXTS[3]: TEXTS[0]}).body
            made = outcome(operation, body, planted_request(operation, seeded), problem)
            check(recording_of(made, secrets=()))
            check(report(made))


def test_a_credential_that_looks_like_a_word_is_masked_too() -> None:
    body = json.dumps(
        {"data": {}, "error": {"code": "swordfish", "message": "no swordfish", "log_id": ""}}
    )
    request = display.VideoListQuery(fields=("id",))
    told = recording_of(outcome(display.VIDEO_LIST, body.encode(), request), secrets=["swordfish"])
    assert "swordfish" not in json.dumps(told)


def test_a_recording_keeps_what_is_tiktoks_own() -> None:
    answer = {
        "data": {"videos": [{"id": "7300000000000000001", "title": "Rye", "like_count": 345}]},
        "error": {"code": "ok", "message": "", "log_id": LOG_ID},
    }
    request = display.VideoListQuery(fields=("id", "title"), max_count=2)
    made = recording_of(outcome(display.VIDEO_LIST, json.dumps(answer).encode(), request), ())
    assert made["operation"] == "display.video_list"
    assert made["recorded"] == "2026-03-01T00:00:00+00:00"
    assert made["declaration"] == version_of(display.VIDEO_LIST)
    assert made["request"] == {
        "method": "POST",
        "path": "/v2/video/list/",
        "fields": {"fields": "id,title", "max_count": 2},
    }
    assert made["answer"]["headers"]["x-tt-logid"] == LOG_ID
    assert made["answer"]["body"] == {
        "data": {"videos": [{"id": "<19 digits>", "title": "<text>", "like_count": 300}]},
        "error": answer["error"],
    }


def test_the_version_of_a_declaration_is_its_own() -> None:
    versions = {version_of(one) for one in (display.VIDEO_LIST, display.USER_INFO, oauth.REVOKE)}
    assert len(versions) == 3
