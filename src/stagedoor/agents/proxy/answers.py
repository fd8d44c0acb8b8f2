"""Answers in TikTok's shapes: what TikTok said, as it said it, or what Stagedoor says instead."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import IO, Any

from pydantic.alias_generators import to_snake

from stagedoor.client.errors import GrantInvalid, TokenInvalid
from stagedoor.connector.errors import ApiError
from stagedoor.connector.publishing.errors import TikTokSaid
from stagedoor.platform.errors import LOG_ID_HEADER, OK
from stagedoor.platform.operation import Operation, Shape
from stagedoor.platform.portability import ZIP_TYPE

from ..calls.errors import AwaitsApproval, Denied
from ..calls.wanted import Done
from ..decisions.decision import Guard
from .errors import WrongMethod

JSON = b"application/json; charset=utf-8"
_TEXT = b"text/plain; charset=utf-8"
_LOG_ID = LOG_ID_HEADER.encode()
_PRIVATE = (b"cache-control", b"no-store")

_TIKTOKS = {
    "invalid_request": ("invalid_params", 400),
    "scope_missing": ("scope_not_authorized", 401),
    "rate_limited": ("rate_limit_exceeded", 429),
    "wrong_state": ("publish_not_cancellable", 400),
}
"""Refusals of the service, in TikTok's words for the same."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished answer. `file` is sent in place of `body`, and closed."""

    status: int
    body: bytes
    content_type: bytes = JSON
    log_id: str = ""
    more: tuple[tuple[bytes, bytes], ...] = ()
    file: IO[bytes] | None = None
    length: int = 0

    def start(self) -> dict[str, Any]:
        """ASGI's first message."""
        length = len(self.body) if self.file is None else self.length
        headers = [
            (b"content-type", self.content_type),
            (b"content-length", b"%d" % length),
            _PRIVATE,
            *self.more,
        ]
        if self.log_id:
            headers.append((_LOG_ID, self.log_id.encode("latin-1", "replace")))
        return {"type": "http.response.start", "status": self.status, "headers": headers}


def answer(operation: Operation[..., Any], done: Done) -> Reply:
    """TikTok's own, where it gave one."""
    log_id = done.log_id or ""
    if done.file is not None:
        length = done.file.seek(0, 2)
        done.file.seek(0)
        return Reply(200, b"", ZIP_TYPE.encode(), log_id, file=done.file, length=length)
    kind = _TEXT if operation.shape is Shape.TEXT else JSON
    if done.answered is not None:
        return Reply(done.answered.http_status, done.answered.body, kind, log_id)
    if operation.shape is Shape.TEXT:
        return Reply(200, str(done.data.get("text", "")).encode(), kind, log_id)
    if operation.shape is Shape.PLAIN:
        return Reply(200, _dumped(done.data), JSON, log_id)
    error = {"code": OK, "message": "", "log_id": log_id}
    return Reply(200, _dumped({"data": done.data, "error": error}), JSON, log_id)


@dataclass(frozen=True, slots=True)
class _Told:
    http: int
    code: str
    message: str


def refusal(error: ApiError, operation: Operation[..., Any] | None, close: bool = False) -> Reply:
    """`close`: the body wasn't read, so whoever still sends it must be cut off."""
    told = _told(error, operation)
    log_id = error.log_id or ""
    more: list[tuple[bytes, bytes]] = []
    if error.retry_after is not None:
        more.append((b"retry-after", b"%d" % max(0, round(error.retry_after))))
    if isinstance(error, WrongMethod):
        more.append((b"allow", error.allowed.encode()))
    if close:
        more.append((b"connection", b"close"))
    shape = Shape.ENVELOPE if operation is None else operation.shape
    shaped = _shaped(told, shape, log_id)
    if isinstance(error, AwaitsApproval) and error.detail:
        # where to send what a person is to look at, and which approval it is
        shaped["data"] = {to_snake(name): value for name, value in error.detail.items()}
    return Reply(told.http, _dumped(shaped), JSON, log_id, tuple(more))


def _told(error: ApiError, operation: Operation[..., Any] | None) -> _Told:
    if isinstance(error, Denied) and error.decision.rule == Guard.BAD_ARGUMENTS:
        return _Told(400, "invalid_params", error.message)
    if not isinstance(error, TikTokSaid):
        code, http = _TIKTOKS.get(error.code, (error.code, error.http))
        return _Told(http, code, error.message)
    said = error.said
    if operation is not None and said.operation == operation.id and said.http_status:
        return _Told(said.http_status, said.code, said.message)
    if isinstance(said, TokenInvalid | GrantInvalid):
        # the account's own tokens are over, and this is what TikTok says of such a token
        return _Told(401, "access_token_invalid", error.message)
    return _Told(error.http, error.code, error.message)


def _shaped(told: _Told, shape: Shape, log_id: str) -> dict[str, Any]:
    if shape is Shape.OAUTH:
        return {"error": told.code, "error_description": told.message, "log_id": log_id}
    error = {"code": told.code, "message": told.message, "log_id": log_id}
    if shape is Shape.PLAIN:
        code = int(told.code) if told.code.isdecimal() else told.code
        return {"code": code, "message": told.message, "error": error}
    return {"data": {}, "error": error}


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
