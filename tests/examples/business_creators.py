"""Examples of the creator marketplace, TikTok One."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from stagedoor.platform.products import business_creators as creators
from stagedoor.platform.products.business_creators import (
    ConfirmAction,
    CreatorCampaignType,
    CreatorSortField,
    CreatorSortOrder,
    FollowerAge,
    LabelType,
    LinkAction,
    Lookback,
    RankingPeriod,
    RankingType,
    SparkDays,
)

from .business import APP, DEFAULT_LIMITS, DRAWN_APP, IDS, PAGES
from .business_comments import ACCOUNT_LIMITS, OPEN_IDS, open_id
from .example import Example, Seeded, Values
from .strategies import CHARACTERS, FLAG, TEXT, WORDS, fields, maybe, some

MARKETPLACE_ID, OTHER_MARKETPLACE_ID = "7400000000000000001", "7400000000000000002"
CAMPAIGN_ID = "7410000000000000001"
INVITE_LINK = "https://www.tiktok.com/tiktokone/invite/emulator-autumn"
LINK_REQUEST_ID = "7420000000000000002"
"""The seeded campaign's request to `maracooks` that waits for an answer."""
ACCOUNT = {"tto_tcm_account_id": MARKETPLACE_ID}

_ACCOUNT = {"tto_tcm_account_id": IDS}
_HOLDER = {"creator_id": OPEN_IDS}
_HANDLE = st.text(CHARACTERS, min_size=1, max_size=40)
_FEW_IDS = st.lists(IDS, max_size=20).map(tuple)
_FEW_HANDLES = st.lists(_HANDLE, max_size=10).map(tuple)
_WORDS = maybe(st.lists(WORDS, max_size=10).map(tuple))
_ROWS = {"page": maybe(PAGES), "page_size": maybe(st.integers(1, creators.MAX_ROWS))}
_POSTS = {
    "video_ids": maybe(_FEW_IDS),
    "cursor": maybe(st.integers(0, 2**53)),
    "limit": maybe(st.integers(1, creators.MAX_CREATOR_POSTS)),
}
_TYPE = maybe(st.sampled_from(CreatorCampaignType))
_COUNT = maybe(st.integers(0, 2**53))
_RATE = maybe(st.floats(0, 1))
_PRICE = maybe(st.decimals(0, 10**6, places=2, allow_nan=False, allow_infinity=False))
_NAMED = st.text(CHARACTERS, min_size=1, max_size=40)


def own(seeded: Seeded, **more: object) -> Values:
    return {"creator_id": open_id(seeded)} | more


