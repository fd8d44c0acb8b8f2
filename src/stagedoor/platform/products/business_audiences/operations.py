"""The operations of custom audiences."""

from __future__ import annotations

from dataclasses import replace

from ...model import Empty
from ...operation import AnyOf, OperationEffect, Resource, Retry
from ..business import limits
from ..business.common import COMMON, PREFIX, case, numbered
from ..business.product import GRANTABLE_ADVERTISER, ONLY_CLIENT, WITHOUT_TOOL
from .answers import (
    AudienceDetails,
    AudienceMade,
    AudienceUsePage,
    CustomAudiencePage,
    UploadedAudienceFile,
)
from .choices import MAX_FILE_BYTES
from .models import (
    MAX_PAGE,
    AudienceChange,
    AudienceDeletion,
    AudienceDetailQuery,
    AudienceFile,
    AudienceQuery,
    AudienceShare,
    AudienceShareEnd,
    AudienceUse,
    AudienceUseQuery,
    LookalikeRefresh,
    NewAudience,
    NewLookalike,
    NewRuleAudience,
)
from .streaming import StreamAudience, StreamedAudience, StreamMapping

_AUDIENCES = replace(GRANTABLE_ADVERTISER, resource=Resource.AUDIENCES)
_AT = f"{PREFIX}/dmp/custom_audience"
_READ, _WRITE, _SHARE = AnyOf(("30",)), AnyOf(("31",)), AnyOf(("32",))
_CHANGE = "Create and change audiences"
_SHARING = "Share audiences"
_UNKNOWN = case(40007, "unknown audience (not documented; assumed)")
_NOT_EDITABLE = case(40002, "the audience is computing, too small, or not the ad account's own")

AUDIENCE_FILE_UPLOAD = _AUDIENCES.operation(
    "audience_file_upload",
    "POST",
    f"{_AT}/file/upload/",
    request=AudienceFile,
    response=UploadedAudienceFile,
    summary="Upload a file of hashed identifiers",
    action=_CHANGE,
    effect=OperationEffect.WRITE,
    scopes=_WRITE,
    max_body=MAX_FILE_BYTES + (1 << 20),
    surfaces=WITHOUT_TOOL,
    errors=(
        *COMMON,
        case(40900, "file_signature isn't the MD5 of the file"),
        case(40909, "calculate_type unknown"),
        case(40908, "another suffix than .csv or .txt"),
        case(40906, "the file is empty"),
        case(40907, "the file is too large"),
    ),
    source="business-audience.yaml audience_file_upload",
)

AUDIENCE_CREATE = _AUDIENCES.operation(
    "audience_create",
    "POST",
    f"{_AT}/create/",
    request=NewAudience,
    response=AudienceMade,
    summary="Create an audience from uploaded files",
    action=_CHANGE,
    effect=OperationEffect.WRITE,
    scopes=_WRITE,
    errors=(*COMMON, case(40905, "file missing"), case(40910, "file expired")),
    source="business-audience.yaml audience_create",
)

AUDIENCE_UPDATE = _AUDIENCES.operation(
    "audience_update",
    "POST",
    f"{_AT}/update/",
    request=AudienceChange,
    response=Empty,
    summary="Rename an audience, or add, remove or replace its people",
    action=_CHANGE,
    effect=OperationEffect.WRITE,
    scopes=_WRITE,
    errors=(
        *COMMON,
        _UNKNOWN,
        _NOT_EDITABLE,
        case(40905, "file missing"),
        case(40910, "file expired"),
    ),
    source="business-audience.yaml audience_update",
)

AUDIENCE_LIST = _AUDIENCES.operation(
    "audience_list",
    "GET",
    f"{_AT}/list/",
    request=AudienceQuery,
    response=CustomAudiencePage,
    summary="List the audiences that an ad account may use, newest first",
    action="Read audiences",
    scopes=_READ,
    paging=numbered(MAX_PAGE),
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-audience.yaml audience_list",
)

AUDIENCE_GET = _AUDIENCES.operation(
    "audience_get",
    "GET",
    f"{_AT}/get/",
    request=AudienceDetailQuery,
    response=AudienceDetails,
    summary="Read audiences with their history",
    action="Read audiences",
    scopes=_READ,
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-audience.yaml audience_get",
)

AUDIENCE_APPLY = _AUDIENCES.operation(
    "audience_apply",
    "POST",
    f"{_AT}/apply/",
    request=AudienceUse,
    response=Empty,
    summary="Apply an audience to ad groups, or disconnect it",
    action=_CHANGE,
    effect=OperationEffect.WRITE,
    scopes=_WRITE,
    errors=(*COMMON, _UNKNOWN, case(40002, "audience and ad groups of different advertisers")),
    source="business-audience.yaml audience_apply",
)

