"""Protocols in both directions: what one side writes the other side reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stagedoor.platform import catalogue
from stagedoor.platform.errors import OPEN_PLATFORM, ErrorKind
from stagedoor.platform.operation import Operation, Subject
from stagedoor.platform.products import commercial, display, embed, oauth, portability, posting
from stagedoor.platform.products.research import validation
from stagedoor.platform.protocols.business import BusinessProtocol
from stagedoor.platform.protocols.oauth_form import OAUTH_FORM
from stagedoor.platform.protocols.open_api import OPEN_API
from stagedoor.platform.protocols.plain_json import PLAIN_JSON
from stagedoor.platform.protocols.protocol import Note, Problem, Protocol, UnreadableAnswer
from stagedoor.platform.protocols.upload_transfer import UPLOAD_TRANSFER
from tests.support.answers import TEXTS, answers
from tests.support.every import every

OPERATIONS = list(catalogue.operations().values())
ANSWERING = [
    one
    for one in OPERATIONS
    if one.protocol is not UPLOAD_TRANSFER and not one.protocol.answers_file
]
DRAWN_AGAIN = [HealthCheck.too_slow, HealthCheck.filter_too_much]
"""For examples that a model refuses: they are drawn again."""
LOG_ID = "20261129120000ABCDEF0123456789ABCD"

each = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)


@pytest.mark.parametrize("operation", ANSWERING, ids=lambda one: one.id)
@settings(max_examples=20, suppress_health_check=DRAWN_AGAIN)
@given(data=st.data())
def test_the_data_that_is_wrapped_is_unwrapped(operation: Operation[..., Any], data: Any) -> None:
    sent = data.draw(answers(operation.response))
    made = operation.protocol.wrap(operation, sent, LOG_ID)
    read = operation.protocol.unwrap(operation, made.status, {}, made.body)
    assert read == sent


@each
@given(data=st.data(), text=TEXTS)
@settings(max_examples=20, suppress_health_check=DRAWN_AGAIN)
def test_an_error_that_is_wrapped_is_unwrapped(
    operation: Operation[..., Any], data: Any, text: str
) -> None:
    protocol = operation.protocol
    unknown = "49999" if isinstance(protocol, BusinessProtocol) else "code_of_tomorrow"
    code = data.draw(st.sampled_from([*sorted(protocol.errors.codes), unknown]))
    http = 403
    if protocol is UPLOAD_TRANSFER:
        code, text = f"http_{http}", ""  # the status is the whole answer
    elif not protocol.names_errors:
        code = str(http)
    problem = Problem(code, text, LOG_ID, http)
    made = protocol.wrap_error(operation, problem)
    headers = {protocol.log_id_header: LOG_ID}
    assert protocol.unwrap(operation, made.status, headers, made.body) == problem


@every("operation", OPERATIONS, ids=lambda one: one.id)
def test_the_token_of_a_call_is_found_by_its_receiver(operation: Operation[..., Any]) -> None:
    protocol = operation.protocol
    sent = protocol.token_headers("act.1")
    received = [(name.encode(), value.encode()) for name, value in sent.items()]
    others = [(b"host", b"a"), (b"x-authorization", b"Bearer act.2")]
    found = protocol.token_in([*others, *received])
    assert found == (None if protocol.token_header is None else "act.1")
    assert protocol.token_header is not None or not operation.carries_token
    assert protocol.token_in(others) is None


@pytest.mark.parametrize("value", [b"act.1", b"Basic act.1", b"Bearer", b"Bearer   ", b""])
def test_what_is_no_bearer_token_is_none(value: bytes) -> None:
    assert OPEN_API.token_in([(b"authorization", value)]) is None


def test_the_word_bearer_is_read_in_any_case() -> None:
    assert OPEN_API.token_in([(b"authorization", b"bearer act.1")]) == "act.1"


def test_whose_token_a_call_carries() -> None:
    by = {one.id: (one.subject, one.carries_token) for one in OPERATIONS}
    assert by["display.video_list"] == (Subject.CREATOR, True)
    assert by["research.video_query"] == by["commercial.ad_query"] == (Subject.APP, True)
    assert by["oauth.token_code"] == by["oauth.revoke"] == (Subject.APP, False)
    assert by["embed.oembed_video"] == by["media.upload_chunk"] == (Subject.NOBODY, False)


def test_the_error_object_is_as_the_product_says() -> None:
    ok = {"code": "ok", "message": "", "log_id": LOG_ID}
    status = {"http_status_code": 200}
    for operation, more in ((display.VIDEO_LIST, {}), (commercial.AD_QUERY, status)):
        made = json.loads(operation.protocol.wrap(operation, b"{}", LOG_ID).body)
        assert made == {"data": {}, "error": ok | more}
    made = json.loads(posting.CANCEL.protocol.wrap(posting.CANCEL, {}, LOG_ID).body)
    assert made == {"error": ok}
    refused = Problem("invalid_params", "No.", LOG_ID, 400)
    for one, code in ((portability.DATA_DOWNLOAD, 400), (portability.DATA_ADD, None)):
        error = json.loads(one.protocol.wrap_error(one, refused).body)["error"]
        assert error.get("http_status_code") == code


def test_a_note_says_more_than_ok() -> None:
    note = Note("ok.", status=500, states_status=True)
    made = OPEN_API.wrap(display.VIDEO_LIST, {"videos": []}, LOG_ID, note)
    assert made.status == 500
    error = {"code": "ok", "message": "ok.", "log_id": LOG_ID, "http_status_code": 500}
    assert json.loads(made.body)["error"] == error


def test_only_the_product_with_two_spellings_spells_a_code_otherwise() -> None:
    spelled = posting.STATUS.protocol.spelled
    assert spelled("invalid_params", "invalid_param") == "invalid_param"
    assert spelled("invalid_params", "invalid_params") == "invalid_params"
    assert spelled("internal_error", "invalid_param") == "internal_error"
    assert OPEN_API.spelled("invalid_params", "invalid_param") == "invalid_params"


def test_a_refusal_to_an_agent_tells_what_to_do_in_every_protocol() -> None:
    problem = Problem("approval_needed", "A person is asked.", LOG_ID, 403)
    for operation in (display.VIDEO_LIST, embed.OEMBED_VIDEO, oauth.REVOKE):
        made = operation.protocol.wrap_error(operation, problem, {"approval_id": "a"})
        assert json.loads(made.body)["data"] == {"approval_id": "a"}


@pytest.mark.parametrize(
    ("operation", "status", "body"),
    [
        (display.VIDEO_LIST, 200, b"<html>"),
        (display.VIDEO_LIST, 200, b"[]"),
        (display.VIDEO_LIST, 200, b'{"data":{}}'),
        (validation.VALIDATION_RESULT, 200, b"\xff"),
        (validation.VALIDATION_RESULT, 502, b"1"),
        (oauth.TOKEN_CLIENT, 200, b"<html>"),
        (oauth.TOKEN_CLIENT, 200, b"{}"),
        (oauth.TOKEN_CLIENT, 502, b"{}"),
        (embed.OEMBED_VIDEO, 200, b"[]"),
        (embed.OEMBED_VIDEO, 502, b"<html>"),
    ],
)
def test_what_is_no_answer_is_unreadable(
    operation: Operation[..., Any], status: int, body: bytes
) -> None:
    with pytest.raises(UnreadableAnswer):
        operation.protocol.unwrap(operation, status, {}, body)


def test_the_value_that_tells_operations_apart_stands_where_the_protocol_has_it() -> None:
    body = b"grant_type=refresh_token&a=1"
    assert OAUTH_FORM.selecting("grant_type", "grant_type=no", body) == "refresh_token"
    assert PLAIN_JSON.selecting("url", "url=u", b"url=no") == "u"
    assert PLAIN_JSON.selecting("url", "", b"url=no") is None
    assert OAUTH_FORM.selecting("grant_type", "", b"a=1&" * 1_001) is None


@pytest.mark.parametrize(
    ("code", "http", "kind"),
    [
        ("invalid_param", 200, ErrorKind.REQUEST),
        ("tomorrow", 429, ErrorKind.RATE),
        ("tomorrow", 503, ErrorKind.SERVER),
        ("tomorrow", 401, ErrorKind.AUTH),
        ("tomorrow", 400, None),
    ],
)
def test_a_code_has_a_kind_and_an_unknown_one_is_classed_by_its_status(
    code: str, http: int, kind: ErrorKind | None
) -> None:
    assert OPEN_PLATFORM.kind(code, http) is kind


def test_every_operation_has_one_of_the_declared_protocols() -> None:
    assert all(isinstance(one.protocol, Protocol) for one in OPERATIONS)
