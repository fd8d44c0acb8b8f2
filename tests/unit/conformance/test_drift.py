"""Whatever differs from a declaration is told by its place and kind, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from stagedoor.platform import catalogue
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business, business_ads, display, embed, posting
from stagedoor.platform.protocols.open_api import OPEN_API_FILE, OPEN_API_TEXT
from stagedoor.platform.protocols.protocol import Problem
from stagedoor.platform.protocols.upload_transfer import UPLOAD_TRANSFER
from tests.conformance.drift import DriftKind, Received, compared
from tests.support.samples import NEW_FIELD, tomorrow

LOG_ID = "20261130120000" + "0A" * 10
BARE = (UPLOAD_TRANSFER, OPEN_API_TEXT, OPEN_API_FILE)
"""Answers that are no JSON."""
READABLE = [one for one in catalogue.operations().values() if one.protocol not in BARE]

VIDEO = {"id": "7300000000000000001", "like_count": 3}
PAGE = {"videos": [VIDEO], "cursor": 1_700_000_000_000, "has_more": False}
CREATOR = {
    "creator_username": "amy",
    "creator_nickname": "Amy",
    "creator_avatar_url": "https://example.com/a.jpg",
    "privacy_level_options": ["SELF_ONLY"],
    "comment_disabled": False,
    "duet_disabled": False,
    "stitch_disabled": False,
    "max_video_post_duration_sec": 600,
}


def received(operation: Operation[..., Any], data: Any, **headers: str) -> Received:
    """An answer with this data in the form of the operation's protocol."""
    made = operation.protocol.wrap(operation, data, LOG_ID)
    told = {"content-type": made.content_type.decode(), "x-tt-logid": LOG_ID}
    told |= {name.decode(): value.decode() for name, value in made.headers}
    return Received(made.status, told | headers, made.body)


def refused(operation: Operation[..., Any], code: str, http: int) -> Received:
    made = operation.protocol.wrap_error(operation, Problem(code, "no", LOG_ID, http))
    told = {"content-type": made.content_type.decode(), "x-tt-logid": LOG_ID}
    return Received(made.status, told, made.body)


def found(operation: Operation[..., Any], answer: Received) -> list[tuple[DriftKind, str, str]]:
    return [(one.kind, one.at, one.found) for one in compared(operation, answer)]


def test_an_answer_as_declared_has_no_drift() -> None:
    assert found(display.VIDEO_LIST, received(display.VIDEO_LIST, PAGE)) == []
    assert found(posting.CREATOR_INFO, received(posting.CREATOR_INFO, CREATOR)) == []


@pytest.mark.parametrize(
    ("data", "kind", "at", "told"),
    [
        (PAGE | {"total": 3}, DriftKind.FIELD, "data.total", "integer"),
        (PAGE | {"7300000000000000001": []}, DriftKind.FIELD, "data.*", "list"),
        (
            PAGE | {"videos": [VIDEO, VIDEO | {"music": {"id": "1"}}]},
            DriftKind.FIELD,
            "data.videos[].music",
            "object",
        ),
        (
            PAGE | {"videos": [VIDEO | {"like_count": "3"}]},
            DriftKind.TYPE,
            "data.videos[].like_count",
            "text",
        ),
        (
            PAGE | {"videos": [VIDEO | {"like_count": True}]},
            DriftKind.TYPE,
            "data.videos[].like_count",
            "boolean",
        ),
        (PAGE | {"videos": VIDEO}, DriftKind.TYPE, "data.videos", "object"),
        (PAGE | {"has_more": None}, DriftKind.TYPE, "data.has_more", "null"),
    ],
)
def test_a_difference_in_the_data_is_told_by_its_place(
    data: Any, kind: DriftKind, at: str, told: str
) -> None:
    assert found(display.VIDEO_LIST, received(display.VIDEO_LIST, data)) == [(kind, at, told)]


def test_an_id_may_be_a_number() -> None:
    data = PAGE | {"videos": [VIDEO | {"id": 7_300_000_000_000_000_001}]}
    assert found(display.VIDEO_LIST, received(display.VIDEO_LIST, data)) == []


def test_a_missing_field_is_told() -> None:
    data = {name: value for name, value in CREATOR.items() if name != "duet_disabled"}
    told = found(posting.CREATOR_INFO, received(posting.CREATOR_INFO, data))
    assert told == [(DriftKind.MISSING, "data.duet_disabled", "nothing")]


