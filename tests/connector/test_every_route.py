"""Checks of every route that the service's own OpenAPI document lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from stagedoor.connector.app import MAX_JSON
from stagedoor.platform.reasons import reason_of
from tests.connector.conftest import Service
from tests.support.connecting import connect

_PARAMETER = re.compile(r"\{(\w+)\}")

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Route(NamedTuple):
    method: str
    path: str
    body: dict[str, Any] | None
    """The schema of its JSON, where it takes any."""
    query: dict[str, dict[str, Any]]
    """The schemas of the query's parameters."""
    required: frozenset[str]
    """The parameters that the query can't lack."""

    def at(self, value: str) -> str:
        return _PARAMETER.sub(value, self.path)


def routes(service: Service) -> Iterator[Route]:
    document = service.http.get("/openapi.json").json()
    for path, item in document["paths"].items():
        if not path.startswith("/api/"):
            continue
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            query = [one for one in operation.get("parameters", ()) if one.get("in") == "query"]
            yield Route(
                method.upper(),
                path,
                _resolved(document, schema),
                {one["name"]: one["schema"] for one in query},
                frozenset(one["name"] for one in query if one.get("required")),
            )


def _resolved(document: dict[str, Any], schema: Any) -> dict[str, Any] | None:
    """The object's schema, without the reference and the null that it may be instead."""
    if schema is None:
        return None
    for option in schema.get("anyOf", [schema]):
        if name := option.get("$ref", "").rpartition("/")[2]:
            return dict(document["components"]["schemas"][name])
        if option.get("type") == "object":
            return dict(option)
    return {}


def test_none_is_open_to_everybody(service_without_worker: Service) -> None:
    service = service_without_worker
    listed = list(routes(service))
    assert len(listed) > 20
    for route in listed:
        answer = service.http.request(route.method, route.at("x"), json={})
        assert answer.status_code == 401, route
        assert answer.json()["error"]["code"] == "unauthenticated"


