"""The logic of the consent page: validate a request, ask the person, redirect with a code.

`judge` returns one of three values: `ConsentRequest` (show the form), `Wrong` (TikTok's error page,
without a redirect) or `Away` (redirect).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from stagedoor.platform import pkce, wire
from stagedoor.platform.errors import CODES
from stagedoor.platform.products import oauth
from stagedoor.platform.products.oauth import Authorize
from stagedoor.platform.scopes import consent_text

from ...world import App, Creator, World
from ...world.entities import AppState, PlatformKind
from . import redirects, tokens
from .state import AUTH_CODES, AuthorizationCode

_CHALLENGE = re.compile(r"[A-Za-z0-9_~.-]{43,128}")
_ALWAYS_ASK = 1


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """A valid request: the creator may be asked."""

    app: App
    request: Authorize
    platform: PlatformKind

    @property
    def scopes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.request.scope))


@dataclass(frozen=True, slots=True)
class Wrong:
    """An error page: `names` are the invalid parameters, `code` is shown in the page's URL."""

    names: tuple[str, ...]
    code: str


@dataclass(frozen=True, slots=True)
class Away:
    """A redirect back to the app, at `url`."""

    url: str


def judge(world: World, query: str) -> ConsentRequest | Wrong | Away:
    try:
        request: Authorize = wire.parse(oauth.AUTHORIZE, query)
    except wire.Malformed as malformed:
        names = tuple(dict.fromkeys(path.partition(".")[0] for path, _ in malformed.problems))
        return Wrong(names or ("request",), "invalid_request")
    app = world.apps.get(request.client_key)
    if app is None or (app.state is not AppState.LIVE and not app.sandbox):
        return Wrong(("client_key",), "unauthorized_client")
    platform = redirects.platform_of(app, request.redirect_uri)
    bad = [] if platform else ["redirect_uri"]
    if not request.scope or any(name not in app.scopes for name in request.scope):
        bad.append("scope")
    bad += _bad_challenge(request, platform)
    if platform is None or bad:
        return Wrong(tuple(bad), "invalid_request")
    if request.response_type != "code":
        # Whether TikTok redirects or shows an error page isn't known (oauth.yaml, authorize_page).
        return _refusal(request, "unsupported_response_type")
    return ConsentRequest(app, request, platform)


def _bad_challenge(request: Authorize, platform: PlatformKind | None) -> list[str]:
    if request.code_challenge_method not in (None, pkce.METHOD):
        return ["code_challenge_method"]
    if not request.code_challenge:
        # Optional on the web, mandatory elsewhere (oauth.yaml, pkce.web_note).
        return [] if platform in (None, PlatformKind.WEB) else ["code_challenge"]
    # A base64url challenge is accepted here and fails at the exchange (pkce.failure_point).
    return [] if _CHALLENGE.fullmatch(request.code_challenge) else ["code_challenge"]


def may_skip(world: World, ask: ConsentRequest, creator: Creator) -> bool:
    """Whether TikTok skips the form: the app allows that and has all the scopes already."""
    if ask.request.disable_auto_auth is None or ask.request.disable_auto_auth == _ALWAYS_ASK:
        return False
    grant = tokens.live_grant(world, ask.app, creator)
    return grant is not None and grant.scopes.issuperset(ask.scopes)


def returns_without_code(world: World, ask: ConsentRequest, creator: Creator) -> bool:
    """Whether a returning account holder is sent back without a code (`business.yaml`,
    returning_user)."""
    if not (ask.app.business and world.settings.returning_user_without_code):
        return False
    grant = tokens.live_grant(world, ask.app, creator)
    return (
        ask.request.disable_auto_auth != _ALWAYS_ASK
        and grant is not None
        and grant.scopes.issuperset(ask.scopes)
    )


def back_without_code(ask: ConsentRequest) -> Away:
    return _back(ask.request, {})


def allow(world: World, ask: ConsentRequest, creator: Creator, kept: frozenset[str]) -> Away:
    """Grant the `kept` scopes; scopes without a toggle are always granted."""
    if not lets_in(ask.app, creator):
        return _refusal(ask.request, "access_denied", more={"error_type": "non_sandbox_target"})
    granted = tuple(
        name for name in ask.scopes if name in kept or not consent_text(name).toggleable
    )
    code = issue(
        world,
        ask.app,
        creator,
        frozenset(granted),
        ask.request.redirect_uri,
        ask.platform,
        ask.request.code_challenge or None,
    )
    return _back(ask.request, {"code": code.value, "scopes": ",".join(granted)})


def issue(
    world: World,
    app: App,
    creator: Creator,
    scopes: frozenset[str],
    redirect_uri: str,
    platform: PlatformKind,
    challenge: str | None = None,
) -> AuthorizationCode:
    """Issue the authorization code of a consent, valid for one exchange."""
    code = AuthorizationCode(
        value=world.ids.code(),
        client_key=app.client_key,
        creator_id=creator.id,
        scopes=scopes,
        redirect_uri=redirect_uri,
        platform=platform,
        challenge=challenge,
        expires=world.now() + world.settings.code_seconds,
    )
    world[AUTH_CODES].add(code)
    return code


def lets_in(app: App, creator: Creator) -> bool:
    """Whether this creator may use the app: a sandbox is limited to its target users."""
    return not app.sandbox or creator.id in app.target_users


def deny(ask: ConsentRequest) -> Away:
    more = {}
    if ask.platform in (PlatformKind.IOS, PlatformKind.ANDROID):
        # oauth.yaml, mobile_exchange: iOS reads error_code then errCode, Android errCode.
        number = str(oauth.MOBILE_CANCELLED)
        more = {"errCode": number}
        if ask.platform is PlatformKind.IOS:
            more["error_code"] = number
    return _refusal(ask.request, "access_denied", "User denied", more)


def _refusal(
    request: Authorize,
    code: str,
    description: str | None = None,
    more: dict[str, str] | None = None,
) -> Away:
    said = {"error": code, "error_description": description or CODES[code].message}
    return _back(request, said | (more or {}))


def _back(request: Authorize, said: dict[str, str]) -> Away:
    if request.state is not None:
        said = {**said, "state": request.state}
    if request.request_id is not None:
        said = {**said, "request_id": request.request_id}
    return Away(with_query(request.redirect_uri, said))


def with_query(uri: str, said: dict[str, str]) -> str:
    joint = "&" if "?" in uri else "?"
    return uri + joint + urlencode(said)
