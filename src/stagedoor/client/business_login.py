"""Connecting ad accounts and TikTok accounts to an app of TikTok API for Business."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from stagedoor.platform.products import business
from stagedoor.platform.products.business import AccountToken, AdvertiserToken, PortalAuth
from stagedoor.platform.wire import encode

from .effects import Exclusive, Flow, LoadTokens, SaveTokens
from .errors import ConfigurationError, InvalidRequest
from .hosts import Hosts
from .login import (
    BegunLogin,
    CallbackUrl,
    CameBack,
    Code,
    Connection,
    Login,
    code_of,
)
from .session import Session, call, usable_tokens
from .session import refresh as refresh_tokens
from .tokens import Tokens


@dataclass(frozen=True, slots=True)
class AdvertiserConnection:
    """The token of a person who let the app use ad accounts."""

    tokens: Tokens
    advertiser_ids: tuple[str, ...]
    """The ad accounts that the token reaches."""
    permissions: tuple[str, ...]
    """Ids of the permissions that were granted; they may be fewer than the app has."""


def advertiser_login(app_id: str, redirect_uri: str, hosts: Hosts, state: str | None) -> Login:
    """A link to the portal page."""
    parts = urlsplit(redirect_uri)
    if not parts.scheme or not parts.netloc:
        why = "must be a whole address, such as https://app.example.com/callback"
        raise InvalidRequest("the login", [("redirect_uri", why)])
    state = state or secrets.token_urlsafe(24)
    request = PortalAuth(app_id=app_id, redirect_uri=redirect_uri, state=state)
    query = encode(business.PORTAL_AUTH, request).query
    return Login(f"{hosts.url(business.PORTAL_AUTH)}?{query}", state, redirect_uri, ())


def finish_advertiser_login(
    session: Session,
    login: BegunLogin,
    callback_url: CallbackUrl = None,
    *,
    code: Code = None,
    state: CameBack = None,
) -> Flow[AdvertiserConnection]:
    """Exchange the code of the portal page for an advertiser's token, and store it.

    Pass the callback's URL, or `code` (its `auth_code`) and `state` from its query. The token
    doesn't expire, and it can't be refreshed.

    Raises `LoginError` if the callback doesn't belong to the login, `AccessDenied` if the person
    refused, `GrantInvalid` if the code was used before or is older than an hour.
    """
    code = code_of(login, _with_code(callback_url), code, state)
    answer: AdvertiserToken = yield from call(
        session, business.OAUTH2_ACCESS_TOKEN, {"auth_code": code}
    )
    permissions = tuple(str(one) for one in answer.scope)
    tokens = Tokens(access_token=answer.access_token, scopes=permissions)
    yield SaveTokens(tokens)
    return AdvertiserConnection(tokens, answer.advertiser_ids or (), permissions)


def _with_code(url: str | None) -> str | None:
    """The callback with its `auth_code` as `code`, which only some callbacks have too."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, max_num_fields=100))
    except ValueError:
        return url
    if "auth_code" in query:
        query["code"] = query["auth_code"]
    return urlunsplit(parts._replace(query=urlencode(query)))


def finish_account_login(
    session: Session,
    login: BegunLogin,
    callback_url: CallbackUrl = None,
    *,
    code: Code = None,
    state: CameBack = None,
) -> Flow[Connection]:
    """Exchange the code of the consent page for an account's tokens, and store them.

    Pass the callback's URL, or `code` and `state` from its query. Raises `LoginError` if the
    callback doesn't belong to the login or has no code, `AccessDenied` if the account holder
    refused, `GrantInvalid` if the code was used before or has expired.
    """
    code = code_of(login, callback_url, code, state)
    values = {"auth_code": code, "redirect_uri": login.redirect_uri}
    answer: AccountToken = yield from call(session, business.TT_USER_TOKEN, values)
    tokens = Tokens.from_account(answer, session.now())
    yield SaveTokens(tokens)
    missing = tuple(scope for scope in login.scopes if scope not in tokens.scopes)
    return Connection(tokens, tokens.scopes, missing)


def refresh(session: Session) -> Flow[Tokens]:
    """Refresh an account's tokens now; raises `ReconnectRequired` if TikTok refuses that.

    Raises `ConfigurationError` for an advertiser's token, which is valid until it is revoked.
    """
    fresh: Tokens = yield Exclusive(_refresh_now(session))
    return fresh


def _refresh_now(session: Session) -> Flow[Tokens]:
    stored: Tokens | None = yield LoadTokens()
    if stored is None:
        raise ConfigurationError("no account is connected: connect one first")
    if stored.refresh_token is None:
        raise ConfigurationError(
            "this token can't be refreshed: an advertiser's token is valid until it is revoked, "
            "and an account's needs its refresh token"
        )
    return (yield from refresh_tokens(session, stored))


def disconnect(session: Session) -> Flow[None]:
    """Revoke the stored token at TikTok: an account's grant, or an advertiser's token."""
    tokens = yield from usable_tokens(session)
    if tokens.refresh_token or tokens.open_id:
        yield from call(session, business.TT_USER_REVOKE, {"access_token": tokens.access_token})
    else:
        values = {"access_token": tokens.access_token}
        yield from call(session, business.OAUTH2_REVOKE_TOKEN, values)
