"""The report of a campaign's linked videos.

Organic counts are those of the video, spread over its days as its insights are; paid ones come from
the events of the Spark ads that show it in the campaign's ad accounts. Totals are their sums.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from operator import add
from typing import Any, NamedTuple

from stagedoor.platform.products.business_creators import CreatorReportQuery

from ... import cdn, links
from ...calls import AdmittedCall, Refusal
from ...world import Video, World
from ..business.paging import page_of
from ..business.state import AD_ACCOUNTS, AdAccount
from ..business_accounts import insights
from ..business_ads.checks import dollar_in
from ..business_ads.state import AD_GROUPS, ADS, SPARK_ADS, Ad
from ..business_reports import days, stream
from . import accounts, campaigns, creators
from .state import APPROVED_LINKS, MARKETPLACE_ACCOUNTS, VIDEO_LINKS, CreatorCampaign


class _Counts(NamedTuple):
    """Counts of a video from one source."""

    video_views: int = 0
    likes: int = 0
    comments: int = 0
    shares: int = 0
    favorites: int = 0
    completed: int = 0
    milliseconds: int = 0
    """Time watched."""
    impressions: int = 0

    @property
    def engagement_rate(self) -> float:
        return _rate(self.likes + self.comments + self.shares, self.video_views)


_SHOWN = ("likes", "comments", "shares", "favorites")


def report(call: AdmittedCall) -> dict[str, Any]:
    """The approved videos of a campaign, those linked last first."""
    request: CreatorReportQuery = call.request
    account = accounts.named(call)
    campaign = campaigns.named(call, account, request.campaign_id)
    first, last = request.start_date, request.end_date
    if first is not None and last is not None and last < first:
        raise Refusal("40002", "end_date: Before start_date.")
    world = call.world
    linked = (
        world.videos[one.video_id] for one in world[VIDEO_LINKS].by(APPROVED_LINKS, campaign.id)
    )
    found = [video for video in linked if not video.deleted]
    rows, info = page_of(found, request.page, request.page_size)
    paid = Paid(world, campaign)
    owner = world[AD_ACCOUNTS][account.advertiser_id]
    return {
        "tto_tcm_account_id": account.id,
        "campaign_id": campaign.id,
        "campaign_type": campaign.kind,
        "country_code": owner.country,
        "videos": [video_numbers(call, video, first, last, paid) for video in rows],
        "page_info": info.model_dump(),
    }


class Paid:
    """The Spark ads of a campaign's ad accounts, or of the advertiser's own, deleted ones too."""

    def __init__(self, world: World, campaign: CreatorCampaign) -> None:
        owner = world[MARKETPLACE_ACCOUNTS][campaign.account_id].advertiser_id
        self._world = world
        self._accounts: list[tuple[AdAccount, days.Days]] = []
        for advertiser_id in campaign.advertiser_ids or (owner,):
            account = world[AD_ACCOUNTS][advertiser_id]
            days.settle(world, account, days.LAST)
            found = days.Days(world, account, world.now(), by_time=False)
            self._accounts.append((account, found))

    def on(self, video: Video, first: date, last: date) -> dict[str, _Counts]:
        """The counts by day of the ad account's zone; days without any are left out."""
        counted: dict[str, _Counts] = {}
        for account, found in self._accounts:
            for ad in self._world[ADS].by(SPARK_ADS, (account.id, video.id)):
                source = days.DaySource(ad, _goal(self._world, ad), dollar_in(account.currency))
                for day in found.of(ad, first.isoformat(), last.isoformat()):
                    events = _of_events(found.day(source, day))
                    counted[day] = _added((counted.get(day, _Counts()), events))
        return counted


def _goal(world: World, ad: Ad) -> str:
    return str(world[AD_GROUPS][ad.adgroup_id].fields.get("optimization_goal"))


def _of_events(found: stream.EventCounts) -> _Counts:
    return _Counts(
        video_views=found.plays,
        likes=found.likes,
        comments=found.comments,
        shares=found.shares,
        completed=found.p100,
        milliseconds=found.milliseconds,
        impressions=found.impressions,
    )


def video_numbers(
    call: AdmittedCall, video: Video, first: date | None, last: date | None, paid: Paid
) -> dict[str, Any]:
    """A video with its numbers between two days, both included."""
    world, app_id = call.world, call.own_token.app_id
    creator = world.creators[video.creator_id]
    # a video has no numbers before it was made, nor in the future
    made, today = insights.day_of(video.created), insights.day_of(call.now)
    first, last = max(first or made, made), min(last or today, today)
    by_day = paid.on(video, first, last)
    shown = [
        (day, _organic(video, day, call.now), by_day.get(day.isoformat(), _Counts()))
        for day in insights.days(first, last)
    ]
    organic, bought = _added(one for _, one, _ in shown), _added(one for _, _, one in shown)
    total = _added((organic, bought))
    audience = insights.audience(world, creator)
    reach = round(organic.video_views * insights.REACH) + stream.reach(bought.impressions)
    return {
        "video_id": video.id,
        "creator_id": creators.creator_id(world, app_id, creator),
        "handle_name": creator.username,
        "display_name": creator.display_name,
        "caption": video.title,
        "thumbnail_url": cdn.cover_url(world, call.base_url, video, call.now),
        "embed_url": links.embed(video, app_id),
        "create_time": str(int(video.created)),
        "video_duration": float(video.duration),
        "video_views": total.video_views,
        **_numbers(organic, bought),
        "reach": reach,
        "total_play_time": total.milliseconds / 1000,
        "average_view_time": round(_rate(total.milliseconds, total.video_views) / 1000, 3),
        "audience_countries": audience["audience_countries"],
        "audience_genders": audience["audience_genders"],
        "audience_ages": audience["audience_ages"],
        "daily_stats": [
            {"date": day.isoformat(), "views": _added(pair).video_views, **_numbers(*pair)}
            for day, *pair in shown
        ],
    }


def _organic(video: Video, day: date, now: float) -> _Counts:
    """The counts that the video gained on a day; all days add up to its present numbers."""
    start = insights.midnight(day)

    def gained(total: int) -> int:
        before, after = (
            insights.reached_by(total, video.created, moment, now)
            for moment in (start, start + insights.DAY)
        )
        return after - before

    views = gained(video.views)
    return _Counts(
        video_views=views,
        likes=gained(video.likes),
        comments=gained(video.comments),
        shares=gained(video.shares),
        favorites=gained(video.favorites),
        completed=round(views * insights.COMPLETED),
        milliseconds=round(views * video.duration * insights.WATCHED * 1000),
    )


def _numbers(organic: _Counts, paid: _Counts) -> dict[str, Any]:
    """The counts and rates in total and by source."""
    total = _added((organic, paid))
    values: dict[str, Any] = {
        "video_views_organic": organic.video_views,
        "video_views_paid": paid.video_views,
        "engagement_rate": total.engagement_rate,
        "engagement_rate_organic": organic.engagement_rate,
        "engagement_rate_paid": paid.engagement_rate,
        "video_completion_rate": _rate(total.completed, total.video_views),
    }
    for name in _SHOWN:
        values[name] = getattr(total, name)
        values[f"{name}_organic"], values[f"{name}_paid"] = (
            getattr(organic, name),
            getattr(paid, name),
        )
    return values


def _added(many: Iterable[_Counts]) -> _Counts:
    whole = _Counts()
    for one in many:
        whole = _Counts(*map(add, whole, one))
    return whole


def _rate(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
