"""A request read from the wire: query and body, strict about types, silent about extras."""

from __future__ import annotations

import json
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.platform import wire
from stagedoor.platform.products.display import VIDEO_LIST, VIDEO_QUERY
from stagedoor.platform.products.oauth import TOKEN_REFRESH
from stagedoor.platform.products.posting import VIDEO_INIT
from stagedoor.platform.wire import Malformed, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["", " ", "\n\t"]))
def test_a_body_is_read_as_its_members_say(sent: object, blank: str) -> None:
    body = (blank + json.dumps(sent) + blank).encode()
    query = urlencode({"fields": "id"})
    if isinstance(sent, dict):
        assert parse(VIDEO_LIST, query, body).fields == ("id",)
    else:
        with pytest.raises(Malformed):
            parse(VIDEO_LIST, query, body)


@given(st.binary(max_size=40))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    for operation in (VIDEO_LIST, VIDEO_QUERY, TOKEN_REFRESH):
        with suppress(Malformed):
            assert parse(operation, "fields=id", body) is not None


@pytest.mark.parametrize(
    "body",
    [
        b'{"cursor": 1}}',
        b'{"cursor": 1} {"cursor": 2}',
        b'{"cursor": 1,}',
        b'{,"cursor": 1}',
        b'{"cursor": "1"}',
        b'{"a": "x}',
        b'{"a": "x\\}',
        b'{"cursor": 1',
        b"}{",
        b"{}{}",
    ],
)
def test_a_broken_body_is_not_mended_by_the_query(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(VIDEO_LIST, "fields=id", body)


def test_a_field_of_the_query_counts_in_the_query_alone() -> None:
    body = b'{"fields": "title", "max_count": 2, "fields": "nonsense"}'
    request = parse(VIDEO_LIST, "fields=id&max_count=9&other=1", body)
    assert (request.fields, request.max_count) == (("id",), 2)
    with pytest.raises(Malformed, match="fields: is missing"):
        parse(VIDEO_LIST, "", body)


def test_what_only_pythons_parser_reads_is_read_too() -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert parse(VIDEO_LIST, "fields=id", '{"max_count": 3}'.encode(encoding)).max_count == 3


def test_too_many_pairs_are_refused_in_query_and_form() -> None:
    many = "a=1&" * (wire.MAX_PAIRS + 1)
    with pytest.raises(Malformed):
        parse(VIDEO_LIST, many + "fields=id")
    with pytest.raises(Malformed):
        parse(TOKEN_REFRESH, "", many.encode())


POSTED = {
    "post_info": {"title": None, "privacy_level": "SELF_ONLY", "disable_duet": None},
    "source_info": {"source": "PULL_FROM_URL", "video_url": "https://a.example/b.mp4"},
}


def test_null_is_absent_where_a_field_may_be_absent() -> None:
    read = parse(VIDEO_INIT, "", json.dumps(POSTED).encode())
    absent = {"privacy_level": "SELF_ONLY"}
    same = parse(VIDEO_INIT, "", json.dumps(POSTED | {"post_info": absent}).encode())
    assert read == same


@pytest.mark.parametrize("name", ["source_info", "post_info"])
def test_null_is_missing_where_a_field_must_be_there(name: str) -> None:
    with pytest.raises(Malformed) as told:
        parse(VIDEO_INIT, "", json.dumps(POSTED | {name: None}).encode())
    assert told.value.problems == ((name, "is missing"),)


def test_null_in_a_list_is_no_absent_value() -> None:
    with pytest.raises(Malformed) as told:
        parse(VIDEO_QUERY, "fields=id", b'{"filters": {"video_ids": ["1", null]}}')
    assert told.value.problems[0][0] == "filters.video_ids.1"
