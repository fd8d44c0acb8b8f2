"""The state of an audience at a moment, and its record in answers."""

from __future__ import annotations

import json
from enum import Enum

from stagedoor.platform.products.business_audiences import (
    EXPIRING_DAYS,
    MAX_RETENTION_DAYS,
    MIN_MATCHED,
    CustomAudience,
    LookalikeSpec,
)

from ...calls import AdmittedCall, Refusal
from ...world import World
from ..business.times import written
from .matching import TOO_SMALL
from .state import AUDIENCES, PEOPLE_STREAMED, STREAMED_IDS, Audience

_DAY = 86_400
NOT_EDITABLE = "Audience is not editable, please check audience status"


class AudienceAvailability(Enum):
    """The state of an audience. Only an available one can be used or changed."""

    COMPUTING = "Processing"
    AVAILABLE = "Available"
    TOO_SMALL = "Too small"
    FAILED = "Failed"
    EXPIRED = "Expired"


def state(world: World, audience: Audience) -> AudienceAvailability:
    if expires(audience) <= world.now():
        return AudienceAvailability.EXPIRED
    if audience.source == "stream":
        return (
            AudienceAvailability.AVAILABLE
            if people(world, audience) >= MIN_MATCHED
            else AudienceAvailability.TOO_SMALL
        )
    if audience.plan is not None:
        return AudienceAvailability.COMPUTING
    if not audience.failed:
        return AudienceAvailability.AVAILABLE
    return (
        AudienceAvailability.TOO_SMALL
        if audience.failed == TOO_SMALL
        else AudienceAvailability.FAILED
    )


def people(world: World, audience: Audience) -> int:
    """The matched people, also if they are too few."""
    if audience.source == "stream":
        return world[STREAMED_IDS].total(PEOPLE_STREAMED, audience.id)
    return audience.matched


def expires(audience: Audience) -> float:
    """With a fixed life, that after its creation; else a year after its last use."""
    if audience.retention_days is not None:
        return audience.created + audience.retention_days * _DAY
    return audience.used + MAX_RETENTION_DAYS * _DAY


def shown(world: World, audience: Audience, advertiser_id: str) -> CustomAudience:
    """The audience as this ad account sees it."""
    found = state(world, audience)
    usable = found is AudienceAvailability.AVAILABLE
    expiring = 0 < expires(audience) - world.now() <= EXPIRING_DAYS * _DAY
    lookalike = audience.fields.get("lookalike_spec")
    rule = audience.fields.get("rule_spec")
    return CustomAudience(
        audience_id=audience.id,
        name=audience.name,
        audience_type=audience.kind,
        audience_sub_type=audience.sub_type,
        calculate_type=audience.calculate_type,
        cover_num=people(world, audience) if usable else 0,
        shared=bool(audience.shared_with),
        is_creator=audience.advertiser_id == advertiser_id,
        is_valid=usable,
        is_expiring=expiring,
        is_auto_refresh=audience.fields.get("is_auto_refresh"),
        owner_id=audience.advertiser_id,
        rule=None if rule is None else json.dumps(rule, separators=(",", ":")),
        lookalike_spec=None if lookalike is None else LookalikeSpec(**lookalike),
        msg=found.value,
        error_msg=audience.failed
        if found in (AudienceAvailability.TOO_SMALL, AudienceAvailability.FAILED)
        else "",
        create_time=written(audience.created),
        expired_time=written(expires(audience)),
    )


def usable(call: AdmittedCall, audience_id: str) -> Audience:
    """An audience that the call's ad account owns, or that is shared with it."""
    found = _existing(call.world, audience_id)
    account = call.ad_account.id
    if account != found.advertiser_id and account not in found.shared_with:
        raise Refusal(
            "40001", f"You don't have permission to operate this audience: {audience_id}."
        )
    return found


def applicable(call: AdmittedCall, audience_id: str) -> Audience:
    """A usable audience that an ad group can be given."""
    found = usable(call, audience_id)
    if state(call.world, found) is not AudienceAvailability.AVAILABLE:
        raise Refusal("40002", "The audience is not available, please check audience status")
    return found


def owned(call: AdmittedCall, audience_id: str) -> Audience:
    """An audience of the call's ad account."""
    found = _existing(call.world, audience_id)
    if found.advertiser_id != call.ad_account.id:
        raise Refusal(
            "40001", f"You don't have permission to operate this audience: {audience_id}."
        )
    return found


def editable(call: AdmittedCall, audience_id: str) -> Audience:
    """An audience that the call may change."""
    found = _existing(call.world, audience_id)
    mine = found.advertiser_id == call.ad_account.id
    if not mine or state(call.world, found) is not AudienceAvailability.AVAILABLE:
        raise Refusal("40002", NOT_EDITABLE)
    return found


def _existing(world: World, audience_id: str) -> Audience:
    found = world[AUDIENCES].get(audience_id)
    if found is None or found.deleted:
        raise Refusal("40007", f"The audience {audience_id} does not exist.")
    return found
