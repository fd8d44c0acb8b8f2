"""Errors of ads metrics."""

from __future__ import annotations

from ..errors import NotFound


class NoCampaign(NotFound):
    """No ad account of the organisation has this campaign."""

    def __init__(self) -> None:
        super().__init__(
            "There is no such campaign in the organisation's ad accounts: "
            "GET /api/ads/campaigns lists those of an ad account."
        )
