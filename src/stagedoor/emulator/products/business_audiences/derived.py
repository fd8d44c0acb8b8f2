"""Audiences that TikTok computes itself: lookalikes and rule audiences."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products import business_audiences as declared
from stagedoor.platform.products.business_audiences import (
    MIN_SEED,
    AudienceMade,
    AudienceSubType,
    LookalikePlacement,
    LookalikeRefresh,
    LookalikeSize,
    MobileOs,
    NewLookalike,
    NewRuleAudience,
    RuleAudienceType,
    RuleSet,
)

from ...calls import AdmittedCall, Handlers, Refusal
from . import facts, matching, rules
from .audiences import add, check_choice
from .state import AudiencePlan

_WITH_IDENTITY = (
    RuleAudienceType.ENGAGEMENT_ORGANIC_VIDEO,
    RuleAudienceType.ENGAGEMENT_LIVE_VIDEO,
)


def lookalike(call: AdmittedCall) -> AudienceMade:
    """Create an audience that resembles another one, and begin to compute it."""
    request: NewLookalike = call.request
    spec = request.lookalike_spec
    check_choice("lookalike_spec.audience_size", spec.audience_size, LookalikeSize)
    check_choice("lookalike_spec.mobile_os", spec.mobile_os, MobileOs)
    for one in spec.placements:
        check_choice("lookalike_spec.placements", one, LookalikePlacement)
    source = facts.usable(call, spec.source_audience_id)
    if source.source == "lookalike":
        raise Refusal("40002", "lookalike_spec.source_audience_id: A lookalike can't be a source.")
    if facts.state(call.world, source) is not facts.AudienceAvailability.AVAILABLE or (
        facts.people(call.world, source) < MIN_SEED
    ):
        raise Refusal("40002", "lookalike_spec.source_audience_id: The source is not available.")
    made = add(
        call,
        request.custom_audience_name,
        "lookalike",
        "Lookalike Audience",
        sub_type=str(request.audience_sub_type or AudienceSubType.NORMAL),
        fields={"lookalike_spec": spec.model_dump(mode="json")},
    )
    source.used = call.now
    matching.begin(call.world, made, AudiencePlan())
    return AudienceMade(custom_audience_id=made.id)


def refresh(call: AdmittedCall) -> dict[str, Any]:
    """Compute lookalike audiences again from their sources as they are now."""
    request: LookalikeRefresh = call.request
    found = [facts.editable(call, one) for one in dict.fromkeys(request.custom_audience_ids)]
    for one in found:
        if one.source != "lookalike":
            raise Refusal("40002", f"custom_audience_ids: {one.id} is no lookalike audience.")
    for one in found:
        matching.begin(call.world, one, AudiencePlan())
        matching.record(call.world, one, "refresh", "", "")
    return {}


def rule(call: AdmittedCall) -> AudienceMade:
    """Create an audience of the people who did something, and begin to compute it."""
    request: NewRuleAudience = call.request
    check_choice("audience_type", request.audience_type, RuleAudienceType)
    kind = RuleAudienceType(request.audience_type)
    _check_rules("rule_spec.inclusion_rule_set", request.rule_spec.inclusion_rule_set)
    if request.rule_spec.exclusion_rule_set is not None:
        _check_rules("rule_spec.exclusion_rule_set", request.rule_spec.exclusion_rule_set)
    if kind in _WITH_IDENTITY and not (request.identity_id and request.identity_type):
        raise Refusal("40002", "identity_id: Missing data for required field.")
    made = add(
        call,
        request.custom_audience_name,
        "rule",
        rules.KINDS[kind],
        sub_type=str(request.audience_sub_type or AudienceSubType.NORMAL),
        retention_days=request.retention_in_days,
        fields={
            "audience_type": kind.value,
            "rule_spec": request.rule_spec.model_dump(mode="json", exclude_none=True),
            "is_auto_refresh": request.is_auto_refresh is not False,
        },
    )
    matching.begin(call.world, made, AudiencePlan())
    return AudienceMade(custom_audience_id=made.id)


def _check_rules(where: str, rules: RuleSet) -> None:
    """Refuse operators and fields other than the documented ones, by which nobody is looked for."""
    check_choice(f"{where}.operator", rules.operator, ("OR",))
    for place, one in enumerate(rules.rules):
        found = f"{where}.rules.{place}.filter_set"
        if one.filter_set is None:
            continue
        check_choice(f"{found}.operator", one.filter_set.operator, ("OR",))
        for at, condition in enumerate(one.filter_set.filters):
            check_choice(f"{found}.filters.{at}.field", condition.field, ("EVENT",))
            check_choice(f"{found}.filters.{at}.operator", condition.operator, ("EQ",))


HANDLERS: Handlers = {
    declared.LOOKALIKE_CREATE: lookalike,
    declared.LOOKALIKE_UPDATE: refresh,
    declared.AUDIENCE_RULE_CREATE: rule,
}
