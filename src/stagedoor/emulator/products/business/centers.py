"""Business Centers, their assets and members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stagedoor.platform.products import business
from stagedoor.platform.products.business import (
    AssetFilter,
    AssetMember,
    AssetMemberQuery,
    AssetMembers,
    AssetQuery,
    AssetType,
    Center,
    CenterAsset,
    CenterAssets,
    CenterInfo,
    CenterMembers,
    CenterQuery,
    CenterRole,
    Centers,
    ExtendedRole,
    Member,
    MemberFilter,
    MemberQuery,
    MemberStatus,
)

from ...calls import AdmittedCall, Handlers, Refusal
from . import access
from .paging import page_of
from .state import (
    ACCOUNTS_OF_CENTER,
    AD_ACCOUNTS,
    BUSINESS_CENTERS,
    BUSINESS_PEOPLE,
    CENTER_MEMBERS,
    CENTERS_OF_PERSON,
    MEMBERS_OF_CENTER,
    MEMBERSHIPS,
    AdAccount,
    BusinessCenter,
    BusinessPerson,
    CenterMember,
)

_WITH_ROLES = (
    AssetType.ADVERTISER,
    AssetType.CATALOG,
    AssetType.LEAD,
    AssetType.MANAGED_BUSINESS_ACCOUNT,
)


def centers(call: AdmittedCall) -> Centers:
    """List the Business Centers that the token's person is a member of."""
    request: CenterQuery = call.request
    members = call.world[CENTER_MEMBERS].by(CENTERS_OF_PERSON, call.own_token.person_id)
    wanted = [one for one in members if request.bc_id in (None, one.center_id)]
    rows, info = page_of(wanted, request.page, request.page_size)
    return Centers(list=tuple(_center(call, one) for one in rows), page_info=info)


def assets(call: AdmittedCall) -> CenterAssets:
    """List assets of a Business Center of the person; kinds that it doesn't own are empty."""
    request: AssetQuery = call.request
    center = _own_center(call, request.bc_id)
    holders = _holders(call, center, request.filtering)
    if request.asset_type == AssetType.ADVERTISER:
        accounts = call.world[AD_ACCOUNTS].by(ACCOUNTS_OF_CENTER, center.id)
        found = [
            _account(call, center, one)
            for one in accounts
            if holders is None or any(_has_role(call, person, one) for person in holders)
        ]
    elif request.asset_type in (AssetType.TT_ACCOUNT, "BC_AUTH_TT"):
        ids = center.creator_ids if holders is None or holders else ()
        creators = [call.world.creators[one] for one in ids]
        found = [_asset(center, "TT_ACCOUNT", one.id, one.display_name) for one in creators]
    elif request.asset_type in tuple(AssetType):
        found = []
    else:
        raise _no_choice("asset_type")
    keyword = (request.filtering.keyword if request.filtering else None) or ""
    fitting = [
        one for one in found if keyword.casefold() in f"{one.asset_name} {one.asset_id}".casefold()
    ]
    rows, info = page_of(fitting, request.page, request.page_size)
    return CenterAssets(list=tuple(rows), page_info=info)


def _holders(
    call: AdmittedCall, center: BusinessCenter, wanted: AssetFilter | None
) -> Sequence[BusinessPerson] | None:
    """The members whose assets are wanted; None: everybody's. Each has all TikTok accounts."""
    if wanted is None or (wanted.user_id, wanted.user_email) == (None, None):
        return None
    people = call.world[BUSINESS_PEOPLE]
    members = call.world[CENTER_MEMBERS].by(MEMBERS_OF_CENTER, center.id)
    return [
        person
        for person in (people[one.person_id] for one in members)
        if wanted.user_id in (None, person.id) and wanted.user_email in (None, person.email)
    ]


def _has_role(call: AdmittedCall, person: BusinessPerson, account: AdAccount) -> bool:
    return f"{person.id}:{account.id}" in call.world[MEMBERSHIPS]


def members(call: AdmittedCall) -> CenterMembers:
    """List the members of a Business Center of the person."""
    request: MemberQuery = call.request
    center = _own_center(call, request.bc_id)
    found: Sequence[CenterMember] = call.world[CENTER_MEMBERS].by(MEMBERS_OF_CENTER, center.id)
    if request.filtering is not None:
        found = _fitting(call, found, request.filtering)
    rows, info = page_of(found, request.page, request.page_size)
    return CenterMembers(list=tuple(_member(call, one) for one in rows), page_info=info)


