"""The Open API of open.tiktokapis.com: a bearer token, JSON, answers as {data, error}.

Operations differ in details of the envelope, such as the status inside the error object; each
variant is a value of its own (`errors.yaml`, envelopes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ..errors import OK
from ..model import Empty
from . import json_body, multipart, queries
from .layout import encodable, known, layout
from .protocol import (
    JSON,
    TEXT,
    ZIP,
    Data,
    Note,
    Problem,
    Protocol,
    ProtocolOperation,
    Response,
    Subject,
    UnreadableAnswer,
    Wire,
    dumped,
    typed,
    written,
)

D = TypeVar("D")

_TAIL = b',"error":{"code":"ok","message":"","log_id":"%b"}}'
_TAIL_WITH_STATUS = b',"error":{"code":"ok","http_status_code":200,"log_id":"%b","message":""}}'


class _Part(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True, defer_build=True)


class _Error(_Part):
    code: str
    message: str = ""
    log_id: str = ""


class _Envelope(_Part, Generic[D]):
    """`data` may be missing in an answer without data; it is then validated as empty."""

    error: _Error
    data: D


class _Head(_Part):
    error: _Error
    data: dict[str, Any] | None = None


@cache
def _envelope(response: Any) -> TypeAdapter[_Envelope[Any]]:
    return TypeAdapter(_Envelope[response])


@dataclass(frozen=True, slots=True, eq=False)
class OpenApi(Protocol):
    """The protocol, with flags for its variants."""

    token_header: ClassVar[str] = "authorization"
    token_scheme: ClassVar[str] = "Bearer "
    token_subjects: ClassVar[frozenset[Subject]] = frozenset({Subject.CREATOR, Subject.APP})

    data_states_status: bool = False
    """The error object of an answer with data repeats the HTTP status."""
    error_states_status: bool = False
    """The error object of an error repeats the HTTP status."""
    two_spellings: bool = False
    """A code with two spellings may be sent in either spelling."""
    content_type: bytes = JSON
    answers_file: bool = False
    answers_text: bool = False

    def encode(self, operation: ProtocolOperation, request: BaseModel) -> Wire:
        at = layout(operation)
        given = request.model_dump(mode="python" if at.has_file else "json", exclude_none=True)
        if at.has_file:
            body = known(given, at.body)
            return Wire(queries.encode(at, given), *multipart.join(body))
        if not at.body and operation.method != "POST":
            return Wire(queries.encode(at, given), None, None)
        return json_body.encode(at, given)

    def decode(
        self, operation: ProtocolOperation, query: str, body: bytes, marks: frozenset[str]
    ) -> Any:
        at = layout(operation)
        if not at.body:
            return queries.parse(at, query, marks)
        if at.has_file:
            sent = at.in_query(query) | known(multipart.split(body), at.body)
            return at.model.model_validate(encodable(sent), extra="ignore", context=marks)
        return json_body.parse(at, query, body, marks)

    def wrap(
        self,
        operation: ProtocolOperation,
        data: Data | None,
        log_id: str,
        note: Note | None = None,
    ) -> Response:
        if self.content_type is not JSON:
            return Response(200, _text(data), self.content_type)
        if note is not None:
            error: dict[str, object] = {"code": OK, "message": note.message, "log_id": log_id}
            if note.states_status:
                error["http_status_code"] = note.status
            body = b'{"data":%b,"error":%b}' % (written(data), dumped(error))
            return Response(note.status, body)
        tail = (_TAIL_WITH_STATUS if self.data_states_status else _TAIL) % log_id.encode()
        if not data and operation.response is Empty:
            return Response(200, b"{" + tail[1:])  # the error object alone (posting.yaml)
        return Response(200, b'{"data":' + written(data) + tail)

    def wrap_error(
        self,
        operation: ProtocolOperation | None,
        problem: Problem,
        detail: Mapping[str, Any] | None = None,
    ) -> Response:
        error: dict[str, object] = {
            "code": problem.code,
            "message": problem.message,
            "log_id": problem.log_id,
        }
        if self.error_states_status:
            error["http_status_code"] = problem.http
        return Response(problem.http, dumped({"data": detail or {}, "error": error}))

    def unwrap(
        self, operation: ProtocolOperation, status: int, headers: Mapping[str, str], body: bytes
    ) -> Any:
        if self.answers_text:
            return self._text(operation, status, headers, body)
        try:
            answer = _envelope(operation.response).validate_json(body)
            if answer.error.code == OK:
                return answer.data
            return self._problem(answer.error, status, headers)
        except ValidationError:
            pass
        try:
            head = _Head.model_validate_json(body)
            if head.error.code != OK:
                return self._problem(head.error, status, headers)
            return typed(operation.response).validate_python(head.data or {})
        except ValidationError:
            raise UnreadableAnswer from None

    def spelled(self, code: str, spelling: str) -> str:
        return self.errors.spelled(code, spelling) if self.two_spellings else code

    def _text(
        self, operation: ProtocolOperation, status: int, headers: Mapping[str, str], body: bytes
    ) -> Any:
        try:
            head = _Head.model_validate_json(body)
        except ValidationError:
            pass
        else:
            return self._problem(head.error, status, headers)
        try:
            if status < 300:
                return typed(operation.response).validate_python({"text": body.decode()})
        except ValueError:
            pass
        raise UnreadableAnswer

    def _problem(self, error: _Error, status: int, headers: Mapping[str, str]) -> Problem:
        log_id = error.log_id or headers.get(self.log_id_header, "")
        return Problem(error.code, error.message, log_id, status)


def _text(data: Data | None) -> bytes:
    """The body of a plain-text answer: bytes, or the member `text`."""
    if isinstance(data, bytes):
        return data
    text = data.get("text", "") if isinstance(data, Mapping) else getattr(data, "text", "")
    return str(text).encode()


OPEN_API = OpenApi()
OPEN_API_STATUS = OpenApi(data_states_status=True, error_states_status=True)
"""Every error object repeats the HTTP status (`errors.yaml`, envelopes.extra_key)."""
OPEN_API_TWO_SPELLINGS = OpenApi(two_spellings=True)
"""TikTok's pages and its servers spell a code in two ways (`posting.yaml`)."""
OPEN_API_TEXT = OpenApi(content_type=TEXT, answers_text=True)
"""Answers are plain text."""
OPEN_API_FILE = OpenApi(content_type=ZIP, answers_file=True, error_states_status=True)
"""Answers are a file; errors repeat the status (`portability.yaml`, data_download)."""
