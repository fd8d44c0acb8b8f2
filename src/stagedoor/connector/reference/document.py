"""The OpenAPI document, built from the routes when somebody first asks for it.

The framework gives paths, parameters and schemas; this adds what it doesn't know: descriptions from
docstrings, examples, errors, the headers of `/api`, who may call, and the routes in front of the
framework.
"""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from stagedoor import __version__

from ..api import TenantRoute
from ..documented import first_sentence
from ..idempotency import MAX_KEY
from . import PathItems, outgoing, responses, schemas, webhook
from .docstrings import paragraphs
from .examples import NAMED, compose

_JSON = "application/json"
_ABOUT = """Connects TikTok accounts of your organisations, publishes to them, and reads from them.

Every `/api` route takes `Authorization: Bearer <JWT>` and `orgid`, and acts for that organisation \
alone. JSON is camelCase, ids are strings, times are RFC 3339 in UTC, lists page by cursor. \
Unknown fields and parameters are refused. Every `POST` takes `Idempotency-Key`: repeated with the \
same key it has no second effect. An empty body is as `{}`. \
Amounts of money are decimal strings such as "100.00", or numbers of at most 15 digits.

The roles, each with what the ones before it may do: `viewer` reads, `member` publishes, `admin` \
connects accounts and changes settings."""
SECURITY: Mapping[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A JWT with the claims `orgid` (equal to the header), `sub`, `role` and "
        "`exp`. `stagedoor token` makes one for the embedded default.",
    },
    "agentKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "An agent's key, or the access token of a client that signed in as an "
        "agent.",
    },
}
_ORGANISATION = {
    "name": "orgid",
    "in": "header",
    "required": True,
    "description": "The organisation that the request acts for: the JWT's own.",
    "schema": {"type": "string", "minLength": 1},
    "example": "acme",
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text, unique for what the request is to do. Repeated within 24 hours with "
    "the same body by the same user, the request gets the first answer and has no second effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
    "example": "2f1c7e0a-order-4711",
}
PARAMETERS: Mapping[str, str] = {
    "cursor": "The `nextCursor` of the page before.",
    "limit": "How many items the page has at most.",
    "capability": "An unguessable part of a URL that the service handed out: the URL itself is the "
    "permission.",
    **{name: schemas.SHARED[name] for name in ("integrationId", "publishId", "accountId")},
}
"""Descriptions of parameters that mean the same everywhere, unless they have their own."""


def build(app: FastAPI, others: Sequence[PathItems]) -> dict[str, Any]:
    """The document of an application, with the paths of other applications in the process."""
    routes = [one for one in iter_route_contexts(app.routes) if _is_shown(one)]
    document = get_openapi(
        title="Stagedoor", version=__version__, description=_ABOUT, routes=app.routes
    )
    parts = document.setdefault("components", {})
    for name in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(name, None)
    schemas.describe(document, schemas.models_of(routes))
    parts["schemas"].update(responses.SCHEMAS)
    parts["schemas"].update(outgoing.SCHEMAS)
    parts["securitySchemes"] = SECURITY
    parts["parameters"] = {
        "Organisation": _ORGANISATION,
        "IdempotencyKey": _IDEMPOTENCY_KEY,
        **outgoing.PARAMETERS,
    }
    document["webhooks"] = outgoing.webhooks()
    names = _operation_ids(routes)
    for route in routes:
        for method in sorted(route.methods or ()):
            item = document["paths"][route.path_format]
            if operation := item.get(method.lower()):
                operation["operationId"] = names[route.path_format, method]
                _complete(operation, route, method, parts["schemas"])
    for item in document["paths"].values():
        _describe_query(item, parts["schemas"])
    for paths in (webhook.paths, *others):
        for path, more in paths().items():
            document["paths"].setdefault(path, {}).update(more)
    document["paths"] = dict(sorted(document["paths"].items()))
    responses.share(document)
    document["tags"] = _tags(routes, document["paths"].values())
    return document


def _is_shown(route: RouteContext) -> bool:
    return isinstance(route.original_route, APIRoute) and bool(route.include_in_schema)


def _operation_ids(routes: Iterable[RouteContext]) -> dict[tuple[Any, str], str]:
    """The function's name in camelCase; with its method and tag where several have that name."""
    listed = [(one, method) for one in routes for method in one.methods or ()]
    count = Counter(one.name for one, _ in listed)
    return {
        (one.path_format, method): to_camel(
            one.name or ""
            if count[one.name] == 1
            else f"{one.name}_{'_'.join(map(str, one.tags))}_{method.lower()}"
        )
        for one, method in listed
    }


