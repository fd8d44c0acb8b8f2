"""Reading answers: TikTok's body decides, and an answer of another server is reported as such."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.client.answer import read
from stagedoor.client.effects import Reply
from stagedoor.client.errors import (
    BadRequest,
    GrantInvalid,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ServerError,
    StagedoorError,
    TikTokError,
    UnexpectedAnswer,
)
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import display, embed, oauth, posting
from stagedoor.platform.products.research.validation import VALIDATION_RESULT
from stagedoor.platform.protocols.open_api import OpenApi
from stagedoor.platform.protocols.upload_transfer import UPLOAD_TRANSFER
from tests.support.flows import enveloped, flat
from tests.support.invalid_values import ODD, put, spots
from tests.support.samples import tomorrow

READABLE = [
    operation
    for operation in catalogue.operations().values()
    if operation.protocol is not UPLOAD_TRANSFER
]


def test_the_answer_is_typed_and_ids_are_text() -> None:
    page = read(
        display.VIDEO_LIST,
        enveloped({"videos": [{"id": 7309409928148208005, "new": 1}], "has_more": True}),
    )
    assert page.videos[0].id == "7309409928148208005"
    assert page.videos[0].new == 1
    assert (page.has_more, page.cursor) == (True, None)


def test_an_error_with_status_200_is_an_error() -> None:
    with pytest.raises(QuotaExceeded) as error:
        read(posting.CREATOR_INFO, enveloped({}, "spam_risk_too_many_posts"))
    assert error.value.log_id == "20261004110000A1B2C3D4E5F607182950AB"
    assert error.value.operation == "posting.creator_info"


def test_a_success_with_status_400_is_a_success() -> None:
    assert read(posting.STATUS, enveloped({"status": "FAILED"}, status=400)).status == "FAILED"


@pytest.mark.parametrize("data", ['"data":{},', '"data":null,', ""])
def test_an_empty_answer_may_come_without_data(data: str) -> None:
    body = f'{{{data}"error":{{"code":"ok","message":"","log_id":"l"}}}}'
    read(posting.CANCEL, Reply(200, {}, body.encode()))


def test_an_error_without_data_is_still_read() -> None:
    with pytest.raises(NotFound):
        read(posting.STATUS, Reply(400, {}, b'{"error":{"code":"invalid_publish_id"}}'))


def test_the_log_id_is_taken_from_the_header_when_the_body_has_none() -> None:
    reply = Reply(400, {"x-tt-logid": "from the header"}, b'{"error":{"code":"invalid_params"}}')
    with pytest.raises(BadRequest, match=r"^from the header: invalid_params"):
        read(posting.STATUS, reply)


def test_a_success_that_lacks_what_must_be_there_is_not_guessed_at() -> None:
    with pytest.raises(UnexpectedAnswer):
        read(posting.VIDEO_INIT, enveloped({}))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_read_where_it_is_a_number_of_seconds(
    said: str, seconds: float | None
) -> None:
    with pytest.raises(RateLimited) as error:
        read(display.USER_INFO, enveloped({}, "rate_limit_exceeded", 429, retry_after=said))
    assert error.value.retry_after == seconds


@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_token_routes_error_is_decided_by_its_body(status: int) -> None:
    refused = flat(status, error="invalid_grant", error_description="Over.", log_id="l")
    with pytest.raises(GrantInvalid, match=r"^l: invalid_grant \(Over\)"):
        read(oauth.TOKEN_CODE, refused)


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_revoking_ends_with_an_empty_body_or_an_empty_object(body: bytes) -> None:
    read(oauth.REVOKE, Reply(200, {}, body))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"access_token": 5}'])
def test_a_token_answer_without_tokens_is_not_tiktoks(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswer):
        read(oauth.TOKEN_CODE, Reply(200, {}, body))


def test_no_error_about_a_token_answer_shows_the_token() -> None:
    with pytest.raises(UnexpectedAnswer) as error:
        read(oauth.TOKEN_CODE, flat(access_token="act.hush", expires_in="x"))
    assert "hush" not in str(error.value)


def test_the_gateways_404_is_shown_with_the_status() -> None:
    with pytest.raises(
        UnexpectedAnswer, match=r"HTTP 404 with 'Unsupported path\(Janus\)'"
    ) as error:
        read(display.USER_INFO, Reply(404, {}, b"Unsupported path(Janus)"))
    assert error.value.http_status == 404


def test_a_proxys_page_is_shown_in_one_short_line() -> None:
    page = b"<html>\n<h1>502\x1b[31m Bad Gateway</h1>" + b"x" * 10_000
    with pytest.raises(UnexpectedAnswer) as error:
        read(display.USER_INFO, Reply(502, {}, page))
    text = str(error.value)
    assert len(text) < 300
    assert text.isprintable()


def test_an_unknown_page_to_embed_is_an_error_with_its_status() -> None:
    with pytest.raises(TikTokError) as error:
        read(embed.OEMBED_VIDEO, Reply(400, {}, b'{"code":"","message":"Something went wrong"}'))
    assert (error.value.code, error.value.message) == ("http_400", "Something went wrong")
    with pytest.raises(UnexpectedAnswer):
        read(embed.OEMBED_VIDEO, Reply(502, {}, b"<html>"))
    with pytest.raises(ServerError):
        read(embed.OEMBED_VIDEO, Reply(502, {}, b"{}"))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "error", "code", "message", "log_id", "user", "videos", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(
    status=st.sampled_from([200, 204, 302, 400, 401, 404, 429, 500, 502]),
    body=st.binary() | _json.map(lambda value: json.dumps(value).encode()),
)
def test_anything_else_that_comes_is_one_of_our_errors(status: int, body: bytes) -> None:
    for operation in READABLE:
        try:
            read(operation, Reply(status, {}, body))
        except StagedoorError as error:
            assert str(error), operation.id  # noqa: PT017
        except Exception as error:
            error.add_note(operation.id)
            raise


@pytest.mark.parametrize("operation", READABLE, ids=lambda operation: operation.id)
def test_a_field_of_another_type_is_one_of_our_errors_or_kept(
    operation: Operation[..., Any],
) -> None:
    """Any value in the place of a declared field."""
    good = tomorrow(operation.response)
    enveloping = isinstance(operation.protocol, OpenApi) and not operation.protocol.answers_text
    for spot in spots(operation.response.model_json_schema()):
        for value in ODD:
            data = put(good, spot.path, value)
            sent = {"data": data, "error": {"code": "ok"}} if enveloping else data
            body = json.dumps(sent).encode()
            try:
                read(operation, Reply(200, {}, body))
            except StagedoorError as error:
                assert len(str(error)) < 500, spot.name  # noqa: PT017


def test_a_secret_that_a_gateway_repeats_is_not_shown() -> None:
    page = b"<pre>POST /v2/oauth/token/ client_secret=tCFzh7WGLNsu0Z8kVd8Bzz&code=1</pre>"
    with pytest.raises(UnexpectedAnswer, match=r"\*\*\*=\*\*\*&code=1") as error:
        read(oauth.TOKEN_CODE, Reply(502, {}, page))
    assert "tCFz" not in str(error.value)


def test_a_redirect_of_the_revoke_is_no_success() -> None:
    with pytest.raises(UnexpectedAnswer):
        read(oauth.REVOKE, Reply(302, {}, b""))


def test_a_page_is_no_list_of_ids() -> None:
    assert read(VALIDATION_RESULT, Reply(200, {}, b"1\n2\n")).ids == ("1", "2")
    for body in (b"<html>", b"null", b"{}", b"12 gone"):
        with pytest.raises(UnexpectedAnswer):
            read(VALIDATION_RESULT, Reply(200, {}, body))
