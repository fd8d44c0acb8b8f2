"""Login by QR code (`oauth.yaml`, get_qrcode and check_qrcode): the app's side and the phone's.

The scan URL from `start` has a placeholder for the app's own ticket; the phone reports the ticket
in the code that it scanned, so that the app can detect a code that an attacker substituted.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from stagedoor.platform.products import oauth
from stagedoor.platform.products.oauth import QrCheck, QrCode, QrRequest, QrStatus
from stagedoor.platform.scopes import consent_text

from ...calls import AdmittedCall, Refusal
from ...control.errors import ControlError, unknown, wrong
from ...world import App, Creator, World
from ...world.entities import AppState, PlatformKind
from . import consent, token_calls
from .state import QR_LOGINS, QrLoginAttempt

_AUTH_TYPE = "100"
_SCHEME, _ACTION = "aweme", "authorize"


def start(call: AdmittedCall) -> QrCode:
    """Create a QR login; TikTok's checks here are assumed."""
    world = call.world
    request: QrRequest = call.request
    app = world.apps.get(request.client_key)
    if app is None:
        raise Refusal("invalid_client")
    if app.state is not AppState.LIVE and not app.sandbox:
        raise Refusal("unauthorized_client")
    if not request.scope:
        raise Refusal("invalid_request", oauth.MALFORMED)
    if any(name not in app.scopes for name in request.scope):
        raise Refusal("invalid_scope")
    redirect_uri = _registered(app) or (f"{call.base_url}/" if app.any_redirect else None)
    if redirect_uri is None:
        raise Refusal("invalid_request", oauth.MALFORMED)
    login = QrLoginAttempt(
        token=world.ids.qr_token(),
        client_key=app.client_key,
        scopes=list(dict.fromkeys(request.scope)),
        redirect_uri=redirect_uri,
        state=request.state,
        expires=call.now + world.settings.qr_seconds,
    )
    world[QR_LOGINS].add(login)
    return QrCode(scan_qrcode_url=scan_url(login), token=login.token)


def check(call: AdmittedCall) -> dict[str, str]:
    """The state of the code. CONFIRMED is returned once; after that the code is utilised."""
    world = call.world
    request: QrCheck = call.request
    app = token_calls.client(world, request.client_key, request.client_secret)
    login = world[QR_LOGINS].get(request.token)
    if login is None or login.client_key != app.client_key:
        raise Refusal("invalid_request", oauth.MALFORMED)
    status = status_of(world, login)
    seen = status not in (QrStatus.NEW, QrStatus.EXPIRED)
    told = {"client_ticket": login.ticket if seen else "", "status": str(status)}
    if status is not QrStatus.CONFIRMED:
        return told
    login.status = QrStatus.UTILISED
    state = {} if login.state is None else {"state": login.state}
    told["redirect_uri"] = consent.with_query(login.redirect_uri, {"code": login.code} | state)
    if world.settings.qr_tells_code:
        told["code"] = login.code
    return told | state


def scan_url(login: QrLoginAttempt, ticket: str = oauth.TICKET_UNFILLED) -> str:
    """The URL in the QR code, for TikTok's app to open."""
    query = {
        "authType": _AUTH_TYPE,
        "client_key": login.client_key,
        "client_ticket": ticket,
        "scope": ",".join(login.scopes),
        "token": login.token,
    }
    return f"{_SCHEME}://{_ACTION}?{urlencode(query, safe=',')}"


def status_of(world: World, login: QrLoginAttempt) -> QrStatus:
    if login.denied:
        return QrStatus(world.settings.qr_denied_as)
    over = login.expires <= world.now()
    if over and login.status in (QrStatus.NEW, QrStatus.SCANNED):
        return QrStatus.EXPIRED
    return login.status


def find(world: World, token: str) -> QrLoginAttempt:
    login = world[QR_LOGINS].get(token)
    if login is None:
        raise unknown("QR login", token)
    return login


def scan(world: World, url: str) -> QrLoginAttempt:
    """Record a phone's scan: from then on the app can see the ticket."""
    try:
        parts = urlsplit(url.strip())
        sent = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        raise wrong("url", "can't be read") from None
    if (parts.scheme, parts.netloc) != (_SCHEME, _ACTION) or "token" not in sent:
        raise wrong("url", f"is no {_SCHEME}://{_ACTION} address with a token")
    login = find(world, sent["token"])
    status = status_of(world, login)
    if status not in (QrStatus.NEW, QrStatus.SCANNED) or login.denied:
        raise ControlError(409, f"The code can't be scanned any more: it is {status}.")
    login.status, login.ticket = QrStatus.SCANNED, sent.get("client_ticket", "")
    return login


def approve(
    world: World, creator: Creator, login: QrLoginAttempt, kept: frozenset[str] | None = None
) -> None:
    """Grant the `kept` scopes, or all; scopes without a toggle are always granted."""
    _check_scanned(world, login)
    app = world.apps[login.client_key]
    if not consent.lets_in(app, creator):
        raise ControlError(409, f"{creator.username} is no target user of the sandbox.")
    granted = frozenset(
        name
        for name in login.scopes
        if kept is None or name in kept or not consent_text(name).toggleable
    )
    code = consent.issue(world, app, creator, granted, login.redirect_uri, PlatformKind.WEB)
    login.status, login.code = QrStatus.CONFIRMED, code.value


def deny(world: World, login: QrLoginAttempt) -> None:
    _check_scanned(world, login)
    login.denied = True


def _check_scanned(world: World, login: QrLoginAttempt) -> None:
    status = status_of(world, login)
    if status is not QrStatus.SCANNED or login.denied:
        raise ControlError(409, f"There is nothing to decide: the code is {status}.")


def _registered(app: App) -> str | None:
    """The app's registered redirect URI, preferably one of the web platform; None without one."""
    web = app.redirect_uris.get(PlatformKind.WEB, [])
    others = [uri for uris in app.redirect_uris.values() for uri in uris if "*" not in uri]
    return next(iter([*web, *others]), None)
