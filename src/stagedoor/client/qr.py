"""Login by QR code: the code is shown on a screen, the creator consents on the phone."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from stagedoor.platform.arguments import AtLeast, Says, check_fields
from stagedoor.platform.products import oauth
from stagedoor.platform.products.oauth import (
    MAX_TICKET_LENGTH,
    TICKET_UNFILLED,
    QrCode,
    QrState,
    QrStatus,
)

from .effects import Flow, SaveTokens, Sleep
from .errors import InvalidRequest, LoginError, QrExpired, TransportError
from .login import Connection, ScopeNames, parted
from .parameters import State
from .session import Session, call
from .tokens import Tokens

_POLL_SECONDS = 2.0
_PATIENCE = 300.0
_MAX_LOST = 3

Ticket = Annotated[
    str | None, Says("any URL-safe text of fewer than 512 characters; a random one is made if None")
]
Patience = Annotated[float, AtLeast(0), Says("for how many seconds to ask")]
Pause = Annotated[float, AtLeast(0.01), Says("how many seconds lie between two questions")]


@dataclass(frozen=True, slots=True)
class QrLogin:
    """One attempt to connect by QR code. Draw `url` as the code; keep the rest until it has ended.

    `ticket` proves that the phone scanned this code and not one that somebody put in its place.
    """

    url: str
    token: str = field(repr=False)
    ticket: str = field(repr=False)
    state: str = field(repr=False)
    scopes: tuple[str, ...]

    def __post_init__(self) -> None:
        check_fields(self)


BegunQr = Annotated[QrLogin, Says("what `qr_begin` gave")]


def begin_qr(
    session: Session, scopes: ScopeNames, *, ticket: Ticket = None, state: State = None
) -> Flow[QrLogin]:
    """Request a code to draw. TikTok sends the creator to the app's registered redirect URI.

    The creator scans the code with TikTok's app; `qr_wait` then returns the tokens.
    """
    key, _ = session.app()
    ticket = secrets.token_urlsafe(16) if ticket is None else ticket
    if not ticket or not ticket.isascii() or len(quote(ticket, safe="")) > MAX_TICKET_LENGTH:
        raise InvalidRequest(
            oauth.QR_START.id, [("ticket", f"is not 1 to {MAX_TICKET_LENGTH} URL-safe characters")]
        )
    state = state or secrets.token_urlsafe(24)
    wanted = parted(scopes)
    code: QrCode = yield from call(
        session, oauth.QR_START, {"client_key": key, "scope": wanted, "state": state}
    )
    return QrLogin(_filled(code.scan_qrcode_url, ticket), code.token, ticket, state, wanted)


def check_qr(session: Session, login: BegunQr) -> Flow[QrState]:
    """The current state of the code. Raises `LoginError` if the phone scanned another ticket.

    A confirmed answer holds the only copy of the authorization code; `wait_for_qr` redeems it
    for you.
    """
    key, secret = session.app()
    asked = {"client_key": key, "client_secret": secret, "token": login.token}
    state: QrState = yield from call(session, oauth.QR_CHECK, asked)
    shows = state.status in (QrStatus.SCANNED, QrStatus.CONFIRMED, QrStatus.UTILISED)
    if shows and not hmac.compare_digest(state.client_ticket.encode(), login.ticket.encode()):
        raise LoginError(
            "the phone saw another code than the one shown: somebody may have put theirs in its "
            "place. Begin again with a fresh code."
        )
    return state


def wait_for_qr(
    session: Session,
    login: BegunQr,
    *,
    timeout: Patience = _PATIENCE,
    every: Pause = _POLL_SECONDS,
) -> Flow[Connection]:
    """Poll until the creator has consented, then redeem the code and store the tokens.

    Raises `QrExpired` when the QR code has expired (a creator's refusal looks the same): show a
    fresh one. TikTok publishes neither its lifetime nor a poll interval.
    """
    until = session.now() + timeout
    lost = 0
    while True:
        try:
            state: QrState = yield from check_qr(session, login)
            lost = 0
        except TransportError:
            lost += 1
            if lost >= _MAX_LOST:
                raise
            state = QrState(status=QrStatus.NEW)
        if state.status == QrStatus.CONFIRMED:
            return (yield from _redeemed(session, login, state))
        if state.status == QrStatus.EXPIRED:
            raise QrExpired("the QR code has expired: show a fresh one")
        if state.status == QrStatus.UTILISED:
            raise LoginError("the code was handed out before: begin again with a fresh QR code")
        if session.now() + every > until:
            raise QrExpired(f"nobody allowed the login within {timeout:.0f} s")
        yield Sleep(every)


def _redeemed(session: Session, login: BegunQr, state: QrState) -> Flow[Connection]:
    key, secret = session.app()
    code, redirect_uri, back = _read(state)
    if not hmac.compare_digest(back.encode(), login.state.encode()):
        raise LoginError("the state doesn't belong to this login: begin again with a fresh QR code")
    answer: oauth.UserToken = yield from call(
        session,
        oauth.TOKEN_CODE,
        {
            "client_key": key,
            "client_secret": secret,
            "code": code,
            "redirect_uri": redirect_uri,
        },
    )
    tokens = Tokens.from_answer(answer, session.now())
    yield SaveTokens(tokens)
    missing = tuple(scope for scope in login.scopes if scope not in tokens.scopes)
    return Connection(tokens, tokens.scopes, missing)


def _read(state: QrState) -> tuple[str, str, str]:
    """Code, redirect URI and state of a confirmed check (`oauth.yaml`, check_qrcode.response)."""
    try:
        # In TikTok's table, the example of `code` is a URL, which is then taken for redirect_uri.
        uri = state.redirect_uri or (state.code if "://" in state.code else "")
        parts = urlsplit(uri)
        sent = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        raise LoginError("TikTok's redirect can't be read as an address") from None
    found = dict(sent)
    code = state.code if state.code and "://" not in state.code else found.get("code", "")
    if not code:
        raise LoginError("TikTok confirmed the login without a code")
    kept = [(name, value) for name, value in sent if name not in ("code", "scopes", "state")]
    plain = urlunsplit(parts._replace(query=urlencode(kept)))
    return code, plain, state.state or found.get("state", "")


def _filled(url: str, ticket: str) -> str:
    """The scan URL with the app's own ticket filled in; the rest is unchanged."""
    head, mark, query = url.partition("?")
    written = f"client_ticket={quote(ticket, safe='')}"
    parts = [
        written if part == f"client_ticket={TICKET_UNFILLED}" else part for part in query.split("&")
    ]
    if written not in parts:
        parts.append(written)
    return f"{head}{mark or '?'}{'&'.join(part for part in parts if part)}"
