"""The OpenAPI document says all that there is to say of each route, and nothing untrue."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import httpx2
import jsonschema_rs
import pytest

from stagedoor.agents.identity.routes import NewAgent
from stagedoor.connector.event_types import EventType
from stagedoor.connector.reference.docstrings import described_fields
from stagedoor.connector.reference.examples import compose
from stagedoor.connector.reference.schemas import NAMES
from tests.connector.conftest import Service
from tests.support.documented import operations, resolved, whole_document

ERRORS = {"400", "401", "403", "500", "503"}
"""Statuses that every /api route can answer with."""


def schemas(part: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object schema, with the way to it."""
    if isinstance(part, Mapping):
        if isinstance(part.get("properties"), Mapping):
            yield path, part
        for name, one in part.items():
            if name not in ("example", "examples"):
                yield from schemas(one, f"{path}/{name}")
    elif isinstance(part, list):
        for number, one in enumerate(part):
            yield from schemas(one, f"{path}/{number}")


def test_each_field_and_each_schema_is_described() -> None:
    missing = [
        f"{path}.{name}"
        for path, schema in schemas(whole_document(), "")
        for name, field in schema["properties"].items()
        if not field.get("description")
    ]
    missing += [
        name
        for name, schema in whole_document()["components"]["schemas"].items()
        if not schema.get("description")
    ]
    assert missing == [], "write a docstring beneath each of these fields, or of these classes"


def test_schemas_keep_the_names_under_which_clients_were_generated() -> None:
    """Each name is still that of a schema; otherwise its line in `NAMES` is to be removed."""
    schemas = whole_document()["components"]["schemas"]
    assert set(NAMES.values()) - set(schemas) == set()
    assert set(NAMES) & set(schemas) == set(), "a schema has its class's name"


def test_each_route_is_described_with_its_parameters_body_and_errors() -> None:
    missing = []
    for method, path, operation in operations(whole_document()):
        where = f"{method} {path}"
        if not (operation.get("summary") and operation.get("description")):
            missing.append(f"{where}: a docstring of its function")
        for parameter in operation.get("parameters", ()):
            said = resolved(whole_document(), parameter)
            if not said.get("description"):
                missing.append(f"{where}: a description of {said['name']}")
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            binary = content["schema"].get("format") == "binary" or kind.startswith("multipart/")
            if not binary and "example" not in content:
                missing.append(f"{where}: an example of its body")
        for status, response in operation["responses"].items():
            said = resolved(whole_document(), response)
            if not said.get("description"):
                missing.append(f"{where}: a description of {status}")
            content = said.get("content", {}).get("application/json")
            if int(status) >= 400 and content and not ({"example", "examples"} & set(content)):
                missing.append(f"{where}: an example of {status}")
        if path.startswith("/api/") and not set(operation["responses"]) >= ERRORS:
            missing.append(f"{where}: its errors")
        if "422" in operation["responses"]:
            missing.append(f"{where}: no 422, which never comes")
    assert missing == []


def test_each_example_is_a_value_of_its_schema() -> None:
    @cache
    def validator(schema: str) -> jsonschema_rs.Draft202012Validator:
        whole = {**json.loads(schema), "components": whole_document()["components"]}
        return jsonschema_rs.Draft202012Validator(whole)

    def problem(schema: Any, example: Any) -> str | None:
        try:
            validator(json.dumps(schema)).validate(example)
        except jsonschema_rs.ValidationError as error:
            return error.message
        return None

    wrong, tried = [], 0
    for method, path, operation in operations(whole_document()):
        body = operation.get("requestBody", {})
        for part in (body, *operation["responses"].values()):
            for content in resolved(whole_document(), part).get("content", {}).values():
                listed = [one["value"] for one in content.get("examples", {}).values()]
                for example in [*listed, *([content["example"]] if "example" in content else [])]:
                    tried += 1
                    if why := problem(content["schema"], example):
                        wrong.append(f"{method} {path}: {why}")
    assert tried > 300
    assert wrong == [], "declare examples: model_config = example(...), Field(examples=[...])"


