"""A campaign from a video file to a running ad, and the report of what the ad spent.

Runs against the local TikTok only, since it lets the time pass there:

    stagedoor emulator
    stagedoor sample summer.mp4
    python examples/ads.py summer.mp4

STAGEDOOR_TIKTOK_URL is the address of the local TikTok; http://127.0.0.1:8701 unless it is set.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import httpx2

from stagedoor import Hosts, TikTokBusiness
from stagedoor.business import (
    AdFilters,
    BudgetMode,
    DataLevel,
    IdentityType,
    NewCreative,
    ObjectiveType,
    Pacing,
    Placement,
    ReportFilter,
    ScheduleType,
)
from stagedoor.cli.demo import consent

URL = os.environ.get("STAGEDOOR_TIKTOK_URL", "http://127.0.0.1:8701")
APP_ID, SECRET = "7000000000000000001", "emulator-business-secret"
"""The business app of the local TikTok."""


def now() -> datetime:
    """The time of the local TikTok's clock."""
    answer = httpx2.get(f"{URL}/_emulator/clock").raise_for_status()
    return datetime.fromtimestamp(answer.json()["now"], UTC)


def advance(passed: timedelta) -> None:
    """Let time pass on the local TikTok."""
    asked = {"advance": passed.total_seconds()}
    httpx2.post(f"{URL}/_emulator/clock", json=asked).raise_for_status()


def connect(app: TikTokBusiness) -> tuple[TikTokBusiness, ZoneInfo]:
    """Connect ad accounts, and return a client for the first one with its time zone.

    `consent.answer` sends the portal's form as a person's browser would. A web app redirects the
    browser to `login.url`, and takes the URL of the request that comes back.
    """
    login = app.oauth.begin_advertiser_login("http://127.0.0.1:3000/ads/callback")
    connection = app.oauth.finish_advertiser_login(login, consent.answer(login.url))
    first = connection.advertiser_ids[0]
    ads = app.for_account(connection.tokens).for_advertiser(first)
    [account] = ads.advertisers.info(advertiser_ids=(first,)).list
    return ads, ZoneInfo(account.display_timezone or "UTC")


def launch(ads: TikTokBusiness, file: str) -> str:
    """Upload the video, build a campaign around it, and return the new ad's id."""
    start = now()
    name = f"Summer sale {start:%Y-%m-%d %H:%M:%S}"
    video = ads.creatives.upload_video(file, name=f"{name}.mp4")
    cover = ads.creatives.suggest_covers(video_id=video.video_id).list[0]
    print(f"video {video.video_id}: {video.width}x{video.height}, {video.duration} s")

    identity = ads.identities.create(display_name="Mara's Kitchen")
    campaign = ads.campaigns.create(
        campaign_name=name,
        objective_type=ObjectiveType.TRAFFIC,
        budget_mode=BudgetMode.DAY,
        budget=Decimal(100),
    )
    group = ads.ad_groups.create(
        campaign_id=campaign.campaign_id,
        adgroup_name="United States",
        promotion_type="WEBSITE",
        placements=(Placement.TIKTOK,),
        location_ids=("6252001",),
        budget_mode=BudgetMode.DAY,
        budget=Decimal(48),
        schedule_type=ScheduleType.START_END,
        schedule_start_time=start,
        schedule_end_time=start + timedelta(days=7),
        optimization_goal="CLICK",
        billing_event="CPC",
        bid_type="BID_TYPE_NO_BID",
        pacing=Pacing.SMOOTH,
    )
    creative = NewCreative(
        ad_name="Knife set",
        ad_format="SINGLE_VIDEO",
        identity_type=IdentityType.CUSTOMIZED_USER,
        identity_id=identity.identity_id,
        video_id=video.video_id,
        image_ids=(cover.id,),
        ad_text="Sharp for twenty years",
        landing_page_url="https://shop.example.com/knives",
        call_to_action="SHOP_NOW",
    )
    made = ads.ads.create(adgroup_id=group.adgroup_id, creatives=(creative,))
    return made.ad_ids[0]


def status(ads: TikTokBusiness, ad_id: str) -> str:
    """The ad's delivery status, as a line."""
    [ad] = ads.ads.list(filtering=AdFilters(ad_ids=(ad_id,))).list
    return f"ad {ad_id}: {ad.secondary_status}"


def main(file: str) -> None:
    with TikTokBusiness(APP_ID, SECRET, hosts=Hosts.at(URL)) as app:
        ads, zone = connect(app)
        ad_id = launch(ads, file)
        first = now().astimezone(zone).date()
        print(status(ads, ad_id))

        advance(timedelta(minutes=1))  # the review of new ads, by default 5 seconds here
        print(status(ads, ad_id))

        advance(timedelta(hours=30))
        rows = ads.reports.rows(
            data_level=DataLevel.AD,
            dimensions=("ad_id", "stat_time_day"),
            metrics=("ad_name", "spend", "impressions", "clicks"),
            filtering=(
                ReportFilter(field_name="ad_ids", filter_type="IN", filter_value=f'["{ad_id}"]'),
            ),
            start_date=first,
            end_date=now().astimezone(zone).date(),
        )
        for row in rows:
            numbers = f"{row['impressions']:,} impressions, {row['clicks']:,} clicks"
            print(f"{row['stat_time_day']}  {row['ad_name']}: {row['spend']:,} spent, {numbers}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/ads.py VIDEO")
    main(sys.argv[1])
