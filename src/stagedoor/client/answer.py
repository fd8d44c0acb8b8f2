"""Reading answers: the typed result, or the one typed error."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from stagedoor.platform.errors import LOG_ID_HEADER, OK
from stagedoor.platform.operation import Operation, Shape, next_day

from .effects import Reply
from .errors import QuotaExceeded, RateLimited, TikTokError, UnexpectedAnswer, error_class

D = TypeVar("D")

_SEEN, _SHOWN = 400, 80
"""How much of a body is looked at and shown, so that a secret isn't cut before it is known."""


class _Part(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True, defer_build=True)


class _Problem(_Part):
    code: str
    message: str = ""
    log_id: str = ""


class _Envelope(_Part, Generic[D]):
    """`data` may be missing where the answer carries none; then it is validated as empty."""

    error: _Problem
    data: D


class _Head(_Part):
    error: _Problem
    data: dict[str, Any] | None = None


@cache
def _envelope(operation: Operation[..., Any]) -> TypeAdapter[_Envelope[Any]]:
    return TypeAdapter(_Envelope[operation.response])  # type: ignore[name-defined]


@cache
def _flat(operation: Operation[..., Any]) -> TypeAdapter[Any]:
    return TypeAdapter(operation.response)


def read(operation: Operation[..., Any], reply: Reply) -> Any:
    """The typed answer; raises a `TikTokError`, or `UnexpectedAnswer` for what isn't TikTok's.

    What decides is the body, not the HTTP status: TikTok sends errors with 200 too.
    """
    if operation.shape is Shape.ENVELOPE:
        return _read_envelope(operation, reply)
    if operation.shape is Shape.TEXT:
        return _read_text(operation, reply)
    if operation.shape is Shape.OAUTH:
        return _read_oauth(operation, reply)
    if operation.shape is Shape.FILE:
        _read_envelope(operation, reply)
        raise _unexpected(operation, reply)  # neither an error nor a file
    return _read_plain(operation, reply)


def _read_envelope(operation: Operation[..., Any], reply: Reply) -> Any:
    try:
        answer = _envelope(operation).validate_json(reply.body)
        if answer.error.code == OK:
            return answer.data
        raise _error(operation, reply, answer.error)
    except ValidationError:
        pass
    try:
        head = _Head.model_validate_json(reply.body)
    except ValidationError:
        raise _unexpected(operation, reply) from None
    if head.error.code != OK:
        raise _error(operation, reply, head.error)
    try:
        return _flat(operation).validate_python(head.data or {})
    except ValidationError:
        raise _unexpected(operation, reply) from None


def _read_text(operation: Operation[..., Any], reply: Reply) -> Any:
    try:
        head = _Head.model_validate_json(reply.body)
    except ValidationError:
        pass
    else:
        raise _error(operation, reply, head.error)
    try:
        if reply.status < 300:
            return _flat(operation).validate_python({"text": reply.body.decode()})
    except ValueError:
        pass
    raise _unexpected(operation, reply)


def _read_oauth(operation: Operation[..., Any], reply: Reply) -> Any:
    try:
        sent = json.loads(reply.body or b"{}")
    except (ValueError, RecursionError):
        raise _unexpected(operation, reply) from None
    if isinstance(sent, dict) and sent.get("error"):
        error = sent["error"]
        if isinstance(error, dict):  # seen nowhere, but the data APIs' form would be this
            problem = _Problem(code=str(error.get("code")), message=str(error.get("message")))
        else:
            problem = _Problem(
                code=str(error),
                message=str(sent.get("error_description") or ""),
                log_id=str(sent.get("log_id") or ""),
            )
        raise _error(operation, reply, problem)
    if reply.status >= 300:
        raise _unexpected(operation, reply)
    try:
        return _flat(operation).validate_python(sent)
    except ValidationError:
        raise _unexpected(operation, reply) from None


def _read_plain(operation: Operation[..., Any], reply: Reply) -> Any:
    if reply.status >= 400:
        code, message = f"http_{reply.status}", ""
        try:
            sent = json.loads(reply.body)
            code = str(sent.get("code") or code)
            message = str(sent.get("message") or "")
        except (ValueError, AttributeError, RecursionError):
            if reply.status >= 500:
                raise _unexpected(operation, reply) from None
        raise _error(operation, reply, _Problem(code=code, message=message))
    try:
        return _flat(operation).validate_json(reply.body)
    except ValidationError:
        raise _unexpected(operation, reply) from None


def _error(operation: Operation[..., Any], reply: Reply, problem: _Problem) -> TikTokError:
    kind = error_class(problem.code, reply.status)
    return kind(
        problem.code,
        problem.message,
        log_id=problem.log_id or reply.headers.get(LOG_ID_HEADER, ""),
        http_status=reply.status,
        operation=operation.id,
        retry_after=_retry_after(reply) if issubclass(kind, RateLimited) else None,
        resets_at=_reset(operation, reply, problem) if issubclass(kind, QuotaExceeded) else None,
    )


def _reset(operation: Operation[..., Any], reply: Reply, problem: _Problem) -> float | None:
    """When the operation's daily quota starts anew, by TikTok's own clock: its log_id says when."""
    if operation.quota is None:
        return None
    log_id = problem.log_id or reply.headers.get(LOG_ID_HEADER, "")
    try:
        told = datetime.strptime(log_id[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return next_day(told.timestamp())


def _retry_after(reply: Reply) -> float | None:
    try:
        seconds = float(reply.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


_LONG = re.compile(r"[^\s<>()'\",;:/?#&=]{12,}")


def _excerpt(body: bytes) -> str:
    """How a body begins, without what may be a secret: some gateways repeat the request."""
    return _LONG.sub("***", body[:_SEEN].decode("utf-8", "replace"))[:_SHOWN]


def _unexpected(operation: Operation[..., Any], reply: Reply) -> UnexpectedAnswer:
    shown = ascii(_excerpt(reply.body)) if reply.status >= 300 else "a body"
    return UnexpectedAnswer(
        f"{operation.id}: HTTP {reply.status} with {shown}, which is not an answer of TikTok's. "
        "See that the address is right and that nothing in between answers instead.",
        reply.status,
    )
