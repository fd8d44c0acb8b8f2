"""Codes of creators' posts, from the account that makes them to the ads that show the posts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stagedoor.platform.products import business_accounts as accounts
from stagedoor.platform.products import business_ads as ads
from stagedoor.platform.products import business_spark as spark
from stagedoor.platform.products import display
from stagedoor.platform.products.business_reports import REPORT_INTEGRATED_GET
from tests.support.account_holder import AccountHolder
from tests.support.advertiser import Advertiser

from ..conftest import TikTok

DAY = 86_400
CREATOR = "ridewithrio"


@pytest.fixture
def holder(tiktok: TikTok, advertiser: Advertiser) -> AccountHolder:
    """A creator, as a business app sees them."""
    return AccountHolder(tiktok.http, creator=CREATOR)


@pytest.fixture
def post(holder: AccountHolder) -> str:
    made = holder.control("POST", "videos", {"creator": CREATOR, "title": "Oak bench"})
    return str(made["id"])


def code_of(holder: AccountHolder, post: str, days: int = 7) -> str:
    setting = {"item_id": post, "is_ad_promotable": True, "authorization_days": days}
    return str(holder.data(accounts.POST_AUTHORIZE_SETTING, **setting)["auth_code"])


def status(holder: AccountHolder, post: str) -> str:
    return str(holder.data(accounts.POST_AUTHORIZE_STATUS, item_id=post)["auth_code_status"])


def listed(advertiser: Advertiser) -> list[str]:
    data = advertiser.ask(spark.TT_VIDEO_LIST)
    return [one["item_info"]["item_id"] for one in data["list"]]


def group(advertiser: Advertiser) -> str:
    campaign = advertiser.campaign("Sale", budget=500)["campaign_id"]
    return str(advertiser.group(campaign)["adgroup_id"])


def spark_ad(advertiser: Advertiser, post: str) -> dict[str, str]:
    """The fields of an ad that shows the post under the redeemed code's identity."""
    shown = advertiser.ask(spark.TT_VIDEO_LIST)["list"]
    [user] = {one["user_info"]["identity_id"] for one in shown}
    return {"identity_type": "AUTH_CODE", "identity_id": user, "tiktok_item_id": post}


@pytest.mark.shows("business.tt_video_authorize")
def test_an_ad_shows_the_post_whose_code_was_redeemed(
    tiktok: TikTok, advertiser: Advertiser, holder: AccountHolder, post: str
) -> None:
    code = code_of(holder, post)
    told = advertiser.ask(spark.TT_VIDEO_INFO, auth_code=code)
    assert (told["item_info"]["item_id"], told["item_info"]["text"]) == (post, "Oak bench")
    assert told["user_info"]["identity_id"] is None, "nothing is redeemed by a look"
    assert listed(advertiser) == []
    advertiser.ask(spark.TT_VIDEO_AUTHORIZE, auth_code=code)
    assert listed(advertiser) == [post]
    assert status(holder, post) == "NOT_USED"
    fields = spark_ad(advertiser, post)
    [identity] = [
        one
        for one in advertiser.ask(ads.IDENTITY_GET, identity_type="AUTH_CODE")["identity_list"]
        if one["identity_id"] == fields["identity_id"]
    ]
    assert identity["username"] == CREATOR
    made = advertiser.ad(group(advertiser), **fields)
    assert made["tiktok_item_id"] == post
    assert status(holder, post) == "IN_USE"
    off = {"item_id": post, "is_ad_promotable": False}
    assert holder.code(accounts.POST_AUTHORIZE_SETTING, **off) == 40002
    tiktok.advance(2 * 3_600)
    assert advertiser.statuses(made["ad_id"])[2] == "AD_STATUS_DELIVERY_OK"
    today = advertiser.at(-3_600)[:10]
    report = advertiser.ask(
        REPORT_INTEGRATED_GET,
        report_type="BASIC",
        data_level="AUCTION_AD",
        dimensions=["ad_id", "post_id"],
        metrics=["impressions"],
        start_date=today,
        end_date=today,
        filtering=[
            {"field_name": "ad_ids", "filter_type": "IN", "filter_value": f'["{made["ad_id"]}"]'}
        ],
    )["list"]
    assert [row["dimensions"]["post_id"] for row in report] == [post]
    asked = {"filters": {"video_ids": [post]}}
    own = tiktok.http.post(
        display.VIDEO_QUERY.path,
        params={"fields": "id,title"},
        json=asked,
        headers=tiktok.bearer(creator=CREATOR),
    ).json()
    assert own["data"]["videos"] == [{"id": post, "title": "Oak bench"}]
    [shown] = holder.data(accounts.BUSINESS_VIDEO_LIST, fields='["item_id","is_ad"]', max_count=1)[
        "videos"
    ]
    assert (shown["item_id"], shown["is_ad"]) == (post, True)
    advertiser.ask(ads.AD_STATUS_UPDATE, ad_ids=[made["ad_id"]], operation_status="DELETE")
    assert status(holder, post) == "NOT_USED"


