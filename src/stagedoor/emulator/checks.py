"""Checks a call against the declaration of its operation, before the handler runs.

The order is `errors.yaml`, check_order_emulator_default: token, rate limit, scope, fields and
body, fields that need other scopes.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from stagedoor.platform import wire
from stagedoor.platform.operation import LimitKey, RateLimit, Subject
from stagedoor.platform.scopes import implied

from . import form_files, quotas
from .calls import Call, Refusal
from .limits import Windows
from .plans import Plan, Route
from .products.oauth import tokens
from .products.oauth.state import GRANTS

Headers = Iterable[tuple[bytes, bytes]]


def selected(route: Route, query: str, body: bytes) -> Plan:
    """Select the operation where several share a path; the first if none fits."""
    if route.selector is None:
        return route.first
    protocol = route.first.operation.protocol
    value = protocol.selecting(route.selector, query, body)
    found = None if value is None else route.plans.get(route.kind_of(value))
    if found is not None:
        return found
    problem = protocol.selector_missing if value is None else protocol.selector_unknown
    if problem is not None:
        raise Refusal(problem.code, problem.message)
    return route.first


def identify(plan: Plan, call: Call, headers: Headers) -> None:
    """Authenticate: put the token's owner into the call, or refuse the token."""
    world = call.world
    value = plan.operation.protocol.token_in(headers)
    if plan.business:
        from .products.business import access

        access.identify(plan.operation, call, value)
        return
    token = None if value is None else tokens.live(world, value, call.now)
    if token is None or (token.grant_id is None) is not (plan.token is Subject.APP):
        raise Refusal("access_token_invalid")
    if world.apps[token.client_key].business:
        raise Refusal("access_token_invalid")
    call.token = token
    call.app = world.apps[token.client_key]
    if token.grant_id is not None:
        call.grant = world[GRANTS][token.grant_id]
        call.creator = world.creators[call.grant.creator_id]


def pace(plan: Plan, call: Call, windows: Windows) -> None:
    """Count the call, or refuse it because its window is full or the day's quota is used up."""
    if plan.business:
        from .products.business import access

        access.pace(plan.operation, call, windows)
        return
    if plan.operation.quota is not None:
        _pace_research(plan, call, windows)
    limits = plan.operation.limits
    if not limits or call.token is None or not call.world.settings.rate_limits:
        return
    raised = call.app.limits.get(plan.operation.id) if call.app is not None else None
    for limit in limits:
        by_token = limit.by is LimitKey.USER_TOKEN
        caller = call.token.value if by_token else call.token.client_key
        window = plan.operation.id
        if limit is not limits[0]:
            window += f" {limit.requests} in {limit.per_seconds:g} s"
        elif raised is not None:
            limit = replace(limit, requests=raised[0], per_seconds=raised[1])
        if not windows.admits(limit, window, caller, call.now):
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


def charge(plan: Plan, call: Call, headers: Headers) -> None:
    """Count a call answered by a fault: failed calls cost quota (`research.yaml` quotas)."""
    if plan.operation.quota is None or not call.world.settings.rate_limits:
        return
    with suppress(Refusal):
        identify(plan, call, headers)
        quotas.spend(call)


def admit(plan: Plan, call: Call) -> None:
    """Refuse a token that has none of the scopes that allow the call."""
    if plan.business:
        from .products.business import access

        access.admit(plan.operation, call)
        return
    if not plan.lets_in or call.token is None or not plan.lets_in.isdisjoint(call.token.scopes):
        return
    if plan.also_spent and call.grant is not None and plan.lets_in & call.grant.spent:
        return
    raise Refusal("scope_not_authorized")


def authorize(plan: Plan, call: Call, windows: Windows) -> None:
    """Check what authenticates or authorizes the call in its request, once that was parsed."""
    if plan.business:
        from .products.business import access

        access.authorize(plan.operation, call)
        access.pace(plan.operation, call, windows)


def parse(
    plan: Plan, call: Call, query: str, body: bytes, form: form_files.Fields | None = None
) -> None:
    """Put the typed request into the call; a refusal names the wrong field.

    `form` has the fields of a multipart body whose files are on disk.
    """
    try:
        operation = plan.operation
        protocol = operation.protocol
        if form is not None:
            call.request = protocol.parse_form(operation, query, form, at_tiktok=True)
        else:
            call.request = protocol.parse(operation, query, body, at_tiktok=True)
    except wire.Malformed as malformed:
        raise _malformed(plan, malformed) from None
    if plan.by_field is not None and not plan.business:
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
    """The refusal of a call whose body was not read."""
    return _malformed(plan, wire.Malformed((("", why),)))


def _malformed(plan: Plan, malformed: wire.Malformed) -> Refusal:
    problem = plan.operation.protocol.refusal(malformed)
    return Refusal(problem.code, problem.message)
