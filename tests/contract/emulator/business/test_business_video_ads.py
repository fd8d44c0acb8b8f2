"""Ads with uploaded videos and images instead of a creator's post."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stagedoor.platform.products import business_ads as ads
from stagedoor.platform.products import business_reports as reports
from tests.examples.business import OTHER_ADVERTISER_ID
from tests.support import media
from tests.support.advertiser import Advertiser
from tests.support.creatives import Creatives

from ..conftest import TikTok

REVIEW = 6
"""Seconds after which a review has ended."""
VIDEO_AD = {
    "ad_name": "Own video",
    "ad_format": "SINGLE_VIDEO",
    "tiktok_item_id": None,
    "ad_text": "Sharp for twenty years",
}


@pytest.fixture
def group(advertiser: Advertiser) -> str:
    """An ad group with 48 a day, in a campaign with 500 a day; everything is enabled."""
    campaign = advertiser.campaign("Sale", budget=500)["campaign_id"]
    return str(advertiser.group(campaign)["adgroup_id"])


@pytest.fixture
def files(tiktok: TikTok, advertiser: Advertiser) -> Creatives:
    """The files of the same ad account; a video is processed for 5 seconds."""
    tiktok.settings(processing_seconds=5)
    return Creatives(advertiser.http, advertiser.headers)


@pytest.mark.shows("business.ad_create")
def test_an_uploaded_video_is_shown_in_an_ad_once_it_is_processed(
    tiktok: TikTok, advertiser: Advertiser, group: str, files: Creatives
) -> None:
    video_id = files.video(("sale.mp4", media.video()))["video_id"]
    image_id = files.image(("cover.jpg", media.photo(720, 1280)))["image_id"]
    values = VIDEO_AD | {"video_id": video_id, "image_ids": [image_id]}
    wrong = {"adgroup_id": group, "creatives": [advertiser.creative(**values)]}
    code, message = advertiser.refused(ads.AD_CREATE, **wrong)
    assert (code, message) == (40053, f"creatives.0.video_id: The video {video_id} is not valid.")
    assert advertiser.ads(adgroup_ids=[group]) == []
    tiktok.advance(6)
    made = advertiser.ad(group, **values)
    assert (made["video_id"], made["image_ids"]) == (video_id, [image_id])
    assert made["tiktok_item_id"] is None
    tiktok.advance(REVIEW)
    tiktok.advance(3_600)
    assert advertiser.statuses(made["ad_id"])[2] == "AD_STATUS_DELIVERY_OK"
    (row,) = advertiser.ask(
        reports.REPORT_INTEGRATED_GET,
        report_type="BASIC",
        data_level="AUCTION_AD",
        dimensions=["ad_id"],
        metrics=["spend"],
        query_lifetime=True,
        filtering=[
            {"field_name": "ad_ids", "filter_type": "IN", "filter_value": f'["{made["ad_id"]}"]'}
        ],
    )["list"]
    assert Decimal(row["metrics"]["spend"]) == 2  # 48 a day, spent evenly


def test_the_files_of_other_ad_accounts_and_unknown_ones_are_refused(
    tiktok: TikTok, advertiser: Advertiser, group: str, files: Creatives
) -> None:
    elsewhere = Creatives(files.http, files.headers, OTHER_ADVERTISER_ID)
    good = {
        "video_id": files.video(("sale.mp4", media.video()))["video_id"],
        "image_ids": [files.image(("cover.jpg", media.photo(720, 1280)))["image_id"]],
    }
    wide = files.image(("wide.jpg", media.photo(720, 720)))["image_id"]
    foreign_video = elsewhere.video(("sale.mp4", media.video()))["video_id"]
    foreign_image = elsewhere.image(("cover.jpg", media.photo(720, 1280)))["image_id"]
    tiktok.advance(6)
    for changed, code, field in (
        ({"video_id": foreign_video}, 40053, "video_id"),
        ({"video_id": "v17"}, 40053, "video_id"),
        ({"image_ids": [foreign_image]}, 40002, "image_ids"),
        ({"image_ids": ["none"]}, 40002, "image_ids"),
        ({"image_ids": []}, 40002, "image_ids"),
        ({"image_ids": good["image_ids"] * 2}, 40002, "image_ids"),
        ({"image_ids": [wide]}, 40002, "image_ids"),
        ({"ad_text": None}, 40002, "ad_text"),
    ):
        creative = advertiser.creative(**(VIDEO_AD | good | changed))
        told, message = advertiser.refused(ads.AD_CREATE, adgroup_id=group, creatives=[creative])
        assert (told, message.split(":")[0]) == (code, f"creatives.0.{field}")
    assert advertiser.ads(adgroup_ids=[group]) == []
    made = advertiser.ad(group, **(VIDEO_AD | good))
    changed = {"ad_id": made["ad_id"], "video_id": foreign_video}
    values = {"adgroup_id": group, "patch_update": True, "creatives": [changed]}
    assert advertiser.refused(ads.AD_UPDATE, **values)[0] == 40053
    assert advertiser.ads(ad_ids=[made["ad_id"]]) == [made]
