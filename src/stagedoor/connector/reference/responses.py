"""The error responses of each route: those that all routes share, and those that it declares."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi.routing import RouteContext

from ..api import TenantRoute
from ..body_deadline import BodyTooSlow
from ..documented import ErrorCase, Raised, raised_by
from ..errors import (
    ApiError,
    DatabaseRefused,
    Forbidden,
    InvalidInput,
    ObjectNotFound,
    RequestTooLarge,
    ServiceUnavailable,
    Unauthenticated,
)
from ..vault.errors import VaultClosed
from .docstrings import paragraphs

_REPEATED = ErrorCase(
    409,
    "conflict",
    "The `Idempotency-Key` belongs to another request, or its first request is still at work.",
    retryable=True,
)
_UNRECORDED = ErrorCase(
    503,
    "audit_unavailable",
    "The request couldn't be recorded in the audit, so nothing was done.",
    retryable=True,
)
_EVERY: tuple[Raised, ...] = (InvalidInput, ApiError, ServiceUnavailable, DatabaseRefused)
_TENANTS: tuple[Raised, ...] = (Unauthenticated, Forbidden, VaultClosed)
_BODIES: tuple[Raised, ...] = (RequestTooLarge, BodyTooSlow)
_RETRY_AFTER = {
    "Retry-After": {
        "description": "When to try again, in seconds.",
        "schema": {"type": "integer", "minimum": 0},
    }
}
_MAY_WAIT = (429, 503, 507)

SCHEMAS: dict[str, Any] = {
    "Error": {
        "type": "object",
        "title": "Error",
        "description": "Every error has this shape.",
        "required": ["error"],
        "properties": {
            "error": {
                "$ref": "#/components/schemas/ErrorBody",
                "description": "What happened, and what to do.",
            }
        },
    },
    "ErrorBody": {
        "type": "object",
        "title": "ErrorBody",
        "description": "An error: for programs by its code, for people by its message.",
        "required": ["code", "message", "detail", "logId", "retryable", "retryAfter"],
        "properties": {
            "code": {
                "type": "string",
                "description": "The kind of error; each route lists its codes. TikTok's own code "
                "where TikTok refused.",
            },
            "message": {
                "type": "string",
                "description": "What happened and what to do, for people.",
            },
            "detail": {
                "description": "More for programs. For `invalid_request` an object with "
                "`problems`: a list of `{path, reason}`, one for each wrong field.",
            },
            "logId": {
                "type": ["string", "null"],
                "description": "TikTok's `log_id` of the call that it refused.",
            },
            "retryable": {
                "type": "boolean",
                "description": "Whether the same request may succeed later.",
            },
            "retryAfter": {
                "type": ["number", "null"],
                "description": "When to try again, in seconds; null: unknown.",
            },
        },
    },
}


def cases(route: RouteContext, method: str) -> list[ErrorCase]:
    """The errors of a route, without repetitions."""
    endpoint = inspect.unwrap(route.endpoint or (lambda: None))
    original = route.original_route
    tenant = isinstance(original, TenantRoute)
    found: list[Raised] = list(_EVERY)
    if isinstance(original, TenantRoute):
        found.extend(_TENANTS)
        if method == "POST":
            found.append(_REPEATED)
        if original.is_recorded:
            found.append(_UNRECORDED)
    if method not in ("GET", "HEAD"):
        found.extend(_BODIES)
    own = raised_by(endpoint)
    if tenant and "{" in (route.path_format or "") and all(one.http != 404 for one in own):
        found.append(ObjectNotFound)
    found.extend(own)
    unique: dict[tuple[int, str], ErrorCase] = {}
    for one in found:
        case = _case(one)
        unique.setdefault((case.http, case.code), case)
    return sorted(unique.values(), key=lambda case: case.http)


def _case(error: Raised) -> ErrorCase:
    if isinstance(error, ErrorCase):
        return error
    meaning = paragraphs(inspect.getdoc(error)).partition("\n")[0]
    if error is ApiError:
        meaning = "Something went wrong in the service, which logged it."
    return ErrorCase(error.http, error.code, meaning, error.retryable)


def error_responses(listed: Iterable[ErrorCase]) -> dict[str, Any]:
    """The responses of an operation, by status."""
    by_status: dict[int, list[ErrorCase]] = {}
    for case in listed:
        by_status.setdefault(case.http, []).append(case)
    return {str(status): _response(status, some) for status, some in by_status.items()}


def share(document: dict[str, Any]) -> None:
    """Name the error responses that several operations have, and refer to them."""
    found: dict[str, tuple[dict[str, Any], list[tuple[dict[str, Any], str]]]] = {}
    for item in document["paths"].values():
        for one in item.values():
            for status, response in one["responses"].items():
                if int(status) >= 400 and "$ref" not in response:
                    key = json.dumps(response, sort_keys=True)
                    found.setdefault(key, (response, []))[1].append((one["responses"], status))
    named = document["components"].setdefault("responses", {})
    for response, places in found.values():
        if len(places) < 2:
            continue
        examples = response.get("content", {}).get("application/json", {}).get("examples", {})
        name = "".join(word.title() for code in examples for word in code.split("_"))
        name = f"{name[:60]}{places[0][1]}"
        number = 2
        while name in named:
            name = f"{name.partition('_')[0]}_{number}"
            number += 1
        named[name] = response
        for responses, status in places:
            responses[status] = {"$ref": f"#/components/responses/{name}"}


def _response(status: int, listed: list[ErrorCase]) -> dict[str, Any]:
    lines = [_line(case) for case in listed]
    headers = _RETRY_AFTER if status in _MAY_WAIT else None
    examples: dict[str, Any] = {
        case.code: {"summary": case.meaning or case.code, "value": example(case)} for case in listed
    }
    return {
        "description": "\n".join([f"{HTTPStatus(status).phrase}:", "", *lines]),
        **({"headers": headers} if headers else {}),
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "examples": examples,
            }
        },
    }


def _line(case: ErrorCase) -> str:
    code = "TikTok's own code, such as " if case.open else ""
    return f"- {code}`{case.code}`: {case.meaning}"


def example(case: ErrorCase) -> dict[str, Any]:
    return {
        "error": {
            "code": case.code,
            "message": case.meaning.replace("`", ""),
            "detail": None,
            "logId": None,
            "retryable": case.retryable,
            "retryAfter": None,
        }
    }


def operation(
    *,
    id: str,
    tag: str,
    text: str,
    answers: Mapping[str, Any],
    errors: Iterable[Raised] = (),
    **more: Any,
) -> dict[str, Any]:
    """An operation of an application in front of the framework. `text` begins with its summary, a
    sentence of its own; `more` are further members."""
    summary, _, _ = text.partition(".")
    return {
        "operationId": id,
        "tags": [tag],
        "summary": summary,
        "description": text,
        "security": [],
        "responses": {**answers, **error_responses(map(_case, errors))},
        **more,
    }


def json_answer(text: str, schema: Mapping[str, Any], example: Any) -> dict[str, Any]:
    """A response with JSON."""
    content = {"application/json": {"schema": dict(schema), "example": example}}
    return {"description": text, "content": content}


def allows(
    document: Mapping[str, Any], operation: Mapping[str, Any], status: int, code: str | None
) -> bool:
    """Whether an operation of the document declares this answer."""
    found = operation["responses"].get(str(status))
    if found is not None and "$ref" in found:
        found = document["components"]["responses"][found["$ref"].rpartition("/")[2]]
    if found is None or code is None:
        return found is not None
    media = found.get("content", {}).get("application/json", {})
    return code in media.get("examples", {}) or "TikTok's own code" in found["description"]
