"""TikTok API for Business v1.3: its own token header, and the outcome as an integer in the body.

The HTTP status is 200 for nearly every outcome, good or bad (`business.yaml`, envelope).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union, get_args, get_origin
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ..errors import ErrorTable
from ..files import FileContent
from ..model import ARRIVED, refused_nulls, without_refused_nulls
from . import multipart
from .business_errors import BUSINESS_ERRORS, PARAM_ERROR, PARTIAL
from .layout import Layout, encodable, known, layout
from .protocol import (
    Api,
    Data,
    Malformed,
    Note,
    Problem,
    Protocol,
    ProtocolOperation,
    Response,
    Subject,
    UnreadableAnswer,
    Wire,
    dumped,
    pairs,
    typed,
    written,
)

JSON_TYPE = "application/json"
_GOOD = (0, PARTIAL)
MINUTE_LIMIT_PAUSE = 300.0
"""Seconds for which TikTok refuses an app that exceeded its limit a minute."""
DAY = 86_400

D = TypeVar("D")


class _Part(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True, defer_build=True)


class _Head(_Part):
    code: int
    message: str = ""
    request_id: str = ""


class _Envelope(_Head, Generic[D]):
    data: D


@cache
def _envelope(response: Any) -> TypeAdapter[_Envelope[Any]]:
    return TypeAdapter(_Envelope[response])


class BusinessProtocol(Protocol):
    """Calls of advertisers and account holders carry `Access-Token`.

    The app authenticates by its id and secret, which are fields of the requests that need them.
    """

    api: ClassVar[Api] = Api.BUSINESS
    errors: ClassVar[ErrorTable] = BUSINESS_ERRORS
    server_error: ClassVar[str] = "50000"
    over_limit: ClassVar[str] = "40100"
    token_header: ClassVar[str] = "access-token"
    body_with_get: ClassVar[bool] = True
    """TikTok's pages show GETs with a JSON body (`business.yaml`, get_parameters)."""
    token_subjects: ClassVar[frozenset[Subject]] = frozenset(
        {Subject.ADVERTISER, Subject.ACCOUNT_HOLDER}
    )

    def encode(self, operation: ProtocolOperation, request: BaseModel) -> Wire:
        at = layout(operation)
        multi = at.always_file or at.sends_file(request)
        given = request.model_dump(mode="json", exclude_none=True, exclude=set(at.files))
        query = urlencode([(n, _text(value)) for n, value in given.items() if n in at.query])
        if multi:
            return _multipart(query, known(given, at.body), request, at.files)
        if operation.method == "GET":
            return Wire(query, None, None)
        text = json.dumps(known(given, at.body), ensure_ascii=False)
        return Wire(query, text.encode(), JSON_TYPE)

    def decode(
        self, operation: ProtocolOperation, query: str, body: bytes, marks: frozenset[str]
    ) -> Any:
        at = layout(operation)
        given = _read_texts(at, at.in_query(query))
        if at.always_file or (at.has_file and multipart.begins(body)):
            return _from_form(at, given, multipart.split(body), marks)
        if body.strip():
            sent = self.read_body(body)
            if not isinstance(sent, dict):
                raise Malformed((("", "the body is not a JSON object"),))
            given |= known(sent, at.body | at.or_body if at.body else at.query)
        at.complete(given)
        _complete(at, given)
        return _validated(at, given, marks | {ARRIVED})

    def decode_form(
        self,
        operation: ProtocolOperation,
        query: str,
        form: Mapping[str, str | FileContent],
        marks: frozenset[str],
    ) -> Any:
        at = layout(operation)
        return _from_form(at, _read_texts(at, at.in_query(query)), form, marks)

    def read_body(self, body: bytes) -> Any:
        """Parse the body of a request."""
        return json.loads(body)

    def wrap(
        self,
        operation: ProtocolOperation,
        data: Data | None,
        log_id: str,
        note: Note | None = None,
    ) -> Response:
        message = "OK" if note is None else note.message
        # fields without a value are null in answers (business.yaml, nulls)
        body = data.model_dump_json().encode() if isinstance(data, BaseModel) else written(data)
        code, status = (0, 200) if note is None else (note.code, note.status)
        return _response(code, message, log_id, body, status)

    def wrap_error(
        self,
        operation: ProtocolOperation | None,
        problem: Problem,
        detail: Mapping[str, Any] | None = None,
    ) -> Response:
        code = int(problem.code) if problem.code.isdecimal() else problem.code
        return _response(code, problem.message, problem.log_id, written(detail), problem.http)

    def unwrap(
        self, operation: ProtocolOperation, status: int, headers: Mapping[str, str], body: bytes
    ) -> Any:
        try:
            answer = _envelope(operation.response).validate_json(body)
            if answer.code in _GOOD:
                return answer.data
        except ValidationError:
            pass
        try:
            head = _Head.model_validate_json(body)
            if head.code in _GOOD:
                return typed(operation.response).validate_python({})
        except ValidationError:
            raise UnreadableAnswer from None
        log_id = head.request_id or headers.get(self.log_id_header, "")
        return Problem(str(head.code), head.message, log_id, status)

    def refusal(self, malformed: Malformed) -> Problem:
        return Problem(PARAM_ERROR, "; ".join(_worded(*one) for one in malformed.problems))

    def retry_after(self, problem: Problem) -> float | None:
        """The recovery of the window that the message names (`business.yaml`, recovery)."""
        if "QPM" in problem.message:
            return MINUTE_LIMIT_PAUSE
        if "QPD" not in problem.message:
            return None
        try:
            told = datetime.strptime(problem.log_id[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return DAY
        return DAY - told.timestamp() % DAY


def _multipart(
    query: str, given: Mapping[str, Any], request: BaseModel, files: frozenset[str]
) -> Wire:
    """A multipart body: in memory if the files are bytes, else around the one file."""
    body: dict[str, str | bytes] = {name: _text(value) for name, value in given.items()}
    streamed: tuple[str, FileContent] | None = None
    for name in type(request).model_fields:
        value = getattr(request, name) if name in files else None
        if isinstance(value, FileContent):
            streamed = name, value
        elif value is not None:
            body[name] = value
    if streamed is None:
        return Wire(query, *multipart.join(body))
    form, content_type = multipart.stream(body, *streamed)
    return Wire(query, None, content_type, form)


def _from_form(
    at: Layout,
    given: dict[str, Any],
    form: Mapping[str, str | bytes | FileContent],
    marks: frozenset[str],
) -> Any:
    """The request of a multipart body's fields, and of `given`, those of the query."""
    sent = known(form, at.body)
    texts = {name: value for name, value in sent.items() if isinstance(value, str)}
    files = {name: value for name, value in sent.items() if not isinstance(value, str)}
    given |= _read_texts(at, texts) | files
    _complete(at, given)
    return at.model.model_validate(encodable(given), extra="ignore", context=marks)


def _complete(at: Layout, given: Mapping[str, Any]) -> None:
    """Refuse a request without a field that clients fill in."""
    missing = [name for name in at.filled if given.get(name) in (None, "")]
    if missing:
        raise Malformed(tuple((name, "is missing") for name in sorted(missing)))


def _worded(path: str, why: str) -> str:
    """A problem in TikTok's words (`business.yaml`, error_messages)."""
    if why == "is missing":
        why = "Missing data for required field."
    return f"{path}: {why}" if path else why


def _response(code: int | str, message: str, request_id: str, data: bytes, status: int) -> Response:
    head = {"code": code, "message": message, "request_id": request_id}
    trace = ((b"x-tt-trace-id", f"00-{request_id.lower()}-01".encode()),)
    return Response(status, b'%b,"data":%b}' % (dumped(head)[:-1], data), headers=trace)


def _text(value: Any) -> str:
    """A value as text for a query: lists, objects, true and false are JSON."""
    if isinstance(value, str):
        return str(value.value) if isinstance(value, Enum) else value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read_texts(at: Layout, raw: Mapping[str, str]) -> dict[str, Any]:
    """Parse the values of a query. The declared type decides which of them are JSON."""
    texts = _text_fields(at.model)
    return {n: text if n in texts else _value(text) for n, text in raw.items()}


_AS_PYTHON = {"True": True, "False": False}
"""The spelling in which TikTok's official SDK for Python 1.1.3 sends true and false in a query."""


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return _AS_PYTHON.get(text, text)


@cache
def _text_fields(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, info in model.model_fields.items() if _is_text(info.annotation))


def _is_text(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _is_text(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return any(map(_is_text, get_args(annotation)))
    if origin is not None and not isinstance(origin, type):  # Literal
        return any(isinstance(one, str) for one in get_args(annotation))
    return isinstance(annotation, type) and issubclass(annotation, str)


def _validated(at: Layout, given: dict[str, Any], marks: frozenset[str]) -> Any:
    try:
        return _strictly(at, given, marks)
    except ValidationError as error:
        fewer = without_refused_nulls(given, error) if refused_nulls(error) else None
        if fewer is None:
            raise
    return _strictly(at, fewer, marks)


def _strictly(at: Layout, given: dict[str, Any], marks: frozenset[str]) -> Any:
    text = json.dumps(encodable(given))
    return at.model.model_validate_json(text, strict=True, extra="ignore", context=marks)


class BusinessForm(BusinessProtocol):
    """The receiver takes a form in place of JSON as well: for libraries of OAuth."""

    def read_body(self, body: bytes) -> Any:
        if body.lstrip()[:1] in (b"{", b"[", b'"'):
            return json.loads(body)
        return dict(pairs(body.decode()))


CSV = b"text/csv; charset=utf-8"


class BusinessCsv(BusinessProtocol):
    """An answer may be CSV without an envelope; the model has it as `text`."""

    def content_type_of(self, body: bytes) -> bytes:
        return self.content_type if body.startswith(b"{") else CSV

    def wrap(
        self,
        operation: ProtocolOperation,
        data: Data | None,
        log_id: str,
        note: Note | None = None,
    ) -> Response:
        if isinstance(data, bytes):
            return Response(200, data, CSV)
        return super().wrap(operation, data, log_id, note)

    def unwrap(
        self, operation: ProtocolOperation, status: int, headers: Mapping[str, str], body: bytes
    ) -> Any:
        if status == 200 and headers.get("content-type", "").startswith("text/csv"):
            try:
                return typed(operation.response).validate_python({"text": body.decode()})
            except ValueError:
                raise UnreadableAnswer from None
        return super().unwrap(operation, status, headers, body)


BUSINESS = BusinessProtocol()
BUSINESS_CSV = BusinessCsv()
BUSINESS_FORM = BusinessForm()
