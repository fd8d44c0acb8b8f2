"""Answers of custom audiences."""

from __future__ import annotations

from typing import Annotated

from ...model import OPEN, Answer, Id, says
from ..business.common import PageInfo
from .choices import AudienceSubType, CalculateType, UsageMode


class UploadedAudienceFile(Answer):
    """A file that audiences can be made of."""

    file_path: Annotated[str, says("for this ad account alone; it expires")]


class AudienceMade(Answer):
    """A new audience, whose people are being matched."""

    custom_audience_id: Id


class LookalikeSpec(Answer):
    """The source of a lookalike audience, and where its people are looked for."""

    source_audience_id: Id | None = None
    include_source: bool | None = None
    mobile_os: str | None = None
    placements: tuple[str, ...] = ()
    location_ids: tuple[Id, ...] = ()
    audience_size: str | None = None


class CustomAudience(Answer):
    """A custom audience. It can be used once it `is_valid`, up to 48 hours after it was made."""

    audience_id: Id
    name: str = ""
    audience_type: Annotated[str, says("a text, such as Customer File Audience")] = ""
    audience_sub_type: Annotated[AudienceSubType | str, OPEN] = AudienceSubType.NORMAL
    calculate_type: Annotated[CalculateType | str | None, OPEN] = None
    cover_num: Annotated[int, says("matched people; 0 below 1,000 and while matching")] = 0
    shared: Annotated[bool, says("another ad account may use it")] = False
    is_creator: Annotated[bool, says("False if another ad account shares it")] = True
    is_valid: Annotated[bool, says("False while matching, failed or expired")] = False
    is_expiring: Annotated[bool, says("within 60 days")] = False
    is_auto_refresh: bool | None = None
    owner_id: Annotated[Id | None, says("the ad account that owns it")] = None
    rule: Annotated[str | None, says("JSON of a rule audience's rules")] = None
    lookalike_spec: LookalikeSpec | None = None
    msg: Annotated[str, says("the state, as text")] = ""
    error_msg: Annotated[str, says("why it can't be used; empty: no error")] = ""
    create_time: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS, UTC")] = None
    expired_time: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS, UTC")] = None


class CustomAudiencePage(Answer):
    """A page of audiences."""

    list: tuple[CustomAudience, ...] = ()
    page_info: PageInfo = PageInfo()


class AudienceHistoryRow(Answer):
    """A change of an audience."""

    action: str = ""
    action_detail: str = ""
    editor: Annotated[str, says("open_api for a change through the API")] = ""
    msg: Annotated[str, says("what could not be used, such as rows that weren't hashes")] = ""
    opt_time: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS, UTC")] = None


class AudienceDetail(Answer):
    """An audience with its history."""

    audience_details: CustomAudience
    audience_history: tuple[AudienceHistoryRow, ...] = ()


class AudienceDetails(Answer):
    """Audiences with their history."""

    list: tuple[AudienceDetail, ...] = ()


class AudienceUseRow(Answer):
    """An ad group to which an audience was applied, or from which it was disconnected."""

    audience_id: Id
    adgroup_id: Id | None = None
    adgroup_name: str | None = None
    usage_mode: Annotated[UsageMode | str | None, OPEN] = None
    editor: str | None = None
    action_timestamp: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS")] = None


class AudienceUsePage(Answer):
    """A page of an audience's uses, newest first."""

    advertiser_id: Id | None = None
    list: tuple[AudienceUseRow, ...] = ()
    page_info: PageInfo = PageInfo()
