"""Numbers of campaigns, ad groups and ads over time, as they were synced."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query

from ..api import CallerIs, needs, router
from ..apps.errors import SecretLost
from ..documented import raises
from ..integrations.errors import AccountNotAccessible
from ..integrations.tiktok_errors import TIKTOK_ERRORS
from ..provided import provided
from ..queries import QueryDay
from ..tenants.roles import Role
from .errors import UnknownAdObject
from .objects import AdLevel
from .schemas import AdGroupMetricsShown, AdMetricsShown, MetricsShown
from .service import AdMetrics

ROUTER = router(prefix="/api/ads", tags=["ads"])

_READS = [needs(Role.VIEWER)]
_ERRORS = (UnknownAdObject, AccountNotAccessible, SecretLost, *TIKTOK_ERRORS)
_Metrics = Annotated[AdMetrics, provided(AdMetrics)]
_First = Annotated[
    QueryDay | None,
    Query(alias="from", description="The first day; default: 30 days with `to`"),
]
_Last = Annotated[
    QueryDay | None,
    Query(alias="to", description="The last day, which counts; default: today there"),
]
_Granularity = Annotated[Literal["day"], Query(description="The span of a row")]


@ROUTER.get("/campaigns/{campaign_id}/metrics", dependencies=_READS)
@raises(*_ERRORS)
def show_campaign_metrics(
    caller: CallerIs,
    metrics: _Metrics,
    campaign_id: Annotated[str, Path(description="TikTok's id of the campaign")],
    first: _First = None,
    last: _Last = None,
    granularity: _Granularity = "day",
) -> MetricsShown:
    """Show a campaign's spending and results by day, in the ad account's zone and currency.

    At most 366 days; days that the service hasn't stored yet are read from TikTok.
    """
    found = metrics.of(caller.org, AdLevel.CAMPAIGN, campaign_id, first, last)
    return MetricsShown.of(found)


@ROUTER.get("/ad-groups/{ad_group_id}/metrics", dependencies=_READS)
@raises(*_ERRORS)
def show_ad_group_metrics(
    caller: CallerIs,
    metrics: _Metrics,
    ad_group_id: Annotated[str, Path(description="TikTok's id of the ad group")],
    first: _First = None,
    last: _Last = None,
    granularity: _Granularity = "day",
) -> AdGroupMetricsShown:
    """Show an ad group's spending and results by day, as those of a campaign."""
    found = metrics.of(caller.org, AdLevel.AD_GROUP, ad_group_id, first, last)
    return AdGroupMetricsShown.of(found)


@ROUTER.get("/ads/{ad_id}/metrics", dependencies=_READS)
@raises(*_ERRORS)
def show_ad_metrics(
    caller: CallerIs,
    metrics: _Metrics,
    ad_id: Annotated[str, Path(description="TikTok's id of the ad")],
    first: _First = None,
    last: _Last = None,
    granularity: _Granularity = "day",
) -> AdMetricsShown:
    """Show an ad's spending and results by day, as those of a campaign."""
    return AdMetricsShown.of(metrics.of(caller.org, AdLevel.AD, ad_id, first, last))
