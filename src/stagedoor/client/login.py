"""Login Kit: from the consent link to tokens, and disconnecting."""

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
from stagedoor.platform.products.oauth import Authorize, ClientToken, LoginCallback
from stagedoor.platform.wire import encode

from .describe import documented
from .effects import Exclusive, Flow, LoadTokens, SaveTokens
from .error_classes import error_class
from .errors import ConfigurationError, InvalidRequest, LoginError
from .hosts import Hosts
from .parameters import State
from .session import Session, call, usable_tokens
from .session import refresh as refresh_tokens
from .tokens import Tokens


@dataclass(frozen=True, slots=True)
class Login:
    """One attempt to connect. Send the creator's browser to `url`; keep the rest until it returns.

    `state` proves that the callback belongs to this attempt; `code_verifier` (PKCE) proves that
    the code is redeemed by the client that requested it. All fields are plain text that a session
    or database can hold.
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
    """The scopes that the creator allowed. `missing` are those requested but not allowed."""

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

    Send the creator's browser to `Login.url`, keep the `Login` until the browser returns, then
    call `oauth.finish_login`. Request only scopes that are enabled for the app: for any other
    scope TikTok refuses the whole login.
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
    """The scopes without duplicates, also from a comma-separated text."""
    listed = scopes.split(",") if isinstance(scopes, str) else scopes
    return tuple(dict.fromkeys(name.strip() for name in listed if name.strip()))


@checked
def read_callback(login: Login, url: str) -> str:
    """The authorization code from the URL to which TikTok redirected the browser.

    Raises `LoginError` if the URL doesn't belong to this login, `AccessDenied` (or another
    `TikTokError`) if TikTok or the creator refused.
    """
    came = _split(url)
    try:
        _ = url.encode()
        query = dict(parse_qsl(came.query, max_num_fields=100)) if came else {}
        callback = LoginCallback.model_validate(query)
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
    """Raise `LoginError` unless the returned state is the login's own."""
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
    """Whether the callback's address is the redirect URI, as far as the app can see.

    The state proves the callback; comparing the address finds a wrong set-up. The host's case, a
    default port, a trailing slash and http in place of https are ignored: behind a proxy that
    terminates TLS, the app sees its own requests as http.
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
    """The address without query, fragment and credentials, which may be secrets."""
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
    """Exchange the callback's authorization code for tokens, and store them.

    Pass the callback's URL, or `code` and `state` from its query. The URL's host, path and port
    must be those of the login's redirect_uri; a default port, a trailing slash, the host's case
    and http behind a proxy that terminates TLS are ignored.

    Raises `LoginError` if the callback doesn't belong to the login (another state or address, no
    code), `AccessDenied` if the creator refused, another `TikTokError` if TikTok refused the
    link, `GrantInvalid` if the code was used before or has expired (it works once), and
    `ConfigurationError` without the app's key and secret.
    """
    code = code_of(login, callback_url, code, state)
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


def code_of(login: Login, url: str | None, code: str | None, state: str | None) -> str:
    """The authorization code, after the state was checked."""
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
    """Refresh the account's tokens now, whether or not they expired; raises `ReconnectRequired`."""
    fresh: Tokens = yield Exclusive(_refresh_now(session))
    return fresh


def _refresh_now(session: Session) -> Flow[Tokens]:
    stored: Tokens | None = yield LoadTokens()
    if stored is None or stored.refresh_token is None:
        raise ConfigurationError("there is no refresh token: connect the account first")
    return (yield from refresh_tokens(session, stored))


def disconnect(session: Session) -> Flow[None]:
    """Revoke the app's access to the account at TikTok. Expired tokens are refreshed first."""
    tokens = yield from usable_tokens(session)
    key, secret = session.app()
    yield from call(
        session,
        oauth.REVOKE,
        {"client_key": key, "client_secret": secret, "token": tokens.access_token},
    )


def client_token(session: Session) -> Flow[ClientToken]:
    """The app's own token, for Research and Commercial Content; it expires after two hours."""
    key, secret = session.app()
    values = {"client_key": key, "client_secret": secret}
    token: ClientToken = yield from call(session, oauth.TOKEN_CLIENT, values)
    return token
