"""`stagedoor connect --kind`: ad accounts and accounts of TikTok API for Business."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from stagedoor.client import Login, TikTokBusiness
from stagedoor.platform.permissions import ACCOUNT_BASICS

from . import console, settings
from .kinds import ACCOUNT, ADS

KINDS = (ADS, ACCOUNT)

Ask = Callable[[Callable[[str], Login]], tuple[Login, str]]
"""Makes the login for a redirect URI and returns it with the URL that the browser came back to."""


def connect(
    config: settings.CommandSettings, kind: str, scopes: tuple[str, ...], ask: Ask, as_json: bool
) -> None:
    """Connect by the portal page or by the consent page, and keep the tokens on this machine."""
    app_id, secret = config.business_app()
    with TikTokBusiness(app_id, secret, hosts=config.hosts) as business:
        if kind == ADS:
            told = _ads(business, ask, config.business)
        else:
            told = _account(business, scopes or ACCOUNT_BASICS, ask, config.business_accounts)
    if as_json:
        console.print_json(told)
        return
    console.say_styled("Connected ", ("bold", told["account"]), f" at {config.where}.")
    for advertiser in told.get("advertisers", ()):
        console.say(f"  {advertiser['id']}  {advertiser['name']}")
    for scope in told.get("missing", ()):
        console.say_styled("  ", ("yellow", "not allowed"), f" {scope}")


def _ads(business: TikTokBusiness, ask: Ask, kept: settings.CommandSettings) -> dict[str, Any]:
    login, callback = ask(business.oauth.begin_advertiser_login)
    connection = business.oauth.finish_advertiser_login(login, callback)
    person = business.advertisers.user()
    listed = business.advertisers.list().list
    name = person.display_name or person.core_user_id
    settings.remember(kept, name, connection.tokens, time.time())
    return {
        "account": name,
        "kind": ADS,
        "advertisers": [{"id": one.advertiser_id, "name": one.advertiser_name} for one in listed],
        "permissions": list(connection.permissions),
    }


def _account(
    business: TikTokBusiness, scopes: tuple[str, ...], ask: Ask, kept: settings.CommandSettings
) -> dict[str, Any]:
    login, callback = ask(lambda uri: business.oauth.begin_account_login(uri, scopes))
    connection = business.oauth.finish_account_login(login, callback)
    tokens = connection.tokens
    settings.remember(kept, tokens.open_id, tokens, time.time())
    return {
        "account": tokens.open_id,
        "kind": ACCOUNT,
        "open_id": tokens.open_id,
        "granted": list(connection.granted),
        "missing": list(connection.missing),
        "expires_at": tokens.expires_at,
    }
