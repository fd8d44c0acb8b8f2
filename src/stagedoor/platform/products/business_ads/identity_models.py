"""Requests of identities and regions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...model import Request, says
from ..business.common import AdvertiserRequest, PageNumber
from .choices import IdentityType, ObjectiveType, Placement
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
    filtering: IdentityFilters | None = None
    page: PageNumber | None = None
    page_size: Annotated[
        int | None,
        Field(ge=1, le=MAX_IDENTITIES),
        says("rows of a page, at most 100; default 20"),
    ] = None


class NewIdentity(AdvertiserRequest):
    """A name and a picture of the advertiser's own (CUSTOMIZED_USER)."""

    display_name: Annotated[str, Field(min_length=1, max_length=100)]
    image_uri: Annotated[OtherId | None, says("the id of a square image")] = None


class RegionQuery(AdvertiserRequest):
    """Which locations can be targeted."""

    placements: Annotated[Listed[Choice[Placement]], says("where the ads appear")]
    objective_type: Choice[ObjectiveType]
    level_range: Annotated[
        str | None, says("ALL, TO_COUNTRY, TO_PROVINCE, TO_CITY or TO_DISTRICT")
    ] = None
    language: str | None = None
    promotion_target_type: str | None = None
    operating_system: str | None = None
    rf_campaign_type: str | None = None
    brand_safety_type: str | None = None
