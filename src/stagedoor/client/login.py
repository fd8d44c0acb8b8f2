"""Login Kit: from a link that the creator opens to tokens, and back out."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, urlsplit

from stagedoor.platform import pkce
from stagedoor.platform.arguments import Says, check_fields, checked
from stagedoor.platform.products import oauth
from stagedoor.platform.products.oauth import Authorize, Callback, ClientToken
from stagedoor.platform.wire import encode

from .describe import documented
from .effects import Exclusive, Flow, LoadTokens, SaveTokens
from .errors import ConfigurationError, InvalidRequest, LoginError, error_class
from .hosts import Hosts
from .parameters import State
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

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Connection:
    """What the creator allowed. `missing` was asked for and unticked."""

    tokens: Tokens
    granted: tuple[str, ...]
    missing: tuple[str, ...]


ClientKey = Annotated[str, Says("the app's client key")]
RedirectUri = Annotated[
    str, Says("the address that TikTok sends the browser back to, as registered for the app")
]
ScopeNames = Annotated[
    str | Iterable[str], Says("what to ask for: `Scope` members, or one text with commas")
]
AtHosts = Annotated[Hosts | None, Says("where TikTok is; None: real TikTok")]
WithPkce = Annotated[bool, Says("bind the code to this attempt by PKCE; desktop apps must")]
AlwaysAsk = Annotated[
    bool, Says("show the consent page also to a creator who has allowed the app before")
]


@documented(oauth.AUTHORIZE)
@checked
def begin_login(
    client_key: ClientKey,
    redirect_uri: RedirectUri,
    scopes: ScopeNames,
    *,
    hosts: AtHosts = None,
    with_pkce: WithPkce = True,
    always_ask: AlwaysAsk = True,
    state: State = None,
) -> Login:
    """A link to TikTok's consent page, with a fresh state and PKCE challenge.

    Send the creator's browser to `Login.url`, keep the `Login` until the browser comes back, then
    call `oauth.finish_login`. Ask only for scopes that the app has enabled: one that it hasn't
    makes TikTok refuse the whole login.
    """
    split = _split(redirect_uri)
    if split is None or not split.scheme or not (split.netloc or split.path):
        raise InvalidRequest(
            "the login",
            [("redirect_uri", "must be a whole address, such as https://app.example.com/callback")],
        )
    if not client_key:
        raise InvalidRequest("the login", [("client_key", "is empty")])
    if len(redirect_uri) > oauth.MAX_REDIRECT_LENGTH:
        raise InvalidRequest(
            "the login",
            [("redirect_uri", f"is longer than {oauth.MAX_REDIRECT_LENGTH} characters")],
        )
    wanted = parted(scopes)
    if not wanted:
        raise InvalidRequest("the login", [("scopes", "names no scope")])
    state = state or secrets.token_urlsafe(24)
    verifier = secrets.token_urlsafe(48) if with_pkce else None
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


def parted(scopes: str | Iterable[str]) -> tuple[str, ...]:
    """Scopes once each, also out of a text with commas."""
    listed = scopes.split(",") if isinstance(scopes, str) else scopes
    return tuple(dict.fromkeys(name.strip() for name in listed if name.strip()))


@checked
def read_callback(login: Login, url: str) -> str:
    """The code in the URL that the browser came back with.

    Raises `LoginError` when it isn't the answer to this login, `AccessDenied` (or another
    `TikTokError`) when TikTok or the creator said no.
    """
    came = _split(url)
    try:
        _ = url.encode()
        query = dict(parse_qsl(came.query, max_num_fields=100)) if came else {}
        callback = Callback.model_validate(query)
    except ValueError:
        came = None
    if came is None:
        raise LoginError("what the browser came back with can't be read as an address")
    if not _same_address(came, login.redirect_uri):
        raise LoginError(
            f"the browser came back to {_shown(came)}, but this login's redirect_uri is "
            f"{_shown(urlsplit(login.redirect_uri))}. If a proxy in front of the app changes the "
            "address, pass code= and state= of the request instead of the URL."
        )
    _prove(login, callback.state)
    if callback.error:
        said = callback.error_description or callback.error_type
        raise error_class(callback.error, 302)(
            callback.error, said, http_status=302, operation=oauth.AUTHORIZE.id
        )
    if not callback.code:
        raise LoginError("TikTok's redirect has neither a code nor an error")
    return callback.code


def _prove(login: Login, state: str) -> None:
    """Raise `LoginError` unless the state that came back is the login's own."""
    if not hmac.compare_digest(state.encode(errors="replace"), login.state.encode()):
        raise LoginError(
            "the state doesn't belong to this login: it may be forged, or of an older attempt. "
            "Start again from a fresh link."
        )


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None for text that isn't one."""
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts


_PORTS = {"http": 80, "https": 443}


def _same_address(came: SplitResult, redirect_uri: str) -> bool:
    """Whether a callback came to the redirect URI, as far as its app can see.

    The state proves the callback; the address shows a wrong set-up. Case of the host, a default
    port and a slash at the end don't matter, nor does http in place of https: behind a proxy that
    ends TLS, the app sees its own requests so.
    """
    meant = urlsplit(redirect_uri)
    if came.scheme != meant.scheme and (came.scheme, meant.scheme) != ("http", "https"):
        return False
    if came.hostname != meant.hostname:
        return False
    if came.path.rstrip("/") != meant.path.rstrip("/"):
        return False
    ports = [None if one.port == _PORTS.get(one.scheme) else one.port for one in (came, meant)]
    return ports[0] == ports[1]


def _shown(parts: SplitResult) -> str:
    """An address without query, fragment and credentials, which may be secrets."""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


BegunLogin = Annotated[Login, Says("what `begin_login` gave")]
CallbackUrl = Annotated[
    str | None, Says("the whole URL that the browser came back with; not beside `code`")
]
Code = Annotated[
    str | None, Says("the callback's `code`, decoded, for an app that doesn't see its own URL")
]
CameBack = Annotated[str | None, Says("the callback's `state`, needed with `code`")]


def finish_login(
    session: Session,
    login: BegunLogin,
    callback_url: CallbackUrl = None,
    *,
    code: Code = None,
    state: CameBack = None,
) -> Flow[Connection]:
    """Turn what the browser came back with into tokens, and store them.

    Pass the URL, or `code` and `state` out of its query. Of the URL, host, path and port must be
    those of the login's redirect_uri; a default port, a slash at the end, the host's case and http
    behind a proxy that ends TLS don't matter.

    Raises `LoginError` when this isn't the answer to the login (another state or address, no
    code), `AccessDenied` when the creator said no, another `TikTokError` when TikTok refused the
    link, `GrantInvalid` when the code was used before or is over (it works once), and
    `ConfigurationError` without the app's key and secret.
    """
    code = _code(login, callback_url, code, state)
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


def _code(login: Login, url: str | None, code: str | None, state: str | None) -> str:
    """The code, once the state proves it."""
    if url is not None:
        if code is not None or state is not None:
            raise TypeError("finish_login(): pass callback_url, or code and state, not both")
        return read_callback(login, url)
    if code is None or state is None:
        raise TypeError("finish_login(): pass callback_url, or both code and state")
    _prove(login, state)
    if not code:
        raise LoginError("the code is empty: TikTok's redirect has none, or an error in its place")
    return code


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
