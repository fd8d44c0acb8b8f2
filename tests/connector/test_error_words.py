"""Errors of requests say in words what a field should be."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from stagedoor.connector.app import LISTED
from stagedoor.platform.reasons import reason_of
from tests.connector.conftest import Service

CAMPAIGN = {"accountId": "7100000000000000001", "name": "Sale", "objective": "TRAFFIC"}
RESEARCH = {
    "query": {"and": [{"field_name": "keyword", "operation": "EQ", "field_values": ["x"]}]},
    "startDate": "2026-01-01",
    "endDate": "2026-01-02",
}


CASES: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "POST",
        "/api/ads/campaigns",
        CAMPAIGN | {"budget": "100,00"},
        "budget: should be an amount of money such as 100.00, as a string",
    ),
    (
        "PUT",
        "/api/settings/ad-spend",
        {"limits": {"usd": "30.00"}},
        "limits.usd: should be a currency's code (ISO 4217) such as USD",
    ),
    (
        "POST",
        "/api/ads/audiences",
        {"accountId": "7100000000000000001", "name": ""},
        "name: should have at least 1 character",
    ),
    (
        "POST",
        "/api/data/find",
        {"username": "no handle"},
        "username: should be a handle: 2 to 64 letters, digits, underscores and dots",
    ),
    (
        "POST",
        "/api/research/jobs",
        {"kind": "video-query", "requests": [RESEARCH | {"fields": ["views"]}]},
        "requests.0.fields: has no field 'views'",
    ),
    (
        "POST",
        "/api/research/jobs",
        {"kind": "video-query", "requests": [RESEARCH | {"startDate": "1.1.2026"}]},
        "requests.0.startDate: should be a day such as 2026-11-29",
    ),
    (
        "GET",
        "/api/ads/campaigns",
        {},
        "query.accountId: is missing: GET /api/ads/accounts lists the ad accounts",
    ),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_refused_is_told_in_words(service: Service) -> None:
    for method, path, body, message in CASES:
        answer = service.send(method, path, body)
        error = answer.json()["error"]
        assert (answer.status_code, error["message"]) == (400, message)
        told = [f"{one['path']}: {one['reason']}" for one in error["detail"]["problems"]]
        assert told == [message]
    token = service.token("acme", "admin", "u1")
    headers = {"orgid": "acme", "authorization": f"Bearer {token}"}
    broken = service.http.post("/api/data/find", content="{'username': 1}", headers=headers)
    assert broken.status_code == 400
    assert broken.json()["error"]["message"] == (
        "(body): is no JSON: Expecting property name enclosed in double quotes, at character 1"
    )


HINTS: list[tuple[str, str, dict[str, Any], dict[str, str], str]] = [
    (
        "POST",
        "/api/upstream/call/tiktok-provider/get-auth-url",
        {"scope": ["video.list"]},
        {
            "returnUrl": "is missing",
            "scope": "is no field of this request. Did you mean 'scopes'?",
        },
        " (1 more problem in detail)",
    ),
    (
        "POST",
        "/api/upstream/call/tiktok-provider/publish-video",
        {"publishId": "x", "publishAt": "2026-12-01T09:00:00Z"},
        {
            "publishAt": "is no field of this request. init-video-upload, publish-photos and "
            "PATCH /api/posts/<publishId> take it"
        },
        "",
    ),
    (
        "POST",
        "/api/upstream/call/tiktok-provider/post-status",
        {"publishID": "x", "nothingOfThisKind": 1, "mediaId": "x"},
        {
            "publishId": "is missing: GET /api/posts lists the posts",
            "publishID": "is no field of this request. Did you mean 'publishId'?",
            "nothingOfThisKind": "is no field of this request",
            "mediaId": "is no field of this request. init-video-upload takes it",
        },
        " (3 more problems in detail)",
    ),
    (
        "POST",
        "/api/sync/trigger",
        {"platform": "tiktok", "syncType": "all", "options": {"forced": True, "startDate": None}},
        {"options.forced": "is no field of this request. Did you mean 'force'?"},
        "",
    ),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unknown_field_is_told_with_a_near_one_or_with_the_request_that_takes_it(
    service: Service,
) -> None:
    for method, path, body, reasons, more in HINTS:
        answer = service.send(method, path, body)
        error = answer.json()["error"]
        told = {one["path"]: one["reason"] for one in error["detail"]["problems"]}
        assert (answer.status_code, told) == (400, reasons)
        first = error["detail"]["problems"][0]
        assert error["message"] == f"{first['path']}: {first['reason']}{more}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_days_and_times_are_told_with_an_example(service: Service) -> None:
    headers = {"authorization": f"Bearer {service.token()}", "orgid": "acme"}
    for path, name, example in (
        ("/api/posts", "from", "2026-11-29T12:00:00Z"),
        ("/api/activity", "metricsFrom", "2026-11-29T12:00:00Z"),
        ("/api/ads/campaigns/1/metrics", "from", "such as 2026-11-29"),
    ):
        for text in ("28.11.2026", "2026-02-30", "2026-13-01T00:00:00Z"):
            answer = service.http.get(path, params={name: text}, headers=headers)
            [problem] = answer.json()["error"]["detail"]["problems"]
            assert problem["path"] == f"query.{name}"
            assert problem["reason"].endswith(example), problem


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_lists_that_errors_name_are_routes(service: Service) -> None:
    paths = service.http.get("/openapi.json").json()["paths"]
    for words in LISTED.values():
        assert "get" in paths[words.split()[1]], words


@pytest.mark.parametrize("kind", ["date", "datetime"])
def test_pydantic_s_words_for_days_and_times_have_an_example(kind: str) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter({"date": date, "datetime": datetime}[kind])
    given: list[Any] = ["28.11.2026", "2026-02-30", "x", [], "2026-11-29T99:00:00Z"]
    for wrong in given:
        with pytest.raises(ValidationError) as told:
            adapter.validate_python(wrong)
        [item] = told.value.errors()
        assert "such as 2026-11-29" in reason_of(item["type"], item["msg"]), item
