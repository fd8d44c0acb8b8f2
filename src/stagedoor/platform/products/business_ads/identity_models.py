"""Requests of identities and regions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...ads_vocabulary import IdentityType, ObjectiveType, Placement
from ...model import Request, says
from ..business.common import AdvertiserRequest, PageNumber
from .common import Choice, Listed, OtherId

MAX_IDENTITIES = 100


class IdentityFilters(Request):
    """Which identities."""

    keyword: Annotated[
        str | None, says("a part of the display name of a CUSTOMIZED_USER, in any case")
    ] = None


class IdentityQuery(AdvertiserRequest):
    """A page of the accounts under which ads can appear."""

    identity_type: Annotated[Choice[IdentityType] | None, says("none: all kinds")] = None
    identity_authorized_bc_id: Annotated[OtherId | None, says("needed for BC_AUTH_TT")] = None
    filtering: Annotated[
        IdentityFilters | None, says("which ones; none: all that aren't deleted")
    ] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[
        int | None,
        Field(ge=1, le=MAX_IDENTITIES),
        says("rows of a page, at most 100; default 20"),
    ] = None


class NewIdentity(AdvertiserRequest):
    """A name and a picture of the advertiser's own (CUSTOMIZED_USER)."""

    display_name: Annotated[
        str, Field(min_length=1, max_length=100), says("the name that people see")
    ]
    image_uri: Annotated[OtherId | None, says("the id of a square image")] = None


class RegionQuery(AdvertiserRequest):
    """Which locations can be targeted."""

    placements: Annotated[Listed[Choice[Placement]], says("where the ads appear")]
    objective_type: Annotated[Choice[ObjectiveType], says("the objective of the campaign")]
    level_range: Annotated[
        str | None, says("ALL, TO_COUNTRY, TO_PROVINCE, TO_CITY or TO_DISTRICT")
    ] = None
    language: Annotated[str | None, says("the language of the names")] = None
    promotion_target_type: Annotated[
        str | None, says("INSTANT_PAGE or EXTERNAL_WEBSITE, for LEAD_GENERATION")
    ] = None
    operating_system: Annotated[str | None, says("ANDROID or IOS")] = None
    rf_campaign_type: Annotated[str | None, says("STANDARD or PULSE, for RF_REACH")] = None
    brand_safety_type: Annotated[str | None, says("default NO_BRAND_SAFETY")] = None
