"""Examples of authorization and ad accounts in TikTok API for Business."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform.products import business

from .example import Example
from .strategies import TEXT, fields, maybe, some

APP_ID, APP_SECRET = "7000000000000000001", "emulator-business-secret"
ADVERTISER_ID, OTHER_ADVERTISER_ID = "7100000000000000001", "7100000000000000002"
APP = {"app_id": APP_ID, "secret": APP_SECRET}

IDS = st.integers(1, 2**63 - 1).map(str)
DEFAULT_LIMITS = ((10, 1), (600, 60), (864_000, 86_400))
"""The limits of most operations, for apps of the tier Basic."""
_DRAWN_APP = {"app_id": IDS, "secret": TEXT}

EXAMPLES = (
    Example(
        business.PORTAL_AUTH,
        drawn=fields(app_id=IDS, redirect_uri=TEXT, state=maybe(TEXT), rid=maybe(TEXT)),
    ),
    Example(
        business.OAUTH2_ACCESS_TOKEN,
        request=lambda _: APP | {"auth_code": "none"},
        refused=True,
        drawn=fields(**_DRAWN_APP, auth_code=TEXT, return_advertiser_ids=maybe(st.booleans())),
        effect=business.OAUTH2_ADVERTISER_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.OAUTH2_ADVERTISER_GET,
        request=lambda _: dict(APP),
        drawn=fields(**_DRAWN_APP),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.OAUTH2_REVOKE_TOKEN,
        request=lambda _: APP | {"access_token": "none"},
        refused=True,
        drawn=fields(**_DRAWN_APP, access_token=TEXT),
        effect=business.BUSINESS_USER_INFO,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.BUSINESS_USER_INFO,
        request=lambda _: {},
        drawn=fields(),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.ADVERTISER_INFO,
        request=lambda _: {"advertiser_ids": (ADVERTISER_ID, OTHER_ADVERTISER_ID)},
        drawn=fields(
            advertiser_ids=st.lists(IDS, min_size=1, max_size=100).map(tuple),
            fields=maybe(some(tuple(business.AdvertiserAccount.model_fields))),
        ),
        limits=DEFAULT_LIMITS,
    ),
)
