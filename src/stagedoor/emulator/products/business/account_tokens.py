"""Tokens of account holders. The grants and tokens are those of Login Kit, for a business app."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.model import Empty
from stagedoor.platform.products import business
from stagedoor.platform.products.business import (
    AccountCode,
    AccountRefresh,
    AccountRevocation,
    AccountToken,
    TokenInfo,
    TokenInfoQuery,
)
from stagedoor.platform.products.webhooks import RemovalReason

from ...calls import AdmittedCall, Handlers, Refusal
from ...world import World
from ..oauth import removal, tokens
from ..oauth.state import (
    ACCESS_TOKENS,
    AUTH_CODES,
    GRANTS,
    REFRESH_TOKENS,
    AccessToken,
    CreatorGrant,
    RefreshToken,
)


def check_grant_type(request: Any, wanted: str) -> None:
    """Refuse a request without a grant_type, or with another than this."""
    if "grant_type" not in request.model_fields_set:
        raise Refusal("40002", "grant_type: Missing data for required field.")
    if request.grant_type != wanted:
        said = f"Invalid value for grant_type: {request.grant_type[:40]} is not supported."
        raise Refusal("40108", said)


def exchange(call: AdmittedCall) -> AccountToken:
    """Exchange a code of the consent page for tokens."""
    world = call.world
    request: AccountCode = call.request
    app = call.authorized_app
    check_grant_type(request, "authorization_code")
    code = world[AUTH_CODES].get(request.auth_code)
    if code is None or code.used or code.expires <= call.now:
        raise Refusal("40110")
    if code.client_key != app.client_key:
        raise Refusal("40101")
    if code.redirect_uri != request.redirect_uri:
        raise Refusal("40002", "redirect_uri: differs from the one of the authorization.")
    code.used = True
    grant = tokens.allow(world, app, world.creators[code.creator_id], code.scopes)
    return _answer(world, grant, tokens.refresh(world, grant))


def refresh(call: AdmittedCall) -> AccountToken:
    """Exchange a refresh token for new tokens. The new one expires when the old one would have."""
    world = call.world
    request: AccountRefresh = call.request
    check_grant_type(request, "refresh_token")
    old = world[REFRESH_TOKENS].get(request.refresh_token)
    grant = world[GRANTS][old.grant_id] if old else None
    if old is None or grant is None or grant.client_key != call.authorized_app.client_key:
        raise Refusal("40107")
    if grant.ended is not None or (old.dead_from is not None and old.dead_from <= call.now):
        raise Refusal("40107")
    if old.expires <= call.now:
        raise Refusal("40103")
    new = old
    if world.settings.refresh_rotates:
        if old.dead_from is None:
            old.dead_from = call.now + world.settings.refresh_grace_seconds
        new = tokens.refresh(world, grant, old.expires)
    return _answer(world, grant, new)


def revoke(call: AdmittedCall) -> Empty:
    """End the whole grant, also by an expired access token."""
    request: AccountRevocation = call.request
    _, grant = _found(call, request.access_token)
    removal.end(call.world, grant, RemovalReason.DEVELOPER_REVOKED)
    return Empty()


def describe(call: AdmittedCall) -> TokenInfo:
    """The account and the scopes of a token of this app."""
    request: TokenInfoQuery = call.request
    token, grant = _found(call, request.access_token, request.app_id)
    if token.expires <= call.now:
        raise Refusal("40102")
    return TokenInfo(
        app_id=token.client_key, creator_id=grant.open_id, scope=tokens.ordered(token.scopes)
    )


def _found(
    call: AdmittedCall, value: str, app_id: str | None = None
) -> tuple[AccessToken, CreatorGrant]:
    token = call.world[ACCESS_TOKENS].get(value)
    grant = call.world[GRANTS].get(token.grant_id) if token and token.grant_id else None
    if token is None or grant is None or token.revoked or grant.ended is not None:
        raise Refusal("40105")
    if token.client_key != (app_id or call.authorized_app.client_key):
        raise Refusal("40105" if app_id is None else "40113")
    return token, grant


def _answer(world: World, grant: CreatorGrant, new: RefreshToken) -> AccountToken:
    access = tokens.access(world, grant)
    return AccountToken(
        access_token=access.value,
        expires_in=world.settings.access_token_seconds,
        open_id=grant.open_id,
        refresh_token=new.value,
        refresh_token_expires_in=max(0, round(new.expires - world.now())),
        scope=tokens.ordered(grant.scopes),
        token_type="Bearer",
    )


HANDLERS: Handlers = {
    business.TT_USER_TOKEN: exchange,
    business.TT_USER_REFRESH: refresh,
    business.TT_USER_REVOKE: revoke,
    business.TT_USER_TOKEN_INFO: describe,
}
