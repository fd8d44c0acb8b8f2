"""OAuth's token endpoints: forms, flat answers, errors by RFC 6749."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from ..errors import MALFORMED, OPEN_PLATFORM, SECRET_MISSING
from . import queries
from .layout import Layout, encodable, layout
from .protocol import (
    Data,
    Malformed,
    Note,
    Problem,
    Protocol,
    ProtocolOperation,
    Response,
    UnreadableAnswer,
    Wire,
    dumped,
    pairs,
    typed,
    written,
)

_TYPE = "application/x-www-form-urlencoded"
_NO_STORE = (
    (b"cache-control", b"max-age=0, no-cache, no-store"),
    (b"pragma", b"no-cache"),
    (b"expires", b"0"),
)


class OAuthForm(Protocol):
    """The app authenticates by `client_key` and `client_secret` in the form."""

    form_encoded: ClassVar[bool] = True
    selector_missing: ClassVar[Problem] = Problem("invalid_request", MALFORMED)
    selector_unknown: ClassVar[Problem] = Problem(
        "unsupported_grant_type", OPEN_PLATFORM.codes["unsupported_grant_type"].message
    )

    def encode(self, operation: ProtocolOperation, request: BaseModel) -> Wire:
        return _encode(layout(operation), request.model_dump(mode="json", exclude_none=True))

    def decode(
        self, operation: ProtocolOperation, query: str, body: bytes, marks: frozenset[str]
    ) -> Any:
        return _parse(layout(operation), query, body, marks)

    def wrap(
        self,
        operation: ProtocolOperation,
        data: Data | None,
        log_id: str,
        note: Note | None = None,
    ) -> Response:
        return Response(200, written(data), headers=_NO_STORE)

    def wrap_error(
        self,
        operation: ProtocolOperation | None,
        problem: Problem,
        detail: Mapping[str, Any] | None = None,
    ) -> Response:
        flat: dict[str, object] = {
            "error": problem.code,
            "error_description": problem.message,
            "log_id": problem.log_id,
        }
        if detail:
            flat["data"] = detail
        return Response(problem.http, dumped(flat), headers=_NO_STORE)

    def unwrap(
        self, operation: ProtocolOperation, status: int, headers: Mapping[str, str], body: bytes
    ) -> Any:
        try:
            sent = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            raise UnreadableAnswer from None
        if isinstance(sent, dict) and sent.get("error"):
            return self._problem(sent, status, headers)
        if status >= 300:
            raise UnreadableAnswer
        try:
            return typed(operation.response).validate_python(sent)
        except ValidationError:
            raise UnreadableAnswer from None

    def refusal(self, malformed: Malformed) -> Problem:
        # oauth.yaml: the missing secret has its own text, everything else shares one.
        missed = any(path == "client_secret" for path, _ in malformed.problems)
        return Problem("invalid_request", SECRET_MISSING if missed else MALFORMED)

    def _problem(self, sent: dict[str, Any], status: int, headers: Mapping[str, str]) -> Problem:
        error = sent["error"]
        in_header = headers.get(self.log_id_header, "")
        if isinstance(error, dict):  # never observed, but this would be the Open API's form
            code, message = str(error.get("code")), str(error.get("message"))
            return Problem(code, message, in_header, status)
        message = str(sent.get("error_description") or "")
        return Problem(str(error), message, str(sent.get("log_id") or "") or in_header, status)


def _encode(layout: Layout, dumped: Mapping[str, Any]) -> Wire:
    """Encode a request whose body is a form."""
    body = {name: value for name, value in dumped.items() if name in layout.body}
    return Wire(queries.encode(layout, dumped), urlencode(body).encode(), _TYPE)


def _parse(layout: Layout, query: str, body: bytes, marks: frozenset[str]) -> Any:
    """Parse a request from its query and form."""
    sent = {n: text for n, text in pairs(body.decode()) if n in layout.model.model_fields}
    raw = layout.in_query(query) | encodable(sent)
    return layout.model.model_validate_strings(raw, extra="ignore", context=marks)


OAUTH_FORM = OAuthForm()
