"""The check behind both entrances: no call without a decision, no decision without a record."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database
from stagedoor.connector.errors import ServiceUnavailable

from ..audit.entry import CallOutcome
from ..audit.service import Audit
from ..grants.policies import Policies
from ..identity.service import AgentCaller
from . import wording
from .decision import Allow, Ask, Decision, Deny, Guard
from .decision_log import DecisionLog
from .judge import deny
from .request import DecisionRequest, Settlement

logger = logging.getLogger("stagedoor.agents")

_CLOSED = "The gateway can't decide or record this now, so it isn't done. Try again in a moment."


class DecisionGate:
    """Decides calls. Shared by all threads; the gates of all processes agree."""

    def __init__(self, database: Database, clock: Clock, audit: Audit, policies: Policies) -> None:
        self._log = DecisionLog(database, clock, audit, policies)
        self._clock = clock

    def now(self) -> float | None:
        """Return the service's time, used for decisions; None while its clock is unavailable."""
        try:
            return self._clock.now()
        except ServiceUnavailable:
            return None

    def decide(
        self,
        caller: AgentCaller | None,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        *,
        approved: bool = False,
        counted: float | None = None,
    ) -> Decision:
        """Decide whether `caller` may make this call on an account (an integration's id), and why.

        The decision is recorded before it is returned, and counted against the limits of the day
        and the minute in the same transaction. `approved`: a person has approved exactly this call;
        an `Ask` becomes an `Allow`, everything else is decided as usual. `counted`: the call is
        decided again, and was counted at that time. Never raises: on any failure the decision is a
        `Deny` (`Guard.UNAVAILABLE`).
        """
        if caller is None:
            words = wording.call_sentence("", operation_id, None, None)
            return deny(Guard.UNKNOWN_AGENT, "No agent has this key.", words)
        call = DecisionRequest(caller, operation_id, account, arguments, approved, counted)
        [found] = self.answers([call])
        if not isinstance(found, Allow | Deny | Ask):
            raise TypeError("a call was answered with no decision")
        return found

    def settle(self, allowed: Allow, outcome: CallOutcome, log_id: str | None = None) -> None:
        """Record the outcome of an allowed call. Its use of the day's limits stays counted."""
        if allowed.receipt is None:
            raise ValueError("this decision isn't on record")
        [found] = self.answers([Settlement(allowed.receipt, outcome, log_id)])
        if isinstance(found, BaseException):
            raise found

    def answers(
        self, items: Sequence[DecisionRequest | Settlement]
    ) -> list[Decision | bool | BaseException]:
        """Return a decision for each call, and for each settlement whether it is new, or why it
        isn't recorded.

        The items are recorded as a batch, with the same results as one by one. Never raises.
        """
        try:
            found = self._log.record(items)
        except Exception as error:
            found = [error] * len(items)
        return [_closed(*pair) for pair in zip(items, found, strict=True)]

    def summarise(self, everything: bool = False) -> int:
        """Record the counted denials that are due, or all. Returns the number of entries."""
        return self._log.summarise(everything)

    def explain(
        self,
        org: str,
        agent_id: str,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        *,
        caller: AgentCaller | None = None,
        counted: float | None = None,
    ) -> Decision:
        """Return the decision that `decide` would make now, without a record and without
        counting. Without a caller no key is checked."""
        return self._log.explained(
            org, agent_id, operation_id, account, arguments, caller, counted
        ).decision

    def needs_currency(self, call: DecisionRequest) -> bool:
        """Whether the decision of a call depends on the currency of its ad account, which nobody
        knows."""
        return self._log.explained(
            call.org,
            call.caller.agent_id,
            call.operation_id,
            call.account,
            call.arguments,
            call.caller,
        ).needs_currency

    def denial_now(self, call: DecisionRequest, counted: float | None) -> Deny | None:
        """Return the denial of a call that was allowed, hasn't completed, and wouldn't be allowed
        now.

        None also where that can't be determined: the call's final step is decided `again`.
        """
        try:
            found = self._log.explained(
                call.org,
                call.caller.agent_id,
                call.operation_id,
                call.account,
                call.arguments,
                call.caller,
                counted if call.counted is None else call.counted,
            ).decision
        except Exception:
            logger.exception("a call can't be decided again", extra={"agent": call.caller.agent_id})
            return None
        return found if isinstance(found, Deny) else None

    def again(
        self,
        caller: AgentCaller,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        counted: float | None,
    ) -> Decision:
        """Decide a call again that was allowed at `counted` and hasn't been made yet; `counted`
        None: the call waits for a person.

        An `Allow` keeps its first record. A changed decision gets a record of its own.
        """
        try:
            found = self._log.explained(
                caller.org, caller.agent_id, operation_id, account, arguments, caller, counted
            ).decision
        except Exception:
            logger.exception("a decision failed", extra={"agent": caller.agent_id})
        else:
            if isinstance(found, Allow):
                return found
        return self.decide(caller, operation_id, account, arguments, counted=counted)


def _closed(
    item: DecisionRequest | Settlement, found: Decision | bool | BaseException
) -> Decision | bool | BaseException:
    """Turn any result of a call that isn't a decision into a denial (fail closed)."""
    if isinstance(item, Settlement) or isinstance(found, Allow | Deny | Ask):
        return found
    error = found if isinstance(found, BaseException) else None
    logger.error("a decision failed", exc_info=error, extra={"agent": item.caller.agent_id})
    words = wording.call_sentence("", item.operation_id, None, None)
    return deny(Guard.UNAVAILABLE, _CLOSED, words)
