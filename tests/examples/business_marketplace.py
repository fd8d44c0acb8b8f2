"""Examples of the older creator marketplace."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform.creators_vocabulary import SparkDays
from stagedoor.platform.products import business_marketplace as market
from stagedoor.platform.products.business_marketplace import (
    TcmAudienceAge,
    TcmAudienceGender,
    TcmDeliverable,
    TcmEngagementRate,
    TcmMetric,
    TcmOrderQueryType,
    TcmOrderSource,
    TcmSortField,
    TcmSparkAction,
)

from .business import APP, DEFAULT_LIMITS, DRAWN_APP, IDS, PAGES
from .business_comments import ACCOUNT_LIMITS, OPEN_IDS, open_id
from .business_creators import MARKETPLACE_ID
from .example import Case, Example, Seeded
from .strategies import CHARACTERS, TEXT, WORDS, fields, maybe, some

ORDER_ID, CODE = "7440000000000000001", "AUTUMN26"
"""The seeded order of `maracooks`, and the code of its campaign."""
ACCOUNT = {"tcm_account_id": MARKETPLACE_ID}

_ACCOUNT = {"tcm_account_id": IDS}
_HANDLE = st.text(CHARACTERS, min_size=1, max_size=40)
_HANDLES = st.lists(_HANDLE, min_size=1, max_size=10).map(tuple)
_FEW_IDS = st.lists(IDS, max_size=20).map(tuple)
_NAME = st.text(CHARACTERS, min_size=1, max_size=60)
_COUNT = maybe(st.integers(0, 2**53))
_CAMPAIGNS = maybe(st.integers(0, 100))
_WORDS = maybe(st.lists(WORDS, max_size=10).map(tuple))
_POSTS = {
    "video_ids": maybe(_FEW_IDS),
    "cursor": maybe(st.integers(0, 2**53)),
    "limit": maybe(st.integers(1, market.MAX_TCM_POSTS)),
}
_DAYS = maybe(st.sampled_from(SparkDays))
_HOLDER = {"creator_id": OPEN_IDS}


def _rows(most: int) -> dict[str, st.SearchStrategy[int | None]]:
    return {"page": maybe(PAGES), "page_size": maybe(st.integers(1, most))}


def linked_video(seeded: Seeded) -> str:
    """The approved video of the seeded order."""
    links = seeded.world.all.video_links.values()
    return str(next(one.video_id for one in links if one.status == "APPROVE"))


_QUERIES = st.one_of(
    fields(
        **_ACCOUNT,
        query_type=st.just(TcmOrderQueryType.ORDER_ID),
        order_ids=st.lists(IDS, min_size=1, max_size=20).map(tuple),
        fields=maybe(some(market.ORDER_FIELDS)),
        **_rows(market.MAX_TCM_ORDERS),
    ),
    fields(
        **_ACCOUNT,
        query_type=st.just(TcmOrderQueryType.CAMPAIGN_CODE),
        campaign_code=_NAME,
        **_rows(market.MAX_TCM_ORDERS),
    ),
    fields(
        **_ACCOUNT,
        query_type=st.just(TcmOrderQueryType.INVITE_LINK),
        invite_link=_NAME,
        **_rows(market.MAX_TCM_ORDERS),
    ),
)

EXAMPLES = (
    Example(
        market.TCM_ACCOUNTS,
        request=lambda _: dict(APP),
        drawn=fields(**DRAWN_APP, **_rows(market.MAX_TCM_ACCOUNTS)),
        cases=(Case({"page_size": 1}, answer={"tcm_account_ids": [MARKETPLACE_ID]}),),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_CONNECTED,
        request=lambda _: {},
        drawn=fields(),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        market.TCM_CREATOR_DISCOVER,
        request=lambda _: ACCOUNT | {"country_code": "DE", "sort_field": "avg_views"},
        drawn=fields(
            **_ACCOUNT,
            country_code=maybe(WORDS),
            major_audience_country_code=maybe(WORDS),
            min_followers=_COUNT,
            max_followers=_COUNT,
            min_avg_views=_COUNT,
            max_avg_views=_COUNT,
            major_audience_gender=maybe(st.sampled_from(TcmAudienceGender)),
            major_audience_age=maybe(st.sampled_from(TcmAudienceAge)),
            engagement_rate=maybe(st.sampled_from(TcmEngagementRate)),
            languages=_WORDS,
            creator_categories=_WORDS,
            min_campaign_count=_CAMPAIGNS,
            max_campaign_count=_CAMPAIGNS,
            query=maybe(TEXT),
            sort_field=maybe(st.sampled_from(TcmSortField)),
            **_rows(market.MAX_TCM_FOUND),
        ),
        cases=(
            Case({"min_followers": 9, "max_followers": 3}, refused="40002"),
            Case({"sort_field": "fame"}, refused="40002"),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_CREATOR_PUBLIC,
        request=lambda _: ACCOUNT | {"handle_name": "ridewithrio"},
        drawn=fields(**_ACCOUNT, handle_name=_HANDLE),
        cases=(Case({"handle_name": "nobody"}, refused="40121"),),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_SIMILAR_CREATOR,
        request=lambda _: ACCOUNT | {"handle_name": "maracooks"},
        drawn=fields(**_ACCOUNT, handle_name=_HANDLE),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_CREATOR_PUBLIC_VIDEOS,
        request=lambda _: ACCOUNT | {"handle_name": "maracooks", "limit": 5},
        drawn=fields(**_ACCOUNT, handle_name=_HANDLE, **_POSTS),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_CREATOR_STATUS,
        request=lambda _: ACCOUNT | {"handle_names": ("maracooks", "nobody")},
        drawn=fields(**_ACCOUNT, handle_names=_HANDLES, advertiser_id=maybe(IDS)),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_CREATOR_INVITE,
        request=lambda _: ACCOUNT | {"handle_names": ("maracooks", "nobody")},
        drawn=fields(**_ACCOUNT, handle_names=_HANDLES, advertiser_id=maybe(IDS)),
        effect=market.TCM_CREATOR_STATUS,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_ORDER_CREATE,
        request=lambda _: (
            ACCOUNT | {"brand_name": "Mara's Kitchen", "handle_names": ("maracooks",)}
        ),
        drawn=fields(
            **_ACCOUNT,
            brand_name=_NAME,
            description=maybe(_NAME),
            handle_names=_HANDLES,
            campaign_code=maybe(_NAME),
            order_source=maybe(st.sampled_from(TcmOrderSource)),
            deliverables=maybe(
                st.lists(
                    st.builds(
                        TcmDeliverable,
                        deliverable_name=_NAME,
                        spark_ads_requested_authorization_days=maybe(st.sampled_from((0, 7, 365))),
                    ),
                    max_size=3,
                ).map(tuple)
            ),
            video_number=maybe(st.integers(1, market.MAX_DELIVERABLES)),
            default_spark_ads_requested_authorization_days=_DAYS,
        ),
        effect=market.TCM_ORDER_GET,
        cases=(
            Case({"handle_names": ("nobody",)}, refused="40121"),
            Case({"campaign_code": "NONE"}, refused="40002"),
            Case({"campaign_code": CODE, "brand_name": "Another"}, refused="40002"),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_ORDER_GET,
        request=lambda _: ACCOUNT | {"query_type": "ORDER_ID", "order_ids": (ORDER_ID, "1")},
        drawn=_QUERIES,
        cases=(Case({"query_type": "NAME"}, refused="40002"),),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_REPORT_GET,
        request=lambda seeded: (
            ACCOUNT
            | {
                "order_ids": (ORDER_ID,),
                "start_date": seeded.today,
                "end_date": seeded.today,
                "need_daily_stats": True,
            }
        ),
        drawn=fields(
            **_ACCOUNT,
            order_ids=st.lists(IDS, min_size=1, max_size=20).map(tuple),
            start_date=maybe(st.dates()),
            metrics=maybe(st.lists(st.sampled_from(TcmMetric), max_size=5).map(tuple)),
            need_daily_stats=maybe(st.just(False)),
            **_rows(market.MAX_TCM_INSIGHTS),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_TT_VIDEO_APPLY,
        request=lambda seeded: ACCOUNT | {"video_id": linked_video(seeded)},
        drawn=fields(
            **_ACCOUNT,
            video_id=IDS,
            authorization_days=_DAYS,
            action=maybe(st.sampled_from(TcmSparkAction)),
        ),
        effect=market.TCM_TT_VIDEO_STATUS,
        cases=(
            Case({"authorization_days": 8}, refused="40002"),
            Case({"action": "EXTEND"}, refused="40002"),
            Case({"video_id": "1"}, refused="40007"),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_TT_VIDEO_STATUS,
        request=lambda seeded: ACCOUNT | {"video_id": linked_video(seeded)},
        drawn=fields(**_ACCOUNT, video_id=IDS),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_VIDEO_AUDIT_STATUS,
        request=lambda _: ACCOUNT | {"v2_order_id": ORDER_ID},
        drawn=fields(**_ACCOUNT, v2_order_id=IDS, lang=maybe(WORDS)),
        cases=(Case({"v2_order_id": "1"}, refused="40007"),),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        market.TCM_CREATOR_AUTHORIZED,
        request=lambda seeded: {"creator_id": open_id(seeded), "fields": ("average_views",)},
        drawn=fields(**_HOLDER, fields=maybe(some(market.CREATOR_FIELDS))),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        market.TCM_CREATOR_AUTHORIZED_VIDEOS,
        request=lambda seeded: {"creator_id": open_id(seeded), "limit": 5},
        drawn=fields(**_HOLDER, **_POSTS),
        limits=ACCOUNT_LIMITS,
    ),
)
