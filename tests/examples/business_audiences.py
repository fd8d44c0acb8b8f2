"""Examples of custom audiences."""

from __future__ import annotations

import hashlib

from hypothesis import strategies as st

from stagedoor.platform.products import business_audiences
from stagedoor.platform.products.business_audiences import (
    ActionMode,
    AudienceRule,
    AudienceSubType,
    CalculateType,
    IdSchema,
    LookalikePlacement,
    LookalikeSize,
    MappingAction,
    MobileOs,
    NewLookalikeSpec,
    RuleAudienceType,
    RuleFilter,
    RuleFilters,
    RuleSet,
    RuleSpec,
    StreamAction,
    StreamedId,
    UpdateAction,
    UsageMode,
)

from .business import ADVERTISER_ID, DEFAULT_LIMITS, IDS, OTHER_ADVERTISER_ID
from .example import Example
from .strategies import FLAG, fields, maybe

SUBSCRIBERS, LOOKALIKE = "7400000000000000001", "7400000000000000002"
VISITORS, STREAMED = "7400000000000000003", "7400000000000000004"
FILE = "5eed5eed5eed5eed"
"""Audiences of the first ad account, and an uploaded file, as the emulator has them."""

_ACCOUNT = {"advertiser_id": ADVERTISER_ID}
_LINES = b"848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f\n"
_PLAIN = st.characters(codec="utf-8", categories=("L", "N", "Zs"))
_NAME = st.text(_PLAIN, min_size=1, max_size=128)
_SHORT = st.text(_PLAIN, min_size=1, max_size=40)
_MANY = st.lists(IDS, min_size=1, max_size=100).map(tuple)
_FEW = st.lists(IDS, min_size=1, max_size=10).map(tuple)
_PATHS = st.lists(_SHORT, min_size=1, max_size=49).map(tuple)
_DAYS = st.integers(1, 365)
_KIND = st.sampled_from(CalculateType)
_SUB_TYPE = maybe(st.sampled_from(AudienceSubType))
_PAGE = {"page": maybe(st.integers(1, 10**6)), "page_size": maybe(st.integers(1, 100))}
_STREAMING = ((10_000, 1), (600_000, 60), (864_000_000, 86_400))
_SPEC = NewLookalikeSpec(
    source_audience_id=SUBSCRIBERS,
    include_source=False,
    mobile_os=MobileOs.ALL,
    placements=("TikTok",),
    location_ids=("6252001",),
    audience_size=LookalikeSize.BALANCED,
)
_VISITS = RuleSpec(
    inclusion_rule_set=RuleSet(
        rules=(AudienceRule(event_source_ids=("CSEEDPIXEL0000000001",), retention_days=30),)
    )
)
_RULE_SETS = st.builds(
    RuleSet,
    operator=st.just("OR"),
    rules=st.lists(
        st.builds(
            AudienceRule,
            event_source_ids=st.lists(_SHORT, max_size=3).map(tuple),
            retention_days=_DAYS,
            filter_set=maybe(
                st.builds(
                    RuleFilters,
                    operator=st.just("OR"),
                    filters=st.lists(
                        st.builds(RuleFilter, field=_SHORT, operator=st.just("EQ"), value=_SHORT),
                        max_size=2,
                    ).map(tuple),
                )
            ),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)
_STREAMED_IDS = st.builds(StreamedId) | st.builds(
    StreamedId, id=st.binary(min_size=32, max_size=32).map(bytes.hex), audience_ids=_FEW
)

EXAMPLES = (
    Example(
        business_audiences.AUDIENCE_FILE_UPLOAD,
        request=lambda _: (
            _ACCOUNT
            | {
                "file": _LINES,
                "file_signature": hashlib.md5(_LINES, usedforsecurity=False).hexdigest(),
                "calculate_type": CalculateType.EMAIL_SHA256,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            file=st.binary(max_size=200),
            file_signature=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
            calculate_type=_KIND,
            file_name=maybe(_SHORT),
        ),
        effect=business_audiences.AUDIENCE_CREATE,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.AUDIENCE_CREATE,
        request=lambda _: (
            _ACCOUNT
            | {
                "custom_audience_name": "Buyers",
                "file_paths": (FILE,),
                "calculate_type": CalculateType.EMAIL_SHA256,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            custom_audience_name=_NAME,
            file_paths=_PATHS,
            calculate_type=_KIND,
            audience_sub_type=_SUB_TYPE,
            retention_in_days=maybe(_DAYS),
            audience_enhancement=FLAG,
        ),
        effect=business_audiences.AUDIENCE_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.AUDIENCE_UPDATE,
        request=lambda _: (
            _ACCOUNT | {"custom_audience_id": SUBSCRIBERS, "custom_audience_name": "Subscribers"}
        ),
        drawn=fields(
            advertiser_id=IDS,
            custom_audience_id=IDS,
            custom_audience_name=maybe(_NAME),
            file_paths=maybe(_PATHS),
            action=maybe(st.sampled_from(UpdateAction)),
            audience_sub_type=_SUB_TYPE,
            audience_enhancement=FLAG,
        ),
        effect=business_audiences.AUDIENCE_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.AUDIENCE_LIST,
        request=lambda _: _ACCOUNT | {"custom_audience_ids": (SUBSCRIBERS,), "page_size": 5},
        drawn=fields(advertiser_id=IDS, custom_audience_ids=maybe(_MANY), **_PAGE),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.AUDIENCE_GET,
        request=lambda _: _ACCOUNT | {"custom_audience_ids": (SUBSCRIBERS,)},
        drawn=fields(
            advertiser_id=IDS, custom_audience_ids=_MANY, history_size=maybe(st.integers(0, 100))
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.AUDIENCE_APPLY,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "custom_audience_id": SUBSCRIBERS,
                "adgroup_ids": (seeded.first("ad_groups").id,),
                "action_mode": ActionMode.APPLY,
                "usage_mode": UsageMode.INCLUDE,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            custom_audience_id=IDS,
            adgroup_ids=_MANY,
            action_mode=st.sampled_from(ActionMode),
            usage_mode=maybe(st.sampled_from(UsageMode)),
        ),
        effect=business_audiences.AUDIENCE_APPLY_LOG,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.AUDIENCE_APPLY_LOG,
        request=lambda _: _ACCOUNT | {"custom_audience_ids": (SUBSCRIBERS,)},
        drawn=fields(advertiser_id=IDS, custom_audience_ids=_MANY, timezone=maybe(_SHORT), **_PAGE),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.AUDIENCE_DELETE,
        request=lambda _: _ACCOUNT | {"custom_audience_ids": (VISITORS,)},
        ends=True,
        drawn=fields(advertiser_id=IDS, custom_audience_ids=_MANY),
        effect=business_audiences.AUDIENCE_LIST,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.LOOKALIKE_CREATE,
        request=lambda _: (
            _ACCOUNT | {"custom_audience_name": "Like buyers", "lookalike_spec": _SPEC}
        ),
        drawn=fields(
            advertiser_id=IDS,
            custom_audience_name=_NAME,
            audience_sub_type=_SUB_TYPE,
            lookalike_spec=st.builds(
                NewLookalikeSpec,
                source_audience_id=IDS,
                include_source=st.booleans(),
                mobile_os=st.sampled_from(MobileOs),
                placements=st.lists(
                    st.sampled_from(LookalikePlacement), min_size=1, max_size=3
                ).map(tuple),
                location_ids=_FEW,
                audience_size=st.sampled_from(LookalikeSize),
            ),
        ),
        effect=business_audiences.AUDIENCE_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.LOOKALIKE_UPDATE,
        request=lambda _: _ACCOUNT | {"custom_audience_ids": (LOOKALIKE,)},
        drawn=fields(advertiser_id=IDS, custom_audience_ids=_MANY),
        effect=business_audiences.AUDIENCE_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.AUDIENCE_RULE_CREATE,
        request=lambda _: (
            _ACCOUNT
            | {
                "custom_audience_name": "Visitors",
                "audience_type": RuleAudienceType.PIXEL,
                "rule_spec": _VISITS,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            custom_audience_name=_NAME,
            audience_type=st.sampled_from(RuleAudienceType),
            rule_spec=st.builds(
                RuleSpec, inclusion_rule_set=_RULE_SETS, exclusion_rule_set=maybe(_RULE_SETS)
            ),
            audience_sub_type=_SUB_TYPE,
            retention_in_days=maybe(_DAYS),
            is_auto_refresh=FLAG,
            identity_id=maybe(_SHORT),
            identity_type=maybe(_SHORT),
            identity_authorized_bc_id=maybe(IDS),
        ),
        effect=business_audiences.AUDIENCE_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.AUDIENCE_SHARE,
        request=lambda _: (
            _ACCOUNT
            | {
                "custom_audience_ids": (SUBSCRIBERS,),
                "shared_advertiser_ids": (OTHER_ADVERTISER_ID,),
            }
        ),
        refused=True,
        drawn=fields(advertiser_id=IDS, custom_audience_ids=_FEW, shared_advertiser_ids=_FEW),
        effect=business_audiences.AUDIENCE_LIST,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.AUDIENCE_SHARE_CANCEL,
        request=lambda _: _ACCOUNT | {"custom_audience_id": SUBSCRIBERS},
        drawn=fields(advertiser_id=IDS, custom_audience_id=IDS, shared_advertiser_id=maybe(IDS)),
        effect=business_audiences.AUDIENCE_LIST,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_audiences.SEGMENT_AUDIENCE,
        request=lambda _: (
            _ACCOUNT | {"action": StreamAction.CREATE, "custom_audience_name": "Members"}
        ),
        drawn=fields(
            advertiser_id=IDS,
            action=st.sampled_from(StreamAction),
            custom_audience_name=maybe(_NAME),
            delete_audience_id=maybe(IDS),
        ),
        effect=business_audiences.AUDIENCE_LIST,
        limits=_STREAMING,
    ),
    Example(
        business_audiences.SEGMENT_MAPPING,
        request=lambda _: {
            "advertiser_ids": (ADVERTISER_ID,),
            "id_schema": (IdSchema.EMAIL_SHA256,),
            "batch_data": ((StreamedId(id=_LINES.decode().strip(), audience_ids=(STREAMED,)),),),
        },
        drawn=fields(
            advertiser_ids=_FEW,
            id_schema=st.lists(st.sampled_from(IdSchema), min_size=1, max_size=6, unique=True).map(
                tuple
            ),
            batch_data=st.lists(
                st.lists(_STREAMED_IDS, max_size=3).map(tuple), min_size=1, max_size=3
            ).map(tuple),
            action=maybe(st.sampled_from(MappingAction)),
        ),
        effect=business_audiences.AUDIENCE_GET,
        limits=_STREAMING,
    ),
)