def test_an_api_route_says_who_may_call_it_and_names_its_headers() -> None:
    for method, path, operation in operations(whole_document()):
        headers = {
            one["name"]
            for one in (
                resolved(whole_document(), part) for part in operation.get("parameters", ())
            )
            if one["in"] == "header"
        }
        if path.startswith("/api/"):
            assert operation["security"] == [{"token": []}], (method, path)
            assert operation["x-required-role"] in ("viewer", "member", "admin"), (method, path)
            assert "orgid" in headers, (method, path)
            assert ("Idempotency-Key" in headers) == (method == "POST"), (method, path)
        else:
            assert operation["security"] in ([], [{"agentKey": []}]), (method, path)
    assert set(whole_document()["components"]["securitySchemes"]) == {"token", "agentKey"}


def test_names_are_unique() -> None:
    ids = Counter(operation["operationId"] for _, _, operation in operations(whole_document()))
    assert [name for name, count in ids.items() if count > 1] == []
    functions = [name for name in ids if "_" in name]
    assert functions == []
    for name, schema in whole_document()["components"]["schemas"].items():
        assert schema["title"] == name
        assert "__" not in name
    for path, schema in schemas(whole_document(), ""):
        titled = [name for name, one in schema["properties"].items() if "title" in one]
        assert titled == [], f"{path}: a title collides in generated clients"


def test_the_routes_in_front_of_the_framework_are_there() -> None:
    assert set(whole_document()["paths"]) >= {
        "/connect/oauth2callback/tiktok",
        "/connect/webhook/tiktok",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/docs",
        "/mcp",
        "/agents/proxy/{path}",
        "/agents/oauth/token",
        "/agents/upload/{capability}",
        "/upload/{capability}",
        "/media/{capability}",
    }
    tags = {one["name"]: one["description"] for one in whole_document()["tags"]}
    used = {tag for _, _, operation in operations(whole_document()) for tag in operation["tags"]}
    assert used == set(tags)


def test_a_route_names_its_own_errors_and_those_of_tiktok() -> None:
    paths = whole_document()["paths"]
    publish = paths["/api/upstream/call/tiktok-provider/publish-video"]["post"]["responses"]
    conflict = resolved(whole_document(), publish["409"])
    codes = set(conflict["content"]["application/json"]["examples"])
    assert codes >= {"wrong_state", "upload_incomplete", "no_app", "conflict"}
    assert "TikTok's own code" in conflict["description"]
    pause = paths["/api/pause"]["get"]["responses"]
    assert "409" not in pause
    assert "404" not in pause


def test_an_enum_says_what_its_values_mean() -> None:
    state = whole_document()["components"]["schemas"]["PublishingState"]
    assert "- `unknown`: TikTok may have it: a person has to look." in state["description"]


def test_each_type_of_events_is_a_webhook_of_the_document() -> None:
    told = whole_document()["webhooks"]
    assert set(told) == {one.value for one in EventType}
    assert all(one["post"]["summary"] and one["post"]["description"] for one in told.values())
    assert len({one["post"]["operationId"] for one in told.values()}) == len(told)
    webhooks = whole_document()["components"]["schemas"]["AddWebhook"]["properties"]
    assert set(webhooks["events"]["items"]["enum"]) >= set(told)


def test_a_docstring_beneath_a_field_is_found_with_those_of_its_bases() -> None:
    assert described_fields(NewAgent)["name"] == "The agent's name for people."


def test_an_example_is_composed_of_what_is_declared() -> None:
    schema = {
        "type": "object",
        "required": ["name", "size"],
        "properties": {
            "name": {"type": "string", "examples": ["Summer"]},
            "size": {"type": "integer", "minimum": 3},
            "note": {"type": "string"},
        },
    }
    assert compose(schema, {}, full=False) == {"name": "Summer", "size": 3}
    assert compose(schema, {}, full=True)["note"] == "text"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_service_serves_it_and_tests_check_answers_by_it(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    served = service.http.get("/openapi.json")
    assert served.headers["content-type"] == "application/json"
    assert set(json.loads(served.content)["paths"]) <= set(whole_document()["paths"])
    declared = service.declared
    assert declared is not None
    url = f"{service.url}/api/pause"
    said = {"error": {"code": "no_such_code"}}
    fine = httpx2.Response(200, request=httpx2.Request("GET", url))
    wrong = httpx2.Response(403, json=said, request=httpx2.Request("GET", url))
    declared.check(fine)
    with pytest.raises(AssertionError, match="no_such_code"):
        declared.check(wrong)
