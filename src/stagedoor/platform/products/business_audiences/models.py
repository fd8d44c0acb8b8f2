"""Requests of custom audiences."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from ...bounds import MAX_LISTED, AtMost
from ...marks import HASHED
from ...model import AT_TIKTOK, OPEN, AnyId, StrictModel, declared, in_context, says
from ..business.common import AdvertiserRequest, Md5, PageNumber, rows_up_to
from .choices import (
    MAX_FILES,
    MAX_NAME,
    MAX_RETENTION_DAYS,
    ActionMode,
    AudienceSubType,
    CalculateType,
    LookalikePlacement,
    LookalikeSize,
    MobileOs,
    RuleAudienceType,
    UpdateAction,
    UsageMode,
)

MAX_PAGE = 100


def _named(name: str, info: ValidationInfo) -> str:
    # TikTok answers a name that is too long in its own words
    if len(name) > MAX_NAME and not in_context(AT_TIKTOK, info):
        raise ValueError(f"has {len(name)} characters, at most {MAX_NAME} are taken")
    return name


AudienceName = Annotated[
    str, Field(min_length=1), AfterValidator(_named), says("1 to 128 characters")
]
FilePath = Annotated[str, Field(min_length=1, max_length=200)]
FilePaths = Annotated[
    tuple[FilePath, ...],
    AtMost(MAX_FILES),
    Field(min_length=1),
    says("what uploads answered, at most 49"),
]
Kind = Annotated[CalculateType | str, OPEN, declared(CalculateType)]
SubType = Annotated[AudienceSubType | str, OPEN, declared(AudienceSubType)]
PageSize = Annotated[int, rows_up_to(MAX_PAGE)]
RetentionDays = Annotated[int, Field(ge=1, le=MAX_RETENTION_DAYS)]
AudienceIds = Annotated[tuple[AnyId, ...], AtMost(MAX_LISTED), Field(min_length=1)]
FewIds = Annotated[tuple[AnyId, ...], AtMost(10), Field(min_length=1)]


class AudienceFile(AdvertiserRequest):
    """A file of hashed identifiers. `business.audiences.upload` makes it from raw ones."""

    file: Annotated[bytes, HASHED, says("hashed identifiers: one a line, or CSV with a header")]
    file_signature: Annotated[Md5, says("the MD5 of the file, in hex")]
    calculate_type: Annotated[Kind, says("what the identifiers are and how they are hashed")]
    file_name: Annotated[str | None, says("ends in .csv or .txt")] = None


class NewAudience(AdvertiserRequest):
    """A new audience of the people in uploaded files."""

    custom_audience_name: AudienceName
    file_paths: FilePaths
    calculate_type: Annotated[Kind, says("the same as at the upload")]
    audience_sub_type: Annotated[SubType | None, says("NORMAL by default")] = None
    retention_in_days: Annotated[
        RetentionDays | None, says("its life; without it, it ends after 365 days without use")
    ] = None
    audience_enhancement: Annotated[bool | None, says("match more people; default no")] = None


class AudienceChange(AdvertiserRequest):
    """Changes of an audience; fields that are left out stay as they are."""

    custom_audience_id: Annotated[AnyId, says("the audience")]
    custom_audience_name: Annotated[AudienceName | None, says("1 to 128 characters")] = None
    file_paths: Annotated[FilePaths | None, says("what uploads answered, at most 49")] = None
    action: Annotated[
        Annotated[UpdateAction | str, OPEN, declared(UpdateAction)] | None,
        says("with file_paths; TikTok replaces the people when it is left out"),
    ] = None
    audience_sub_type: Annotated[SubType | None, says("REACH_FREQUENCY, which is final")] = None
    audience_enhancement: Annotated[bool | None, says("match more people; default no")] = None


class AudienceQuery(AdvertiserRequest):
    """A page of audiences, newest first."""

    custom_audience_ids: Annotated[AudienceIds | None, says("only these, at most 100")] = None
    page: Annotated[PageNumber | None, says("from 1; default 1")] = None
    page_size: Annotated[PageSize | None, says("1 to 100; default 10")] = None


class AudienceDetailQuery(AdvertiserRequest):
    """Audiences with their history."""

    custom_audience_ids: Annotated[AudienceIds, says("1 to 100")]
    history_size: Annotated[int | None, Field(ge=0), says("rows of history of each")] = None


class AudienceUse(AdvertiserRequest):
    """The ad groups that are to reach an audience, or to leave it out."""

    custom_audience_id: Annotated[AnyId, says("the audience")]
    adgroup_ids: Annotated[AudienceIds, says("ad groups of the same ad account")]
    action_mode: Annotated[
        Annotated[ActionMode | str, OPEN, declared(ActionMode)], says("Apply or Disconnect")
    ]
    usage_mode: Annotated[
        Annotated[UsageMode | str, OPEN, declared(UsageMode)] | None,
        says("Include or Exclude, needed for Apply"),
    ] = None


class AudienceUseQuery(AdvertiserRequest):
    """Where audiences were applied and disconnected."""

    custom_audience_ids: Annotated[AudienceIds, says("1 to 100, the ad account's own")]
    timezone: Annotated[str | None, says("an IANA zone of the answer's times; default UTC")] = None
    page: Annotated[PageNumber | None, says("from 1; default 1")] = None
    page_size: Annotated[PageSize | None, says("1 to 100; default 10")] = None


class AudienceDeletion(AdvertiserRequest):
    """The audiences to delete."""

    custom_audience_ids: Annotated[AudienceIds, says("1 to 100")]


class NewLookalikeSpec(StrictModel):
    """The source of a lookalike audience, and where its people are looked for."""

    source_audience_id: Annotated[AnyId, says("at least 100 people; not a lookalike itself")]
    include_source: Annotated[bool, says("whether the people of the source belong to it")]
    mobile_os: Annotated[MobileOs | str, OPEN, declared(MobileOs)]
    placements: Annotated[
        tuple[Annotated[LookalikePlacement | str, OPEN, declared(LookalikePlacement)], ...],
        AtMost(MAX_LISTED),
        Field(min_length=1),
        says("such as TikTok"),
    ]
    location_ids: Annotated[
        tuple[AnyId, ...],
        AtMost(MAX_LISTED),
        Field(min_length=1),
        says("ids of `ad_groups.list_regions`"),
    ]
    audience_size: Annotated[LookalikeSize | str, OPEN, declared(LookalikeSize)]


class NewLookalike(AdvertiserRequest):
    """A new audience of people who resemble those of another one."""

    custom_audience_name: AudienceName
    lookalike_spec: Annotated[NewLookalikeSpec, says("the source, and the size")]
    audience_sub_type: Annotated[SubType | None, says("NORMAL by default")] = None


class LookalikeRefresh(AdvertiserRequest):
    """Lookalike audiences to be computed again from their sources."""

    custom_audience_ids: Annotated[AudienceIds, says("1 to 100")]


class RuleFilter(StrictModel):
    """A condition on an event."""

    field: Annotated[str, Field(max_length=200)] = "EVENT"
    operator: Annotated[str, Field(max_length=40)] = "EQ"
    value: Annotated[str, Field(max_length=500)]


class RuleFilters(StrictModel):
    """Conditions of which one (OR) holds."""

    operator: Annotated[str, Field(max_length=40)] = "OR"
    filters: Annotated[tuple[RuleFilter, ...], AtMost(MAX_LISTED)] = ()


class AudienceRule(StrictModel):
    """Events of sources within some days."""

    event_source_ids: Annotated[
        tuple[Annotated[str, Field(max_length=200)], ...], AtMost(MAX_LISTED)
    ] = ()
    retention_days: Annotated[int, Field(ge=1, le=MAX_RETENTION_DAYS)]
    filter_set: RuleFilters | None = None


class RuleSet(StrictModel):
    """Rules of which one (OR) holds."""

    operator: Annotated[str, Field(max_length=40)] = "OR"
    rules: Annotated[tuple[AudienceRule, ...], AtMost(MAX_LISTED), Field(min_length=1)]


class RuleSpec(StrictModel):
    """The people of a rule audience."""

    inclusion_rule_set: RuleSet
    exclusion_rule_set: RuleSet | None = None


class NewRuleAudience(AdvertiserRequest):
    """A new audience of the people who did something, such as watching a video."""

    custom_audience_name: AudienceName
    audience_type: Annotated[
        Annotated[RuleAudienceType | str, OPEN, declared(RuleAudienceType)],
        says("the source of the events"),
    ]
    rule_spec: Annotated[RuleSpec, says("whom it includes and excludes")]
    audience_sub_type: Annotated[SubType | None, says("NORMAL by default")] = None
    retention_in_days: Annotated[RetentionDays | None, says("its life, 1 to 365 days")] = None
    is_auto_refresh: Annotated[bool | None, says("whether it follows new events; default yes")] = (
        None
    )
    identity_id: Annotated[str | None, says("needed for engagement with videos")] = None
    identity_type: Annotated[str | None, says("needed for engagement with videos")] = None
    identity_authorized_bc_id: Annotated[
        AnyId | None, says("the Business Center of the identity")
    ] = None


class AudienceShare(AdvertiserRequest):
    """Audiences that other ad accounts of the Business Center may use."""

    custom_audience_ids: Annotated[FewIds, says("1 to 10")]
    shared_advertiser_ids: Annotated[FewIds, says("1 to 10, of the same Business Center")]


class AudienceShareEnd(AdvertiserRequest):
    """An audience that another ad account may use no longer."""

    custom_audience_id: Annotated[AnyId, says("the audience")]
    shared_advertiser_id: Annotated[AnyId | None, says("without it, all of them")] = None
