"""Examples of authorization and ad accounts in TikTok API for Business."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform.products import business

from .example import Case, Example
from .strategies import CHARACTERS, TEXT, fields, maybe, some

APP_ID, APP_SECRET = "7000000000000000001", "emulator-business-secret"
ADVERTISER_ID, OTHER_ADVERTISER_ID = "7100000000000000001", "7100000000000000002"
BUSINESS_CENTER_ID = "7300000000000000001"
CLIENT = {"client_id": APP_ID, "client_secret": APP_SECRET}
APP = {"app_id": APP_ID, "secret": APP_SECRET}

PAGES = st.integers(1, 1_000_000)
IDS = st.integers(1, 2**63 - 1).map(str)
DEFAULT_LIMITS = ((10, 1), (600, 60), (864_000, 86_400))
"""The limits of most operations, for apps of the tier Basic."""
SECRETS = st.text(CHARACTERS, min_size=1, max_size=40)
DRAWN_APP = {"app_id": IDS, "secret": SECRETS}
DRAWN_CLIENT = {"client_id": IDS, "client_secret": SECRETS}
"""Fields that a client fills in are never empty."""

EXAMPLES = (
    Example(
        business.PORTAL_AUTH,
        drawn=fields(app_id=IDS, redirect_uri=TEXT, state=maybe(TEXT), rid=maybe(TEXT)),
    ),
    Example(
        business.OAUTH2_ACCESS_TOKEN,
        request=lambda _: APP | {"auth_code": "none"},
        refused=True,
        drawn=fields(**DRAWN_APP, auth_code=TEXT, return_advertiser_ids=maybe(st.booleans())),
        effect=business.OAUTH2_ADVERTISER_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.OAUTH2_ADVERTISER_GET,
        request=lambda _: dict(APP),
        drawn=fields(**DRAWN_APP),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.OAUTH2_REVOKE_TOKEN,
        request=lambda _: APP | {"access_token": "none"},
        refused=True,
        drawn=fields(**DRAWN_APP, access_token=TEXT),
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
    Example(
        business.OAUTH2_TOKEN,
        request=lambda _: CLIENT | {"code": "none"},
        refused=True,
        drawn=fields(**DRAWN_CLIENT, code=TEXT, grant_type=TEXT),
        effect=business.OAUTH2_ADVERTISER_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.TT_USER_TOKEN,
        request=lambda _: (
            CLIENT | {"auth_code": "none", "redirect_uri": "https://app.example.com/"}
        ),
        refused=True,
        drawn=fields(**DRAWN_CLIENT, auth_code=TEXT, redirect_uri=TEXT, grant_type=TEXT),
        effect=business.TT_USER_TOKEN_INFO,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.TT_USER_REFRESH,
        request=lambda _: CLIENT | {"refresh_token": "rft.none"},
        refused=True,
        drawn=fields(**DRAWN_CLIENT, refresh_token=TEXT, grant_type=TEXT),
        effect=business.TT_USER_TOKEN_INFO,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.TT_USER_REVOKE,
        request=lambda _: CLIENT | {"access_token": "act.none"},
        refused=True,
        drawn=fields(**DRAWN_CLIENT, access_token=TEXT),
        effect=business.TT_USER_TOKEN_INFO,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.TT_USER_TOKEN_INFO,
        request=lambda _: {"app_id": APP_ID, "access_token": "act.none"},
        refused=True,
        drawn=fields(app_id=IDS, access_token=TEXT),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.BC_GET,
        request=lambda _: {"bc_id": BUSINESS_CENTER_ID},
        drawn=fields(bc_id=maybe(IDS), page=maybe(PAGES), page_size=maybe(st.integers(1, 50))),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.BC_ASSET_GET,
        request=lambda _: {"bc_id": BUSINESS_CENTER_ID, "asset_type": "ADVERTISER"},
        drawn=fields(
            bc_id=IDS,
            asset_type=st.sampled_from(business.AssetType),
            filtering=maybe(
                st.builds(
                    business.AssetFilter,
                    keyword=maybe(TEXT),
                    user_id=maybe(TEXT),
                    user_email=maybe(TEXT),
                )
            ),
            page=maybe(PAGES),
            page_size=maybe(st.integers(1, 50)),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.BC_MEMBER_GET,
        request=lambda _: {"bc_id": BUSINESS_CENTER_ID},
        drawn=fields(
            bc_id=IDS,
            filtering=maybe(
                st.builds(
                    business.MemberFilter,
                    keyword=maybe(TEXT),
                    user_role=maybe(st.sampled_from(business.CenterRole)),
                    relation_status=maybe(st.sampled_from(business.MemberStatus)),
                )
            ),
            page=maybe(PAGES),
            page_size=maybe(st.integers(1, 50)),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business.BC_ASSET_MEMBER_GET,
        request=lambda _: {
            "bc_id": BUSINESS_CENTER_ID,
            "asset_type": "ADVERTISER",
            "asset_id": ADVERTISER_ID,
        },
        drawn=fields(
            bc_id=IDS,
            asset_type=st.sampled_from(business.AssetType),
            asset_id=TEXT,
            filtering=maybe(st.builds(business.AssetMemberFilter, keyword=maybe(TEXT))),
            page=maybe(PAGES),
            page_size=maybe(st.integers(1, 50)),
        ),
        cases=(
            Case(
                {"filtering": {"keyword": "LINDQVIST"}},
                answer={
                    "list": [
                        {
                            "user_id": "7200000000000000001",
                            "user_name": "Mara Lindqvist",
                            "user_email": "mara@example.com",
                            "advertiser_role": "ADMIN",
                        }
                    ],
                    "page_info": {"page": 1, "total_number": 1, "total_page": 1},
                },
            ),
            Case({"filtering": {"keyword": "nobody"}}, answer={"list": []}),
            Case({"asset_type": "PIXEL"}, refused="40002"),
            Case({"asset_id": "1"}, refused="40001"),
            Case({"bc_id": "1"}, refused="40001"),
        ),
        limits=DEFAULT_LIMITS,
    ),
)
