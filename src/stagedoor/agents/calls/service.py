"""What both doors do with a call: decide, do, write down what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import BaseModel

from ..audit.entry import Outcome
from ..decisions import asking
from ..decisions.decision import Allow, Ask, Deny
from .doing import Doing, Failed
from .errors import Denied
from .wanted import Done, Wanted

if TYPE_CHECKING:
    from stagedoor.connector.services import Services

    from ..decisions.gate import Gate
    from ..identity.service import Caller

logger = logging.getLogger("stagedoor.agents")

Asks = Callable[["Caller", Wanted, BaseModel, Ask], Done]
"""What becomes of a call that a person has to approve: its answer, or an error that says how to
get at one."""


class Calls:
    """Shared by all threads and both doors."""

    def __init__(self, services: Services, gate: Gate, asks: Asks) -> None:
        self._doing = Doing(services)
        self._gate = gate
        self._asks = asks

    def make(
        self, caller: Caller, wanted: Wanted, *, approved: bool = False, post_id: str | None = None
    ) -> Done:
        """What TikTok answers. Raises `ApiError`: `Denied`, what the approvals say, and failures.

        `approved`: a person has approved exactly this; then `post_id` keeps a repetition from
        making a second post.
        """
        decision = self._gate.decide(
            caller, wanted.operation.id, wanted.account, wanted.arguments, approved=approved
        )
        if isinstance(decision, Deny):
            raise Denied(decision)
        request = asking.read(wanted.operation, wanted.arguments).request
        if isinstance(decision, Ask):
            return self._asks(caller, wanted, request, decision)
        return self._done(decision, caller, wanted, request, post_id)

    def _done(
        self,
        allowed: Allow,
        caller: Caller,
        wanted: Wanted,
        request: BaseModel,
        post_id: str | None,
    ) -> Done:
        if allowed.receipt is None:
            raise RuntimeError("no row, no call")
        asked_by = f"{caller.agent_id}/{allowed.receipt.seq}"
        try:
            done = self._doing.do(caller.org, wanted, request, asked_by, post_id)
        except Failed as failed:
            self._settle(allowed, failed.outcome, failed.log_id)
            raise failed.error from failed
        except Exception:
            self._settle(allowed, Outcome.UNKNOWN, None)
            raise
        if done.post is None:
            self._settle(allowed, Outcome.DONE, done.log_id)
        return done

    def _settle(self, allowed: Allow, outcome: Outcome, log_id: str | None) -> None:
        """The call was made: that its outcome can't be written doesn't take it back."""
        try:
            self._gate.settle(allowed, outcome, log_id)
        except Exception:
            logger.exception("an outcome could not be written", extra={"receipt": allowed.receipt})
