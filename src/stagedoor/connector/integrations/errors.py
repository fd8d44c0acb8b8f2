"""Errors about accounts."""

from __future__ import annotations

from ..errors import ApiError, Conflict, Forbidden, InvalidInput, ObjectNotFound


class NoIntegration(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such integration. GET /api/integrations lists the organisation's."
        )


class NoCredential(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__(
            "The account has no such credential: its `credentials` in GET /api/integrations list "
            "those that it has."
        )


class CredentialMissing(Conflict):
    """The integration has no credential of the kind that the operation needs."""

    code = "credential_missing"

    def __init__(self, integration_id: str, name: str, kind: str) -> None:
        super().__init__(
            f"{name} isn't connected for this: an admin connects it with get-auth-url, kind "
            f'"{kind}" and integrationId "{integration_id}".',
            detail={"integrationId": integration_id, "kind": kind},
        )


class AccountNotAccessible(Forbidden):
    """No ads credential of the organisation reaches the ad account."""

    code = "account_not_accessible"

    def __init__(self, account_id: str, why: str | None = None) -> None:
        super().__init__(
            f"The organisation has no access to the ad account {account_id}: "
            + (why or "GET /api/ads/accounts lists those that it has; an admin connects others."),
            detail={"accountId": account_id},
        )


class ReturnUrlRefused(InvalidInput):
    """The `returnUrl` isn't allowed."""

    code = "return_url_refused"


class NothingToAsk(InvalidInput):
    """None of the scopes is available in this flow; `detail` says where each is."""

    code = "scopes_unavailable"


class LoginFailed(Exception):
    """The login ends here; the caller's application is told the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class StateRefused(ApiError):
    """The browser came back with an invalid or expired state: it isn't redirected."""

    code, http = "state_refused", 400


class LeaseLost(ApiError):
    """Another process took over the refresh: this one may no longer write."""

    code, http, retryable = "lease_lost", 503, True
