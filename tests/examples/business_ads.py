"""Examples of campaigns, identities and regions."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    BudgetMode,
    CampaignFilters,
    CampaignType,
    IdentityFilters,
    IdentityType,
    ObjectiveType,
    OperationStatus,
    Placement,
    PrimaryStatus,
)

from .business import DEFAULT_LIMITS, IDS
from .business_ads_parts import (
    ACCOUNT,
    FEW_IDS,
    FILTERS,
    LISTS,
    MONEY,
    NAME,
    OTHER_ID,
    TEXTS,
    first,
)
from .example import Case, Example
from .strategies import CHARACTERS, FLAG, TEXT, fields, maybe, some

EXAMPLES = (
    Example(
        business_ads.CAMPAIGN_GET,
        request=lambda seeded: (
            ACCOUNT
            | {
                "filtering": CampaignFilters(
                    campaign_ids=(first(seeded, "campaigns"),), primary_status=PrimaryStatus.ALL
                ),
                "page_size": 5,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            fields=maybe(some(tuple(business_ads.Campaign.model_fields))),
            filtering=maybe(
                st.builds(
                    CampaignFilters,
                    **FILTERS,
                    campaign_name=maybe(TEXT),
                    campaign_type=maybe(st.sampled_from(CampaignType)),
                    is_smart_performance_campaign=FLAG,
                    split_test_enabled=FLAG,
                    campaign_product_source=maybe(TEXT),
                )
            ),
            **LISTS,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.CAMPAIGN_CREATE,
        request=lambda seeded: (
            ACCOUNT
            | {
                "campaign_name": f"Summer sale {len(seeded.world.all.campaigns)}",
                "objective_type": "TRAFFIC",
                "budget_mode": BudgetMode.DAY,
                "budget": Decimal("60.5"),
                "operation_status": OperationStatus.DISABLE,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            campaign_name=NAME,
            objective_type=st.sampled_from(ObjectiveType),
            request_id=maybe(IDS),
            budget_mode=maybe(st.sampled_from(BudgetMode)),
            budget=maybe(MONEY),
            budget_optimize_on=FLAG,
            special_industries=TEXTS,
            operation_status=maybe(st.sampled_from(OperationStatus)),
            po_number=maybe(TEXT),
        ),
        effect=business_ads.CAMPAIGN_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.CAMPAIGN_UPDATE,
        request=lambda seeded: (
            ACCOUNT | {"campaign_id": first(seeded, "campaigns"), "po_number": "PO 7"}
        ),
        drawn=fields(
            advertiser_id=IDS,
            campaign_id=IDS,
            campaign_name=maybe(NAME),
            budget=maybe(MONEY),
            special_industries=TEXTS,
            po_number=maybe(TEXT),
        ),
        effect=business_ads.CAMPAIGN_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.CAMPAIGN_STATUS_UPDATE,
        request=lambda seeded: (
            ACCOUNT
            | {
                "campaign_ids": (first(seeded, "campaigns"),),
                "operation_status": OperationStatus.DISABLE,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            campaign_ids=FEW_IDS,
            operation_status=st.sampled_from(OperationStatus),
            postback_window_mode=maybe(TEXT),
        ),
        effect=business_ads.CAMPAIGN_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.IDENTITY_GET,
        request=lambda _: ACCOUNT | {"page_size": 5},
        drawn=fields(
            advertiser_id=IDS,
            identity_type=maybe(st.sampled_from(IdentityType)),
            identity_authorized_bc_id=maybe(IDS),
            filtering=maybe(st.builds(IdentityFilters, keyword=maybe(TEXT))),
            page=maybe(st.integers(1, 10**6)),
            page_size=maybe(st.integers(1, 100)),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.IDENTITY_INFO,
        request=lambda seeded: (
            ACCOUNT
            | {
                "identity_id": first(seeded, "identities"),
                "identity_type": IdentityType.TT_USER,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            identity_id=OTHER_ID,
            identity_type=st.sampled_from(IdentityType),
            identity_authorized_bc_id=maybe(IDS),
        ),
        cases=(
            Case(
                {},
                {
                    "identity_info": {
                        "identity_type": "TT_USER",
                        "username": "maracooks",
                        "available_status": "AVAILABLE",
                        "can_push_video": True,
                    }
                },
            ),
            Case({"identity_type": IdentityType.AUTH_CODE}, refused="40002"),
            Case({"identity_type": IdentityType.BC_AUTH_TT}, refused="40002"),
            Case({"identity_id": "1"}, refused="40002"),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.IDENTITY_CREATE,
        request=lambda _: ACCOUNT | {"display_name": "Mara's Kitchen"},
        drawn=fields(
            advertiser_id=IDS,
            display_name=st.text(CHARACTERS, min_size=1, max_size=40),
            image_uri=maybe(OTHER_ID),
        ),
        effect=business_ads.IDENTITY_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.TOOL_REGION,
        request=lambda _: (
            ACCOUNT | {"placements": (Placement.TIKTOK,), "objective_type": ObjectiveType.TRAFFIC}
        ),
        drawn=fields(
            advertiser_id=IDS,
            placements=st.lists(st.sampled_from(Placement), max_size=3).map(tuple),
            objective_type=st.sampled_from(ObjectiveType),
            level_range=maybe(st.sampled_from(["ALL", "TO_COUNTRY"])),
            language=maybe(TEXT),
        ),
        limits=DEFAULT_LIMITS,
    ),
)
