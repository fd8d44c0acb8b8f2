"""The state that all calls of one client share, and the flow of a single call.

The operations that give tokens are imported by the first call that needs them: most processes are
given tokens that are valid, and an import of the clients loads no product.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import Any

from pydantic import BaseModel

from stagedoor.platform.account_field import account_field
from stagedoor.platform.operation import LimitKey, Operation, RateLimit, Subject, Tier
from stagedoor.platform.protocols.protocol import Wire
from stagedoor.platform.records import frozen

from .answer import read
from .effects import (
    Acquire,
    Exclusive,
    Flow,
    LoadTokens,
    Reply,
    SaveTokens,
    Send,
    Sleep,
    TokensRefused,
)
from .errors import (
    ConfigurationError,
    GrantInvalid,
    InvalidRequest,
    ReconnectRequired,
    TikTokError,
    TokenInvalid,
    TransportError,
)
from .hosts import Hosts
from .retry import GiveUp, RetryPolicy
from .sink import Sink
from .tokens import OwnToken, Tokens


@frozen
class Answered:
    """A response to a call, successful or not. TikTok's support asks for its `log_id`."""

    operation: str
    http_status: int
    log_id: str
    body: bytes = field(default=b"", repr=False)
    """The raw body; responses to token requests hold tokens."""


@frozen
class Session:
    """Settings without I/O: the app, TikTok's hosts, the retry policy."""

    client_key: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    hosts: Hosts = field(default_factory=Hosts)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    now: Callable[[], float] = time.time
    user_agent: str = "stagedoor"
    own: OwnToken = field(default_factory=OwnToken, repr=False, compare=False)
    """The app's own token, shared by all clients of this session."""
    on_answer: Callable[[Answered], None] | None = field(default=None, repr=False, compare=False)
    guards: tuple[Callable[[Operation[..., Any], BaseModel], None], ...] = field(
        default=(), repr=False, compare=False
    )
    """Called in this order before each operation; each raises an error to refuse the call."""
    tier: Tier = Tier.BASIC
    """The app's tier in TikTok API for Business, which sets its rate limits."""

    def filled(self, operation: Operation[..., Any], values: dict[str, Any]) -> dict[str, Any]:
        """The request's fields with those that the client fills in."""
        return values

    def completed(
        self, operation: Operation[..., Any], request: BaseModel, tokens: Tokens
    ) -> BaseModel:
        """The request with the fields that the account's tokens tell."""
        return request

    def refresh_call(self, tokens: Tokens) -> tuple[Operation[..., Any], dict[str, Any]]:
        """The operation that redeems a refresh token, with its fields."""
        from stagedoor.platform.products import oauth

        key, secret = self.app()
        values = {"client_key": key, "client_secret": secret}
        return oauth.TOKEN_REFRESH, values | {"refresh_token": tokens.refresh_token or ""}

    def tokens_of(self, answer: Any) -> Tokens:
        """The tokens in the answer of `refresh_call`'s operation."""
        return Tokens.from_answer(answer, self.now())

    def app(self) -> tuple[str, str]:
        """Client key and secret; raises `ConfigurationError` if either is missing."""
        if not self.client_key or not self.client_secret:
            raise ConfigurationError(
                "this needs the app's client_key and client_secret: pass both to the client"
            )
        return self.client_key, self.client_secret


def build(operation: Operation[..., Any], values: dict[str, Any]) -> BaseModel:
    """The typed request; raises `InvalidRequest` that names each invalid field by its path."""
    try:
        request: BaseModel = operation.request(**values)
    except InvalidRequest as error:
        raise InvalidRequest(operation.id, error.problems) from None
    return request


def call(
    session: Session,
    operation: Operation[..., Any],
    values: dict[str, Any] | BaseModel,
    sink: Sink | None = None,
) -> Flow[Any]:
    """One operation: token, pacing, send, read; refresh once on 401, retry by the policy.

    `values` are the request's fields, or the request itself, which is sent unchanged. A file
    response is written to `sink`, which tells an error from a file.
    """
    protocol = operation.protocol
    if protocol.answers_file and sink is None:
        raise ConfigurationError(
            f"{operation.id} answers with a file: use the method that saves it"
        )
    if isinstance(values, BaseModel):
        request = values
    else:
        request = build(operation, session.filled(operation, values))
    for guard in session.guards:
        guard(operation, request)
    wire = _encoded(operation, request)
    tokens: Tokens | None = None
    if operation.carries_token:
        by_app = operation.subject is Subject.APP
        tokens = yield from own_tokens(session) if by_app else usable_tokens(session)
        completed = session.completed(operation, request, tokens)
        if completed is not request:
            request, wire = completed, _encoded(operation, completed)
    url = session.hosts.url(operation)
    if wire.query:
        url = f"{url}?{wire.query}"
    headers = {"user-agent": session.user_agent}
    if wire.content_type:
        headers["content-type"] = wire.content_type
    if wire.form is not None:
        headers["content-length"] = str(wire.form.length)
    refreshed = False
    attempt = 0
    while True:
        attempt += 1
        proof: dict[str, str] = {}
        if tokens is not None:
            proof = protocol.token_headers(tokens.access_token)
            headers |= proof
        for limit in operation.limits:
            for key in _windows(session, operation, request, limit, proof):
                yield Acquire(key, limit.at(session.tier))
        try:
            body = wire.body if wire.form is None else wire.form.body()
            reply: Reply = yield Send(operation.method, url, headers, body, into=sink)
            if session.on_answer is not None:
                log_id = protocol.log_id(reply.headers)
                session.on_answer(Answered(operation.id, reply.status, log_id, reply.body))
            if sink is not None and sink.saving:
                return None
            return read(operation, reply)
        except TokenInvalid as error:
            if tokens is None or refreshed or not _can_renew(session, operation, tokens):
                if tokens is not None and operation.subject is not Subject.APP:
                    yield TokensRefused(tokens, error)
                raise
            refreshed, attempt = True, attempt - 1
            if operation.subject is Subject.APP:
                tokens = yield Exclusive(_renew(session, tokens))
            else:
                tokens = yield Exclusive(_refresh(session, tokens, error))
        except (TikTokError, TransportError) as error:
            decision = session.retry.after(operation, error, attempt)
            if isinstance(decision, GiveUp):
                raise
            yield Sleep(decision.seconds)