AUDIENCE_APPLY_LOG = _AUDIENCES.operation(
    "audience_apply_log",
    "GET",
    f"{_AT}/apply/log/",
    request=AudienceUseQuery,
    response=AudienceUsePage,
    summary="List where audiences were applied and disconnected",
    action="Read audiences",
    scopes=_WRITE,
    paging=numbered(MAX_PAGE),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business-audience.yaml audience_apply_log",
)

AUDIENCE_DELETE = _AUDIENCES.operation(
    "audience_delete",
    "POST",
    f"{_AT}/delete/",
    request=AudienceDeletion,
    response=Empty,
    summary="Delete audiences",
    action=_CHANGE,
    effect=OperationEffect.WRITE,
    scopes=_WRITE,
    errors=(*COMMON, _UNKNOWN, case(40002, "in use by an active ad group (medium)")),
    source="business-audience.yaml audience_delete",
)

LOOKALIKE_CREATE = _AUDIENCES.operation(
    "lookalike_create",
    "POST",
    f"{_AT}/lookalike/create/",
    request=NewLookalike,
    response=AudienceMade,
    summary="Create an audience of people who resemble another one's",
    action=_CHANGE,
    effect=OperationEffect.WRITE,
    scopes=_WRITE,
    errors=(*COMMON, _UNKNOWN),
    confidence="medium",
    source="business-audience.yaml lookalike_create",
)

LOOKALIKE_UPDATE = _AUDIENCES.operation(
    "lookalike_update",
    "POST",
    f"{_AT}/lookalike/update/",
    request=LookalikeRefresh,
    response=Empty,
    summary="Compute lookalike audiences again",
    action=_CHANGE,
    effect=OperationEffect.WRITE,
    scopes=_WRITE,
    errors=(*COMMON, _UNKNOWN),
    confidence="medium",
    source="business-audience.yaml lookalike_update",
)

AUDIENCE_RULE_CREATE = _AUDIENCES.operation(
    "audience_rule_create",
    "POST",
    f"{_AT}/rule/create/",
    request=NewRuleAudience,
    response=AudienceMade,
    summary="Create an audience from events by rules",
    action=_CHANGE,
    effect=OperationEffect.WRITE,
    scopes=_WRITE,
    errors=COMMON,
    confidence="medium",
    source="business-audience.yaml audience_rule_create",
)

AUDIENCE_SHARE = _AUDIENCES.operation(
    "audience_share",
    "POST",
    f"{_AT}/share/",
    request=AudienceShare,
    response=Empty,
    summary="Share audiences with other ad accounts",
    action=_SHARING,
    effect=OperationEffect.WRITE,
    scopes=_SHARE,
    errors=(*COMMON, _UNKNOWN),
    confidence="medium",
    source="business-audience.yaml audience_share",
)

AUDIENCE_SHARE_CANCEL = _AUDIENCES.operation(
    "audience_share_cancel",
    "POST",
    f"{_AT}/share/cancel/",
    request=AudienceShareEnd,
    response=Empty,
    summary="End the sharing of an audience",
    action=_SHARING,
    effect=OperationEffect.WRITE,
    scopes=_SHARE,
    errors=(*COMMON, _UNKNOWN),
    confidence="medium",
    source="business-audience.yaml audience_share_cancel",
)

SEGMENT_AUDIENCE = _AUDIENCES.operation(
    "segment_audience",
    "POST",
    f"{PREFIX}/segment/audience/",
    request=StreamAudience,
    response=StreamedAudience,
    summary="Create or delete a streamed audience",
    action=_CHANGE,
    effect=OperationEffect.WRITE,
    scopes=_WRITE,
    limits=limits.STREAMING,
    surfaces=ONLY_CLIENT,  # people one by one
    errors=COMMON,
    confidence="medium",
    source="business-audience.yaml segment_audience",
)

SEGMENT_MAPPING = _AUDIENCES.operation(
    "segment_mapping",
    "POST",
    f"{PREFIX}/segment/mapping/",
    request=StreamMapping,
    response=Empty,
    summary="Add people to streamed audiences one by one, or take them out",
    action=_CHANGE,
    effect=OperationEffect.WRITE,
    scopes=_WRITE,
    limits=limits.STREAMING,
    surfaces=ONLY_CLIENT,  # people one by one
    max_body=16 << 20,
    errors=COMMON,
    confidence="medium",
    source="business-audience.yaml segment_mapping",
)
