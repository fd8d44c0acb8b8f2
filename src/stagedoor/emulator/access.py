"""Access to operations: authentication, permissions and rate limits.

Each API of TikTok has its own rules. `plans` gives every operation its `Access`; the gate asks
that and knows none of the rules. `OpenAccess` has those of TikTok for Developers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stagedoor.platform.operation import LimitKey, RateLimit, Subject
from stagedoor.platform.scopes import implied

from . import quotas
from .calls import AdmittedCall, Refusal
from .limits import Windows
from .plan import Access, Plan
from .products.oauth import tokens
from .products.oauth.state import GRANTS


class OpenAccess(Access):
    """Tokens of creators and of apps, scopes, limits by token and app, daily quotas."""

    __slots__ = ()

    def identify(self, plan: Plan, call: AdmittedCall, value: str | None) -> None:
        world = call.world
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

    def pace(self, plan: Plan, call: AdmittedCall, windows: Windows) -> None:
        """Also refuse the call if the day's quota is used up."""
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

    def admit(self, plan: Plan, call: AdmittedCall) -> None:
        if not plan.lets_in or call.token is None or not plan.lets_in.isdisjoint(call.token.scopes):
            return
        if plan.also_spent and call.grant is not None and plan.lets_in & call.grant.spent:
            return
        raise Refusal("scope_not_authorized")

    def authorize(self, plan: Plan, call: AdmittedCall, windows: Windows) -> None:
        """Check the scopes that fields and values of the request need."""
        if call.token is None:
            return
        if plan.by_field is not None:
            granted = implied(call.token.scopes)
            lacking: Any = [
                name for name in call.request.fields if plan.by_field[name] not in granted
            ]
            if lacking and call.world.settings.mixed_scopes_as_401:
                raise Refusal("scope_not_authorized")
            if lacking:
                raise Refusal("scope_permission_missed")
        if plan.by_value is not None:
            needed = plan.by_value.scopes[getattr(call.request, plan.by_value.field)]
            if needed not in call.token.scopes:
                raise Refusal("scope_not_authorized")
        if plan.by_values is not None:
            for value in plan.by_values.counted(getattr(call.request, plan.by_values.field)):
                if call.token.scopes.isdisjoint(plan.by_values.scopes[value]):
                    raise Refusal("scope_not_authorized")


def _pace_research(plan: Plan, call: AdmittedCall, windows: Windows) -> None:
    settings = call.world.settings
    if not settings.rate_limits or call.app is None:
        return
    if settings.research_per_second:
        burst = RateLimit(settings.research_per_second, 1, LimitKey.CLIENT)
        if not windows.admits(burst, plan.product, call.app.client_key, call.now):
            raise Refusal("rate_limit_exceeded")
    quotas.spend(call)
