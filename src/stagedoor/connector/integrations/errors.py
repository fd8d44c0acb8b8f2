"""Errors about accounts."""

from __future__ import annotations

from ..errors import ApiError, BadRequest, NotFound


class NoIntegration(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such integration. GET /api/integrations lists the organisation's."
        )


class ReturnUrlRefused(BadRequest):
    """The `returnUrl` isn't allowed."""

    code = "return_url_refused"


class NothingToAsk(BadRequest):
    """None of the scopes is available in this flow; `detail` says where each is."""

    code = "scopes_unavailable"


class StateRefused(ApiError):
    """The browser came back with an invalid or expired state: it isn't redirected."""

    code, http = "state_refused", 400


class LeaseLost(ApiError):
    """Another process took over the refresh: this one may no longer write."""

    code, http, retryable = "lease_lost", 503, True