def test_a_method_that_a_path_does_not_take_is_told_with_those_that_it_takes(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    methods: dict[str, set[str]] = {}
    for route in routes(service):
        methods.setdefault(route.path, set()).add(route.method)
    for path, known in methods.items():
        answer = service.http.request("TRACE", _PARAMETER.sub("x", path))
        assert answer.status_code == 405, path
        assert answer.json()["error"]["code"] == "method_not_allowed"
        allowed = set(answer.headers["allow"].split(", "))
        assert allowed - {"HEAD"} >= known, path


BAD = {
    "cut off": b"{",
    "a comma too many": b'{"a": 1,}',
    "no utf-8": b'{"title": "\xff"}',
    "a list": b"[]",
    "a text": b'"text"',
    "deeply nested": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "no number": b'{"title": NaN}',
    "huge": b'{"a": "' + b"x" * MAX_JSON + b'"}',
    "an unknown field": b'{"noSuchField": 1}',
    "an object as id": b'{"integrationId": {"$ne": null}}',
}


def test_a_bad_body_is_refused_with_words(service_without_worker: Service) -> None:
    service = service_without_worker
    headers = {"orgid": "acme", "authorization": f"Bearer {service.token()}"}
    taking = [route for route in routes(service) if route.body is not None]
    assert len(taking) > 8
    for route in taking:
        for name, body in BAD.items():
            path = route.at("x")
            answer = service.http.request(route.method, path, content=body, headers=headers)
            assert 400 <= answer.status_code < 500, (route, name, answer.text)
            assert answer.json()["error"]["message"], (route, name)
            assert "Traceback" not in answer.text
    assert service.http.get("/readyz").status_code == 200


def test_an_empty_body_is_an_empty_object(service_without_worker: Service) -> None:
    service = service_without_worker
    headers = {"orgid": "acme", "authorization": f"Bearer {service.token()}"}
    document = service.http.get("/openapi.json").json()
    tried, optional = 0, set[str]()
    for route in routes(service):
        if route.body is None:
            continue
        tried += 1
        sent = [
            service.http.request(route.method, route.at("x"), content=body, headers=headers)
            for body in (b"", b"{}")
        ]
        empty, given = (one.json().get("error") for one in sent)
        told = document["paths"][route.path][route.method.lower()]["requestBody"]
        if empty is not None:
            listed = (empty["detail"] or {}).get("problems", ())
            assert {"path": "(body)", "reason": "is missing"} not in listed, route
        if not route.body.get("required"):
            assert sent[0].status_code == sent[1].status_code, route
            assert empty == given, route
        if told.get("required"):
            assert sent[1].status_code == 400, route
            assert given["detail"]["problems"], route
        else:
            optional.add(route.path)
    assert "/api/upstream/call/tiktok-provider/init-video-upload" in optional
    assert len(optional) > 10
    assert tried > 40


CONVERTED: dict[str, tuple[Any, ...]] = {
    "boolean": ("true", 1),
    "integer": ("5", True),
    "number": ("5", True),
    "date-time": (1_790_000_000, "1790000000"),
}
"""JSON of another type, which a lenient reader would convert."""


def types(schema: dict[str, Any]) -> set[str]:
    """The JSON types that a property may have; a time is a type of its own."""
    options = schema.get("anyOf", [schema])
    return {one.get("format", one.get("type")) for one in options} - {"null"}


def test_json_of_another_type_is_refused_by_path(service_without_worker: Service) -> None:
    service, tried = service_without_worker, set[str]()
    for route in routes(service):
        for field, schema in ((route.body or {}).get("properties", {})).items():
            for kind in types(schema) & set(CONVERTED):
                if len(types(schema)) > 1:
                    continue
                for value in CONVERTED[kind]:
                    tried.add(kind)
                    answer = service.send(route.method, route.at("x"), {field: value})
                    assert answer.status_code == 400, (route, field, value, answer.text)
                    detail = answer.json()["error"]["detail"]
                    paths = {one["path"] for one in detail["problems"]}
                    assert field in paths, (route, field, value, answer.text)
    assert tried >= {"boolean", "integer", "date-time"}


WRONG_IN_QUERY: dict[str, tuple[str, ...]] = {
    "boolean": ("maybe",),
    "integer": ("many",),
    "date-time": ("1790000000", "12", "1.5", "2026-11-29", "yesterday"),
    "date": ("1790000000", "1790006400", "20261129", "2026-11-29T00:00:00Z", "2026-02-30"),
    "cursor": ("x", "-1", "0x1f", "é"),
}
"""Texts that aren't of a parameter's type, though a lenient reader would take some of them."""
_CURSOR = "cursor"


def test_a_query_of_another_type_is_refused_by_path(service_without_worker: Service) -> None:
    service, tried = service_without_worker, set[str]()
    token = service.token()
    headers = {"authorization": f"Bearer {token}", "orgid": "acme"}
    for route in routes(service):
        needed = dict.fromkeys(route.required, "7")
        for name, schema in route.query.items():
            listed = name == _CURSOR and types(schema) == {"string"}
            for kind in {_CURSOR} if listed else types(schema) & set(WRONG_IN_QUERY):
                for text in WRONG_IN_QUERY[kind]:
                    tried.add(kind)
                    answer = service.http.request(
                        route.method,
                        route.at("x"),
                        params={**needed, name: text},
                        headers=headers,
                    )
                    assert answer.status_code == 400, (route, name, text, answer.text)
                    told = answer.json()["error"]["detail"]["problems"]
                    reasons = {one["path"]: one["reason"] for one in told}
                    assert f"query.{name}" in reasons, (route, name, text, reasons)
                    assert "^" not in reasons[f"query.{name}"], (route, name, text, reasons)
    assert tried >= {_CURSOR, "boolean", "integer", "date-time"}


def test_a_change_that_names_nothing_is_no_silent_success(service_without_worker: Service) -> None:
    service, tried = service_without_worker, 0
    connect(service)
    draft = service.api(
        "POST",
        "/api/upstream/call/tiktok-provider/init-video-upload",
        {"title": "Mine", "privacyLevel": "SELF_ONLY"},
    )
    for route in routes(service):
        if route.method != "PATCH":
            continue
        for body in ({}, {"enabled": None}, {"name": None}, {"resolution": None}):
            if set(body) <= set((route.body or {}).get("properties", {})):
                tried += 1
                answer = service.send("PATCH", route.at(draft["publishId"]), body)
                assert answer.status_code == 400, (route, body, answer.text)
                [problem] = answer.json()["error"]["detail"]["problems"]
                assert problem == {"path": "(body)", "reason": "changes nothing: name a field"}
        assert (route.body or {})["minProperties"] == 1, route
    assert tried > 6


def test_every_form_of_a_text_is_told_in_words(service_without_worker: Service) -> None:
    """A regular expression is nothing for the users of an API."""
    document = service_without_worker.http.get("/openapi.json").text
    patterns = {
        json.loads(one) for one in re.findall(r'"pattern":\s*("(?:[^"\\]|\\.)*")', document)
    }
    assert len(patterns) > 5
    told = {
        one: reason_of("string_pattern_mismatch", f"String should match pattern '{one}'")
        for one in patterns
    }
    assert [one for one, reason in told.items() if one in reason] == []


def test_ids_of_another_organisation_are_no_ids(service_without_worker: Service) -> None:
    """Each path, and each field that names an account, a post or an upload."""
    service = service_without_worker
    account = connect(service, org="acme")["integrationId"]
    begun = service.api(
        "POST",
        "/api/upstream/call/tiktok-provider/init-video-upload",
        {"title": "Mine", "privacyLevel": "SELF_ONLY"},
    )
    ids = {
        "integration": account,
        "publish": begun["publishId"],
        "upload": service.api("GET", f"/api/posts/{begun['publishId']}")["media"][0]["uploadId"],
    }
    tried = 0
    for route in routes(service):
        for foreign in ids.values():
            if _PARAMETER.search(route.path):
                tried += 1
                theirs = service.send(route.method, route.at(foreign), {}, org="other")
                nobodys = service.send(route.method, route.at("0" * len(foreign)), {}, org="other")
                assert theirs.status_code in (400, 404, 422), (route, theirs.text)
                assert theirs.status_code == nobodys.status_code, route
                assert theirs.json() == nobodys.json(), route
        for field in (route.body or {}).get("properties", {}):
            kind = field.removesuffix("Id").removesuffix("Ids")
            if field not in ("integrationId", "publishId", "uploadId"):
                continue
            tried += 1
            answer = service.send(route.method, route.at("x"), {field: ids[kind]}, org="other")
            assert 400 <= answer.status_code < 500, (route, answer.text)
            assert "maracooks" not in answer.text
    assert tried > 15
    kept = service.api("GET", f"/api/posts/{begun['publishId']}")
    assert kept["state"] == "draft"
    assert service.api("GET", f"/api/integrations/{account}")["status"] == "active"


def test_none_takes_a_parameter_that_it_does_not_have(service_without_worker: Service) -> None:
    service = service_without_worker
    headers = {"authorization": f"Bearer {service.token()}", "orgid": "acme"}
    for route in routes(service):
        answer = service.http.request(
            route.method,
            route.at("x"),
            params={"acountId": "7"},
            headers=headers,
            json=None if route.body is None else {},
        )
        assert answer.status_code == 400, route
        problems = {
            one["path"]: one["reason"] for one in answer.json()["error"]["detail"]["problems"]
        }
        assert problems["query.acountId"].startswith(("is no parameter", "is no field")), route


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/api/ads/creatives", "multipart/form-data; boundary=b"),
        ("/api/ads/audiences/x/members", "multipart/form-data; boundary=b"),
        ("/api/ads/audiences/x/members", "text/csv"),
    ],
)
def test_none_takes_a_file_with_a_parameter_that_it_does_not_have(
    service_without_worker: Service, path: str, content_type: str
) -> None:
    service = service_without_worker
    headers = {
        "authorization": f"Bearer {service.token()}",
        "orgid": "acme",
        "content-type": content_type,
    }
    answer = service.http.post(path, params={"acountId": "7"}, headers=headers, content=b"email")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("query.acountId: is no parameter")
