"""Requests on their way out and in: the same declaration, read in both directions."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from stagedoor.platform import catalogue
from stagedoor.platform.operation import BrowserPage, Operation
from stagedoor.platform.products import display, oauth, posting
from stagedoor.platform.wire import MAX_PAIRS, Malformed, encode, parse
from tests.examples import example_of
from tests.examples.example import Values
from tests.support.example_counts import EXAMPLES, examples_of

Declared = Operation[..., Any] | BrowserPage
many = settings(max_examples=300, deadline=None)
"""Each is read by every operation; a model is built by its first request."""
DECLARED: list[Declared] = [*catalogue.operations().values(), *catalogue.pages().values()]


def fields_of(declared: Declared) -> list[str]:
    model = declared.request
    assert isinstance(model, type)
    assert issubclass(model, BaseModel)
    return list(model.model_fields)


each = pytest.mark.parametrize("declared", DECLARED, ids=lambda d: d.id)


@pytest.mark.parametrize("count", EXAMPLES)
@each
def test_what_is_encoded_parses_to_the_same_request(declared: Declared, count: int) -> None:
    @examples_of(count, example_of(declared).drawn)
    def check(values: Values) -> None:
        request = declared.request(**values)
        wire = encode(declared, request)
        assert parse(declared, wire.query, wire.body or b"") == request

    check()


def read_by_each(query: str, body: bytes) -> None:
    """Every operation reads it, or refuses it as malformed."""
    for declared in DECLARED:
        try:
            parse(declared, query, body)
        except Malformed:
            continue
        except Exception as error:
            error.add_note(declared.id)
            raise


@many
@given(query=st.text(st.characters()), body=st.binary())
def test_noise_is_read_or_refused_as_malformed(query: str, body: bytes) -> None:
    read_by_each(query, body)


_NAMES = sorted({name for d in DECLARED for name in fields_of(d)} | {"source", "x"})
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["FILE_UPLOAD", "PULL_FROM_URL", "SELF_ONLY", "PHOTO", "DIRECT_POST"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)


@many
@given(body=st.dictionaries(st.sampled_from(_NAMES), _json, max_size=5))
def test_json_of_any_shape_is_read_or_refused_as_malformed(body: dict[str, Any]) -> None:
    for query in ("", "fields=id", "fields=open_id"):
        read_by_each(query, json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"publish_id":' + b"[" * 200_000,
        b"9" * 10_000,
        b'{"publish_id":"\\ud800"}',
        b"\xff\xfe\x00",
        b"[1]",
        b"null",
        b'"text"',
        b'{"publish_id":"a"',
    ],
    ids=lambda body: body[:18].decode("latin-1"),
)
def test_bodies_made_to_break_a_parser_are_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(posting.STATUS, "", body)


@pytest.mark.parametrize(
    ("declared", "query", "body"),
    [
        (display.VIDEO_LIST, "fields=id", {"max_count": "5"}),
        (display.VIDEO_LIST, "fields=id", {"max_count": 5.0}),
        (display.VIDEO_LIST, "fields=id", {"max_count": True}),
        (display.VIDEO_QUERY, "fields=id", {"filters": {"video_ids": [7309409928148208005]}}),
        (display.VIDEO_QUERY, "fields=id", {"filters": {"video_ids": "7309409928148208005"}}),
        (posting.STATUS, "", {"publish_id": 5}),
        (posting.STATUS, "", {"publish_id": None}),
    ],
)
def test_types_inside_json_are_not_converted(
    declared: Declared, query: str, body: dict[str, Any]
) -> None:
    with pytest.raises(Malformed):
        parse(declared, query, json.dumps(body).encode())


def test_a_problem_is_named_by_its_path() -> None:
    body = {"filters": {"video_ids": ["1", 2]}}
    with pytest.raises(Malformed) as refusal:
        parse(display.VIDEO_QUERY, "fields=id", json.dumps(body).encode())
    assert refusal.value.problems[0][0] == "filters.video_ids.1"


def test_fields_that_tiktok_does_not_know_are_ignored() -> None:
    body = {"publish_id": "p", "new_field": 1, "fields": {"a": []}}
    assert parse(posting.STATUS, "what=ever", json.dumps(body).encode()).publish_id == "p"
    form = "client_key=k&client_secret=s&grant_type=client_credentials&client_id=x"
    assert parse(oauth.TOKEN_CLIENT, "", form.encode()).client_key == "k"
    query = "client_key=k&scope=a,b&redirect_uri=u&client_id=other"
    assert parse(oauth.AUTHORIZE, query).scope == ("a", "b")


@pytest.mark.parametrize("declared", [display.USER_INFO, display.VIDEO_LIST, display.VIDEO_QUERY])
def test_a_request_that_names_no_fields_is_refused(declared: Declared) -> None:
    body = b'{"filters": {"video_ids": ["1"]}, "fields": "id,open_id"}'
    for query in ("", "field=id", "fields=", "fields=,"):
        with pytest.raises(Malformed, match="fields"):
            parse(declared, query, body)


def test_a_query_field_is_not_taken_from_the_body_and_a_body_field_not_from_the_query() -> None:
    body = b'{"fields": "title", "max_count": 3}'
    read = parse(display.VIDEO_LIST, "fields=id&max_count=9", body)
    assert read.fields == ("id",)
    assert read.max_count == 3


def test_fields_travel_in_the_query_and_what_is_none_stays_at_home() -> None:
    wire = encode(display.VIDEO_LIST, display.VideoListQuery(fields=("id", "title"), max_count=3))
    assert parse_qs(wire.query) == {"fields": ["id,title"]}
    assert json.loads(wire.body or b"") == {"max_count": 3}
    assert wire.content_type == "application/json; charset=UTF-8"


def test_a_post_without_fields_still_sends_a_json_object() -> None:
    wire = encode(posting.CREATOR_INFO, posting.CreatorInfoQuery())
    assert (wire.query, wire.body) == ("", b"{}")


def test_a_grant_travels_as_a_form() -> None:
    request = oauth.ClientGrant(client_key="k", client_secret="s & t")
    wire = encode(oauth.TOKEN_CLIENT, request)
    assert wire.content_type == "application/x-www-form-urlencoded"
    assert wire.body == b"client_key=k&client_secret=s+%26+t&grant_type=client_credentials"


def test_more_pairs_than_any_request_has_are_refused_unread() -> None:
    with pytest.raises(Malformed, match="could not be read"):
        parse(oauth.AUTHORIZE, "&".join(["a=1"] * (MAX_PAIRS + 1)))


def test_no_problem_repeats_a_secret_that_was_put_in() -> None:
    form = "client_key=k&client_secret=hush-hush&grant_type=other&code=hush-hush"
    with pytest.raises(Malformed) as refusal:
        parse(oauth.TOKEN_CODE, "", form.encode())
    assert "hush-hush" not in str(refusal.value)