def asset_members(call: AdmittedCall) -> AssetMembers:
    """List the members with a role on an asset. Of the kinds that have roles, only ad accounts."""
    request: AssetMemberQuery = call.request
    if request.asset_type not in _WITH_ROLES:
        raise _no_choice("asset_type")
    center = _own_center(call, request.bc_id)
    account = call.world[AD_ACCOUNTS].get(request.asset_id)
    if account is None or account.business_center_id != center.id:
        said = f"The asset {request.asset_id} doesn't belong to the Business Center."
        raise Refusal("40001", said)
    keyword = ((request.filtering.keyword if request.filtering else None) or "").casefold()
    people, roles = call.world[BUSINESS_PEOPLE], call.world[MEMBERSHIPS]
    found = [
        AssetMember(
            user_id=person.id,
            user_name=person.name,
            user_email=person.email,
            advertiser_role=roles[f"{person.id}:{account.id}"].role,
        )
        for person in (
            people[one.person_id]
            for one in call.world[CENTER_MEMBERS].by(MEMBERS_OF_CENTER, center.id)
        )
        if _has_role(call, person, account)
        and keyword in f"{person.name} {person.email}".casefold()
    ]
    rows, info = page_of(found, request.page, request.page_size)
    return AssetMembers(list=tuple(rows), page_info=info)


def _fitting(
    call: AdmittedCall, found: Iterable[CenterMember], wanted: MemberFilter
) -> Sequence[CenterMember]:
    if wanted.user_role not in (None, *CenterRole):
        raise _no_choice("filtering.user_role")
    if wanted.relation_status not in (None, *MemberStatus):
        raise _no_choice("filtering.relation_status")
    if wanted.relation_status not in (None, MemberStatus.BOUND):
        return []
    people, keyword = call.world[BUSINESS_PEOPLE], (wanted.keyword or "").casefold()
    return [
        one
        for one in found
        if wanted.user_role in (None, _role(one))
        and keyword in f"{people[one.person_id].name} {people[one.person_id].email}".casefold()
    ]


def _no_choice(field: str) -> Refusal:
    return Refusal("40002", f"{field}: Not a valid choice.")


def _own_center(call: AdmittedCall, bc_id: str) -> BusinessCenter:
    """The Business Center, if the token's person is a member of it."""
    center = call.world[BUSINESS_CENTERS].get(bc_id)
    if center is None or f"{call.own_token.person_id}:{bc_id}" not in call.world[CENTER_MEMBERS]:
        said = f"You don't have permission to operate this Business Center: {bc_id}."
        raise Refusal("40001", said)
    return center


def _member(call: AdmittedCall, member: CenterMember) -> Member:
    person = call.world[BUSINESS_PEOPLE][member.person_id]
    return Member(
        user_id=person.id,
        user_name=person.name,
        user_email=person.email,
        user_role=_role(member),
        relation_status=MemberStatus.BOUND,
        ext_user_role=_extended_role(member),
    )


def _role(member: CenterMember) -> str:
    return CenterRole.ADMIN if member.admin else CenterRole.STANDARD


def _extended_role(member: CenterMember) -> ExtendedRole:
    return ExtendedRole(finance_role="MANAGER" if member.admin else "ANALYST")


def _center(call: AdmittedCall, member: CenterMember) -> Center:
    center = call.world[BUSINESS_CENTERS][member.center_id]
    return Center(
        bc_info=CenterInfo(
            bc_id=center.id,
            name=center.name,
            status="ENABLE",
            currency=center.currency,
            timezone=center.timezone,
        ),
        user_role=_role(member),
        ext_user_role=_extended_role(member),
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


def _account(call: AdmittedCall, center: BusinessCenter, account: AdAccount) -> CenterAsset:
    role = access.role_on(call.world, call.own_token, account.id)
    return _asset(center, "ADVERTISER", account.id, account.name).model_copy(
        update={
            "advertiser_status": account.status,
            "advertiser_role": None if role is None else role.value,
            "advertiser_account_type": "AUCTION",
        }
    )


HANDLERS: Handlers = {
    business.BC_GET: centers,
    business.BC_ASSET_GET: assets,
    business.BC_MEMBER_GET: members,
    business.BC_ASSET_MEMBER_GET: asset_members,
}