def _encoded(operation: Operation[..., Any], request: BaseModel) -> Wire:
    try:
        return operation.protocol.encode(operation, request)
    except UnicodeEncodeError:  # the value may be a secret, so the error doesn't show it
        why = "a text holds half a character (a lone surrogate), which can't be sent"
        raise InvalidRequest(operation.id, [("", why)]) from None


def _windows(
    session: Session,
    operation: Operation[..., Any],
    request: BaseModel,
    limit: RateLimit,
    proof: dict[str, str],
) -> Iterator[tuple[str | None, ...]]:
    """The rate limit keys of a call: (operation or pool of operations, the counted subject).

    If an operation has several limits, the keys of all but the first also name their window. A
    call for several ad accounts counts for each of them.
    """
    for subject in _counted(session, request, limit):
        yield _key(operation, limit, subject or next(iter(proof.values()), None))


def _counted(session: Session, request: BaseModel, limit: RateLimit) -> Iterable[str | None]:
    """The subjects for which a call counts, each once; None: the token's own subject."""
    if limit.by is LimitKey.ADVERTISER:
        several = dict.fromkeys(getattr(request, "advertiser_ids", None) or ())
        return several or (getattr(request, "advertiser_id", None),)
    if limit.by is LimitKey.ACCOUNT:
        name = account_field(request)
        return (None if name is None else getattr(request, name),)
    if limit.by in (LimitKey.CLIENT, LimitKey.APP_TIER):
        return (session.client_key,)
    return (None,)


def _key(
    operation: Operation[..., Any], limit: RateLimit, counted: str | None
) -> tuple[str | None, ...]:
    key = (limit.pool or operation.id, counted)
    if limit is operation.limits[0]:
        return key
    return (*key, f"{limit.requests} in {limit.per_seconds:g} s by {limit.by}")


def usable_tokens(session: Session) -> Flow[Tokens]:
    """The account's tokens, refreshed first if they are known to have expired."""
    tokens: Tokens | None = yield LoadTokens()
    if tokens is None:
        raise ConfigurationError(
            "no account is connected: pass access_token or tokens, or connect one first"
        )
    if tokens.expired(session.now()) and _can_refresh(session, tokens):
        fresh: Tokens = yield Exclusive(_refresh(session, tokens, None))
        return fresh
    return tokens


def own_tokens(session: Session) -> Flow[Tokens]:
    """The app's own token; requested if there is none or it has expired.

    Without the app's secret, the access token that was passed to the client is used, unless it is
    a creator's.
    """
    held = session.own.tokens
    if held is not None and not held.expired(session.now()):
        return held
    if not (session.client_key and session.client_secret):
        from stagedoor.platform.products import oauth

        given: Tokens | None = yield LoadTokens()
        if given is not None and not given.access_token.startswith(oauth.USER_TOKEN_PREFIX):
            return given
    session.app()
    fresh: Tokens = yield Exclusive(_renew(session, held))
    return fresh


def _renew(session: Session, used: Tokens | None) -> Flow[Tokens]:
    """Replace the app's own token `used` by a new one. Runs inside `Exclusive`."""
    from stagedoor.platform.products import oauth

    held = session.own.tokens
    if held is not None and held is not used:
        return held
    key, secret = session.app()
    answer: oauth.ClientToken = yield from call(
        session, oauth.TOKEN_CLIENT, {"client_key": key, "client_secret": secret}
    )
    fresh = Tokens(access_token=answer.access_token, expires_at=session.now() + answer.expires_in)
    session.own.tokens = fresh
    return fresh


def _can_renew(session: Session, operation: Operation[..., Any], tokens: Tokens) -> bool:
    if operation.subject is Subject.APP:
        return bool(session.client_key and session.client_secret)
    return _can_refresh(session, tokens)


def _can_refresh(session: Session, tokens: Tokens) -> bool:
    return bool(tokens.refresh_token and session.client_key and session.client_secret)


def _refresh(session: Session, used: Tokens, cause: TikTokError | None) -> Flow[Tokens]:
    """New tokens to replace `used`. Runs inside `Exclusive`; adopts a stored pair if it differs."""
    stored: Tokens | None = yield LoadTokens()
    if stored is not None and stored.access_token != used.access_token:
        return stored
    return (yield from refresh(session, stored or used, cause))


def refresh(session: Session, tokens: Tokens, cause: TikTokError | None = None) -> Flow[Tokens]:
    """Redeem the refresh token; the new pair is stored before it is returned.

    Raises `ReconnectRequired` if TikTok no longer accepts the refresh token.
    """
    operation, values = session.refresh_call(tokens)
    try:
        answer = yield from call(session, operation, values)
    except GrantInvalid as error:
        raise ReconnectRequired(
            error.code,
            error.message,
            log_id=error.log_id,
            http_status=error.http_status,
            operation=error.operation,
            remedy=error.remedy,
        ) from cause
    fresh = session.tokens_of(answer)
    if fresh.refresh_token is None:  # never overwrite a live refresh token with None
        fresh = fresh.model_copy(update={"refresh_token": tokens.refresh_token})
    yield SaveTokens(fresh)
    return fresh
