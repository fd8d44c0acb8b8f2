"""The one check behind both doors: no call without a decision, no decision without a row."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database

from ..audit.entry import Outcome
from ..audit.service import Audit
from ..grants.policies import Policies
from ..identity.service import Caller
from . import sentences
from .decision import Allow, Ask, Decision, Deny, Guard
from .judge import deny
from .line import Line
from .recording import Call, End, Recorder

logger = logging.getLogger("stagedoor.agents")

_CLOSED = "The gateway can't decide or record this now, so it isn't done. Try again in a moment."


class Gate:
    """Shared by all threads; every process of the service has one, and they agree.

    What several threads ask at one moment is decided in one transaction.
    """

    def __init__(self, database: Database, clock: Clock, audit: Audit, policies: Policies) -> None:
        self._recorder = Recorder(database, clock, audit, policies)
        self._line: Line[Call | End, Decision | bool] = Line(self._recorder.record)

    def decide(
        self,
        caller: Caller | None,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        *,
        approved: bool = False,
    ) -> Decision:
        """Whether `caller` may do this on an account (an integration's id), and why.

        The answer is on record before it is given, and what a day or a minute allows is used up
        in the same transaction. `approved`: a person has approved exactly this; an `Ask` becomes
        an `Allow`, everything else is decided anew. It never raises: where anything fails, the
        answer is a `Deny` (`Guard.UNAVAILABLE`).
        """
        if caller is None:
            words = sentences.asking("", operation_id, None, None)
            return deny(Guard.UNKNOWN_AGENT, "Nobody has this key.", words)
        try:
            found = self._line.through(Call(caller, operation_id, account, arguments, approved))
            if not isinstance(found, Allow | Deny | Ask):
                raise TypeError("a call was answered with no decision")
            return found
        except Exception:
            logger.exception("a decision failed", extra={"agent": caller.agent_id})
            words = sentences.asking("", operation_id, None, None)
            return deny(Guard.UNAVAILABLE, _CLOSED, words)

    def settle(self, allowed: Allow, outcome: Outcome, log_id: str | None = None) -> None:
        """Write what became of an allowed call. What it used up of the day stays used up."""
        if allowed.receipt is None:
            raise ValueError("this decision isn't on record")
        self._line.through(End(allowed.receipt, outcome, log_id))

    def explain(
        self,
        org: str,
        agent_id: str,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
    ) -> Decision:
        """What `decide` would say now, without a row and without using anything up."""
        return self._recorder.explained(org, agent_id, operation_id, account, arguments)
