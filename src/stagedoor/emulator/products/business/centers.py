"""Business Centers and their assets."""

from __future__ import annotations

from stagedoor.platform.products.business import (
    AssetQuery,
    AssetType,
    Center,
    CenterAsset,
    CenterAssets,
    CenterInfo,
    CenterQuery,
    Centers,
    ExtendedRole,
)

from ...calls import Call, Refusal
from . import access
from .paging import page_of
from .state import (
    ACCOUNTS_OF_CENTER,
    AD_ACCOUNTS,
    BUSINESS_CENTERS,
    CENTER_MEMBERS,
    CENTERS_OF_PERSON,
    AdAccount,
    BusinessCenter,
    CenterMember,
)


def centers(call: Call) -> Centers:
    """List the Business Centers that the token's person is a member of."""
    request: CenterQuery = call.request
    members = call.world[CENTER_MEMBERS].by(CENTERS_OF_PERSON, call.own_token.person_id)
    wanted = [one for one in members if request.bc_id in (None, one.center_id)]
    rows, info = page_of(wanted, request.page, request.page_size)
    return Centers(list=tuple(_center(call, one) for one in rows), page_info=info)


def assets(call: Call) -> CenterAssets:
    """List assets of a Business Center of the person; kinds that it doesn't own are empty."""
    request: AssetQuery = call.request
    center = call.world[BUSINESS_CENTERS].get(request.bc_id)
    key = f"{call.own_token.person_id}:{request.bc_id}"
    if center is None or key not in call.world[CENTER_MEMBERS]:
        said = f"You don't have permission to operate this Business Center: {request.bc_id}."
        raise Refusal("40001", said)
    if request.asset_type == AssetType.ADVERTISER:
        accounts = call.world[AD_ACCOUNTS].by(ACCOUNTS_OF_CENTER, center.id)
        found = [_account(call, center, one) for one in accounts]
    elif request.asset_type in (AssetType.TT_ACCOUNT, "BC_AUTH_TT"):
        creators = [call.world.creators[one] for one in center.creator_ids]
        found = [_asset(center, "TT_ACCOUNT", one.id, one.display_name) for one in creators]
    elif request.asset_type in tuple(AssetType):
        found = []
    else:
        raise Refusal("40002", "asset_type: Not a valid choice.")
    keyword = (request.filtering.keyword if request.filtering else None) or ""
    fitting = [
        one for one in found if keyword.casefold() in f"{one.asset_name} {one.asset_id}".casefold()
    ]
    rows, info = page_of(fitting, request.page, request.page_size)
    return CenterAssets(list=tuple(rows), page_info=info)


def _center(call: Call, member: CenterMember) -> Center:
    center = call.world[BUSINESS_CENTERS][member.center_id]
    return Center(
        bc_info=CenterInfo(
            bc_id=center.id,
            name=center.name,
            status="ENABLE",
            currency=center.currency,
            timezone=center.timezone,
        ),
        user_role="ADMIN" if member.admin else "STANDARD",
        ext_user_role=ExtendedRole(finance_role="MANAGER" if member.admin else "ANALYST"),
    )


def _asset(center: BusinessCenter, kind: str, asset_id: str, name: str) -> CenterAsset:
    return CenterAsset(
        asset_type=kind,
        asset_id=asset_id,
        asset_name=name,
        relation_type="OWNER_BC",
        relation_status="BOUND",
        owner_bc_name=center.name,
    )


def _account(call: Call, center: BusinessCenter, account: AdAccount) -> CenterAsset:
    role = access.role_on(call.world, call.own_token, account.id)
    return _asset(center, "ADVERTISER", account.id, account.name).model_copy(
        update={
            "advertiser_status": account.status,
            "advertiser_role": None if role is None else role.value,
            "advertiser_account_type": "AUCTION",
        }
    )
