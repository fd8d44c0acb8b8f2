"""How answers are put on the wire: one shape per kind of operation (`errors.yaml`, envelopes)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from pydantic import BaseModel

from stagedoor.platform.errors import ALIASES, LOG_ID_HEADER, OK, UNSUPPORTED_PATH
from stagedoor.platform.model import Empty
from stagedoor.platform.operation import Shape

from .calls import Data, FileData, Refusal, Told
from .plans import Plan

JSON = b"application/json; charset=utf-8"
TEXT = b"text/plain; charset=utf-8"

_LOG_ID = LOG_ID_HEADER.encode()
_ENVELOPE_TAIL = b',"error":{"code":"ok","message":"","log_id":"%b"}}'
_ENVELOPE_TAIL_STATUS = b',"error":{"code":"ok","http_status_code":200,"log_id":"%b","message":""}}'
_SAYS_STATUS = frozenset({"commercial"})
"""Products whose error object repeats the HTTP status (`errors.yaml`, envelopes.extra_key)."""
_NO_STORE = (
    (b"cache-control", b"max-age=0, no-cache, no-store"),
    (b"pragma", b"no-cache"),
    (b"expires", b"0"),
)
_CODE_BY_ALIAS = {code: alias for alias, code in ALIASES.items()}


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished answer. `code` is the error code, `ok` for none."""

    status: int
    body: bytes
    code: str = OK
    content_type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()
    file: Path | None = None
    """What is sent instead of `body`."""

    @property
    def length(self) -> int:
        return len(self.body) if self.file is None else self.file.stat().st_size

    def start(self, log_id: str) -> dict[str, object]:
        """ASGI's first message of this answer."""
        return {
            "type": "http.response.start",
            "status": self.status,
            "headers": [
                (b"content-type", self.content_type),
                (b"content-length", b"%d" % self.length),
                (_LOG_ID, log_id.encode()),
                *self.headers,
            ],
        }


HTML = b"text/html"


def gateway(status: int) -> Reply:
    """A gateway's page, which says nothing that a program could read."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
    page = f"<html><head><title>{status} {phrase}</title></head><body>{phrase}</body></html>"
    return Reply(status, page.encode(), "", HTML)


UNSUPPORTED = Reply(404, UNSUPPORTED_PATH.encode(), "", TEXT)
"""What the gateway says to a wrong path or method."""


def encoded(data: Data) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, FileData):
        raise TypeError("a file is no part of an answer")
    if isinstance(data, BaseModel):
        return data.model_dump_json(exclude_none=True).encode()
    return dumped(data)


def dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def succeeded(plan: Plan, data: Data | Told, log_id: str) -> Reply:
    operation = plan.operation
    if isinstance(data, Told):
        return _told(data, log_id)
    if isinstance(data, FileData):
        return Reply(200, b"", content_type=data.content_type.encode(), file=data.path)
    if operation.shape is Shape.ENVELOPE:
        says_status = plan.product in _SAYS_STATUS
        tail = (_ENVELOPE_TAIL_STATUS if says_status else _ENVELOPE_TAIL) % log_id.encode()
        # publish_cancel answers an error object alone (posting.yaml).
        if operation.response is Empty and isinstance(data, Mapping) and not data:
            return Reply(200, b"{" + tail[1:])
        return Reply(200, b'{"data":' + encoded(data) + tail)
    if operation.shape is Shape.OAUTH:
        return Reply(200, encoded(data), headers=_NO_STORE)
    if operation.shape is Shape.TEXT:
        return Reply(200, encoded(data), content_type=TEXT)
    return Reply(200, encoded(data))


def _told(told: Told, log_id: str) -> Reply:
    error: dict[str, object] = {"code": OK, "message": told.message, "log_id": log_id}
    if told.with_status:
        error["http_status_code"] = told.status
    return Reply(told.status, b'{"data":%b,"error":%b}' % (encoded(told.data), dumped(error)))


def refused(plan: Plan, refusal: Refusal, log_id: str, param_error: str) -> Reply:
    """`param_error`: how Content Posting spells invalid_params (`Settings.param_error`)."""
    shape, code = plan.operation.shape, refusal.code
    if shape is Shape.OAUTH:
        flat = {"error": code, "error_description": refusal.message, "log_id": log_id}
        return Reply(refusal.http, dumped(flat), code, headers=_NO_STORE)
    if shape is Shape.PLAIN:
        # The exact text isn't known (embed.yaml, oembed_video).
        plain = {"code": refusal.http, "message": refusal.message}
        return Reply(refusal.http, dumped(plain), code)
    if shape is Shape.TRANSFER:
        return Reply(refusal.http, b"{}", code)
    if plan.product == "posting" and _CODE_BY_ALIAS.get(code) == param_error:
        code = param_error
    error: dict[str, object] = {"code": code, "message": refusal.message, "log_id": log_id}
    # of copies of data, the download alone says it (portability.yaml data_download)
    if plan.product in _SAYS_STATUS or shape is Shape.FILE:
        error["http_status_code"] = refusal.http
    return Reply(refusal.http, dumped({"data": {}, "error": error}), code)
