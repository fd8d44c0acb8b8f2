"""Authentication, permissions and rate limits of TikTok API for Business, for the gate.

The order is that of the other products: token, the app's rate limit, permission, fields; then,
since they are fields of the request, the app's secret, the ad account or the TikTok account.
"""

from __future__ import annotations

import hmac
from typing import Any

from pydantic import BaseModel

from stagedoor.platform.account_field import account_field
from stagedoor.platform.operation import (
    DAY,
    ByField,
    LimitKey,
    Operation,
    OperationEffect,
    RateLimit,
    Subject,
)
from stagedoor.platform.permissions import includes
from stagedoor.platform.protocols.layout import own_names

from ...calls import AdmittedCall, Refusal
from ...limits import Windows
from ...plan import Access, Plan
from ...world import App, World
from ..oauth.state import ACCESS_TOKENS, GRANTS
from . import sandbox
from .state import AD_ACCOUNTS, ADVERTISER_TOKENS, MEMBERSHIPS, AdAccount, AdRole, AdvertiserToken

_MINUTE_PAUSE = 300.0
_UNITS = {1: "QPS", 60: "QPM", DAY: "QPD"}


class BusinessAccess(Access):
    """Tokens of advertisers and account holders, permissions, and limits by the app's tier."""

    __slots__ = ()

    def identify(self, plan: Plan, call: AdmittedCall, value: str | None) -> None:
        world = call.world
        if value is None:
            raise Refusal("40104")
        if plan.operation.subject is Subject.ADVERTISER:
            token = world[ADVERTISER_TOKENS].get(value)
            if token is None or token.revoked:
                raise Refusal("40105")
            call.advertiser_token = token
            call.app = world.apps[token.app_id]
            sandbox.check(plan.operation, call)
            return
        _identify_account(call, value)

    def pace(self, plan: Plan, call: AdmittedCall, windows: Windows) -> None:
        """A call is counted once its caller is known, and not twice (`AdmittedCall.paced`)."""
        pace(plan.operation, call, windows)

    def admit(self, plan: Plan, call: AdmittedCall) -> None:
        names = plan.operation.scopes.names
        if not names:
            return
        if call.advertiser_token is not None:
            held = call.advertiser_token.permissions
            if not any(includes(held, name) for name in names):
                raise Refusal("40001", f"The app lacks the permission {' or '.join(names)}.")
        elif call.token is not None and call.token.scopes.isdisjoint(names):
            raise Refusal("40130", f"Scope not granted by the user: {' or '.join(names)}.")

    def authorize(self, plan: Plan, call: AdmittedCall, windows: Windows) -> None:
        """Check the app's secret and the account that the request names; count the call there."""
        request = call.request
        model: type[BaseModel] = type(request)
        own = own_names(model)
        if own:
            named = {name: getattr(request, name) for name in own}
            app_id = named.get("app_id") or named.get("client_id") or ""
            secret = named.get("secret") or named.get("client_secret")
            if plan.offers_token and not secret:
                if call.offered_token is None:
                    raise Refusal("40002", "secret: Missing data for required field.")
                _identify_account(call, call.offered_token)
            app = _app(call.world, app_id, secret)
            if call.app is not None and call.app is not app:
                raise Refusal("40113")
            call.app = app
        if isinstance(plan.operation.scopes, ByField):
            _check_fields(plan.operation.scopes, call)
        if call.advertiser_token is not None and getattr(request, "advertiser_id", None):
            call.advertiser = reached(call, request.advertiser_id)
        name = account_field(request)
        account = "" if name is None else getattr(request, name)
        if call.grant is not None and account and account != call.grant.open_id:
            raise Refusal("40001", f"No permission to operate tiktok creator id: {account}")
        self.pace(plan, call, windows)


ACCESS = BusinessAccess()


def _identify_account(call: AdmittedCall, value: str) -> None:
    """Put the account whose token this is into the call."""
    world = call.world
    found = world[ACCESS_TOKENS].get(value)
    grant = world[GRANTS].get(found.grant_id) if found and found.grant_id else None
    app = world.apps.get(found.client_key) if found else None
    if found is None or grant is None or app is None or not app.business:
        raise Refusal("40105")
    if found.revoked or grant.ended is not None:
        raise Refusal("40105")
    if found.expires <= call.now:
        raise Refusal("40102")
    call.token, call.grant, call.app = found, grant, app
    call.creator = world.creators[grant.creator_id]


def _check_fields(scopes: ByField, call: AdmittedCall) -> None:
    """Refuse a field whose scope the account holder didn't grant."""
    granted = call.token.scopes if call.token is not None else frozenset()
    needed = dict.fromkeys(scopes.field_scopes[name] for name in call.request.fields)
    if lacking := [scope for scope in needed if scope not in granted]:
        raise Refusal("40130", f"Scope not granted by the user: {', '.join(lacking)}.")


