"""The parts that the requests for lists of campaigns, ad groups and ads share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...ads_vocabulary import AutomationType, BuyingType, ObjectiveType, PrimaryStatus
from ...bounds import AtMost
from ...model import AnyId, Request, says
from ..business.common import AdvertiserRequest, PageNumber, rows_up_to
from .common import MAX_FIELDS, MAX_PAGE, Choice, Listed, Moment

PageSize = Annotated[int, rows_up_to(MAX_PAGE)]
FieldNames = Annotated[tuple[str, ...], AtMost(MAX_FIELDS)]
SHOWN = says("the fields to read; the others are None in the result; default all")
FewIds = Annotated[tuple[AnyId, ...], AtMost(100), Field(min_length=1)]


class Filters(Request):
    """Filters that all three lists have."""

    campaign_ids: Annotated[FewIds | None, says("1 to 100")] = None
    campaign_system_origins: Annotated[
        Listed[str] | None, says("TT_ADS_PLATFORM by default, PROMOTE")
    ] = None
    primary_status: Annotated[
        Choice[PrimaryStatus] | None, says("default STATUS_NOT_DELETE: deleted ones are hidden")
    ] = None
    secondary_status: Annotated[str | None, says("an exact delivery state; not in the sandbox")] = (
        None
    )
    objective_type: Annotated[
        Choice[ObjectiveType] | None, says("the objective of the campaign")
    ] = None
    buying_types: Annotated[Listed[Choice[BuyingType]] | None, says("default the first two")] = None
    optimization_goal: Annotated[
        str | None, says("what TikTok optimises for: an `OptimizationGoal`, such as CLICK")
    ] = None
    campaign_automation_type: Annotated[
        Choice[AutomationType] | None, says("MANUAL, SMART_PLUS or UPGRADED_SMART_PLUS")
    ] = None
    creation_filter_start_time: Annotated[Moment | None, says("created after")] = None
    creation_filter_end_time: Annotated[
        Moment | None, says("created before; at most six months after the start")
    ] = None


class ListQuery(AdvertiserRequest):
    """Which fields, and which page."""

    fields: FieldNames | None = None
    exclude_field_types_in_response: Annotated[
        Annotated[tuple[Literal["NULL_FIELD"], ...], AtMost(10)] | None,
        says("NULL_FIELD leaves out fields without a value"),
    ] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[PageSize | None, says("rows of a page, at most 1,000; default 10")] = None
