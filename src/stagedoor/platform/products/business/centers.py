"""Business Centers, their assets and members: requests, answers and operations."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ...model import OPEN, Answer, AnyId, Id, Request, declared, says
from ...operation import AnyOf, Retry
from ...vocabulary import AdvertiserStatus
from .common import COMMON, PREFIX, PageInfo, PageNumber, numbered, rows_up_to
from .product import ADVERTISER


class CenterQuery(Request):
    """The Business Centers to list."""

    bc_id: Annotated[AnyId | None, says("one Business Center; default all of the person")] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[int | None, rows_up_to(50)] = None


class AssetType(StrEnum):
    """The kind of an asset of a Business Center."""

    ADVERTISER = "ADVERTISER"
    CATALOG = "CATALOG"
    TIKTOK_SHOP = "TIKTOK_SHOP"
    PIXEL = "PIXEL"
    LEAD = "LEAD"
    TT_ACCOUNT = "TT_ACCOUNT"
    MANAGED_BUSINESS_ACCOUNT = "MANAGED_BUSINESS_ACCOUNT"


class AssetFilter(Request):
    """Which assets are listed; every member that is given must fit."""

    keyword: Annotated[str | None, says("a part of the asset's name or id")] = None
    user_id: Annotated[str | None, says("a member who has the asset")] = None
    user_email: Annotated[str | None, says("the e-mail address of such a member")] = None


class AssetQuery(Request):
    """The assets of a Business Center to list."""

    bc_id: Annotated[AnyId, says("the Business Center")]
    asset_type: Annotated[AssetType | str, OPEN, declared(AssetType), says("the kind of assets")]
    filtering: Annotated[AssetFilter | None, says("what the listed assets have in common")] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[int | None, rows_up_to(50)] = None


class CenterRole(StrEnum):
    """A member's role in a Business Center."""

    ADMIN = "ADMIN"
    STANDARD = "STANDARD"


class MemberStatus(StrEnum):
    """The state of a member's invitation."""

    BOUND = "BOUND"
    PENDING = "PENDING"
    REJECTED = "REJECTED"


class MemberFilter(Request):
    """Which members are listed; every member of the filter that is given must fit."""

    keyword: Annotated[str | None, says("a part of the person's name or e-mail address")] = None
    user_role: Annotated[CenterRole | str | None, OPEN, declared(CenterRole), says("the role")] = (
        None
    )
    relation_status: Annotated[
        MemberStatus | str | None,
        OPEN,
        declared(MemberStatus),
        says("the state of the invitation"),
    ] = None


class MemberQuery(Request):
    """The members of a Business Center to list."""

    bc_id: Annotated[AnyId, says("the Business Center")]
    filtering: Annotated[MemberFilter | None, says("what the listed members have in common")] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[int | None, rows_up_to(50)] = None


class CenterInfo(Answer):
    """A Business Center."""

    bc_id: Id
    name: str | None = None
    status: str | None = None
    currency: str | None = None
    timezone: str | None = None


class ExtendedRole(Answer):
    """The person's roles beside the main one."""

    finance_role: Annotated[str | None, says("MANAGER or ANALYST")] = None


class Center(Answer):
    """A Business Center, with the person's role in it."""

    bc_info: CenterInfo
    user_role: Annotated[str | None, says("ADMIN or STANDARD")] = None
    ext_user_role: ExtendedRole | None = None


class Centers(Answer):
    """A page of Business Centers."""

    list: tuple[Center, ...] = ()
    page_info: PageInfo = PageInfo()


class CenterAsset(Answer):
    """An asset of a Business Center."""

    asset_type: str
    asset_id: Annotated[str, says("the id of the ad account, for ADVERTISER")]
    asset_name: str | None = None
    relation_type: Annotated[str | None, says("OWNER_BC, OWNER_PARTNER or OWNER_INDIVIDUAL")] = None
    relation_status: Annotated[str | None, says("BOUND, UNBOUND, PENDING or REJECTED")] = None
    advertiser_status: Annotated[AdvertiserStatus | str | None, OPEN] = None
    advertiser_role: Annotated[str | None, says("ADMIN, OPERATOR or ANALYST")] = None
    advertiser_account_type: str | None = None
    owner_bc_name: str | None = None


