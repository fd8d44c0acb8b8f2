"""Control routes of TikTok API for Business: ad accounts, and tokens without the portal page."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StrictBool, StringConstraints
from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform.permissions import PERMISSIONS
from stagedoor.platform.reasons import COUNTRY, CURRENCY
from stagedoor.platform.vocabulary import AdvertiserStatus

from ...control.errors import unknown, wrong
from ...control_bodies import ALL, ControlBody, controlled, page, read
from ...world import App, World
from . import seed, tokens
from .state import AD_ACCOUNTS, BUSINESS_PEOPLE, MEMBERSHIPS, AdAccount, AdRole, Membership

_Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Zone = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_Currency = Annotated[str, StringConstraints(pattern=CURRENCY)]
_Country = Annotated[str, StringConstraints(pattern=COUNTRY)]
_Balance = Annotated[Decimal, Field(allow_inf_nan=False, ge=0, max_digits=18, decimal_places=4)]


class NewAdAccount(ControlBody):
    """A new ad account; `role` is that of the person who owns it, null: the person has none."""

    name: _Text = "An ad account"
    currency: _Currency = "USD"
    timezone: _Zone = "America/New_York"
    balance: _Balance = Decimal(1000)
    status: AdvertiserStatus = AdvertiserStatus.ENABLE
    country: _Country = "US"
    role: AdRole | None = AdRole.ADMIN
    sandbox: StrictBool = False


class AdAccountChange(ControlBody):
    """A change of an ad account; members that are left out stay as they are."""

    name: _Text | None = None
    currency: _Currency | None = None
    timezone: _Zone | None = None
    balance: _Balance | None = None
    status: AdvertiserStatus | None = None
    rejection_reason: Annotated[str, StringConstraints(max_length=500)] | None = None
    role: AdRole | None = None


class NewToken(ControlBody):
    """An advertiser's token. By default of the ready-made app, for the person's ad accounts, with
    the app's permissions."""

    app_id: str = seed.APP_ID
    person_id: str = seed.PERSON_ID
    advertiser_ids: Annotated[tuple[str, ...], Field(max_length=1_000)] | None = None
    permissions: Annotated[tuple[str, ...], Field(max_length=100)] | None = None


async def accounts(world: World, request: Request) -> Any:
    return page(request, "ad_accounts", world[AD_ACCOUNTS].by(ALL), _shown)


async def add_account(world: World, request: Request) -> Any:
    return _shown(create_account(world, await read(request, NewAdAccount)))


def create_account(world: World, order: NewAdAccount) -> AdAccount:
    """Open an ad account. Raises `ControlError` for an unknown time zone."""
    _check_zone(order.timezone)
    made = AdAccount(
        id=world.ids.number(world.now()),
        created=world.now(),
        **order.model_dump(include=set(NewAdAccount.model_fields) - {"role"}),
    )
    world[AD_ACCOUNTS].add(made)
    if order.role is not None:
        world[MEMBERSHIPS].add(Membership(seed.PERSON_ID, made.id, order.role))
    return made


async def change_account(world: World, request: Request) -> Any:
    order = await read(request, AdAccountChange)
    account = _find(world, request.path_params["advertiser_id"])
    if order.timezone is not None:
        _check_zone(order.timezone)
    for name, value in order.model_dump(exclude_unset=True, exclude={"role"}).items():
        if value is None:
            raise wrong(name, "may not be null")
        setattr(account, name, value)
    if order.role is not None:
        _set_role(world, account, order.role)
    return _shown(account)


async def issue_token(world: World, request: Request) -> Any:
    order = await read(request, NewToken)
    app = business_app(world, order.app_id)
    if order.person_id not in world[BUSINESS_PEOPLE]:
        raise unknown("person", order.person_id)
    reached = order.advertiser_ids
    for advertiser_id in reached or ():
        _find(world, advertiser_id)
    for index, name in enumerate(order.permissions or ()):
        if name not in PERMISSIONS:
            raise wrong(f"permissions.{index}", f"is no permission of TikTok's: {name!r}")
    if reached is None:
        reached = tokens.advertisers_of(world, order.person_id)
    token = tokens.issue_token(world, app, order.person_id, reached)
    if order.permissions is not None:
        token.permissions = order.permissions
    return {
        "access_token": token.value,
        "advertiser_ids": list(token.advertiser_ids),
        "scope": [int(name) for name in token.permissions],
    }


def business_app(world: World, app_id: str) -> App:
    """The app of TikTok API for Business with this id."""
    app = world.apps.get(app_id)
    if app is None or not app.business:
        raise unknown("business app", app_id)
    return app


def _find(world: World, advertiser_id: str) -> AdAccount:
    account = world[AD_ACCOUNTS].get(advertiser_id)
    if account is None:
        raise unknown("ad account", advertiser_id)
    return account


def _set_role(world: World, account: AdAccount, role: AdRole) -> None:
    membership = world[MEMBERSHIPS].get(f"{seed.PERSON_ID}:{account.id}")
    if membership is None:
        world[MEMBERSHIPS].add(Membership(seed.PERSON_ID, account.id, role))
    else:
        membership.role = role


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong("timezone", "is no IANA time zone, such as Europe/Berlin") from None


def _shown(account: AdAccount) -> dict[str, Any]:
    return asdict(account) | {"balance": float(account.balance)}


ROUTES = [
    Route("/_emulator/business/ad_accounts", controlled(accounts)),
    Route("/_emulator/business/ad_accounts", controlled(add_account), methods=["POST"]),
    Route(
        "/_emulator/business/ad_accounts/{advertiser_id}",
        controlled(change_account),
        methods=["PATCH"],
    ),
    Route("/_emulator/business/tokens", controlled(issue_token), methods=["POST"]),
]
