"""Login Kit: from a link that the creator opens to tokens, and back out."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from stagedoor.platform import oauth, pkce
from stagedoor.platform.oauth import Authorize, Callback, ClientToken
from stagedoor.platform.wire import encode

from .effects import Exclusive, Flow, LoadTokens, SaveTokens
from .errors import ConfigurationError, InvalidRequest, LoginError, error_class
from .hosts import Hosts
from .session import Session, call, usable_tokens
from .session import refresh as refresh_tokens
from .tokens import Tokens


@dataclass(frozen=True, slots=True)
class Login:
    """One attempt to connect. Send the creator's browser to `url`; keep the rest until it returns.

    `state` proves that the callback belongs to this attempt, `code_verifier` that the code is
    redeemed by who asked for it. All of it is plain text that a session or database can hold.
    """

    url: str
    state: str = field(repr=False)
    redirect_uri: str
    scopes: tuple[str, ...]
    code_verifier: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Connection:
    """What the creator allowed. `missing` was asked for and unticked."""

    tokens: Tokens
    granted: tuple[str, ...]
    missing: tuple[str, ...]


def begin_login(
    client_key: str,
    redirect_uri: str,
    scopes: Iterable[str],
    *,
    hosts: Hosts | None = None,
    with_pkce: bool = True,
    always_ask: bool = True,
    state: str | None = None,
) -> Login:
    """A link to TikTok's consent page, with a fresh state and PKCE challenge.

    Ask only for scopes that the app has enabled: one that it hasn't makes TikTok refuse the whole
    login. A text of scopes with commas, as TikTok writes them, is taken too. `always_ask=False`
    lets TikTok skip the page for who has allowed it before.
    """
    if len(redirect_uri) > oauth.MAX_REDIRECT_LENGTH:
        raise InvalidRequest(
            "the login",
            [("redirect_uri", f"is longer than {oauth.MAX_REDIRECT_LENGTH} characters")],
        )
    state = state or secrets.token_urlsafe(24)
    verifier = secrets.token_urlsafe(48) if with_pkce else None
    wanted = parted(scopes)
    query = encode(
        oauth.AUTHORIZE,
        Authorize(
            client_key=client_key,
            scope=wanted,
            redirect_uri=redirect_uri,
            state=state,
            code_challenge=pkce.challenge(verifier) if verifier else None,
            code_challenge_method=pkce.METHOD if verifier else None,
            disable_auto_auth=1 if always_ask else 0,
        ),
    ).query
    url = f"{(hosts or Hosts()).url(oauth.AUTHORIZE)}?{query}"
    return Login(url, state, redirect_uri, wanted, verifier)


def parted(scopes: Iterable[str]) -> tuple[str, ...]:
    """Scopes once each, also out of a text with commas."""
    return tuple(dict.fromkeys(scopes.split(",") if isinstance(scopes, str) else scopes))


def read_callback(login: Login, url: str) -> str:
    """The code in the URL that the browser came back with.

    Raises `LoginError` when it isn't the answer to this login, `AccessDenied` (or another
    `TikTokError`) when TikTok or the creator said no.
    """
    meant = urlsplit(login.redirect_uri)
    try:
        came = urlsplit(url)
        callback = Callback.model_validate(dict(parse_qsl(came.query)))
        state = callback.state.encode()
    except ValueError:
        raise LoginError("what the browser came back with can't be read as an address") from None
    if (came.scheme, came.netloc, came.path) != (meant.scheme, meant.netloc, meant.path):
        raise LoginError("the browser came back to another address than this login's redirect_uri")
    if not hmac.compare_digest(state, login.state.encode()):
        raise LoginError(
            "the state doesn't belong to this login: it may be forged, or of an older attempt. "
            "Start again from a fresh link."
        )
    if callback.error:
        said = callback.error_description or callback.error_type
        raise error_class(callback.error, 302)(
            callback.error, said, http_status=302, operation=oauth.AUTHORIZE.id
        )
    if not callback.code:
        raise LoginError("TikTok's redirect has neither a code nor an error")
    return callback.code


def finish_login(session: Session, login: Login, callback_url: str) -> Flow[Connection]:
    """Turn the URL that the browser came back with into tokens, and store them.

    A code works once: calling this again for the same callback raises `GrantInvalid`.
    """
    code = read_callback(login, callback_url)
    key, secret = session.app()
    answer: oauth.UserToken = yield from call(
        session,
        oauth.TOKEN_CODE,
        {
            "client_key": key,
            "client_secret": secret,
            "code": code,
            "redirect_uri": login.redirect_uri,
            "code_verifier": login.code_verifier,
        },
    )
    tokens = Tokens.from_answer(answer, session.now())
    yield SaveTokens(tokens)
    missing = tuple(scope for scope in login.scopes if scope not in tokens.scopes)
    return Connection(tokens, tokens.scopes, missing)


def refresh(session: Session) -> Flow[Tokens]:
    """Refresh the account's tokens now, whatever their age; raises `ReconnectRequired`."""
    fresh: Tokens = yield Exclusive(_refresh_now(session))
    return fresh


def _refresh_now(session: Session) -> Flow[Tokens]:
    stored: Tokens | None = yield LoadTokens()
    if stored is None or stored.refresh_token is None:
        raise ConfigurationError("there is no refresh token: connect the account first")
    return (yield from refresh_tokens(session, stored))


def disconnect(session: Session) -> Flow[None]:
    """End the app's access to the account at TikTok. Expired tokens are refreshed first."""
    tokens = yield from usable_tokens(session)
    key, secret = session.app()
    yield from call(
        session,
        oauth.REVOKE,
        {"client_key": key, "client_secret": secret, "token": tokens.access_token},
    )


def client_token(session: Session) -> Flow[ClientToken]:
    """The app's own token, for Research and Commercial Content; it lives two hours."""
    key, secret = session.app()
    values = {"client_key": key, "client_secret": secret}
    token: ClientToken = yield from call(session, oauth.TOKEN_CLIENT, values)
    return token
