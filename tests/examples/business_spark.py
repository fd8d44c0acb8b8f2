"""Examples of creators' posts in ads."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform.products import business_spark as spark
from stagedoor.platform.products.business_spark import PostItemType

from .business import ADVERTISER_ID, DEFAULT_LIMITS, IDS
from .example import Example
from .strategies import CHARACTERS, fields, maybe

ADVERTISER = {"advertiser_id": ADVERTISER_ID}
CODES = st.text(CHARACTERS, min_size=1, max_size=80)

EXAMPLES = (
    Example(
        spark.TT_VIDEO_AUTHORIZE,
        request=lambda _: ADVERTISER | {"auth_code": "#none"},
        refused=True,
        drawn=fields(advertiser_id=IDS, auth_code=CODES, original_post_auth_code=maybe(CODES)),
        effect=spark.TT_VIDEO_LIST,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        spark.TT_VIDEO_INFO,
        request=lambda _: ADVERTISER | {"auth_code": "#none"},
        refused=True,
        drawn=fields(advertiser_id=IDS, auth_code=CODES),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        spark.TT_VIDEO_LIST,
        request=lambda _: ADVERTISER | {"page_size": 5},
        drawn=fields(
            advertiser_id=IDS,
            item_types=maybe(st.lists(st.sampled_from(PostItemType), max_size=2).map(tuple)),
            keyword=maybe(CODES),
            page=maybe(st.integers(1, 10**6)),
            page_size=maybe(st.integers(1, 100)),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        spark.TT_VIDEO_UNBIND,
        request=lambda _: ADVERTISER | {"item_id": "1"},
        refused=True,
        drawn=fields(advertiser_id=IDS, item_id=IDS),
        effect=spark.TT_VIDEO_LIST,
        limits=DEFAULT_LIMITS,
    ),
)
