"""The operations of authorization and ad accounts, and the portal page."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.routing import Route

from stagedoor.platform.products import business
from stagedoor.platform.products.business import (
    AdvertiserAccount,
    AdvertiserAccounts,
    AdvertiserQuery,
    AuthCode,
    AuthorizedAdvertiser,
    AuthorizedAdvertisers,
    BusinessUser,
    OAuthCode,
    TokenRevocation,
    TokenRevoked,
)

from ... import cdn
from ...calls import AdmittedCall, Handlers, Refusal
from . import access, account_tokens, centers, portal, tokens
from .state import (
    AD_ACCOUNTS,
    ADVERTISER_TOKENS,
    BUSINESS_PEOPLE,
    PORTAL_CODES,
    AdAccount,
)

_ON_REQUEST = ("company_name_editable", "can_use_custom_identity", "ads_only_mode")


def exchange(call: AdmittedCall) -> dict[str, Any]:
    """Exchange a code of the portal page for a token."""
    request: AuthCode = call.request
    told = _redeemed(call, request.auth_code)
    if request.return_advertiser_ids is False:
        del told["advertiser_ids"]
    return told


def exchange_oauth(call: AdmittedCall) -> dict[str, Any]:
    """As `exchange`, for libraries of OAuth."""
    request: OAuthCode = call.request
    account_tokens.check_grant_type(request, "authorization_code")
    return _redeemed(call, request.code) | {"token_type": "Bearer"}


def _redeemed(call: AdmittedCall, value: str) -> dict[str, Any]:
    world = call.world
    app = call.authorized_app
    code = world[PORTAL_CODES].get(value)
    if code is None or code.used or code.expires <= call.now:
        raise Refusal("40110")
    if code.app_id != app.client_key:
        raise Refusal("40101")
    code.used = True
    token = tokens.issue_token(world, app, code.person_id, code.advertiser_ids)
    return {
        "access_token": token.value,
        "advertiser_ids": list(token.advertiser_ids),
        "scope": [int(name) for name in token.permissions],
    }


def authorized(call: AdmittedCall) -> AuthorizedAdvertisers:
    """List the ad accounts that the token reaches and its person still has a role on."""
    token = call.own_token
    accounts = call.world[AD_ACCOUNTS]
    return AuthorizedAdvertisers(
        list=tuple(
            AuthorizedAdvertiser(advertiser_id=one, advertiser_name=accounts[one].name)
            for one in token.advertiser_ids
            if access.role_on(call.world, token, one) is not None
        )
    )


def revoke(call: AdmittedCall) -> TokenRevoked:
    """Revoke an advertiser's token of this app."""
    request: TokenRevocation = call.request
    app = call.authorized_app
    token = call.world[ADVERTISER_TOKENS].get(request.access_token)
    if token is None or token.revoked or token.app_id != app.client_key:
        raise Refusal("40105")
    token.revoked = True
    return TokenRevoked(app_id=app.client_key, advertiser_ids=token.advertiser_ids)


def user(call: AdmittedCall) -> BusinessUser:
    """The person who authorised the app."""
    person = call.world[BUSINESS_PEOPLE][call.own_token.person_id]
    name, _, domain = person.email.partition("@")
    return BusinessUser(
        core_user_id=person.id,
        display_name=person.name,
        email=f"{name[:1]}***@{domain}",
        create_time=int(person.created),
        avatar_url=cdn.person_url(call.world, call.base_url, person.id),
    )


def accounts(call: AdmittedCall) -> AdvertiserAccounts | dict[str, Any]:
    """Read ad accounts. An unknown or foreign id fails the whole call."""
    from ..business_ads.spending import settle_all  # the product of ads depends on this one

    request: AdvertiserQuery = call.request
    token = call.own_token
    found = []
    for advertiser_id in request.advertiser_ids:
        account = call.world[AD_ACCOUNTS].get(advertiser_id)
        if account is None:
            raise Refusal("40300", f"The advertiser {advertiser_id} does not exist.")
        if access.role_on(call.world, token, advertiser_id) is None:
            raise access.forbidden(advertiser_id)
        settle_all(call.world, account)
        found.append(_account(account, call.now))
    wanted = request.fields or tuple(
        name for name in AdvertiserAccount.model_fields if name not in _ON_REQUEST
    )
    special = tuple(name for name in wanted if name in _ON_REQUEST)
    shown = {"advertiser_id", *(special or wanted)}
    return {"list": [one.model_dump(mode="json", include=shown) for one in found]}


def offset_name(zone: str, now: float) -> str:
    """The zone's present offset as TikTok names it: `Etc/GMT+5` is five hours behind UTC."""
    offset = datetime.fromtimestamp(now, ZoneInfo(zone)).utcoffset()
    hours = 0 if offset is None else round(offset.total_seconds() / 3_600)
    return "Etc/GMT" if hours == 0 else f"Etc/GMT{-hours:+d}"


def _account(account: AdAccount, now: float) -> AdvertiserAccount:
    return AdvertiserAccount(
        advertiser_id=account.id,
        name=account.name,
        status=account.status,
        role="ROLE_ADVERTISER",
        rejection_reason=account.rejection_reason,
        currency=account.currency,
        timezone=offset_name(account.timezone, now),
        display_timezone=account.timezone,
        country=account.country,
        language=account.language,
        industry=account.industry,
        company=account.company,
        address="",
        advertiser_account_type="AUCTION",
        owner_bc_id=account.business_center_id or None,
        balance=account.balance,
        contacter="M***",
        email="m***@example.com",
        cellphone_number="*******",
        telephone_number="*******",
        license_no="",
        create_time=int(account.created),
        company_name_editable=True,
        can_use_custom_identity=True,
        ads_only_mode=False,
    )


HANDLERS: Handlers = {
    **account_tokens.HANDLERS,
    **centers.HANDLERS,
    business.OAUTH2_ACCESS_TOKEN: exchange,
    business.OAUTH2_ADVERTISER_GET: authorized,
    business.OAUTH2_REVOKE_TOKEN: revoke,
    business.BUSINESS_USER_INFO: user,
    business.ADVERTISER_INFO: accounts,
    business.OAUTH2_TOKEN: exchange_oauth,
}

ROUTES = [
    Route(business.PORTAL_AUTH.path, portal.show, methods=["GET"]),
    Route(business.PORTAL_AUTH.path, portal.decide, methods=["POST"]),
]
