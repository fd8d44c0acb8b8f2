"""What can be wrong about the audit."""

from __future__ import annotations

from stagedoor.connector.errors import ApiError


class AuditUnavailable(ApiError):
    """The audit can't be written, so nothing may be done."""

    code, http, retryable = "audit_unavailable", 503, True
