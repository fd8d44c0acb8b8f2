"""Examples of ads."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    AdFilters,
    ChangedCreative,
    IdentityType,
    NewCreative,
    OperationStatus,
    PrimaryStatus,
)

from .business import DEFAULT_LIMITS, IDS
from .business_ads_parts import (
    ACCOUNT,
    CREATIVE,
    FEW_IDS,
    FILTERS,
    LISTS,
    MOMENT,
    NAME,
    OTHER_ID,
    first,
    spark,
)
from .example import Example
from .strategies import FLAG, TEXT, fields, maybe, some

EXAMPLES = (
    Example(
        business_ads.AD_GET,
        request=lambda seeded: (
            ACCOUNT
            | {
                "filtering": AdFilters(
                    ad_ids=(first(seeded, "business_ads"),), primary_status=PrimaryStatus.ALL
                ),
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            fields=maybe(some(tuple(business_ads.Ad.model_fields))),
            filtering=maybe(
                st.builds(
                    AdFilters,
                    **FILTERS,
                    adgroup_ids=maybe(FEW_IDS),
                    ad_ids=maybe(FEW_IDS),
                    ad_ids_v2=maybe(FEW_IDS),
                    ad_name=maybe(TEXT),
                    destination=maybe(st.just("WEBSITE")),
                    modified_after=maybe(MOMENT),
                )
            ),
            **LISTS,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.AD_CREATE,
        request=lambda seeded: (
            ACCOUNT
            | {
                "adgroup_id": first(seeded, "ad_groups"),
                "creatives": (NewCreative(ad_name="Knife set", **spark(seeded)),),
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            adgroup_id=IDS,
            creatives=st.lists(
                st.builds(
                    NewCreative,
                    ad_name=st.just("") | NAME,
                    identity_type=st.sampled_from(IdentityType),
                    identity_id=OTHER_ID,
                    **CREATIVE,
                ),
                min_size=1,
                max_size=3,
            ).map(tuple),
        ),
        effect=business_ads.AD_GET,
        limits=((5, 1), (150, 60), (86_400, 86_400)),
    ),
    Example(
        business_ads.AD_UPDATE,
        request=lambda seeded: (
            ACCOUNT
            | {
                "adgroup_id": first(seeded, "ad_groups"),
                "patch_update": True,
                "creatives": (
                    ChangedCreative(ad_id=first(seeded, "business_ads"), ad_name="A new name"),
                ),
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            adgroup_id=IDS,
            patch_update=FLAG,
            creatives=st.lists(
                st.builds(
                    ChangedCreative,
                    ad_id=IDS,
                    ad_name=maybe(NAME),
                    identity_type=maybe(st.sampled_from(IdentityType)),
                    identity_id=maybe(OTHER_ID),
                    **CREATIVE,
                ),
                min_size=1,
                max_size=3,
            ).map(tuple),
        ),
        effect=business_ads.AD_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.AD_STATUS_UPDATE,
        request=lambda seeded: (
            ACCOUNT
            | {
                "ad_ids": (first(seeded, "business_ads"),),
                "operation_status": OperationStatus.ENABLE,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            ad_ids=FEW_IDS,
            operation_status=st.sampled_from(OperationStatus),
        )
        | fields(
            advertiser_id=IDS,
            aco_ad_ids=FEW_IDS,
            operation_status=st.sampled_from(OperationStatus),
        ),
        effect=business_ads.AD_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.AD_REVIEW_INFO,
        request=lambda seeded: ACCOUNT | {"ad_ids": (first(seeded, "business_ads"),)},
        drawn=fields(advertiser_id=IDS, ad_ids=FEW_IDS, lang=maybe(TEXT)),
        limits=DEFAULT_LIMITS,
    ),
)
