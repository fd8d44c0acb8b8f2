"""Answers in TikTok's protocols: TikTok's answers unchanged, or Stagedoor's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from pydantic.alias_generators import to_snake

from stagedoor.client.errors import GrantInvalid, TokenInvalid
from stagedoor.connector.errors import ApiError
from stagedoor.connector.publishing.errors import TikTokSaid
from stagedoor.platform.errors import LOG_ID_HEADER
from stagedoor.platform.operation import Operation
from stagedoor.platform.protocols.open_api import OPEN_API
from stagedoor.platform.protocols.protocol import Api, Problem, Protocol, Response

from ..calls.errors import AwaitsApproval, Denied
from ..calls.request import CallAnswer
from ..decisions.decision import Guard
from . import business_codes
from .errors import WrongMethod

JSON = b"application/json; charset=utf-8"
_LOG_ID = LOG_ID_HEADER.encode()
_PRIVATE = (b"cache-control", b"no-store")

_TIKTOKS = {
    "invalid_request": ("invalid_params", 400),
    "scope_missing": ("scope_not_authorized", 401),
    "rate_limited": ("rate_limit_exceeded", 429),
    "quota_used_up": ("daily_quota_limit_exceeded", 429),
    "wrong_state": ("publish_not_cancellable", 400),
}
"""Errors of the service that TikTok has a code for, with that code and HTTP status."""


@dataclass(frozen=True, slots=True)
class ProxyResponse:
    """A complete answer. `file` is sent in place of `body`, and then closed."""

    status: int
    body: bytes
    content_type: bytes = JSON
    log_id: str = ""
    more: tuple[tuple[bytes, bytes], ...] = ()
    file: IO[bytes] | None = None
    length: int = 0

    def start(self) -> dict[str, Any]:
        """Return ASGI's first message."""
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


def answer(operation: Operation[..., Any], done: CallAnswer) -> ProxyResponse:
    """Return TikTok's own answer, if there is one."""
    log_id = done.log_id or ""
    protocol = operation.protocol
    if done.file is not None:
        length = done.file.seek(0, 2)
        done.file.seek(0)
        return ProxyResponse(200, b"", protocol.content_type, log_id, file=done.file, length=length)
    if done.answered is not None:
        answered = done.answered
        content_type = protocol.content_type_of(answered.body)
        return ProxyResponse(answered.http_status, answered.body, content_type, log_id)
    return _reply(protocol.wrap(operation, done.data, log_id), log_id)


def _reply(
    response: Response, log_id: str, more: Iterable[tuple[bytes, bytes]] = ()
) -> ProxyResponse:
    # every answer here has the cache headers already
    return ProxyResponse(response.status, response.body, response.content_type, log_id, tuple(more))


def refusal(
    error: ApiError,
    operation: Operation[..., Any] | None,
    close: bool = False,
    protocol: Protocol = OPEN_API,
) -> ProxyResponse:
    """Return an error as an answer. `close`: the body is unread, so end the connection. `protocol`:
    that of requests which are no operation."""
    log_id = error.log_id or ""
    more: list[tuple[bytes, bytes]] = []
    if error.retry_after is not None:
        more.append((b"retry-after", b"%d" % max(0, round(error.retry_after))))
    if isinstance(error, WrongMethod):
        more.append((b"allow", error.allowed.encode()))
    if close:
        more.append((b"connection", b"close"))
    detail = None
    if isinstance(error, AwaitsApproval) and error.detail:
        # the upload address and the id of the approval
        detail = {to_snake(name): value for name, value in error.detail.items()}
    if operation is not None:
        protocol = operation.protocol
    problem = _problem(error, operation)
    problem = _IN_CODES_OF[protocol.api](problem)
    return _reply(protocol.wrap_error(operation, problem, detail), log_id, more)


def _unchanged(problem: Problem) -> Problem:
    return problem


_IN_CODES_OF: Mapping[Api, Callable[[Problem], Problem]] = {
    Api.DEVELOPERS: _unchanged,
    Api.BUSINESS: business_codes.as_business_problem,
}
"""Converts a problem into one with the codes that clients of an API know."""


def _problem(error: ApiError, operation: Operation[..., Any] | None) -> Problem:
    log_id = error.log_id or ""
    if isinstance(error, Denied) and error.decision.rule == Guard.BAD_ARGUMENTS:
        return Problem("invalid_params", error.message, log_id, 400)
    if not isinstance(error, TikTokSaid):
        code, http = _TIKTOKS.get(error.code, (error.code, error.http))
        return Problem(code, error.message, log_id, http)
    said = error.said
    if operation is not None and said.operation == operation.id and said.http_status:
        return Problem(said.code, said.message, log_id, said.http_status)
    if isinstance(said, TokenInvalid | GrantInvalid):
        # the account's tokens have ended: answer as TikTok does for such a token
        return Problem("access_token_invalid", error.message, log_id, 401)
    return Problem(error.code, error.message, log_id, error.http)
