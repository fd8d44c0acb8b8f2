"""Identities: the accounts under which ads appear."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    IdentityInfoQuery,
    IdentityQuery,
    IdentityType,
    NewIdentity,
)

from ... import cdn
from ...calls import AdmittedCall, Handlers
from ..business.paging import page_of
from ..business_creatives.state import usable_image
from . import checks, listing
from .state import IDENTITIES, IDENTITIES_BY_KIND, IDENTITIES_OF, Identity

_SIZE = 20


def query(call: AdmittedCall) -> dict[str, Any]:
    request: IdentityQuery = call.request
    table, account = call.world[IDENTITIES], call.ad_account.id
    kind, bc_id = request.identity_type, request.identity_authorized_bc_id
    checks.choice("identity_type", kind, IdentityType)
    if kind == IdentityType.BC_AUTH_TT and bc_id is None:
        checks.missing("identity_authorized_bc_id")
    found = (
        table.by(IDENTITIES_OF, account)
        if kind is None
        else table.by(IDENTITIES_BY_KIND, (account, kind))
    )
    keyword = request.filtering.keyword if request.filtering else None
    matching = [
        one
        for one in reversed(found)
        if (bc_id is None or one.bc_id in (None, bc_id))
        and (keyword is None or _is_named(one, keyword))
    ]
    rows, info = page_of(matching, request.page, request.page_size, _SIZE)
    return {
        "identity_list": [_shown(call, one) for one in rows],
        "page_info": info.model_dump(mode="json"),
    }


def _is_named(found: Identity, keyword: str) -> bool:
    custom = found.kind == IdentityType.CUSTOMIZED_USER
    return custom and listing.contains(found.display_name, keyword)


def info(call: AdmittedCall) -> dict[str, Any]:
    request: IdentityInfoQuery = call.request
    kind, bc_id = request.identity_type, request.identity_authorized_bc_id
    checks.choice("identity_type", kind, IdentityType)
    if kind == IdentityType.BC_AUTH_TT and bc_id is None:
        checks.missing("identity_authorized_bc_id")
    found = named(call, "identity_id", kind, request.identity_id)
    if bc_id is not None and found.bc_id not in (None, bc_id):
        checks.wrong("identity_authorized_bc_id", f"The identity is not of {bc_id}.")
    shown = _shown(call, found)
    shown["profile_image_url"] = shown.pop("profile_image")
    return {"identity_info": shown | {"is_gpppa": False}}


def _shown(call: AdmittedCall, found: Identity) -> dict[str, Any]:
    creator = call.world.creators.get(found.creator_id or "")
    image = None
    status = "AVAILABLE"
    if creator is not None:
        image = cdn.avatar_url(call.world, call.base_url, creator)
        status = "IS_PRIVATE_ACCOUNT" if creator.private else status
    elif found.creator_id is not None:
        status = "NO_VALID_BIND_ACCOUNT"
    usable = creator is not None and not creator.private
    pushes = usable and found.kind != IdentityType.AUTH_CODE
    return {
        "identity_id": found.id,
        "identity_type": found.kind,
        "identity_authorized_bc_id": found.bc_id,
        "display_name": creator.display_name if creator is not None else found.display_name,
        "username": None if creator is None else creator.username,
        "profile_image": image,
        "available_status": status,
        "can_push_video": pushes,
        "can_pull_video": usable,
        "can_use_live_ads": pushes,
        "can_manage_message": False,
        "ads_only_mode": False if found.kind == IdentityType.BC_AUTH_TT else None,
    }


def create(call: AdmittedCall) -> dict[str, Any]:
    request: NewIdentity = call.request
    image = request.image_uri
    if image is not None and usable_image(call.world, call.ad_account.id, image) is None:
        checks.wrong("image_uri", f"The image {image} does not exist.")
    made = Identity(
        id=call.world.ids.number(call.now),
        advertiser_id=call.ad_account.id,
        kind=IdentityType.CUSTOMIZED_USER,
        display_name=request.display_name,
        image_id=image,
    )
    call.world[IDENTITIES].add(made)
    return {"identity_id": made.id}


def named(call: AdmittedCall, field: str, kind: str, id: str) -> Identity:
    """The identity of the call's ad account that a creative names."""
    found = call.world[IDENTITIES].get(id)
    if found is None or found.advertiser_id != call.ad_account.id or found.kind != kind:
        checks.wrong(field, f"The identity {id} does not exist.")
    return found


HANDLERS: Handlers = {
    business_ads.IDENTITY_GET: query,
    business_ads.IDENTITY_INFO: info,
    business_ads.IDENTITY_CREATE: create,
}
