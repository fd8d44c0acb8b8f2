"""Stagedoor's own refusals by the return codes of TikTok API for Business.

Clients of that API know integers in the body of an answer whose HTTP status is 200. A denial is
40001, which the official SDKs call ERROR_CODE_PERMISSION_ERROR: none of them repeats such a call.
"""

from __future__ import annotations

from stagedoor.platform.protocols.protocol import Problem

PERMISSION = "40001"
_CODES = {
    "invalid_params": "40002",
    "invalid_arguments": "40002",
    "account_required": "40002",
    "access_token_invalid": "40105",
    "scope_missing": "40130",
    "scope_not_authorized": "40130",
    "unsupported_path": "40400",
    "unsupported_method": "40008",
    "rate_limited": "40100",
    "rate_limit_exceeded": "40100",
    "spend_limit_exceeded": PERMISSION,
    "spend_unreadable": "50000",
    "outcome_unknown": "50000",
}
_BY_STATUS = {400: "40002", 401: "40105", 403: PERMISSION, 404: "40007", 409: "40202", 429: "40100"}
_AT_TIKTOK = ("tiktok_unreachable", "tiktok_failed")


def as_business_problem(problem: Problem) -> Problem:
    """Return the problem as TikTok API for Business has it. Its own codes stay."""
    if problem.code.isdecimal():
        return Problem(problem.code, problem.message, problem.log_id, problem.http or 200)
    code = _CODES.get(problem.code)
    if code is None:
        lost = "50002" if problem.code in _AT_TIKTOK else "50000"
        code = _BY_STATUS.get(problem.http, "40002" if 400 <= problem.http < 500 else lost)
    return Problem(code, f"{problem.code}: {problem.message}", problem.log_id, 200)
