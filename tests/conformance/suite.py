"""One run: every operation is asked at most once, by its example, and its answer is compared."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx2
from pydantic import AfterValidator, BaseModel

from stagedoor import Hosts
from stagedoor.errors import InvalidRequest
from stagedoor.platform import wire
from stagedoor.platform.errors import ErrorKind
from stagedoor.platform.model import KnownFields
from stagedoor.platform.operation import Host, Operation, OperationEffect
from stagedoor.platform.products import oauth
from stagedoor.platform.protocols.protocol import Problem, UnreadableAnswer
from tests.examples import Seeded, Values, example_of, values_of

from .credentials import IN_EXAMPLES, Credentials, Unreachable, carries_own_token, token_of
from .drift import Drift, DriftKind, Received, code_of, compared, is_bare, place_of
from .references import DROPPED, References, reference_of, replaced
from .shapes import member_shapes

_LACKING = (ErrorKind.SCOPE, ErrorKind.POLICY)
"""The operation is forbidden to the app or the account."""
_LIMITED = (ErrorKind.RATE, ErrorKind.QUOTA)
_LOG_ID = re.compile(r"[0-9]{14}[0-9A-Fa-f]{4,40}")
_WRONG = (ErrorKind.AUTH, ErrorKind.CLIENT)
"""A credential of the run isn't good."""

_NOT_OF_FIELDS = (*_LIMITED, *_WRONG, ErrorKind.SERVER)
"""Errors for which no field can be the reason."""


class Unanswered(Exception):
    """The request got no answer. The message holds no address, since it may hold secrets."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an operation's example."""

    operation: Operation[..., Any]
    moment: datetime
    request: BaseModel = field(repr=False)
    received: Received = field(repr=False)
    answer: Any = field(repr=False)
    """The typed answer; None if the call was refused, or the answer couldn't be read."""
    problem: Problem | None
    drift: tuple[Drift, ...] = ()

    @property
    def code(self) -> str:
        """The error code, `ok` for none, as a report may show it."""
        return "ok" if self.problem is None else code_of(self.operation, self.problem.code)

    @property
    def kind(self) -> ErrorKind | None:
        if self.problem is None:
            return None
        return self.operation.protocol.errors.kind(self.problem.code, self.problem.http)

    @property
    def log_id(self) -> str:
        told = self.operation.protocol.log_id(self.received.headers, self.problem)
        return told if _LOG_ID.fullmatch(told) else "of another form" if told else ""

    @property
    def data(self) -> Any:
        """The data of the answer as JSON; None if the call was refused."""
        if self.answer is None:
            return None
        root = json.loads(self.received.body or b"{}")
        place = place_of(self.operation)
        return (root.get(place) or {}) if place else root