@pytest.mark.shows("business.tt_video_unbind")
def test_a_dropped_post_is_shown_by_no_new_ad(
    advertiser: Advertiser, empty: Advertiser, holder: AccountHolder, post: str
) -> None:
    code = code_of(holder, post)
    for account in (advertiser, empty):
        account.ask(spark.TT_VIDEO_AUTHORIZE, auth_code=code)
        account.ask(spark.TT_VIDEO_AUTHORIZE, auth_code=code)
    fields = spark_ad(advertiser, post)
    advertiser.ask(spark.TT_VIDEO_UNBIND, item_id=post)
    assert (listed(advertiser), listed(empty)) == ([], [post])
    wrong = {"adgroup_id": group(advertiser), "creatives": [advertiser.creative(**fields)]}
    assert advertiser.refused(ads.AD_CREATE, **wrong)[0] == 40002
    assert advertiser.refused(spark.TT_VIDEO_UNBIND, item_id=post)[0] == 40002


def test_a_code_that_ended_shows_the_post_in_no_ad(
    tiktok: TikTok, advertiser: Advertiser, holder: AccountHolder, post: str
) -> None:
    code = code_of(holder, post)
    advertiser.ask(spark.TT_VIDEO_AUTHORIZE, auth_code=code)
    fields = spark_ad(advertiser, post)
    wrong = {"adgroup_id": group(advertiser), "creatives": [advertiser.creative(**fields)]}
    holder.data(accounts.POST_AUTHORIZE_DELETE, item_id=post)
    code_, message = advertiser.refused(ads.AD_CREATE, **wrong)
    assert (code_, message.split(":")[0]) == (40002, "creatives.0.tiktok_item_id")
    assert listed(advertiser) == []
    tiktok.advance(1)
    again = code_of(holder, post)
    assert advertiser.refused(ads.AD_CREATE, **wrong)[0] == 40002, "the new code isn't redeemed"
    assert advertiser.refused(spark.TT_VIDEO_AUTHORIZE, auth_code=code)[0] == 40002
    advertiser.ask(spark.TT_VIDEO_AUTHORIZE, auth_code=again)
    assert advertiser.call(ads.AD_CREATE, **wrong)["code"] == 0
    other = str(holder.control("POST", "videos", {"creator": CREATOR, "title": "Elm"})["id"])
    short = code_of(holder, other)
    tiktok.advance(7 * DAY)
    code_, message = advertiser.refused(spark.TT_VIDEO_AUTHORIZE, auth_code=short)
    assert (code_, message) == (40002, "auth_code: The code has expired.")


def spent(advertiser: Advertiser, ad_id: str) -> Decimal:
    """The amount that an ad spent in the last days, in dollars."""
    named = {"field_name": "ad_ids", "filter_type": "IN", "filter_value": f'["{ad_id}"]'}
    rows = advertiser.ask(
        REPORT_INTEGRATED_GET,
        report_type="BASIC",
        data_level="AUCTION_AD",
        dimensions=["ad_id"],
        metrics=["spend"],
        start_date=advertiser.at(-20 * DAY)[:10],
        end_date=advertiser.at(0)[:10],
        filtering=[named],
    )["list"]
    return sum((Decimal(row["metrics"]["spend"]) for row in rows), Decimal(0))


def test_a_running_ad_stops_when_its_code_is_over_and_goes_on_with_a_longer_one(
    tiktok: TikTok, advertiser: Advertiser, holder: AccountHolder, post: str
) -> None:
    tiktok.control("PATCH", f"business/ad_accounts/{advertiser.id}", {"balance": "100000"})
    advertiser.ask(spark.TT_VIDEO_AUTHORIZE, auth_code=code_of(holder, post))
    ad_id = advertiser.ad(group(advertiser), **spark_ad(advertiser, post))["ad_id"]
    tiktok.advance(7 * DAY - 3_600)
    assert advertiser.statuses(ad_id)[2] == "AD_STATUS_DELIVERY_OK"
    before = spent(advertiser, ad_id)
    tiktok.advance(2 * 3_600)
    assert advertiser.statuses(ad_id)[2] == "AD_STATUS_CREATOR_AUTHORIZATION_REVOKED"
    ended = spent(advertiser, ad_id)
    assert 0 < ended - before < Decimal("0.02") * before, "it ran for its last hour"
    tiktok.advance(2 * DAY)
    assert spent(advertiser, ad_id) == ended
    later = AccountHolder(tiktok.http, creator=CREATOR)
    later.data(accounts.POST_AUTHORIZE, item_id=post, authorization_days=7)
    assert advertiser.statuses(ad_id)[2] == "AD_STATUS_DELIVERY_OK"
    assert spent(advertiser, ad_id) == ended, "nothing is spent for the days without a code"
    tiktok.advance(3_600)
    resumed = spent(advertiser, ad_id)
    assert resumed > ended
    later.data(accounts.POST_AUTHORIZE_DELETE, item_id=post)
    assert advertiser.statuses(ad_id)[2] == "AD_STATUS_CREATOR_AUTHORIZATION_REVOKED"
    tiktok.advance(DAY)
    assert spent(advertiser, ad_id) == resumed