def reached(call: AdmittedCall, advertiser_id: str) -> AdAccount:
    """The ad account, if the call's token reaches it; a write needs a role that may write."""
    token = call.advertiser_token
    account = call.world[AD_ACCOUNTS].get(advertiser_id)
    if token is None or account is None:
        raise forbidden(advertiser_id)
    role = role_on(call.world, token, advertiser_id)
    if role is None or (role is AdRole.ANALYST and call.operation.effect is OperationEffect.WRITE):
        raise forbidden(advertiser_id)
    return account


def role_on(world: World, token: AdvertiserToken, advertiser_id: str) -> AdRole | None:
    """The role of the token's person on an ad account that the token reaches; None: no access."""
    if advertiser_id not in token.advertiser_ids:
        return None
    membership = world[MEMBERSHIPS].get(f"{token.person_id}:{advertiser_id}")
    return None if membership is None else membership.role


def forbidden(advertiser_id: str) -> Refusal:
    """The refusal of a call for an ad account that the token doesn't reach."""
    said = f"You don't have permission to operate this advertiser: {advertiser_id}."
    return Refusal("40001", said)


def _app(world: World, app_id: str, secret: str | None) -> App:
    """The app; its secret is checked if the operation takes one."""
    app = world.apps.get(app_id)
    if app is None or not app.business:
        raise Refusal("40113", "The app does not exist.")
    if secret is not None and not hmac.compare_digest(app.client_secret.encode(), secret.encode()):
        raise Refusal("40113", "The app_id and secret do not match.")
    return app


def pace(operation: Operation[..., Any], call: AdmittedCall, windows: Windows) -> None:
    """Count the call in the windows of its app and account; refuse it if one of them is full.

    A call is counted once its caller is known; `AdmittedCall.paced` keeps it from being counted
    twice.
    """
    settings = call.world.settings
    if not settings.rate_limits:
        return
    for limit in sandbox.LIMITS if call.sandbox else operation.limits:
        callers = _callers(limit, call)
        if not callers or limit in call.paced:
            continue
        call.paced.append(limit)
        for caller in callers:
            _count(limit, operation, call, caller, windows)
    if settings.advertiser_qps and call.advertiser is not None:
        limit = RateLimit(settings.advertiser_qps, 1, LimitKey.ADVERTISER)
        if limit not in call.paced:
            call.paced.append(limit)
            _count(limit, operation, call, call.advertiser.id, windows)


def _callers(limit: RateLimit, call: AdmittedCall) -> tuple[str, ...]:
    """The subjects in whose windows a call counts; none, while they aren't known."""
    if limit.by is LimitKey.ADVERTISER:
        several = getattr(call.request, "advertiser_ids", None)
        if several and call.advertiser_token is not None:
            own = call.advertiser_token.advertiser_ids
            return tuple(one for one in dict.fromkeys(several) if one in own)
        return () if call.advertiser is None else (call.advertiser.id,)
    if limit.by is LimitKey.ACCOUNT:
        return () if call.grant is None else (call.grant.open_id,)
    return () if call.app is None else (call.app.client_key,)


def _count(
    limit: RateLimit,
    operation: Operation[..., Any],
    call: AdmittedCall,
    caller: str,
    windows: Windows,
) -> None:
    assert call.app is not None  # noqa: S101
    limit = limit.at(call.app.tier)
    unit = _UNITS.get(int(limit.per_seconds), f"{limit.per_seconds:g} s")
    window = f"{limit.pool or operation.id} {unit} {limit.by}"
    if limit.per_seconds == DAY:
        admitted = windows.admits_day(limit, window, caller, call.now)
    else:
        pause = _MINUTE_PAUSE if unit == "QPM" and limit.by is LimitKey.APP_TIER else 0
        admitted = windows.admits(limit, window, caller, call.now, pause)
    if admitted:
        return
    if limit.by is LimitKey.ADVERTISER and unit == "QPS":
        raise Refusal(
            "40133",
            f"Advertiser ({caller})'s QPS ({limit.requests + 1}) reaches QPS limit "
            f"{limit.requests} for current path, request is temporarily restricted.",
        )
    if limit.by is LimitKey.ACCOUNT:
        raise Refusal("40016", f"The account reaches the {unit} limit.")
    if limit.by is LimitKey.ADVERTISER:
        said = f"Advertiser ({caller}) reaches the limit of {limit.requests} in {unit}."
        raise Refusal("40100", said)
    raise Refusal("40100", f"App reaches the {unit} limit.")
