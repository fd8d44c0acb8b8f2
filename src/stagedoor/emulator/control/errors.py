"""Errors of the control routes."""

from __future__ import annotations

from pydantic import ValidationError
from starlette.responses import JSONResponse

from stagedoor.platform.model import problems_of

Problem = tuple[str, str]


class ControlError(Exception):
    """`{error: {message, problems: [{path, reason}]}}` with an HTTP status."""

    def __init__(self, status: int, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.status, self.message, self.problems = status, message, problems

    def response(self) -> JSONResponse:
        listed = [{"path": path, "reason": reason} for path, reason in self.problems]
        return JSONResponse({"error": {"message": self.message, "problems": listed}}, self.status)


def unknown(kind: str, name: str) -> ControlError:
    return ControlError(404, f"There is no {kind} {name!r}.")


def wrong(path: str, reason: str) -> ControlError:
    return ControlError(400, f"{path} {reason}" if path else reason, ((path, reason),))


def invalid(error: ValidationError) -> ControlError:
    problems = problems_of(error)
    said = "; ".join(f"{path}: {reason}" if path else reason for path, reason in problems)
    return ControlError(400, said, problems)
