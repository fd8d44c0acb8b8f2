"""One request through the proxy: parse it, resolve its account, make the call, and answer."""

from __future__ import annotations

from functools import partial

from pydantic import BaseModel

from stagedoor.connector.errors import ApiError
from stagedoor.platform import wire
from stagedoor.platform.operation import Operation

from .. import vocabulary
from ..calls.accounts import AccountNames
from ..calls.errors import AccountNeeded, Denied, NoAgentKey
from ..calls.flow import Flow, RunInThread
from ..calls.request import CallRequest
from ..calls.service import Calls
from ..decisions.arguments import Unread
from ..decisions.decision import Guard
from ..decisions.gate import DecisionGate
from ..identity.errors import NoAgent
from ..identity.service import AgentCaller
from . import answers, incoming
from .answers import ProxyResponse
from .errors import NotHere, UnreadableBody
from .table import ProxyRoute

_TOLD = 3
"""Number of validation problems that an answer names."""
_SMALL = 4 << 10
"""Bytes of a request that are parsed in the scheduler's thread."""


class RequestFlow:
    """One request as a flow: slow steps are yielded."""

    __slots__ = (
        "_account_names",
        "_body",
        "_caller",
        "_calls",
        "_gate",
        "_key",
        "_named",
        "_query",
        "_route",
    )

    def __init__(
        self,
        gate: DecisionGate,
        calls: Calls,
        account_names: AccountNames,
        *,
        route: ProxyRoute,
        named: str | None,
        caller: AgentCaller | None,
        key: str | None,
        query: str,
        body: bytes | UnreadableBody,
    ) -> None:
        self._gate = gate
        self._calls = calls
        self._account_names = account_names
        self._caller = caller
        self._route = route
        self._named = named
        self._key = key
        self._query = query
        self._body = body

    def reply(self) -> Flow[ProxyResponse]:
        unread = isinstance(self._body, UnreadableBody)
        body = self._body if isinstance(self._body, bytes) else b""
        operation = self._route.meant(self._query, body)
        try:
            if not self._route.open:
                yield RunInThread(partial(self._refuse, operation))
            return (yield from self._made(operation))
        except ApiError as error:
            return answers.refusal(error, operation, close=unread or self._left)

    @property
    def _left(self) -> bool:
        """Whether the client may still be sending a body, which isn't read."""
        first = self._route.first
        return first.method != "GET" and not self._route.takes_body

    def _refuse(self, operation: Operation[..., object]) -> None:
        """Record the denial, then raise `NotHere`."""
        if self._caller is not None and operation.id not in vocabulary.operations():
            self._gate.decide(self._caller, operation.id, None, {})
        raise NotHere

    def _made(self, operation: Operation[..., object]) -> Flow[ProxyResponse]:
        caller = self._caller
        if caller is None:
            raise NoAgentKey
        size = len(self._query) + (len(self._body) if isinstance(self._body, bytes) else 0)
        arguments: BaseModel | Unread
        if size > _SMALL:
            arguments = yield RunInThread(partial(self._arguments, operation))
        else:
            arguments = self._arguments(operation)
        account, unclear = None, None
        if vocabulary.needs_account(operation):
            try:
                account = self._account_names.meant(caller, self._named, operation, arguments)
            except AccountNeeded as error:
                unclear = error
            except NoAgent:
                pass  # the agent was deleted just now, as the decision will find
        try:
            done = yield from self._calls.flow(caller, CallRequest(operation, account, arguments))
        except Denied as denied:
            # the denial is recorded; these errors say better what to do
            rule = denied.decision.rule
            if rule == Guard.NO_ACCOUNT and unclear is not None:
                raise unclear from None
            if rule == Guard.BAD_ARGUMENTS and isinstance(self._body, UnreadableBody):
                raise self._body from None
            if rule == Guard.UNKNOWN_AGENT:
                raise NoAgentKey from None
            raise
        return answers.answer(operation, done)

    def _arguments(self, operation: Operation[..., object]) -> BaseModel | Unread:
        if isinstance(self._body, UnreadableBody):
            return Unread(self._body.message)
        if len(self._query) > incoming.MAX_QUERY:
            return Unread(f"the query is longer than {incoming.MAX_QUERY} bytes")
        if incoming.repeated(self._query):
            return Unread("the query says something twice")
        try:
            read: BaseModel = wire.parse(operation, self._query, self._body)
        except wire.Malformed as error:
            words = str(wire.Malformed(error.problems[:_TOLD]))
            # the message may quote any input, including the key
            return Unread(words.replace(self._key or "\0", "***"))
        return read
