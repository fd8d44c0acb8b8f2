"""An agent's tools: listed, and called through the one core of all entrances."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from stagedoor.connector.cancellation import Interrupted
from stagedoor.connector.errors import ApiError, ObjectNotFound, ServiceUnavailable
from stagedoor.platform.products.posting import STOP_POLLING

from ..audit.entry import CallOutcome
from ..calls import posts
from ..calls.accounts import AccountNames
from ..calls.errors import Denied, WrongArguments
from ..calls.flow import Flow, RunInThread
from ..calls.request import CallRequest
from ..calls.service import Calls
from ..decisions.arguments import Unread
from ..decisions.decision import WORDS, Allow, Deny, Guard
from ..decisions.gate import DecisionGate
from ..identity.errors import NoAgent
from ..identity.service import AgentCaller, AgentRegistry
from ..identity.toolset import Toolset
from . import error_text
from .bounds import bounded
from .common import Common, is_text
from .decoding import flattened
from .fence import fenced, unfenced
from .list_pace import ListPace
from .parts import ToolParts
from .selection import chosen, is_incomplete
from .task_tools import beyond
from .tool import Asking, Joining, Tool, Unfit
from .toolsets import named, shown
from .visibility import ToolVisibility

logger = logging.getLogger("stagedoor.agents")

_BEYOND = {one.name: one for one in beyond.tools()}


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """A tool's answer. `structured` fits the tool's output schema; None: the answer is an error,
    described by `text`."""

    text: str
    structured: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PostWait:
    """A call that was made and waits for its post. `told` is the answer without its status."""

    tool: Tool
    caller: AgentCaller
    account: str
    publish_id: str
    told: Mapping[str, Any]
    until: float
    """On the monotonic clock."""


@dataclass(frozen=True, slots=True)
class PostProgress:
    """The state of a post, and the answer once its call needn't wait any longer."""

    state: str
    answer: ToolAnswer | None


