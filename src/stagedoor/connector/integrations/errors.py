"""What goes wrong with accounts."""

from __future__ import annotations

from ..errors import ApiError, BadRequest, NotFound


class NoIntegration(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such integration. GET /api/integrations lists the organisation's."
        )


class ReturnUrlRefused(BadRequest):
    """Where the browser should go afterwards isn't allowed."""

    code = "return_url_refused"


class NothingToAsk(BadRequest):
    """None of the scopes can be had in this flow; `detail` says where each can."""

    code = "scopes_unavailable"


class StateRefused(ApiError):
    """The browser came back with a state that isn't good (any more): nothing is redirected."""

    code, http = "state_refused", 400


class LeaseLost(ApiError):
    """Another process took over the refresh: this one may not write any more."""

    code, http, retryable = "lease_lost", 503, True