class Suite:
    """The emulator or real TikTok, and what a run has learnt of it.

    `is_real`: what the examples name is replaced by what the account has. `may_write`: operations
    that change something are asked, too. `seeded` is the world that the examples are of.
    """

    def __init__(
        self,
        http: httpx2.Client,
        hosts: Hosts,
        credentials: Credentials,
        seeded: Seeded,
        *,
        is_real: bool,
        may_write: bool,
        environment: Mapping[str, str] | None = None,
        transport: httpx2.BaseTransport | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.http, self.hosts, self.credentials, self.seeded = http, hosts, credentials, seeded
        self.transport = transport
        self.is_real, self.may_write, self._now = is_real, may_write, now
        self.outcomes: dict[str, Outcome] = {}
        """By the operation's id, in the order of the calls."""
        self.skipped: dict[str, str] = {}
        """Why an operation wasn't asked."""
        self.behaves_otherwise: list[str] = []
        """The names of tests of TikTok's behaviour that failed."""
        self.references = References(environment or {}, self._data, may_write)
        self._asking: set[str] = set()

    def outcome(self, operation: Operation[..., Any]) -> Outcome:
        """The outcome of the operation's example in this run. Raises `Unreachable`,
        `Unanswered`."""
        if operation.id in self.skipped:
            raise Unreachable(self.skipped[operation.id])
        if operation.id not in self.outcomes:
            try:
                self.outcomes[operation.id] = self._asked(operation)
            except Unreachable as reason:
                self.skipped[operation.id] = str(reason)
                raise
        return self.outcomes[operation.id]

    def unreachable(self, outcome: Outcome) -> str | None:
        """Why an answer says nothing about the declaration; None: it does."""
        kind = outcome.kind
        if outcome.problem is None or example_of(outcome.operation).refused:
            return None
        if kind in _LACKING:
            return f"the app or the account isn't allowed this: {outcome.code}"
        if kind in _LIMITED:
            return f"a limit was reached: {outcome.code}"
        if outcome.operation.id in self.references.makers:
            return f"what this run made isn't ready for it, or doesn't fit: {outcome.code}"
        if kind is ErrorKind.SERVER:
            return f"TikTok failed: {outcome.code}, log id {outcome.log_id}"
        return None

    def is_refused_credential(self, outcome: Outcome) -> bool:
        return not example_of(outcome.operation).refused and outcome.kind in _WRONG

    def ask(
        self, operation: Operation[..., Any], request: BaseModel, token: str | None = None
    ) -> Outcome:
        """Send a request and compare its answer; `token` instead of the run's own.

        Raises `Unreachable`, `Unanswered`.
        """
        encoded = wire.encode(operation, request)
        given = operation.protocol.token_headers(token) if token is not None else None
        headers = given or self._token(operation)
        if encoded.content_type:
            headers["content-type"] = encoded.content_type
        content: Any = encoded.body
        if encoded.form is not None:
            headers["content-length"] = str(encoded.form.length)
            content = encoded.form.body()
        url = self.hosts.url(operation)
        if encoded.query:
            url = f"{url}?{encoded.query}"
        moment = self._now()
        failure = None
        try:
            answer = self.http.request(operation.method, url, headers=headers, content=content)
        except httpx2.TransportError as error:
            failure = type(error).__name__
        if failure is not None:
            raise Unanswered(f"{operation.id}: {failure}")
        told = {name.lower(): value for name, value in answer.headers.items()}
        received = Received(answer.status_code, told, answer.content)
        drift = tuple(compared(operation, received))
        read = _read(operation, received)
        problem = read if isinstance(read, Problem) else None
        typed = None if isinstance(read, Problem) else read
        return Outcome(operation, moment, request, received, typed, problem, drift)

    def asked_with(
        self, operation: Operation[..., Any], more: Values, token: str | None = None
    ) -> Outcome:
        """Ask the example with other values too, and keep nothing of it. Arguments and errors are
        those of `ask`."""
        if self.is_real:
            self._permit(operation)
        request = self._request(operation, self._values(operation) | more)
        return self.ask(operation, request, token)

    def secrets(self) -> list[str]:
        """Everything that the run was given and must not show, and the app's own token."""
        own = self.outcomes.get(oauth.TOKEN_CLIENT.id)
        token = [] if own is None or own.answer is None else [str(own.answer.access_token)]
        return [*self.credentials.secrets(), *self.references.values(), *token]

    def _asked(self, operation: Operation[..., Any]) -> Outcome:
        if operation.id in self._asking:
            raise Unreachable(f"what {operation.id} names is told by itself alone")
        self._asking.add(operation.id)
        try:
            return self._judged(operation, self._best(operation))
        finally:
            self._asking.discard(operation.id)

    def _best(self, operation: Operation[..., Any]) -> Outcome:
        """Ask for every declared field; if that is refused, for the example's own."""
        if self.is_real:
            self._permit(operation)
        values = self._values(operation)
        every = _with_every_field(operation, values)
        first = self.ask(operation, self._request(operation, every))
        if every == values or first.problem is None or first.kind in _NOT_OF_FIELDS:
            return first
        second = self.ask(operation, self._request(operation, values))
        if second.problem is None and first.kind is not ErrorKind.SCOPE:
            told = Drift(operation.id, DriftKind.REFUSED, "fields", first.code, "every field")
            return replace(second, drift=(*second.drift, told))
        return second

    def _permit(self, operation: Operation[..., Any]) -> None:
        if operation.host is Host.HANDED_OUT:
            raise Unreachable("its address comes with a post, and a run uploads nothing")
        if operation.effect is OperationEffect.WRITE and not self.may_write:
            raise Unreachable("it changes something: pass --writes")

    def _judged(self, operation: Operation[..., Any], outcome: Outcome) -> Outcome:
        """With the drift of the outcome itself: refused, or answered."""
        refused = outcome.problem is not None
        if refused is example_of(operation).refused or self.unreachable(outcome) is not None:
            return outcome
        if refused:
            told = Drift(operation.id, DriftKind.REFUSED, "", outcome.code, "an answer")
        else:
            told = Drift(operation.id, DriftKind.ANSWERED, "", "an answer", "a refusal")
        return replace(outcome, drift=(*outcome.drift, told))

    def _token(self, operation: Operation[..., Any]) -> dict[str, str]:
        name = token_of(operation)
        if name is not None:
            return operation.protocol.token_headers(self.credentials.given(name))
        if carries_own_token(operation):
            own = self.outcome(oauth.TOKEN_CLIENT)
            if own.answer is None:
                raise Unreachable(f"{oauth.TOKEN_CLIENT.id} was refused: {own.code}")
            return operation.protocol.token_headers(own.answer.access_token)
        return {}

    def _request(self, operation: Operation[..., Any], values: Values) -> BaseModel:
        try:
            made: BaseModel = operation.request(**values)
        except InvalidRequest as error:
            names = ", ".join(path for path, _ in error.problems)
            raise Unreachable(f"what was named doesn't fit the declaration: {names}") from None
        return made

    def _values(self, operation: Operation[..., Any]) -> Values:
        """The example's values, with this run's credentials and, for real TikTok, the account's
        own things."""
        if self.is_real:
            self._token(operation)
        example = example_of(operation)

        def replace_one(name: str, value: Any) -> Any:
            if isinstance(value, str) and value in IN_EXAMPLES:
                return self.credentials.given(IN_EXAMPLES[value])
            reference = reference_of(operation, name) if self.is_real else None
            if reference is None or (example.refused and not reference.is_account):
                return value
            if reference.is_told_by(operation) and not self.references.named(reference):
                return DROPPED
            if isinstance(value, str):
                return self.references.of(operation, reference)[0]
            return tuple(self.references.of(operation, reference, len(value)))

        given: Values = replaced(values_of(operation, self.seeded), replace_one)
        return given

    def _data(self, operation: Operation[..., Any]) -> Any:
        return self.outcome(operation).data


def _read(operation: Operation[..., Any], received: Received) -> Any:
    if operation.protocol.answers_file and is_bare(operation, received):
        return operation.response()
    try:
        return operation.protocol.unwrap(
            operation, received.status, received.headers, received.body
        )
    except UnreadableAnswer:
        return None


def _with_every_field(operation: Operation[..., Any], values: Values) -> Values:
    """The values with all names that `fields` may hold, so that each is compared."""
    model: Any = operation.request
    shape = member_shapes(model).get("fields")
    for mark in () if shape is None else shape.marks:
        known = mark.func if isinstance(mark, AfterValidator) else None
        if isinstance(known, KnownFields):
            return values | {"fields": known.known}
    return values