class Toolbox:
    """Lists and calls tools. Shared by all threads."""

    def __init__(
        self,
        parts: ToolParts,
        *,
        identity: AgentRegistry,
        gate: DecisionGate,
        calls: Calls,
        account_names: AccountNames,
    ) -> None:
        self._parts = parts
        self._identity = identity
        self._gate = gate
        self._calls = calls
        self._account_names = account_names
        self._lists = ListPace(parts.clock.now)

    def listed(self, caller: AgentCaller) -> tuple[Tool, ...]:
        """Return the tools that the agent may use, conditions aside; none if its key isn't valid.

        Raises `ListedTooOften`.
        """
        self._lists.take(caller.agent_id)
        active_toolset = self._identity.active_toolset(caller)
        visibility = None if active_toolset is None else self._visibility(caller)
        if active_toolset is None or visibility is None:
            return ()
        if active_toolset is Toolset.JOBS:
            return chosen(visibility)
        listed = [one for one in shown(active_toolset) if visibility.shows(one)]
        return (*listed, *(beyond.tools() if is_incomplete(listed, visibility) else ()))

    def call(
        self, caller: AgentCaller, name: str, arguments: Mapping[str, Any]
    ) -> Flow[ToolAnswer | PostWait]:
        """Call a tool and return its answer. Errors are answers, too."""
        try:
            tool = self._tool(caller, name)
            if tool is None:
                raise (yield RunInThread(partial(self._refused, caller, name)))
            if tool.stands_for is not None:
                found = tool.stands_for(arguments)
                if isinstance(found, str):
                    raise (yield RunInThread(partial(self._refused, caller, found)))
                tool, arguments = found
            if tool.own is not None:
                own: ToolAnswer = yield RunInThread(partial(self._own, caller, tool, arguments))
                return own
            return (yield from self._called(caller, tool, arguments))
        except ApiError as error:
            return ToolAnswer(error_text.for_agent(error))
        except Exception:
            # unexpected errors aren't shown to the agent
            logger.exception("a tool failed", extra={"agent": caller.agent_id})
            return ToolAnswer("internal_error: Something went wrong here; it was logged.")

    def post_progress(self, following: PostWait) -> PostProgress:
        """Read the status of a post from its journal, without a new decision or a call to TikTok.

        An agent that was stopped, or whose key has ended, gets no status.
        """
        caller = following.caller
        if self._identity.active_toolset(caller) is None:
            return PostProgress("unknown", ToolAnswer(error_text.for_agent(Interrupted())))
        at = self._parts.posts, caller.org, following.account, following.publish_id
        try:
            state = posts.find(*at).post.state.value
            status = posts.status(*at)
            if status["status"] not in STOP_POLLING and time.monotonic() < following.until:
                return PostProgress(state, None)
            return PostProgress(state, _answer(following.tool, {**following.told, **status}))
        except ApiError as error:
            told = f"{error_text.for_agent(error)}\nIts publish_id is {following.publish_id}."
            return PostProgress("unknown", ToolAnswer(told))

    def _tool(self, caller: AgentCaller, name: str) -> Tool | None:
        """Return a tool by name. Every agent may call task tools, and other tools only if its
        toolset has them."""
        known = named(Toolset.JOBS).get(name) or _BEYOND.get(name)
        if known is not None or name not in named(Toolset.ALL):
            return known
        active_toolset = self._identity.active_toolset(caller)
        return None if active_toolset is None else named(active_toolset).get(name)

    def _called(
        self, caller: AgentCaller, tool: Tool, arguments: Mapping[str, Any]
    ) -> Flow[ToolAnswer | PostWait]:
        common = Common.account_of(tool, arguments)
        account = self._account(caller, tool, common)
        try:
            common = Common.of(tool, arguments)
            asking = Asking(self._parts, caller, account, common.rest)
            call = tool.call_request(asking)
            if common.dry_run:
                shown_so: ToolAnswer = yield RunInThread(
                    partial(self._rehearsed, caller, call), slow=True
                )
                return shown_so
        except Unfit as error:
            # the call is decided and recorded like every other
            call = CallRequest(tool.does[0], account, Unread(str(error)))
        try:
            done = yield from self._calls.flow(caller, call)
        except Denied as denied:
            if denied.decision.rule == Guard.BAD_ARGUMENTS:
                denied.message = flattened(tool.input, denied.message)
            if fields := self._readable(caller, call, denied):
                listed = ", ".join(fields)
                denied.detail = {**denied.detail, "remedy": f"Of fields, you may read {listed}."}
            raise
        publish_id = done.data.get("publish_id") or common.rest.get("publish_id")
        if common.wait and account is not None and isinstance(publish_id, str):
            told = {} if done.post is None else dict(done.data)
            until = time.monotonic() + common.wait
            return PostWait(tool, caller, account, publish_id, told, until)
        data = done.data
        if tool.joining is not None:
            data = yield from self._joined(tool.joining, asking, data)
        return _answer(tool, data, common.offset)

    def _rehearsed(self, caller: AgentCaller, call: CallRequest) -> ToolAnswer:
        """Show what a call would send, and how it would be decided; nothing is done or counted."""
        decision, request = self._calls.rehearse(caller, call)
        if isinstance(decision, Deny) and decision.rule == Guard.BAD_ARGUMENTS:
            raise Denied(decision)
        told: dict[str, Any] = {
            "dry_run": True,
            "decision": WORDS[type(decision)],
            "sentence": decision.sentence,
            "note": "Nothing was sent. Call again with dry_run false to do it.",
        }
        if request is not None:
            told["would_send"] = request.model_dump(mode="json", exclude_none=True)
        if isinstance(decision, Deny):
            told |= {"reason": decision.reason, "note": "Nothing was sent."}
        text, structured = unfenced(told)
        return ToolAnswer(text, structured)

    def _joined(
        self, joining: Joining, asking: Asking, data: Mapping[str, Any]
    ) -> Flow[Mapping[str, Any]]:
        """Complete an answer by a second call, if the agent may make it at once and it succeeds."""
        call = joining.call(asking, data)
        if call is None or not (yield RunInThread(partial(self._may, asking.caller, call))):
            return data
        try:
            more = yield from self._calls.flow(asking.caller, call)
        except ApiError:
            return data
        return joining.join(data, more.data)

    def _may(self, caller: AgentCaller, call: CallRequest) -> bool:
        decision, _ = self._calls.rehearse(caller, call)
        return isinstance(decision, Allow)

    def _readable(self, caller: AgentCaller, call: CallRequest, denied: Denied) -> tuple[str, ...]:
        """Return the fields that an agent may read; none if the denial wasn't about a field."""
        if not denied.decision.reason.startswith("The field "):
            return ()
        visibility = self._visibility(caller)
        if visibility is None:
            return ()
        return visibility.rights.fields(call.operation, call.account)

    def _account(self, caller: AgentCaller, tool: Tool, common: Common) -> str | None:
        """Return the named account, the account of the named post, or the only possible one."""
        if not tool.takes_account:
            return None
        if tool.of_post and common.account is None:
            publish_id = common.rest.get("publish_id")
            if isinstance(publish_id, str) and is_text(publish_id):
                try:
                    return self._parts.posts.get(caller.org, publish_id).post.integration
                except ObjectNotFound:
                    pass
        return self._account_names.meant(caller, common.account, tool.does[0], common.rest)

    def _own(self, caller: AgentCaller, tool: Tool, arguments: Mapping[str, Any]) -> ToolAnswer:
        """Call a tool that Stagedoor answers itself, if the agent may do an operation that the
        tool supports; otherwise raise the gate's denial."""
        active_toolset = self._identity.active_toolset(caller)
        visibility = None if active_toolset is None else self._visibility(caller)
        if tool.own is None or visibility is None:
            raise self._refused(caller, tool.name)
        if not visibility.serves(tool):
            if tool.wants is None:
                raise self._refused(caller, tool.name)
            account = visibility.first
            about = tool.call_request(Asking(self._parts, caller, account, {}))
            raise self._refused(caller, about.operation.id, about)
        try:
            common = Common.of(tool, arguments)
            done = tool.own(Asking(self._parts, caller, None, common.rest))
        except Unfit as error:
            raise WrongArguments(str(error)) from None
        return _answer(tool, done.data, common.offset)

    def _visibility(self, caller: AgentCaller) -> ToolVisibility | None:
        try:
            return ToolVisibility.of(self._parts, caller)
        except NoAgent:
            return None

    def _refused(
        self, caller: AgentCaller, operation: str, about: CallRequest | None = None
    ) -> ApiError:
        """Return the gate's denial, which is recorded."""
        account, arguments = (None, {}) if about is None else (about.account, about.arguments)
        decision = self._gate.decide(caller, operation, account, arguments)
        if isinstance(decision, Deny):
            return Denied(decision)
        if isinstance(decision, Allow):
            # the grant was added a moment ago
            self._gate.settle(decision, CallOutcome.FAILED)
        return ServiceUnavailable("What this agent may do has just changed: try again.")


def _answer(tool: Tool, data: Mapping[str, Any], offset: int = 0) -> ToolAnswer:
    told = bounded(tool, data, offset)
    text, structured = unfenced(told) if tool.trusted else fenced(told)
    return ToolAnswer(text, structured)
