"""Parse a response into the typed result, or raise the matching typed error."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

from stagedoor.platform.collecting import without_collecting
from stagedoor.platform.operation import Operation, next_day
from stagedoor.platform.protocols.protocol import Problem, UnreadableAnswer

from .effects import Reply
from .error_classes import class_of
from .errors import QuotaExceeded, RateLimited, TikTokError, UnexpectedAnswer

_SEEN, _SHOWN = 400, 80
"""Bytes of a body that are searched for secrets, and characters of it that an error shows.

More is searched than shown, so that a secret isn't cut in half before it is recognised.
"""
_LARGE = 1 << 14
"""Bytes of a body from which on Python's garbage collector, which is the whole process', is paused:
a page of typed objects is read an eighth faster, a small answer isn't."""


def read(operation: Operation[..., Any], reply: Reply) -> Any:
    """The typed result; raises a `TikTokError`, or `UnexpectedAnswer` for a foreign response."""
    return (_read if len(reply.body) < _LARGE else _read_large)(operation, reply)


def _read(operation: Operation[..., Any], reply: Reply) -> Any:
    protocol = operation.protocol
    try:
        answer = protocol.unwrap(operation, reply.status, reply.headers, reply.body)
    except UnreadableAnswer:
        raise _unexpected(operation, reply) from None
    if isinstance(answer, Problem):
        raise _error(operation, reply, answer)
    if protocol.answers_file:
        raise _unexpected(operation, reply)  # neither an error nor a file
    return answer


_read_large = without_collecting(_read)


def _error(operation: Operation[..., Any], reply: Reply, problem: Problem) -> TikTokError:
    errors = operation.protocol.errors
    kind = class_of(errors.kind(problem.code, problem.http))
    declared = errors.known(problem.code)
    return kind(
        problem.code,
        problem.message,
        log_id=problem.log_id,
        http_status=problem.http,
        operation=operation.id,
        retry_after=_retry_after(operation, reply, problem)
        if issubclass(kind, RateLimited)
        else None,
        resets_at=_reset(operation, problem) if issubclass(kind, QuotaExceeded) else None,
        remedy=declared.remedy if declared else None,
    )


def _reset(operation: Operation[..., Any], problem: Problem) -> float | None:
    """When the operation's daily quota resets, by TikTok's own clock, which the log_id tells."""
    if operation.quota is None:
        return None
    try:
        told = datetime.strptime(problem.log_id[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return next_day(told.timestamp())


def _retry_after(operation: Operation[..., Any], reply: Reply, problem: Problem) -> float | None:
    told = operation.protocol.retry_after(problem)
    if told is not None:
        return told
    try:
        seconds = float(reply.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


_LONG = re.compile(r"[^\s<>()'\",;:/?#&=]{12,}")


def _excerpt(body: bytes) -> str:
    """The start of a body with possible secrets removed: some gateways echo the request."""
    return _LONG.sub("***", body[:_SEEN].decode("utf-8", "replace"))[:_SHOWN]


def _unexpected(operation: Operation[..., Any], reply: Reply) -> UnexpectedAnswer:
    shown = ascii(_excerpt(reply.body)) if reply.status >= 300 else "a body"
    return UnexpectedAnswer(
        f"{operation.id}: HTTP {reply.status} with {shown}, which is not an answer of TikTok's. "
        "See that the address is right and that nothing in between answers instead.",
        reply.status,
    )
