"""The protocol of TikTok API for Business, with operations that stand for its kinds of requests."""

from __future__ import annotations

import contextlib
import json
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, RootModel

from stagedoor.platform.errors import ErrorKind
from stagedoor.platform.model import Answer, Request, says
from stagedoor.platform.operation import ApiProduct, Operation, Resource, Subject
from stagedoor.platform.paging import CursorPaging, CursorStandsStill, NumberedPaging
from stagedoor.platform.protocols.business import BUSINESS
from stagedoor.platform.protocols.business_errors import BUSINESS_ERRORS
from stagedoor.platform.protocols.protocol import Malformed, Problem, UnreadableAnswer
from tests.support.answers import TEXTS, answers
from tests.support.facts import vectors

LOG_ID = "202403040357439E497F7E6668D60F2700"


class Status(StrEnum):
    ON = "ENABLE"
    OFF = "DISABLE"


class Filtering(Request):
    campaign_ids: tuple[str, ...] = ()
    min_spend: int | None = None


class Listing(Request):
    """Campaigns of an ad account."""

    advertiser_id: Annotated[str, says("the ad account")]
    fields: tuple[str, ...] | None = None
    filtering: Filtering | None = None
    with_deleted: bool | None = None
    status: Status | None = None
    order: Literal["ASC", "DESC"] | None = None
    page: int | None = None
    page_size: int | None = None


class Change(Request):
    """A campaign's new name and state."""

    advertiser_id: str
    campaign_id: str
    budget: float | None = None
    status: Status | None = None
    names: tuple[str, ...] = ()
    filtering: Filtering | None = None


class Upload(Request):
    """A file with its name."""

    advertiser_id: str
    image_file: bytes
    width: int | None = None
    labels: tuple[str, ...] | None = None


class PageInfo(Answer):
    page: int = 1
    page_size: int = 10
    total_number: int = 0
    total_page: int = 0


class Campaign(Answer):
    campaign_id: str
    budget: float | None = None


class Campaigns(Answer):
    list: tuple[Campaign, ...] = ()
    page_info: PageInfo = PageInfo()


class Posts(Answer):
    posts: tuple[Campaign, ...] = ()
    cursor: int | None = None
    has_more: bool = False


class Files(RootModel[tuple[Campaign, ...]]):
    """An array in place of an object."""


ADS = ApiProduct(name="ads", protocol=BUSINESS, subject=Subject.ADVERTISER, resource=Resource.ADS)
PAGED = NumberedPaging("list", 1_000, total=("page_info", "total_page"))
LIST = ADS.operation(
    "list",
    "GET",
    "/c/get/",
    request=Listing,
    response=Campaigns,
    summary="S",
    action="A",
    source="business.yaml",
    paging=PAGED,
)
UPDATE = ADS.operation(
    "update",
    "POST",
    "/c/update/",
    request=Change,
    response=Answer,
    summary="S",
    action="A",
    source="business.yaml",
)
UPLOAD = ADS.operation(
    "upload",
    "POST",
    "/f/upload/",
    request=Upload,
    response=Files,
    summary="S",
    action="A",
    source="business.yaml",
)
OPERATIONS: list[Operation[..., Any]] = [LIST, UPDATE, UPLOAD]

_NUMBERS = st.none() | st.integers(-(2**60), 2**60)
_LISTS = st.lists(TEXTS, max_size=3).map(tuple)
_FILTERS = st.none() | st.builds(Filtering, campaign_ids=_LISTS, min_spend=_NUMBERS)
_STATES = st.none() | st.sampled_from(Status)
_TRICKY = TEXTS | st.sampled_from(["[1]", '{"a":1}', "true", "1", "null", '"', ""])
REQUESTS: dict[str, st.SearchStrategy[BaseModel]] = {
    "ads.list": st.builds(
        Listing,
        advertiser_id=_TRICKY,
        fields=st.none() | _LISTS,
        filtering=_FILTERS,
        with_deleted=st.none() | st.booleans(),
        status=_STATES,
        order=st.sampled_from(["ASC", None]),
        page=_NUMBERS,
    ),
    "ads.update": st.builds(
        Change,
        advertiser_id=_TRICKY,
        campaign_id=_TRICKY,
        budget=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        status=_STATES,
        names=_LISTS,
        filtering=_FILTERS,
    ),
    "ads.upload": st.builds(
        Upload,
        advertiser_id=st.sampled_from(["7", "[1]", "true"]),
        image_file=st.binary(max_size=40),
        width=_NUMBERS,
        labels=st.none() | _LISTS,
    ),
}

each = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)


@each
@given(data=st.data())
def test_what_is_encoded_parses_to_the_same_request(
    operation: Operation[..., Any], data: Any
) -> None:
    request = data.draw(REQUESTS[operation.id])
    wire = BUSINESS.encode(operation, request)
    assert BUSINESS.parse(operation, wire.query, wire.body or b"") == request


@each
@given(query=st.text(max_size=40), body=st.binary(max_size=40))
def test_noise_is_read_or_refused_as_malformed(
    operation: Operation[..., Any], query: str, body: bytes
) -> None:
    with contextlib.suppress(Malformed):
        BUSINESS.parse(operation, query, body)


def test_a_request_that_does_not_fit_is_a_parameter_error() -> None:
    with pytest.raises(Malformed) as refused:
        BUSINESS.parse(LIST, "page=1", b"")
    problem = BUSINESS.refusal(refused.value)
    told = "advertiser_id: Missing data for required field."
    assert (problem.code, problem.message) == ("40002", told)


@each
@given(data=st.data())
def test_the_data_that_is_wrapped_is_unwrapped(operation: Operation[..., Any], data: Any) -> None:
    sent = data.draw(answers(operation.response))
    made = BUSINESS.wrap(operation, sent, LOG_ID)
    assert json.loads(made.body)["request_id"] == LOG_ID
    assert BUSINESS.unwrap(operation, made.status, {}, made.body) == sent


@each
@given(code=st.sampled_from(sorted(BUSINESS_ERRORS.codes)) | st.just("49999"), text=TEXTS)
def test_an_error_that_is_wrapped_is_unwrapped(
    operation: Operation[..., Any], code: str, text: str
) -> None:
    problem = Problem(code, text, LOG_ID, 200)
    made = BUSINESS.wrap_error(operation, problem)
    assert made.status == 200
    assert json.loads(made.body)["code"] == int(code)
    assert BUSINESS.unwrap(operation, made.status, {}, made.body) == problem


def test_values_of_a_get_are_plain_or_json_text() -> None:
    request = Listing(
        advertiser_id="7000000000000000001",
        fields=("campaign_id",),
        filtering=Filtering(campaign_ids=("1",)),
        with_deleted=True,
        page=2,
    )
    wire = BUSINESS.encode(LIST, request)
    assert wire.body is None
    assert parse_qs(wire.query) == {
        "advertiser_id": ["7000000000000000001"],
        "fields": ['["campaign_id"]'],
        "filtering": ['{"campaign_ids":["1"]}'],
        "with_deleted": ["true"],
        "page": ["2"],
    }


def test_a_get_with_a_json_body_is_read_too() -> None:
    body = b'{"advertiser_id":"7","fields":["a"],"unknown":1}'
    assert BUSINESS.parse(LIST, "", body) == Listing(advertiser_id="7", fields=("a",))


def test_a_post_is_json_without_parameters_in_the_address() -> None:
    wire = BUSINESS.encode(UPDATE, Change(advertiser_id="7", campaign_id="1", status=Status.ON))
    assert (wire.query, wire.content_type) == ("", "application/json")
    assert json.loads(wire.body or b"")["status"] == "ENABLE"
    with pytest.raises(Malformed, match="advertiser_id"):
        BUSINESS.parse(UPDATE, "advertiser_id=7", b'{"campaign_id":"1"}')


