"""Audiences of ad groups: applied, disconnected, and the log of both."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stagedoor.platform.products import business_audiences as declared
from stagedoor.platform.products.business_ads import ObjectiveType
from stagedoor.platform.products.business_audiences import (
    ActionMode,
    AudienceUse,
    AudienceUsePage,
    AudienceUseQuery,
    AudienceUseRow,
    UsageMode,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ..business.paging import page_of
from ..business.times import written
from ..business_ads.state import AD_GROUPS, CAMPAIGNS, AdGroup
from . import facts
from .audiences import EDITOR, check_choice
from .state import AUDIENCE_USES, USES_OF, Audience, UseRow

_FIELDS = {UsageMode.INCLUDE: "audience_ids", UsageMode.EXCLUDE: "excluded_audience_ids"}


def apply(call: AdmittedCall) -> dict[str, Any]:
    """Apply an audience to ad groups, or disconnect it; all or none."""
    request: AudienceUse = call.request
    check_choice("action_mode", request.action_mode, ActionMode)
    check_choice("usage_mode", request.usage_mode, UsageMode)
    applying = request.action_mode == ActionMode.APPLY
    if applying and request.usage_mode is None:
        raise Refusal("40002", "usage_mode: Missing data for required field.")
    allowed = facts.applicable if applying else facts.usable
    audience = allowed(call, request.custom_audience_id)
    groups = [_group(call, audience, one, applying) for one in dict.fromkeys(request.adgroup_ids)]
    for group in groups:
        if applying and request.usage_mode is not None:
            _set(group, audience, UsageMode(request.usage_mode), call.now)
            _log(call, audience, group, UsageMode(request.usage_mode))
        else:
            for mode in _set(group, audience, None, call.now):
                _log(call, audience, group, mode)
    if applying:
        audience.used = call.now
    return {}


def _group(call: AdmittedCall, audience: Audience, adgroup_id: str, applying: bool) -> AdGroup:
    group = call.world[AD_GROUPS].get(adgroup_id)
    if group is None or group.deleted:
        raise Refusal("40007", f"The ad group {adgroup_id} does not exist.")
    if group.advertiser_id != call.ad_account.id:
        raise Refusal("40002", "The audience and the ad groups belong to different advertisers.")
    campaign = call.world[CAMPAIGNS][group.campaign_id]
    reserved = campaign.objective_type == ObjectiveType.RF_REACH
    if applying and reserved and audience.source == "lookalike":
        raise Refusal("40002", "A lookalike audience can't be used for reach and frequency.")
    return group


def _set(group: AdGroup, audience: Audience, mode: UsageMode | None, now: float) -> list[UsageMode]:
    """Put the audience where `mode` says, nowhere else; the places where it was."""
    before = []
    fields = dict(group.fields)
    for one, name in _FIELDS.items():
        ids = [other for other in fields.get(name) or () if other != audience.id]
        if len(ids) < len(fields.get(name) or ()):
            before.append(one)
        fields[name] = [*ids, audience.id] if one is mode else ids
    group.fields, group.modified = fields, now
    return before


def _log(call: AdmittedCall, audience: Audience, group: AdGroup, mode: UsageMode) -> None:
    world = call.world
    row = UseRow(world.ids.number(call.now), audience.id, group.id, mode, call.now)
    world[AUDIENCE_USES].add(row)


def log(call: AdmittedCall) -> AudienceUsePage:
    request: AudienceUseQuery = call.request
    world = call.world
    try:
        zone = ZoneInfo(request.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal("40002", f"timezone: Not a valid choice: {request.timezone}.") from None
    audiences = [facts.owned(call, one) for one in dict.fromkeys(request.custom_audience_ids)]
    rows = [row for one in audiences for row in world[AUDIENCE_USES].by(USES_OF, one.id)]
    rows.sort(key=lambda row: -int(row.id))
    found, info = page_of(rows, request.page, request.page_size)
    return AudienceUsePage(
        advertiser_id=call.ad_account.id,
        list=tuple(
            AudienceUseRow(
                audience_id=row.audience_id,
                adgroup_id=row.adgroup_id,
                adgroup_name=world[AD_GROUPS][row.adgroup_id].name,
                usage_mode=row.usage_mode,
                editor=EDITOR,
                action_timestamp=written(row.at, zone),
            )
            for row in found
        ),
        page_info=info,
    )


HANDLERS: Handlers = {
    declared.AUDIENCE_APPLY: apply,
    declared.AUDIENCE_APPLY_LOG: log,
}
