"""oEmbed: a public GET, flat JSON, errors by the HTTP status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ValidationError

from . import queries
from .layout import layout
from .protocol import (
    Data,
    Note,
    Problem,
    Protocol,
    ProtocolOperation,
    Response,
    UnreadableAnswer,
    Wire,
    dumped,
    typed,
    written,
)


class PlainJson(Protocol):
    """A protocol without tokens and without an envelope."""

    names_errors: ClassVar[bool] = False

    def encode(self, operation: ProtocolOperation, request: BaseModel) -> Wire:
        given = request.model_dump(mode="json", exclude_none=True)
        return Wire(queries.encode(layout(operation), given), None, None)

    def decode(
        self, operation: ProtocolOperation, query: str, body: bytes, marks: frozenset[str]
    ) -> Any:
        return queries.parse(layout(operation), query, marks)

    def wrap(
        self,
        operation: ProtocolOperation,
        data: Data | None,
        log_id: str,
        note: Note | None = None,
    ) -> Response:
        return Response(200, written(data))

    def wrap_error(
        self,
        operation: ProtocolOperation | None,
        problem: Problem,
        detail: Mapping[str, Any] | None = None,
    ) -> Response:
        # TikTok's own text isn't known (embed.yaml, oembed_video); its codes are numbers.
        numbered = problem.code.isdecimal()
        plain: dict[str, object] = {
            "code": int(problem.code) if numbered else problem.code,
            "message": problem.message,
        }
        if not numbered:
            plain["error"] = {
                "code": problem.code,
                "message": problem.message,
                "log_id": problem.log_id,
            }
        if detail:
            plain["data"] = detail
        return Response(problem.http, dumped(plain))

    def unwrap(
        self, operation: ProtocolOperation, status: int, headers: Mapping[str, str], body: bytes
    ) -> Any:
        if status < 400:
            try:
                return typed(operation.response).validate_json(body)
            except ValidationError:
                raise UnreadableAnswer from None
        code, message = f"http_{status}", ""
        try:
            sent = json.loads(body)
            code = str(sent.get("code") or code)
            message = str(sent.get("message") or "")
        except (ValueError, AttributeError, RecursionError):
            if status >= 500:
                raise UnreadableAnswer from None
        return Problem(code, message, headers.get(self.log_id_header, ""), status)


PLAIN_JSON = PlainJson()