def test_the_token_has_a_header_of_its_own_without_a_scheme() -> None:
    assert BUSINESS.token_headers("t.1") == {"access-token": "t.1"}
    assert BUSINESS.token_in([(b"access-token", b"t.1")]) == "t.1"
    assert BUSINESS.token_in([(b"access-token", b"")]) is None
    assert BUSINESS.token_in([(b"authorization", b"Bearer t.1")]) is None


@pytest.mark.parametrize(
    ("subject", "carries"),
    [(Subject.ADVERTISER, True), (Subject.ACCOUNT_HOLDER, True), (Subject.APP, False)],
)
def test_who_proves_itself_by_a_token(subject: Subject, carries: bool) -> None:
    assert BUSINESS.carries_token(subject) is carries


def test_a_partial_success_is_data() -> None:
    body = b'{"code":20001,"message":"Partial","request_id":"r","data":{"list":[]}}'
    assert BUSINESS.unwrap(LIST, 200, {}, body) == Campaigns()


@pytest.mark.parametrize(
    "body", [b"404 page not found", b"[]", b"{}", b'{"code":"x"}', b'{"data":{}}', b"<html>"]
)
def test_what_is_no_answer_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        BUSINESS.unwrap(LIST, 404, {}, body)


def test_the_error_table_is_the_published_one_and_retries_what_may_pass() -> None:
    published = vectors("business_codes")
    assert set(BUSINESS_ERRORS.codes) == set(published)
    again = {ErrorKind.RATE, ErrorKind.SERVER, ErrorKind.STATE}
    for code, may_pass in published.items():
        assert BUSINESS_ERRORS.kind(code, 200) in again or not may_pass, code
        declared = BUSINESS_ERRORS.known(code)
        assert declared is not None
        assert may_pass or "later" not in declared.remedy, f"{code} will never pass"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("40105", ErrorKind.AUTH),
        ("40102", ErrorKind.AUTH),
        ("40110", ErrorKind.GRANT),
        ("40100", ErrorKind.RATE),
        ("40133", ErrorKind.RATE),
        ("40002", ErrorKind.REQUEST),
        ("40001", ErrorKind.SCOPE),
        ("40007", ErrorKind.NOT_FOUND),
        ("50000", ErrorKind.SERVER),
        ("51999", ErrorKind.SERVER),
        ("49999", None),
    ],
)
def test_a_code_has_a_kind_whatever_the_status(code: str, kind: ErrorKind | None) -> None:
    assert BUSINESS_ERRORS.kind(code, 200) is kind


def test_numbered_pages_end_with_the_last_that_the_answer_counts() -> None:
    asked = {"advertiser_id": "7"} | PAGED.first(50)
    assert asked == {"advertiser_id": "7", "page": 1, "page_size": 50}
    two = Campaigns(page_info=PageInfo(total_page=2))
    further = PAGED.after(asked, two)
    assert further == {"page": 2}
    assert PAGED.after(asked | further, two) is None
    assert PAGED.after(asked, Campaigns(page_info=PageInfo(total_page=0))) is None


def test_a_short_page_of_the_cursor_mode_is_not_the_last() -> None:
    paging = CursorPaging("posts", 20)
    asked = {"cursor": None} | paging.first(20)
    assert paging.after(asked, Posts(cursor=5, has_more=True)) == {"cursor": 5}
    assert paging.after(asked, Posts(cursor=5, has_more=False)) is None


@pytest.mark.parametrize(
    ("asked", "cursor"), [({"cursor": 5}, 5), ({"cursor": 5}, None), ({}, None)]
)
def test_more_pages_without_a_cursor_that_moves_are_no_silent_end(
    asked: dict[str, Any], cursor: int | None
) -> None:
    answer = Posts(cursor=cursor, has_more=True)
    with pytest.raises(CursorStandsStill):
        CursorPaging("posts", 20).after(asked, answer)
    assert CursorPaging("posts", 20, may_stand_still=True).after(asked, answer) is None
