"""Errors for callers in one JSON shape: the right HTTP status, what happened and what to do.

{"error": {"code", "message", "detail", "logId", "retryable", "retryAfter"}}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from stagedoor.platform.bounds import MAX_PROBLEMS

if TYPE_CHECKING:
    from starlette.responses import Response


class ApiError(Exception):
    """An error with an HTTP response. Subclasses fix `code` and `http`."""

    code = "internal_error"
    http = 500
    retryable = False
    close = False
    """Close the connection after the response: a body may be under way that nobody reads."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        http: int | None = None,
        detail: Any = None,
        log_id: str | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.message = message
        self.code = code or type(self).code
        self.http = http or type(self).http
        self.detail = detail
        self.log_id = log_id
        self.retryable = type(self).retryable if retryable is None else retryable
        self.retry_after = retry_after
        super().__init__(f"{self.code}: {message}")

    def body(self) -> dict[str, Any]:
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "detail": self.detail,
                "logId": self.log_id,
                "retryable": self.retryable,
                "retryAfter": self.retry_after,
            }
        }


class Unauthenticated(ApiError):
    """No valid token: the caller is unknown."""

    code, http = "unauthenticated", 401


class Forbidden(ApiError):
    """The caller is known, but lacks the permission."""

    code, http = "forbidden", 403


class InvalidInput(ApiError):
    """The request is invalid; `detail` lists paths and reasons where there are several."""

    code, http = "invalid_request", 400

    def at(self, path: str) -> Self:
        """This error, as that of one part of the request."""
        self.detail = {**(self.detail or {}), "problems": [_problem(path, self.message)]}
        self.message = f"{path}: {self.message}"
        return self


def _problem(path: str, reason: str) -> dict[str, str]:
    return {"path": path, "reason": reason}


def unfit_parts(problems: Iterable[tuple[str, str]]) -> InvalidInput:
    """The error for invalid parts of a request, each with its path and reason. Parameters of the
    query are named by `in_query`. The message has the first, and how many more there are."""
    listed = [_problem(path, reason) for path, reason in problems]
    first, more = listed[0], len(listed) - 1
    words = f"{first['path']}: {first['reason']}"
    if more:
        least = "at least " if len(listed) >= MAX_PROBLEMS else ""
        words += f" ({least}{more} more {'problem' if more == 1 else 'problems'} in detail)"
    return InvalidInput(words, detail={"problems": listed})


def unfit(path: str, reason: str) -> InvalidInput:
    """The error for one invalid part of a request."""
    return InvalidInput(reason).at(path)


def in_query(name: str) -> str:
    """The path of a parameter of the query."""
    return f"query.{name}"


def bad_span(first: str, last: str) -> InvalidInput:
    """The error for a span of time in the query that ends before it begins."""
    return unfit(in_query(last), f"is not after {first}: name a later time")


class ObjectNotFound(ApiError):
    """No such object in this organisation."""

    code, http = "not_found", 404


class Conflict(ApiError):
    """The request is valid, but the present state doesn't allow it."""

    code, http = "conflict", 409


class RequestTooLarge(ApiError):
    """The body is larger than the route takes."""

    code, http = "too_large", 413


class ServiceUnavailable(ApiError):
    """A dependency of the service doesn't answer; nothing was lost."""

    code, http, retryable = "unavailable", 503, True


class DatabaseRefused(ServiceUnavailable):
    """The database answers, but refuses the service until somebody changes a setting or the
    database."""

    code, retryable = "database_refused", False


def error_response(error: ApiError) -> Response:
    """The HTTP response for an error."""
    from starlette.responses import JSONResponse

    headers = {}
    if error.retry_after is not None:
        headers["retry-after"] = str(max(0, round(error.retry_after)))
    if error.http == 401:
        headers["www-authenticate"] = "Bearer"
    if error.close:
        headers["connection"] = "close"
    return JSONResponse(error.body(), error.http, headers)


class SettingsError(Exception):
    """A setting is missing or unusable; the message names it and says what to do."""