def _complete(
    operation: dict[str, Any], route: RouteContext, method: str, known: Mapping[str, Any]
) -> None:
    said = paragraphs(inspect.getdoc(inspect.unwrap(route.endpoint or (lambda: None))))
    if said:
        operation["description"] = said
        if route.original_route.summary is None:  # type: ignore[attr-defined]
            operation["summary"] = first_sentence(said)
    operation["responses"].pop("422", None)
    for status, response in operation["responses"].items():
        _complete_response(status, response, known)
    operation["responses"] |= {
        status: one
        for status, one in responses.error_responses(responses.cases(route, method)).items()
        if status not in operation["responses"]
    }
    given = operation.setdefault("parameters", [])
    for one in given:
        _complete_parameter(one)
    original = route.original_route
    if isinstance(original, TenantRoute):
        role = original.role.value
        operation["security"] = [{"token": []}]
        operation["x-required-role"] = role
        operation["description"] = f"{operation.get('description', '')}\n\nRole: `{role}`.".strip()
        given.append({"$ref": "#/components/parameters/Organisation"})
        if method == "POST":
            given.append({"$ref": "#/components/parameters/IdempotencyKey"})
    else:
        operation.setdefault("security", [])
    if not given:
        del operation["parameters"]
    _complete_body(operation.get("requestBody"), known)
    if _is_body_optional(route.original_route):
        operation["requestBody"].pop("required", None)


def _complete_response(status: str, response: dict[str, Any], known: Mapping[str, Any]) -> None:
    schema = response.get("content", {}).get(_JSON, {}).get("schema")
    name = (schema or {}).get("$ref", "").rpartition("/")[2]
    if response.get("description", "") in ("", "Successful Response"):
        said = known.get(name, {}).get("description", "")
        response["description"] = said.partition("\n")[0] or "It was done."
    if schema:
        response["content"][_JSON].setdefault("example", compose(schema, known, full=True))


def _complete_body(body: dict[str, Any] | None, known: Mapping[str, Any]) -> None:
    for kind, content in (body or {}).get("content", {}).items():
        if kind == _JSON:
            content.setdefault("example", compose(content["schema"], known, full=False))


def _is_body_optional(route: object) -> bool:
    """Whether a route that needs a body takes an empty one, which counts as `{}`."""
    field = route.body_field if isinstance(route, TenantRoute) else None
    if field is None or not field.field_info.is_required():
        return False
    try:
        model: Any = field.field_info.annotation
        TypeAdapter(model).validate_python({})
    except ValidationError:
        return False
    return True


def _complete_parameter(parameter: dict[str, Any]) -> None:
    name = parameter.get("name", "")
    parameter.get("schema", {}).pop("title", None)
    said = parameter.get("schema", {}).pop("description", None)
    if not parameter.get("description"):
        described = said or PARAMETERS.get(to_camel(name))
        if described is None and parameter["in"] == "path" and name.endswith("_id"):
            described = f"The id of the {name.removesuffix('_id').replace('_', ' ')}."
        if described is not None:
            parameter["description"] = described
    if parameter["in"] == "path" and "example" not in parameter:
        parameter["example"] = NAMED.get(to_camel(name), "4a6e8c0d2f1b4d7e9a3c5b7d9f1e3a5c")


def _describe_query(item: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """A read that takes POST and GET has the fields of its body as parameters: `filters.videoIds`
    is the field videoIds of filters."""
    body = item.get("post", {}).get("requestBody", {}).get("content", {}).get(_JSON, {})
    for parameter in item.get("get", {}).get("parameters", ()):
        part = body.get("schema")
        if part is None or parameter.get("description") or parameter.get("in") != "query":
            continue
        for name in parameter["name"].split("."):
            part = _resolved(part, known).get("properties", {}).get(name, {})
        if said := part.get("description"):
            parameter["description"] = said


def _resolved(schema: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema without the reference, or the null, that stands for it."""
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if options:
        return _resolved(options[0], known)
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = known.get(name, schema)
    return found


def _tags(
    routes: Iterable[RouteContext], items: Iterable[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """The tags that are used, described by the docstrings of the modules that use them."""
    docs: dict[str, list[str]] = {}
    for route in routes:
        module = sys.modules.get(getattr(route.endpoint, "__module__", ""))
        said = paragraphs(getattr(module, "__doc__", None)).partition("\n\n")[0]
        for tag in route.tags or ():
            if said and said not in docs.setdefault(str(tag), []):
                docs[str(tag)].append(said)
    used = {
        tag
        for item in items
        for operation in item.values()
        if isinstance(operation, dict)
        for tag in operation.get("tags", ())
    }
    return [{"name": tag, "description": "\n\n".join(docs.get(tag, [tag]))} for tag in sorted(used)]
