"""Numbers of a campaign over time, as they were synced."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import Path, Query

from ..api import CallerIs, needs, router
from ..apps.errors import SecretLost
from ..documented import raises
from ..integrations.errors import AccountNotAccessible
from ..integrations.told import TIKTOK_ERRORS
from ..provided import provided
from ..tenants.roles import Role
from .errors import NoCampaign
from .schemas import MetricsShown
from .service import AdMetrics

ROUTER = router(prefix="/api/ads", tags=["ads"])


@ROUTER.get("/campaigns/{campaign_id}/metrics", dependencies=[needs(Role.VIEWER)])
@raises(NoCampaign, AccountNotAccessible, SecretLost, *TIKTOK_ERRORS)
def show_campaign_metrics(
    caller: CallerIs,
    metrics: Annotated[AdMetrics, provided(AdMetrics)],
    campaign_id: Annotated[str, Path(description="TikTok's id of the campaign")],
    first: Annotated[
        date | None,
        Query(alias="from", description="The first day; default: 30 days with `to`"),
    ] = None,
    last: Annotated[
        date | None,
        Query(alias="to", description="The last day, which counts; default: today there"),
    ] = None,
    granularity: Annotated[Literal["day"], Query(description="The span of a row")] = "day",
) -> MetricsShown:
    """Show a campaign's spending and results by day, in the ad account's zone and currency.

    At most 366 days; days that the service hasn't stored yet are read from TikTok.
    """
    return MetricsShown.of(metrics.campaign(caller.org, campaign_id, first, last))
