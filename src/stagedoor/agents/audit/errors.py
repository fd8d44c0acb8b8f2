"""Errors about the audit."""

from __future__ import annotations

from stagedoor.connector.errors import ApiError


class AuditUnavailable(ApiError):
    """The audit can't be written, so no call may be made."""

    code, http, retryable = "audit_unavailable", 503, True
