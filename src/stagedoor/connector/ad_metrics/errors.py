"""Errors of ads metrics."""

from __future__ import annotations

from ..errors import ObjectNotFound


class UnknownAdObject(ObjectNotFound):
    """No ad account of the organisation has this campaign, ad group or ad."""

    def __init__(self, called: str) -> None:
        super().__init__(
            f"There is no such {called} in the organisation's ad accounts: "
            f"GET /api/ads/{called.replace(' ', '-')}s lists those of an ad account."
        )