@pytest.mark.parametrize(
    ("value", "shown"),
    [("CLOSE_FRIENDS", "CLOSE_FRIENDS"), ("act.0123456789abcdef", "a text of 20")],
)
def test_a_new_value_of_a_choice_is_told_if_it_is_a_word(value: str, shown: str) -> None:
    data = CREATOR | {"privacy_level_options": ["SELF_ONLY", value]}
    told = found(posting.CREATOR_INFO, received(posting.CREATOR_INFO, data))
    assert told == [(DriftKind.VALUE, "data.privacy_level_options[]", shown)]


def _with(body: Callable[[Any], Any]) -> Received:
    good = received(display.VIDEO_LIST, PAGE)
    return Received(good.status, good.headers, json.dumps(body(json.loads(good.body))).encode())


def test_the_envelope_is_compared_with_what_the_protocol_writes() -> None:
    told = found(display.VIDEO_LIST, _with(lambda root: root | {"extra": {"now": 1}}))
    assert told == [(DriftKind.FIELD, "extra", "object")]
    more = _with(lambda root: root | {"error": root["error"] | {"trace": "x"}})
    assert found(display.VIDEO_LIST, more) == [(DriftKind.FIELD, "error.trace", "text")]
    fewer = _with(lambda root: root | {"error": {"code": "ok", "log_id": LOG_ID}})
    assert found(display.VIDEO_LIST, fewer) == [(DriftKind.MISSING, "error.message", "nothing")]


@pytest.mark.parametrize(
    ("operation", "code", "http", "told"),
    [
        (display.USER_INFO, "access_token_invalid", 401, []),
        (display.USER_INFO, "brand_new", 400, [(DriftKind.CODE, "", "brand_new, HTTP 400")]),
        (
            display.USER_INFO,
            "access_token_invalid",
            418,
            [(DriftKind.STATUS, "", "HTTP 418 with access_token_invalid")],
        ),
        (business.BC_GET, "40002", 200, []),
        (business.BC_GET, "49999", 200, [(DriftKind.CODE, "", "49999, HTTP 200")]),
        (embed.OEMBED_VIDEO, "400", 400, []),
        (embed.OEMBED_VIDEO, "451", 451, [(DriftKind.STATUS, "", "HTTP 451")]),
    ],
)
def test_errors_are_compared_with_the_tables(
    operation: Operation[..., Any], code: str, http: int, told: list[Any]
) -> None:
    assert found(operation, refused(operation, code, http)) == told


def test_headers_are_compared() -> None:
    answer = received(display.VIDEO_LIST, PAGE, **{"x-tt-stage": "new", "x-cache": "hit"})
    assert found(display.VIDEO_LIST, answer) == [(DriftKind.HEADER, "x-tt-stage", "a value")]
    silent = received(display.VIDEO_LIST, PAGE, **{"x-tt-logid": ""})
    assert found(display.VIDEO_LIST, silent) == [(DriftKind.HEADER, "x-tt-logid", "nothing")]
    page = received(display.VIDEO_LIST, PAGE, **{"content-type": "text/html"})
    assert found(display.VIDEO_LIST, page) == [(DriftKind.HEADER, "content-type", "text/html")]


def test_a_foreign_answer_is_unreadable() -> None:
    answer = Received(502, {"content-type": "text/html"}, b"<html>no</html>")
    assert (DriftKind.UNREADABLE, "", "HTTP 502, text/html") in found(display.VIDEO_LIST, answer)


@pytest.mark.parametrize("operation", READABLE, ids=lambda operation: operation.id)
def test_what_tomorrow_adds_is_found_in_every_answer(operation: Operation[..., Any]) -> None:
    told = found(operation, received(operation, tomorrow(operation.response)))
    assert {kind for kind, _, _ in told} <= {DriftKind.FIELD, DriftKind.VALUE}
    assert all(at.endswith(NEW_FIELD) for kind, at, _ in told if kind is DriftKind.FIELD)
    assert any(at.count(".") <= 1 for kind, at, _ in told if kind is DriftKind.FIELD)


def test_choices_of_ads_are_compared_at_depth() -> None:
    sent = tomorrow(business_ads.CAMPAIGN_GET.response)
    told = found(business_ads.CAMPAIGN_GET, received(business_ads.CAMPAIGN_GET, sent))
    assert (DriftKind.VALUE, "data.list[].objective_type", "value_of_tomorrow") in told
