"""Identities: the accounts under which ads appear."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...ads_vocabulary import IdentityType
from ...model import OPEN, Answer, AnyId, Id, Request, says
from ...operation import AnyOf, OperationEffect, Retry
from ..business.common import (
    COMMON,
    PREFIX,
    AdvertiserRequest,
    PageInfo,
    PageNumber,
    case,
    numbered,
)
from ..business.product import GRANTABLE_ADVERTISER
from .common import Choice, OtherId

MAX_IDENTITIES = 100


class IdentityFilters(Request):
    """Which identities."""

    keyword: Annotated[
        str | None, says("a part of the display name of a CUSTOMIZED_USER, in any case")
    ] = None


class IdentityQuery(AdvertiserRequest):
    """A page of the accounts under which ads can appear."""

    identity_type: Annotated[Choice[IdentityType] | None, says("none: all kinds")] = None
    identity_authorized_bc_id: Annotated[AnyId | None, says("needed for BC_AUTH_TT")] = None
    filtering: Annotated[
        IdentityFilters | None, says("which ones; none: all that aren't deleted")
    ] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[
        int | None,
        Field(ge=1, le=MAX_IDENTITIES),
        says("rows of a page, at most 100; default 20"),
    ] = None


class IdentityInfoQuery(AdvertiserRequest):
    """One of the accounts under which ads can appear."""

    identity_id: Annotated[OtherId, says("the identity")]
    identity_type: Annotated[Choice[IdentityType], says("the identity's kind")]
    identity_authorized_bc_id: Annotated[AnyId | None, says("needed for BC_AUTH_TT")] = None


class NewIdentity(AdvertiserRequest):
    """A name and a picture of the advertiser's own (CUSTOMIZED_USER)."""

    display_name: Annotated[
        str, Field(min_length=1, max_length=100), says("the name that people see")
    ]
    image_uri: Annotated[OtherId | None, says("the id of a square image")] = None


class _IdentityFields(Answer):
    identity_id: Id | None = None
    identity_type: Annotated[IdentityType | str | None, OPEN] = None
    identity_authorized_bc_id: Id | None = None
    display_name: str | None = None
    username: str | None = None
    available_status: Annotated[
        str | None,
        says(
            "AVAILABLE, NO_VALID_BIND_ACCOUNT, SCOPE_UNAVAILABLE, IS_PRIVATE_ACCOUNT or "
            "NOT_BUSINESS_ACCOUNT"
        ),
    ] = None
    can_push_video: bool | None = None
    can_pull_video: bool | None = None
    can_use_live_ads: bool | None = None
    can_manage_message: bool | None = None
    ads_only_mode: bool | None = None


class Identity(_IdentityFields):
    """An account under which ads can appear."""

    profile_image: Annotated[str | None, says("a temporary address")] = None


class IdentityInfo(_IdentityFields):
    """An account under which ads can appear, read by its id."""

    profile_image_url: Annotated[str | None, says("a temporary address")] = None
    is_gpppa: Annotated[bool | None, says("TikTok's pages don't explain it")] = None


class OneIdentity(Answer):
    """One identity."""

    identity_info: IdentityInfo


class IdentityPage(Answer):
    """A page of identities."""

    identity_list: tuple[Identity, ...] = ()
    page_info: PageInfo = PageInfo()


class NewIdentityId(Answer):
    """The id of a new identity, which is a CUSTOMIZED_USER."""

    identity_id: Id


IDENTITY_GET = GRANTABLE_ADVERTISER.operation(
    "identity_get",
    "GET",
    f"{PREFIX}/identity/get/",
    request=IdentityQuery,
    response=IdentityPage,
    summary="List the accounts under which ads can appear",
    action="Read identities",
    scopes=AnyOf(("693",)),
    paging=numbered(MAX_IDENTITIES, "identity_list"),
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-ads.yaml identity_get",
)

IDENTITY_INFO = GRANTABLE_ADVERTISER.operation(
    "identity_info",
    "GET",
    f"{PREFIX}/identity/info/",
    request=IdentityInfoQuery,
    response=OneIdentity,
    summary="Read one of the accounts under which ads can appear",
    action="Read identities",
    scopes=AnyOf(("693",)),
    retry=Retry.SAFE,
    errors=(*COMMON, case(40002, "there is no such identity")),
    source="business-spark.yaml identity_info",
)

IDENTITY_CREATE = GRANTABLE_ADVERTISER.operation(
    "identity_create",
    "POST",
    f"{PREFIX}/identity/create/",
    request=NewIdentity,
    response=NewIdentityId,
    summary="Create a name and picture under which ads can appear",
    action="Create identities",
    effect=OperationEffect.WRITE,
    scopes=AnyOf(("692",)),
    errors=COMMON,
    source="business-ads.yaml identity_create",
)
