"""The transfer of media: a PUT of bytes to a URL from an earlier answer.

Headers give the range of the bytes, and the HTTP status is the answer (`media.yaml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from . import queries
from .layout import layout
from .protocol import Data, Note, Problem, Protocol, ProtocolOperation, Response, Wire


class UploadProtocol(Protocol):
    """The address is a capability URL: it needs no credentials."""

    names_errors: ClassVar[bool] = False
    streams_body: ClassVar[bool] = True

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
        return Response(201, b"{}")

    def wrap_error(
        self,
        operation: ProtocolOperation | None,
        problem: Problem,
        detail: Mapping[str, Any] | None = None,
    ) -> Response:
        return Response(problem.http, b"{}")

    def unwrap(
        self, operation: ProtocolOperation, status: int, headers: Mapping[str, str], body: bytes
    ) -> Any:
        if status < 300:
            return operation.response()
        return Problem(f"http_{status}", "", headers.get(self.log_id_header, ""), status)


UPLOAD_TRANSFER = UploadProtocol()
