"""The ad library: ads and labelled posts of the one world, asked for with the app's own token."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stagedoor import AsyncTikTok, Hosts, errors
from stagedoor import TikTok as Client
from stagedoor.platform.products import commercial
from stagedoor.platform.products.commercial import AdFilters, ContentFilters, DateRange
from tests.support.local import KEY, QUICK, SECRET

from .conftest import TikTok

QUERY = commercial.AD_QUERY.path


def client(tiktok: TikTok, key: str = KEY) -> Client:
    return Client(key, SECRET, hosts=Hosts.at(tiktok.url), retry=QUICK, pacer=None)


@pytest.fixture
def app(tiktok: TikTok) -> Any:
    with client(tiktok) as made:
        yield made


def lately(days: int = 60) -> DateRange:
    today = datetime.now(UTC).date()
    return DateRange(min=today - timedelta(days=days), max=today)


def some(**more: Any) -> AdFilters:
    return AdFilters(ad_published_date_range=lately(), **more)


def own_token(tiktok: TikTok, key: str = KEY) -> dict[str, str]:
    grant = {"client_key": key, "client_secret": SECRET, "grant_type": "client_credentials"}
    token = tiktok.http.post("/v2/oauth/token/", data=grant).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def ask(tiktok: TikTok, path: str, body: Any, fields: str = "ad.id") -> Any:
    return tiktok.http.post(path, params={"fields": fields}, json=body, headers=own_token(tiktok))


def body(**filters: Any) -> dict[str, Any]:
    span = {"min": str(lately().min), "max": str(lately().max)}
    return {"filters": {"ad_published_date_range": span} | filters}


def add_ad(tiktok: TikTok, **more: Any) -> dict[str, Any]:
    owner = next(iter(tiktok.world.all.creators))
    advertiser = tiktok.control(
        "POST", "advertisers", {"name": "Plain Bread", "country": "FR", "creator": "maracooks"}
    )
    made: dict[str, Any] = tiktok.control(
        "POST",
        "ads",
        {
            "advertiser_id": advertiser["id"],
            "video_ids": [tiktok.world.videos_of(owner)[0].id],
            "title": "A loaf a day",
            "reach": {"FR": 9_400, "BE": 2_100},
        }
        | more,
    )
    return made


def test_an_added_ad_is_found_with_its_world_s_video_and_account(
    tiktok: TikTok, app: Client
) -> None:
    made = add_ad(tiktok)
    [found] = app.commercial.query_ads(filters=some(), search_term="a loaf a day").ads
    assert found.ad.id == made["id"]
    assert found.ad.status is commercial.AdStatus.ACTIVE
    assert found.ad.first_shown_date == time.strftime("%Y%m%d", time.gmtime(made["first_shown"]))
    assert found.ad.reach is not None
    assert found.ad.reach.unique_users_seen == "11K"
    assert found.advertiser.paid_for_by == "Plain Bread"
    assert tiktok.http.get(found.ad.videos[0].cover_image_url or "").status_code == 200
    there = tiktok.http.get(found.ad.videos[0].url or "", follow_redirects=True)
    assert there.status_code == 200
    whole = app.commercial.ad(ad_id=made["id"])
    assert whole.ad.reach is not None
    assert whole.ad.reach.unique_users_seen_by_country == {"FR": "9K", "BE": "2K"}
    followers = tiktok.control("GET", "creators/maracooks")["followers"]
    assert whole.advertiser.follower_count == followers
    assert whole.ad_group.targeting_info is not None
    assert whole.ad_group.targeting_info.country == ("FR", "BE")
    assert set(whole.ad_group.targeting_info.age) == set(commercial.AGE_BANDS)


def test_an_ad_that_ended_is_inactive_and_gone_a_year_later(tiktok: TikTok, app: Client) -> None:
    made = add_ad(tiktok)
    tiktok.control("PATCH", f"ads/{made['id']}", {"rejected": ["Misleading"]})
    fields = ("ad.id", "ad.status", "ad.rejection_info")
    told = app.commercial.ad(ad_id=made["id"], fields=fields).ad
    assert told.status is commercial.AdStatus.INACTIVE
    assert told.rejection_info is not None
    assert told.rejection_info.reasons == ("Misleading",)
    again = tiktok.http.patch(f"/_emulator/ads/{made['id']}", json={"ended": True})
    assert again.status_code == 409
    tiktok.advance(366 * 86_400)
    with pytest.raises(errors.BadRequest, match="there is no ad"):
        app.commercial.ad(ad_id=made["id"])


def test_a_walk_gives_every_ad_once_whatever_the_page_size(tiktok: TikTok, app: Client) -> None:
    everything = set(tiktok.world.all.ads)
    for size in (3, 50):
        walked = [found.ad.id for found in app.commercial.all_ads(filters=some(), page_size=size)]
        assert len(walked) == len(everything)
        assert set(walked) == everything
    assert len(list(app.commercial.all_ads(filters=some(), limit=4))) == 4


def test_the_async_client_walks_too(tiktok: TikTok) -> None:
    async def walked() -> int:
        async with AsyncTikTok(KEY, SECRET, hosts=Hosts.at(tiktok.url)) as other:
            return len([ad async for ad in other.commercial.all_ads(filters=some())])

    assert asyncio.run(walked()) == len(tiktok.world.all.ads)


def test_filters_narrow_the_search(tiktok: TikTok, app: Client) -> None:
    ads = tiktok.world.all.ads.values()
    assert len(list(app.commercial.all_ads(filters=some(country_code="GB")))) == sum(
        "GB" in ad.reach for ad in ads
    )
    listed = some(country_code_list=("GB", "FR"))
    assert len(list(app.commercial.all_ads(filters=listed))) == sum(
        bool({"GB", "FR"} & set(ad.reach)) for ad in ads
    )
    small = some(unique_users_seen_size_range={"max": "10K"})
    assert len(list(app.commercial.all_ads(filters=small))) == sum(
        ad.seen_by <= 10_000 for ad in ads
    )
    one = next(iter(tiktok.world.all.advertisers))
    theirs = list(app.commercial.all_ads(filters=some(advertiser_business_ids=(one,))))
    assert {found.advertiser.business_id for found in theirs} == {one}


def test_a_search_term_makes_tiktok_ignore_the_advertisers(tiktok: TikTok, app: Client) -> None:
    one = next(iter(tiktok.world.all.advertisers))
    filters = some(advertiser_business_ids=(one,))
    found = list(app.commercial.all_ads(filters=filters, search_term="altura bikes"))
    assert {ad.advertiser.business_name for ad in found} == {"Altura Bikes"}


def test_a_fuzzy_search_takes_any_word(app: Client) -> None:
    exact = app.commercial.query_ads(filters=some(), search_term="pan bikes").ads
    fuzzy = app.commercial.query_ads(
        filters=some(),
        search_term="pan bikes",
        search_type="FUZZY_PHRASE",  # type: ignore[arg-type]
    ).ads
    assert exact == ()
    assert fuzzy


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"filters": {}}, "ad_published_date_range"),
        (body(country_code="US"), "country_code"),
        (body(unique_users_seen_size_range={"max": "2000K"}), "max"),
        (body(unique_users_seen_size_range={"max": "0K"}), "max"),
        (body(ad_published_date_range={"min": "20221001", "max": "20260101"}), "20221001"),
        (body(ad_published_date_range={"min": "20260102", "max": "20260101"}), "before min"),
        (body(ad_published_date_range={"min": "20261301", "max": "20261301"}), "calendar"),
        (body() | {"search_term": "x" * 51}, "search_term"),
        (body() | {"max_count": 51}, "max_count"),
        (body() | {"search_id": "made-up"}, "search_id"),
    ],
)
def test_a_bad_request_is_refused_by_name_with_its_status(
    tiktok: TikTok, changed: Any, named: str
) -> None:
    answer = ask(tiktok, QUERY, changed)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "invalid_params")
    assert error["http_status_code"] == 400
    assert named in error["message"]


@pytest.mark.parametrize("fields", ["ad,ad_group", "ad.id,ad.taste", ""])
def test_group_names_and_unknown_fields_are_refused(tiktok: TikTok, fields: str) -> None:
    assert ask(tiktok, QUERY, body(), fields).status_code == 400


def test_the_newest_revision_has_small_pages_and_one_year(tiktok: TikTok, app: Client) -> None:
    long_ago = body(ad_published_date_range={"min": "20221002", "max": "20261231"})
    assert ask(tiktok, QUERY, long_ago | {"max_count": 50}).status_code == 200
    tiktok.settings(commercial_revision="newest")
    assert ask(tiktok, QUERY, long_ago).status_code == 400
    assert ask(tiktok, QUERY, body() | {"max_count": 11}).status_code == 400
    assert ask(tiktok, QUERY, body() | {"max_count": 10}).status_code == 200
    one = next(iter(tiktok.world.all.advertisers))
    found = list(app.commercial.all_ads(filters=some(advertiser_business_ids=(one,))))
    assert len(found) == len(tiktok.world.all.ads)


def test_a_search_id_of_another_search_is_refused(tiktok: TikTok, app: Client) -> None:
    first = app.commercial.query_ads(filters=some(), max_count=2)
    assert first.search_id
    second = app.commercial.query_ads(filters=some(), max_count=2, search_id=first.search_id)
    assert second.search_id != first.search_id
    with pytest.raises(errors.BadRequest, match="search_id"):
        app.commercial.query_ads(filters=some(country_code="FR"), search_id=first.search_id)


def test_the_quota_lasts_until_midnight_utc(tiktok: TikTok, app: Client) -> None:
    tiktok.settings(commercial_requests_per_day=2)
    app.commercial.query_advertisers(search_term="a")
    app.commercial.query_ads(filters=some())
    with pytest.raises(errors.QuotaExceeded) as refused:
        app.commercial.query_ads(filters=some())
    assert refused.value.http_status == 429
    tiktok.advance(86_400 - tiktok.world.now() % 86_400)
    # the day is over, and so are the app's tokens: another one is asked for
    app.commercial.query_ads(filters=some())


def test_every_way_to_spell_an_answer_is_read(tiktok: TikTok, app: Client) -> None:
    made = add_ad(tiktok)
    plain = app.commercial.ad(ad_id=made["id"])
    tiktok.settings(
        commercial_has_more="text",
        commercial_dates="number",
        commercial_payer="paid_by",
        commercial_account="nested",
        commercial_sample_names=True,
    )
    raw = ask(tiktok, QUERY, body() | {"max_count": 1}, "ad.reach,advertiser.business_id").json()
    assert raw["data"]["has_more"] == "true"
    assert set(raw["data"]["ads"][0]["ad"]["reach"]) == {"unique_user_seen"}
    assert set(raw["data"]["ads"][0]["advertiser"]) == {"buisness_id"}
    page = app.commercial.query_ads(filters=some(), max_count=1)
    assert page.has_more is True
    other = app.commercial.ad(ad_id=made["id"])
    assert other.ad.first_shown_date == plain.ad.first_shown_date
    for name in ("business_id", "paid_for_by", "follower_count", "profile_url"):
        assert getattr(other.advertiser, name) == getattr(plain.advertiser, name)
    assert other.ad_group.targeting_info == plain.ad_group.targeting_info
    assert sum(1 for _ in app.commercial.all_ads(filters=some(), page_size=7)) == len(
        tiktok.world.all.ads
    )


def test_the_report_counts_what_the_search_finds(tiktok: TikTok, app: Client) -> None:
    add_ad(tiktok, days_ago=1)
    told = app.commercial.report(filters={"ad_published_date_range": lately()})  # type: ignore[arg-type]
    series = told.count_time_series_by_country
    assert sum(day.count for days in series.values() for day in days) == len(tiktok.world.all.ads)
    days = [day.date for day in series["FR"]]
    assert days == sorted(days, reverse=True)
    only = app.commercial.report(
        filters={"ad_published_date_range": lately(), "country_code": "FR"}  # type: ignore[arg-type]
    )
    assert set(only.count_time_series_by_country) == {"FR"}


def test_advertisers_are_found_by_part_of_their_name(app: Client) -> None:
    [found] = app.commercial.query_advertisers(search_term="copper").advertisers
    assert (found.business_name, found.country_code) == ("Copper Pan Kitchenware", "FR")
    assert app.commercial.query_advertisers(search_term="nobody").advertisers == ()


def contents(**more: Any) -> ContentFilters:
    return ContentFilters(content_published_date_range=lately(150), **more)


def test_a_label_makes_a_public_post_commercial_content(tiktok: TikTok, app: Client) -> None:
    before = list(app.commercial.all_contents(filters=contents()))
    public = [
        video
        for video in tiktok.world.all.videos.values()
        if video.label and tiktok.world.is_public(video)
    ]
    assert {found.id for found in before} == {video.id for video in public}
    owner = next(iter(tiktok.world.all.creators))
    video = next(v for v in tiktok.world.videos_of(owner) if v.label is None)
    marked = {"label": "Paid partnership", "brand_names": ["Plain Bread"]}
    tiktok.control("PUT", f"videos/{video.id}/label", marked)
    mine = contents(creator_usernames=("maracooks",))
    found = {one.id: one for one in app.commercial.all_contents(filters=mine)}[video.id]
    assert found.label is commercial.CommercialLabel.PAID_PARTNERSHIP
    assert found.brand_names == ("Plain Bread",)
    assert found.videos[0].id == video.id
    tiktok.control("POST", f"phone/maracooks/videos/{video.id}/delete")
    assert video.id not in {one.id for one in app.commercial.all_contents(filters=contents())}
    gone = tiktok.http.put(f"/_emulator/videos/{video.id}/label", json=marked)
    assert gone.status_code == 404


def test_commercial_content_is_of_the_eea_only(app: Client) -> None:
    with pytest.raises(errors.StagedoorError, match="country"):
        app.commercial.query_contents(
            filters={  # type: ignore[arg-type]
                "content_published_date_range": lately(),
                "creator_country_code": "GB",
            }
        )
    german = list(app.commercial.all_contents(filters=contents(creator_country_code="DE")))
    assert {one.creator.username for one in german if one.creator} == {"maracooks"}


def test_a_creator_s_token_and_an_app_without_approval_get_nowhere(tiktok: TikTok) -> None:
    answer = tiktok.http.post(
        QUERY, params={"fields": "ad.id"}, json=body(), headers=tiktok.bearer()
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "access_token_invalid")
    with client(tiktok, "emulator-unaudited-key") as stranger, pytest.raises(errors.ScopeMissing):
        stranger.commercial.query_ads(filters=some())


def test_the_client_asks_for_its_token_once_and_again_when_it_is_refused(
    tiktok: TikTok, app: Client
) -> None:
    def asked() -> int:
        return len(tiktok.control("GET", "requests", operation="oauth.token_client")["requests"])

    app.commercial.query_ads(filters=some())
    app.commercial.query_ads(filters=some())
    assert asked() == 1
    tiktok.advance(7_201)
    app.commercial.query_ads(filters=some())
    assert asked() == 2


def test_a_date_may_be_a_date(app: Client) -> None:
    span = DateRange(min=date(2026, 1, 2), max="20260131")
    assert (span.min, span.max) == ("20260102", "20260131")
    app.commercial.query_ads(filters=AdFilters(ad_published_date_range=span))


def test_a_post_disclosed_when_published_is_labelled(tiktok: TikTok, app: Client) -> None:
    from stagedoor.emulator.products.posting import processing
    from stagedoor.emulator.products.posting.state import Flow, Publish
    from stagedoor.emulator.world import Video
    from stagedoor.platform.products.posting import PublishStatus

    world = tiktok.world
    token = tiktok.token()
    grant = world.all.grants[token["grant_id"]]
    now = world.now()
    publish = Publish(
        "p", Flow.DIRECT_FILE, KEY, grant.id, grant.creator_id, now, PublishStatus.PROCESSING_UPLOAD
    )
    publish.branded = True
    world.all.publishes["p"] = publish
    video = Video("7000000000000000001", grant.creator_id, now, "With thanks")
    processing.complete(world, publish, video)
    processing.pass_moderation(world, video)
    ids = {one.id for one in app.commercial.all_contents(filters=contents())}
    assert video.id in ids