EXAMPLES = (
    Example(
        creators.TTO_ACCOUNTS,
        request=lambda _: dict(APP),
        drawn=fields(**DRAWN_APP),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_ACCOUNT_INFO,
        request=lambda _: dict(ACCOUNT),
        drawn=fields(**_ACCOUNT),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_CREATOR_STATUS,
        request=lambda _: ACCOUNT | {"handle_names": ("maracooks", "jonas.behind.doors", "nobody")},
        drawn=fields(
            **_ACCOUNT, handle_names=st.lists(_HANDLE, min_size=1, max_size=10).map(tuple)
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_CREATOR_PUBLIC,
        request=lambda _: ACCOUNT | {"handle_name": "ridewithrio"},
        drawn=fields(**_ACCOUNT, handle_name=_HANDLE),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_CREATOR_PUBLIC_VIDEOS,
        request=lambda _: ACCOUNT | {"handle_name": "maracooks", "limit": 5},
        drawn=fields(**_ACCOUNT, handle_name=_HANDLE, **_POSTS),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_CREATOR_DISCOVER,
        request=lambda _: (
            ACCOUNT
            | {
                "country_codes": ("DE", "IT"),
                "min_followers": 1_000,
                "sort_field": "FOLLOWERS",
                "max_creator_price": Decimal("1000000.50"),
            }
        ),
        drawn=fields(
            **_ACCOUNT,
            country_codes=_WORDS,
            state_provinces=_WORDS,
            content_label_ids=maybe(_FEW_IDS),
            industry_label_ids=maybe(_FEW_IDS),
            languages=_WORDS,
            follower_country_codes=_WORDS,
            min_followers=_COUNT,
            max_followers=_COUNT,
            min_avg_views=_COUNT,
            max_avg_views=_COUNT,
            min_median_views=_COUNT,
            max_median_views=_COUNT,
            min_creator_price=_PRICE,
            max_creator_price=_PRICE,
            creator_price_currency=maybe(WORDS),
            min_engagement_rate=_RATE,
            max_engagement_rate=_RATE,
            follower_gender_ratio=maybe(WORDS),
            follower_age=maybe(st.sampled_from(FollowerAge)),
            keyword_search=maybe(TEXT),
            sort_field=maybe(st.sampled_from(CreatorSortField)),
            sort_order=maybe(st.sampled_from(CreatorSortOrder)),
            **_ROWS,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_RANK,
        request=lambda _: (
            ACCOUNT
            | {
                "ranking_type": "ORGANIC_CONTENT",
                "time_period": "MONTH",
                "time_period_lookback": "ONE",
                "country_code": "DE",
            }
        ),
        drawn=fields(
            **_ACCOUNT,
            ranking_type=st.sampled_from(RankingType),
            time_period=st.sampled_from(RankingPeriod),
            time_period_lookback=st.sampled_from(Lookback),
            label_id=maybe(IDS),
            country_code=WORDS,
            **_ROWS,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_LABELS,
        request=lambda _: ACCOUNT | {"label_type": "SEARCH"},
        drawn=fields(**_ACCOUNT, label_type=st.sampled_from(LabelType)),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_CAMPAIGN_CREATE,
        request=lambda _: (
            ACCOUNT
            | {
                "campaign_name": "Winter soups",
                "brand_name": "Mara's Kitchen",
                "handle_names": ("ridewithrio", "nobody"),
            }
        ),
        drawn=fields(
            **_ACCOUNT,
            campaign_type=_TYPE,
            campaign_name=_NAMED,
            brand_profile_id=maybe(IDS),
            brand_name=_NAMED,
            campaign_description=maybe(TEXT),
            handle_names=maybe(_FEW_HANDLES),
            anchor_id=maybe(IDS),
            advertiser_ids=maybe(_FEW_IDS),
            default_spark_ads_requested_authorization_days=maybe(st.sampled_from(SparkDays)),
            send_notification=FLAG,
            business_account_handle=maybe(_HANDLE),
        ),
        effect=creators.TTO_CAMPAIGN_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_CAMPAIGN_UPDATE,
        request=lambda _: ACCOUNT | {"campaign_id": CAMPAIGN_ID, "handle_names": ("ridewithrio",)},
        drawn=fields(
            **_ACCOUNT,
            campaign_id=IDS,
            campaign_type=_TYPE,
            handle_names=maybe(_FEW_HANDLES),
            advertiser_ids=maybe(_FEW_IDS),
            send_notification=FLAG,
        ),
        effect=creators.TTO_CAMPAIGN_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_CAMPAIGN_GET,
        request=lambda _: ACCOUNT | {"campaign_ids": (CAMPAIGN_ID,)},
        drawn=fields(**_ACCOUNT, campaign_ids=maybe(_FEW_IDS), campaign_type=_TYPE, **_ROWS),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_CAMPAIGN_LINK,
        request=lambda seeded: (
            ACCOUNT
            | {
                "campaign_id": CAMPAIGN_ID,
                "video_id": Seeded(seeded.world).oldest_video,
                "action": "LINK",
            }
        ),
        drawn=fields(**_ACCOUNT, campaign_id=IDS, video_id=IDS, action=st.sampled_from(LinkAction)),
        effect=creators.TTO_CAMPAIGN_LINK_STATUS,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_CAMPAIGN_LINK_STATUS,
        request=lambda _: ACCOUNT | {"handle_names": ("maracooks",)},
        drawn=fields(
            **_ACCOUNT,
            campaign_ids=maybe(_FEW_IDS),
            handle_names=maybe(_FEW_HANDLES),
            campaign_type=_TYPE,
            **_ROWS,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_REPORT,
        request=lambda seeded: (
            ACCOUNT | {"campaign_id": CAMPAIGN_ID, "end_date": seeded.today, "page_size": 5}
        ),
        drawn=fields(
            **_ACCOUNT,
            campaign_id=IDS,
            start_date=maybe(st.dates()),
            end_date=maybe(st.dates()),
            **_ROWS,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creators.TTO_CREATOR_AUTHORIZED,
        request=lambda seeded: own(seeded, fields=("handle_name", "median_views")),
        drawn=fields(
            **_HOLDER, fields=maybe(some(tuple(creators.MarketplaceCreator.model_fields)))
        ),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        creators.TTO_CREATOR_AUTHORIZED_VIDEOS,
        request=lambda seeded: own(seeded, limit=5),
        drawn=fields(**_HOLDER, **_POSTS),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        creators.TTO_CREATOR_JOIN,
        request=lambda seeded: own(seeded, tto_invite_link=INVITE_LINK),
        drawn=fields(**_HOLDER, tto_invite_link=_NAMED),
        effect=creators.TTO_CAMPAIGN_GET,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        creators.TTO_CREATOR_VIDEO_LINK,
        request=lambda seeded: own(
            seeded, tto_invite_link=INVITE_LINK, video_id=seeded.oldest_video
        ),
        drawn=fields(**_HOLDER, tto_invite_link=_NAMED, video_id=IDS),
        effect=creators.TTO_CAMPAIGN_LINK_STATUS,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        creators.TTO_CREATOR_LINK_REQUEST_GET,
        request=lambda seeded: own(seeded, tto_invite_link=INVITE_LINK),
        drawn=fields(**_HOLDER, tto_invite_link=_NAMED),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        creators.TTO_CREATOR_LINK_REQUEST_CONFIRM,
        request=lambda seeded: own(seeded, link_request_id=LINK_REQUEST_ID, action="APPROVE"),
        drawn=fields(**_HOLDER, link_request_id=IDS, action=st.sampled_from(ConfirmAction)),
        effect=creators.TTO_CAMPAIGN_LINK_STATUS,
        limits=ACCOUNT_LIMITS,
        ends=True,
    ),
)
