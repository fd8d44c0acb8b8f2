"""Creating, changing, listing and deleting audiences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stagedoor.platform.products import business_audiences as declared
from stagedoor.platform.products.business_ads import OperationStatus
from stagedoor.platform.products.business_audiences import (
    MAX_AUDIENCES,
    MAX_NAME,
    AudienceChange,
    AudienceDeletion,
    AudienceDetail,
    AudienceDetailQuery,
    AudienceDetails,
    AudienceHistoryRow,
    AudienceMade,
    AudienceQuery,
    AudienceSubType,
    CustomAudiencePage,
    NewAudience,
    UpdateAction,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ..business.paging import page_of
from ..business.times import written
from ..business_ads.state import AD_GROUPS, GROUPS_BY_STATE
from . import facts, files, matching
from .state import (
    AUDIENCE_HISTORY,
    AUDIENCES,
    HISTORY_OF,
    OWNED_BY,
    USABLE_BY,
    Audience,
    AudiencePlan,
    Change,
    Source,
)

EDITOR = "open_api"
_HISTORY = 100
_CHANGES: dict[UpdateAction, Change] = {
    UpdateAction.APPEND: "APPEND",
    UpdateAction.REMOVE: "REMOVE",
    UpdateAction.REPLACE: "REPLACE",
}
USES = ("audience_ids", "excluded_audience_ids")


def add(call: AdmittedCall, name: str, source: Source, kind: str, **more: Any) -> Audience:
    """Add an audience of the call's ad account."""
    world, account = call.world, call.ad_account.id
    check_name(name)
    check_choice("audience_sub_type", more.get("sub_type"), AudienceSubType)
    if len(world[AUDIENCES].by(OWNED_BY, account)) >= MAX_AUDIENCES:
        raise Refusal("40002", f"An advertiser can have {MAX_AUDIENCES} audiences at most.")
    made = Audience(
        id=world.ids.number(call.now),
        advertiser_id=account,
        name=name,
        source=source,
        kind=kind,
        created=call.now,
        used=call.now,
        **more,
    )
    world[AUDIENCES].add(made)
    matching.record(world, made, "create", "", "")
    return made


def check_name(name: str) -> None:
    if len(name) > MAX_NAME:
        raise Refusal("40002", f"custom_audience_name: Longer than maximum length {MAX_NAME}.")


def check_choice(field: str, value: str | None, known: Any) -> None:
    if value is not None and value not in set(known):
        raise Refusal("40002", f"{field}: Not a valid choice: {value}.")


def create(call: AdmittedCall) -> AudienceMade:
    """Create an audience of uploaded files, and begin to match it."""
    request: NewAudience = call.request
    found = files.find(call, request.file_paths, request.calculate_type)
    made = add(
        call,
        request.custom_audience_name,
        "file",
        "Customer File Audience",
        calculate_type=str(request.calculate_type),
        sub_type=str(request.audience_sub_type or AudienceSubType.NORMAL),
        retention_days=request.retention_in_days,
    )
    matching.begin(call.world, made, AudiencePlan(files=found))
    return AudienceMade(custom_audience_id=made.id)


def update(call: AdmittedCall) -> dict[str, Any]:
    """Change an audience. Its name changes at once, its people by matching."""
    request: AudienceChange = call.request
    check_choice("action", request.action, UpdateAction)
    check_choice("audience_sub_type", request.audience_sub_type, AudienceSubType)
    audience = facts.editable(call, request.custom_audience_id)
    if request.custom_audience_name is None and request.file_paths is None:
        raise Refusal("40002", "custom_audience_name: Missing data for required field.")
    if request.file_paths is not None and audience.source != "file":
        raise Refusal("40002", facts.NOT_EDITABLE)
    if request.audience_sub_type == AudienceSubType.NORMAL and audience.sub_type != "NORMAL":
        raise Refusal("40002", "audience_sub_type: Only REACH_FREQUENCY is supported.")
    if request.custom_audience_name is not None:
        check_name(request.custom_audience_name)
    found = files.find(call, request.file_paths or (), audience.calculate_type)
    if request.custom_audience_name is not None:
        audience.name = request.custom_audience_name
        matching.record(call.world, audience, "rename", audience.name, "")
    if request.audience_sub_type is not None:
        audience.sub_type = str(request.audience_sub_type)
    if found:
        action = _CHANGES[UpdateAction(request.action or UpdateAction.REPLACE)]
        matching.begin(call.world, audience, AudiencePlan(action, found))
    return {}


def listed(call: AdmittedCall) -> CustomAudiencePage:
    request: AudienceQuery = call.request
    world, account = call.world, call.ad_account.id
    found: Sequence[Audience] = world[AUDIENCES].by(USABLE_BY, account)
    if request.custom_audience_ids is not None:
        known = map(world[AUDIENCES].get, dict.fromkeys(request.custom_audience_ids))
        mine = [
            one
            for one in known
            if one and not one.deleted and account in (one.advertiser_id, *one.shared_with)
        ]
        found = sorted(mine, key=lambda one: -int(one.id))
    rows, info = page_of(found, request.page, request.page_size)
    return CustomAudiencePage(
        list=tuple(facts.shown(world, one, account) for one in rows), page_info=info
    )


def details(call: AdmittedCall) -> AudienceDetails:
    """Audiences with their history, newest first. An unknown id fails the call."""
    request: AudienceDetailQuery = call.request
    size = _HISTORY if request.history_size is None else request.history_size
    world = call.world
    found = []
    for audience_id in dict.fromkeys(request.custom_audience_ids):
        audience = facts.usable(call, audience_id)
        history = tuple(
            AudienceHistoryRow(
                action=row.action.lower(),
                action_detail=row.detail,
                editor=EDITOR,
                msg=row.message,
                opt_time=written(row.at),
            )
            for row in world[AUDIENCE_HISTORY].by(HISTORY_OF, audience.id)[:size]
        )
        shown = facts.shown(world, audience, call.ad_account.id)
        found.append(AudienceDetail(audience_details=shown, audience_history=history))
    return AudienceDetails(list=tuple(found))


def delete(call: AdmittedCall) -> dict[str, Any]:
    """Delete audiences, all or none. One that an active ad group uses stays."""
    request: AudienceDeletion = call.request
    found = [facts.owned(call, one) for one in dict.fromkeys(request.custom_audience_ids)]
    active = {
        one
        for audience in found
        for account in (audience.advertiser_id, *audience.shared_with)
        for group in call.world[AD_GROUPS].by(GROUPS_BY_STATE, (account, False))
        if group.operation_status is OperationStatus.ENABLE
        for use in USES
        for one in group.fields.get(use) or ()
    }
    for audience in found:
        if audience.id in active:
            raise Refusal("40002", f"The audience {audience.id} is used by an active ad group.")
    for audience in found:
        audience.deleted = True
        audience.plan = None
    return {}


HANDLERS: Handlers = {
    declared.AUDIENCE_CREATE: create,
    declared.AUDIENCE_UPDATE: update,
    declared.AUDIENCE_LIST: listed,
    declared.AUDIENCE_GET: details,
    declared.AUDIENCE_DELETE: delete,
}
