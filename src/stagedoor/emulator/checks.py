"""What the declaration of an operation says about a call, checked before its handler runs.

The order is `errors.yaml`, check_order_emulator_default: token, rate limit, scope, fields and
body, fields that need other scopes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from stagedoor.platform import wire
from stagedoor.platform.errors import MALFORMED, SECRET_MISSING
from stagedoor.platform.operation import Auth, LimitKey, RateLimit, Shape
from stagedoor.platform.scopes import implied

from . import quotas
from .calls import Call, Refusal
from .limits import Windows
from .plans import Plan, Route
from .products.oauth import tokens
from .products.oauth.state import GRANTS

_BEARER = b"bearer "


def selected(route: Route, query: str, body: bytes) -> Plan:
    """The operation that is meant, where several share a path; the first if none fits."""
    if route.selector is None:
        return route.first
    source = body.decode("utf-8", "replace") if route.first.operation.form else query
    try:
        values = dict(parse_qsl(source, keep_blank_values=True, max_num_fields=wire.MAX_PAIRS))
    except ValueError:
        values = {}
    value = values.get(route.selector)
    found = None if value is None else route.plans.get(route.kind_of(value))
    if found is not None:
        return found
    if route.first.operation.shape is Shape.OAUTH:
        raise (
            Refusal("invalid_request", MALFORMED)
            if value is None
            else Refusal("unsupported_grant_type")
        )
    return route.first


def identify(plan: Plan, call: Call, authorization: bytes | None) -> None:
    """Put the token's owner into the call, or refuse the token."""
    world = call.world
    if authorization is None or authorization[:7].lower() != _BEARER:
        raise Refusal("access_token_invalid")
    value = authorization[7:].strip().decode("latin-1")
    token = tokens.live(world, value, call.now)
    if token is None or (token.grant_id is None) is (plan.token is Auth.USER):
        raise Refusal("access_token_invalid")
    call.token = token
    call.app = world.apps[token.client_key]
    if token.grant_id is not None:
        call.grant = world[GRANTS][token.grant_id]
        call.creator = world.creators[call.grant.creator_id]


def pace(plan: Plan, call: Call, windows: Windows) -> None:
    """Count the call, or refuse it because its window is full or the day's quota used up."""
    if plan.operation.quota is not None:
        _pace_research(plan, call, windows)
    limit = plan.operation.limit
    if limit is None or call.token is None or not call.world.settings.rate_limits:
        return
    by_token = limit.by is LimitKey.USER_TOKEN
    caller = call.token.value if by_token else call.token.client_key
    raised = call.app.limits.get(plan.operation.id) if call.app is not None else None
    if raised is not None:
        limit = replace(limit, requests=raised[0], per_seconds=raised[1])
    if not windows.admits(limit, plan.operation.id, caller, call.now):
        raise Refusal("rate_limit_exceeded")


def _pace_research(plan: Plan, call: Call, windows: Windows) -> None:
    settings = call.world.settings
    if not settings.rate_limits or call.app is None:
        return
    if settings.research_per_second:
        burst = RateLimit(settings.research_per_second, 1, LimitKey.CLIENT)
        if not windows.admits(burst, plan.product, call.app.client_key, call.now):
            raise Refusal("rate_limit_exceeded")
    quotas.spend(call)


def charge(plan: Plan, call: Call, authorization: bytes | None) -> None:
    """Count a call that a fault answers: failed calls cost quota (`research.yaml` quotas)."""
    if plan.operation.quota is None or not call.world.settings.rate_limits:
        return
    with suppress(Refusal):
        identify(plan, call, authorization)
        quotas.spend(call)


def admit(plan: Plan, call: Call) -> None:
    """Refuse a token that has none of the scopes that let a call in."""
    if not plan.lets_in or call.token is None or not plan.lets_in.isdisjoint(call.token.scopes):
        return
    if plan.also_spent and call.grant is not None and plan.lets_in & call.grant.spent:
        return
    raise Refusal("scope_not_authorized")


def parse(plan: Plan, call: Call, query: str, body: bytes) -> None:
    """Put the typed request into the call, or refuse it by the name of what is wrong."""
    try:
        call.request = wire.parse(plan.operation, query, body, at_tiktok=True)
    except wire.Malformed as malformed:
        raise _malformed(plan, malformed) from None
    if plan.by_field is not None:
        _fields_allowed(plan, call)
    if plan.by_value is not None and call.token is not None:
        needed = plan.by_value.scopes[getattr(call.request, plan.by_value.field)]
        if needed not in call.token.scopes:
            raise Refusal("scope_not_authorized")
    if plan.by_values is not None and call.token is not None:
        for value in plan.by_values.counted(getattr(call.request, plan.by_values.field)):
            if call.token.scopes.isdisjoint(plan.by_values.scopes[value]):
                raise Refusal("scope_not_authorized")


def _fields_allowed(plan: Plan, call: Call) -> None:
    if plan.by_field is None or call.token is None:
        return
    granted = implied(call.token.scopes)
    lacking: Any = [name for name in call.request.fields if plan.by_field[name] not in granted]
    if not lacking:
        return
    if call.world.settings.mixed_scopes_as_401:
        raise Refusal("scope_not_authorized")
    raise Refusal("scope_permission_missed")


def unread(plan: Plan, why: str) -> Refusal:
    """The refusal of a body that was not read."""
    return _malformed(plan, wire.Malformed((("", why),)))


def _malformed(plan: Plan, malformed: wire.Malformed) -> Refusal:
    if plan.operation.shape is Shape.OAUTH:
        # oauth.yaml: the missing secret has its own text, everything else shares one.
        missed = any(path == "client_secret" for path, _ in malformed.problems)
        return Refusal("invalid_request", SECRET_MISSING if missed else MALFORMED)
    return Refusal("invalid_params", str(malformed))
