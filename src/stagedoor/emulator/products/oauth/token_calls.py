"""The token and revoke operations; checks and error texts are in TikTok's order (`oauth.yaml`)."""

from __future__ import annotations

import hmac

from stagedoor.platform import pkce
from stagedoor.platform.model import Empty
from stagedoor.platform.products import oauth
from stagedoor.platform.products.oauth import (
    ClientGrant,
    ClientToken,
    CodeGrant,
    RefreshGrant,
    Revocation,
    UserToken,
)
from stagedoor.platform.products.webhooks import RemovalReason

from ...calls import AdmittedCall, Refusal
from ...world import App, World
from ...world.entities import PlatformKind
from . import removal, tokens
from .state import AUTH_CODES, GRANTS, REFRESH_TOKENS, AuthorizationCode, CreatorGrant, RefreshToken


def redeem_code(call: AdmittedCall) -> UserToken:
    """Exchange a code for tokens. The code is checked before the client, as live TikTok does."""
    world = call.world
    request: CodeGrant = call.request
    code = world[AUTH_CODES].get(request.code)
    if code is None or code.used or code.expires <= call.now:
        raise Refusal("invalid_grant", oauth.CODE_EXPIRED)
    app = client(world, request.client_key, request.client_secret)
    if code.client_key != app.client_key:
        raise Refusal("invalid_grant", oauth.CODE_EXPIRED)
    if code.redirect_uri != request.redirect_uri:
        raise Refusal("invalid_request", oauth.REDIRECT_MISMATCH)
    if not _proved(code, request.code_verifier):
        raise Refusal("invalid_request", oauth.VERIFIER_INVALID)
    code.used = True
    grant = tokens.allow(world, app, world.creators[code.creator_id], code.scopes)
    return _answer(world, grant, tokens.refresh(world, grant))


def redeem_refresh(call: AdmittedCall) -> UserToken:
    """Exchange a refresh token for new tokens. On this grant the client is checked first."""
    world = call.world
    request: RefreshGrant = call.request
    app = client(world, request.client_key, request.client_secret)
    token = world[REFRESH_TOKENS].get(request.refresh_token)
    grant = world[GRANTS][token.grant_id] if token else None
    if (
        token is None
        or grant is None
        or grant.client_key != app.client_key
        or grant.ended is not None
        or token.expires <= call.now
        or (token.dead_from is not None and token.dead_from <= call.now)
    ):
        raise Refusal("invalid_grant", oauth.REFRESH_INVALID)
    return _answer(world, grant, tokens.rotate(world, token))


def issue_own(call: AdmittedCall) -> ClientToken:
    """Issue the app's own token, to apps in review as well."""
    world = call.world
    request: ClientGrant = call.request
    token = tokens.own(world, client(world, request.client_key, request.client_secret))
    return ClientToken(access_token=token.value, expires_in=world.settings.client_token_seconds)


def revoke(call: AdmittedCall) -> Empty:
    """End the whole grant; an expired access token is refused."""
    world = call.world
    request: Revocation = call.request
    app = client(world, request.client_key, request.client_secret)
    token = tokens.live(world, request.token, call.now)
    if token is None or token.grant_id is None or token.client_key != app.client_key:
        raise Refusal("invalid_grant", "Access token is invalid or expired.")
    removal.end(world, world[GRANTS][token.grant_id], RemovalReason.DEVELOPER_REVOKED)
    return Empty()


def client(world: World, key: str, secret: str) -> App:
    """Authenticate the app by its key and secret."""
    if not secret:
        raise Refusal("invalid_request", oauth.SECRET_MISSING)
    app = world.apps.get(key)
    if app is None or not hmac.compare_digest(app.client_secret.encode(), secret.encode()):
        raise Refusal("invalid_client")
    return app


def _proved(code: AuthorizationCode, verifier: str | None) -> bool:
    """Whether the verifier matches the challenge.

    Without a challenge, a verifier is ignored: production apps send one on plain web flows.
    """
    if code.challenge is None:
        return True
    if not verifier or not verifier.isascii():
        return False
    # oauth.yaml, base64url_on_web: both encodings on web, hexadecimal alone elsewhere.
    accepted = [pkce.challenge(verifier)]
    if code.platform is PlatformKind.WEB:
        accepted.append(pkce.challenge_base64url(verifier))
    return any(hmac.compare_digest(code.challenge, one) for one in accepted)


def _answer(world: World, grant: CreatorGrant, refresh: RefreshToken) -> UserToken:
    access = tokens.access(world, grant)
    return UserToken(
        access_token=access.value,
        expires_in=world.settings.access_token_seconds,
        open_id=grant.open_id,
        refresh_token=refresh.value,
        refresh_expires_in=max(0, round(refresh.expires - world.now())),
        scope=tokens.ordered(grant.scopes),
    )
