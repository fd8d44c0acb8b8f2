"""Errors as text for a model: what happened, and what to do."""

from __future__ import annotations

from typing import Any

from stagedoor.connector.errors import ApiError

from ..calls.errors import CORRECT, AccountNeeded, AwaitsApproval, Denied
from ..decisions.decision import Guard
from .escapes import visible

_MOST = 2_000
_DENIED = "Don't try again: an admin decides what you may do."
_GUARDS: dict[str, str] = {
    Guard.BAD_ARGUMENTS: CORRECT,
    Guard.NO_ACCOUNT: "Name an account of list_accounts.",
    Guard.NOT_REACHED: "Name an ad account of list_accounts, and no business_id.",
    Guard.TOO_MANY_CALLS: "Wait so long, then call again.",
    Guard.UNAVAILABLE: "Wait a moment, then call again.",
    Guard.UNKNOWN_OPERATION: "Call only tools that are listed.",
}


def for_agent(error: ApiError) -> str:
    """Return `code: message`, then what to do. A denial has the same text at every entrance."""
    lines = [f"{error.code}: {_message(error)}"]
    if error.log_id and error.log_id not in lines[0]:
        lines.append(f"TikTok's log_id: {error.log_id}")
    todo = _todo(error)
    if todo:
        lines.append(f"What to do: {todo}")
    return visible_lines(lines)


def visible_lines(lines: list[str]) -> str:
    return "\n".join(visible(line)[:_MOST] for line in lines)


def _message(error: ApiError) -> str:
    if isinstance(error, AccountNeeded):
        # the message names accounts, some of which may not be this agent's
        return "Several accounts are connected."
    if error.code == "scope_missing" and isinstance(error.detail, dict):
        # the message names the account as its creator does
        scopes = " or ".join(error.detail.get("scopes", ()))
        return f"The creator didn't allow this: the scope {scopes} is missing."
    return error.message


def _todo(error: ApiError) -> str:
    if isinstance(error, Denied):
        return _remedy(error.detail) or _GUARDS.get(error.decision.rule, _DENIED)
    if isinstance(error, AccountNeeded):
        return "Name one as `account`: list_accounts tells which there are."
    if isinstance(error, AwaitsApproval):
        later = "Call check_approval with the approval's id, later: a person has to decide first."
        url = error.detail.get("uploadUrl") if isinstance(error.detail, dict) else None
        return f"PUT the file to {url} first. {later}" if url else later
    if error.retry_after is not None:
        return f"Call again in {max(1, round(error.retry_after))} s."
    remedy = _remedy(error.detail)
    if remedy and remedy not in error.message:
        return remedy
    return "Call again in a moment." if error.retryable else ""


def _remedy(detail: Any) -> str:
    found = detail.get("remedy") if isinstance(detail, dict) else None
    return str(found) if found else ""