class CenterAssets(Answer):
    """A page of assets."""

    list: tuple[CenterAsset, ...] = ()
    page_info: PageInfo = PageInfo()


class Member(Answer):
    """A member of a Business Center."""

    user_id: Id
    user_name: str | None = None
    user_email: str | None = None
    user_role: Annotated[str | None, says("ADMIN or STANDARD")] = None
    relation_status: Annotated[str | None, says("BOUND, PENDING or REJECTED")] = None
    ext_user_role: ExtendedRole | None = None


class CenterMembers(Answer):
    """A page of members."""

    list: tuple[Member, ...] = ()
    page_info: PageInfo = PageInfo()


BC_GET = ADVERTISER.operation(
    "bc_get",
    "GET",
    f"{PREFIX}/bc/get/",
    request=CenterQuery,
    response=Centers,
    summary="List the person's Business Centers",
    action="Read Business Centers",
    scopes=AnyOf(("150",)),
    paging=numbered(50),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business.yaml bc_get",
)

BC_ASSET_GET = ADVERTISER.operation(
    "bc_asset_get",
    "GET",
    f"{PREFIX}/bc/asset/get/",
    request=AssetQuery,
    response=CenterAssets,
    summary="List the assets of a Business Center",
    action="Read Business Centers",
    scopes=AnyOf(("153",)),
    paging=numbered(50),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business.yaml bc_asset_get",
)

BC_MEMBER_GET = ADVERTISER.operation(
    "bc_member_get",
    "GET",
    f"{PREFIX}/bc/member/get/",
    request=MemberQuery,
    response=CenterMembers,
    summary="List the members of a Business Center",
    action="Read Business Centers",
    scopes=AnyOf(("156",)),
    paging=numbered(50),
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-more.yaml bc_member_get",
)


class AssetMemberFilter(Request):
    """Which members of an asset are listed."""

    keyword: Annotated[str | None, says("a part of the person's name or e-mail address")] = None


class AssetMemberQuery(Request):
    """The asset whose members are listed."""

    bc_id: Annotated[AnyId, says("the Business Center")]
    asset_type: Annotated[
        AssetType | str,
        OPEN,
        declared(AssetType),
        says("ADVERTISER, CATALOG, LEAD or MANAGED_BUSINESS_ACCOUNT"),
    ]
    asset_id: Annotated[str, says("the asset's id: for ADVERTISER that of the ad account")]
    filtering: Annotated[AssetMemberFilter | None, says("what the members have in common")] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[int | None, rows_up_to(50)] = None


class AssetMember(Answer):
    """A member of a Business Center with access to an asset, and the role on it."""

    user_id: Id
    user_name: str | None = None
    user_email: str | None = None
    advertiser_role: Annotated[str | None, says("ADMIN, OPERATOR or ANALYST")] = None
    catalog_role: Annotated[str | None, says("ADMIN or AD_PROMOTE")] = None
    business_account_roles: Annotated[
        tuple[str, ...] | None, says("BUSINESS_ACCOUNT_ADMIN, _OPERATOR, _ANALYST")
    ] = None


class AssetMembers(Answer):
    """A page of an asset's members."""

    list: tuple[AssetMember, ...] = ()
    page_info: PageInfo = PageInfo()


BC_ASSET_MEMBER_GET = ADVERTISER.operation(
    "bc_asset_member_get",
    "GET",
    f"{PREFIX}/bc/asset/member/get/",
    request=AssetMemberQuery,
    response=AssetMembers,
    summary="List the members who have access to an asset of a Business Center",
    action="Read Business Centers",
    scopes=AnyOf(("153",)),
    paging=numbered(50),
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-more.yaml bc_asset_member_get",
)
