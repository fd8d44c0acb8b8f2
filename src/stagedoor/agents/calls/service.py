"""What both doors do with a call: decide, do, write down what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from pydantic import BaseModel

from stagedoor.client import MemoryTokens
from stagedoor.client.driver_sync import SyncDriver

from ..audit.entry import Outcome, Receipt
from ..decisions import asking
from ..decisions.decision import Allow, Ask, Deny
from ..decisions.recording import Call, End
from .doing import Doing, Failed
from .errors import Denied
from .flow import Apart, Flow, here
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
        self._pacer = services.pacer
        self._driver = SyncDriver(services.http, None, MemoryTokens())

    def make(
        self, caller: Caller, wanted: Wanted, *, approved: bool = False, post_id: str | None = None
    ) -> Done:
        """What TikTok answers. Raises `ApiError`: `Denied`, what the approvals say, and failures.

        `approved`: a person has approved exactly this; then `post_id` keeps a repetition from
        making a second post.
        """
        flow = self.flow(caller, wanted, approved=approved, post_id=post_id)
        return here(flow, self._gate, self._pacer, self._driver)

    def flow(
        self, caller: Caller, wanted: Wanted, *, approved: bool = False, post_id: str | None = None
    ) -> Flow[Done]:
        """`make`, for who runs many together."""
        decision: object = yield Call(
            caller, wanted.operation.id, wanted.account, wanted.arguments, approved
        )
        if isinstance(decision, Deny):
            raise Denied(decision)
        request = asking.read(wanted.operation, wanted.arguments).request
        if isinstance(decision, Ask):
            done: Done = yield Apart(partial(self._asks, caller, wanted, request, decision))
            return done
        if not isinstance(decision, Allow) or decision.receipt is None:
            raise RuntimeError("no row, no call")
        return (yield from self._done(decision.receipt, caller, wanted, request, post_id))

    def _done(
        self,
        receipt: Receipt,
        caller: Caller,
        wanted: Wanted,
        request: BaseModel,
        post_id: str | None,
    ) -> Flow[Done]:
        asked_by = f"{caller.agent_id}/{receipt.seq}"
        try:
            done = yield from self._doing.flow(caller.org, wanted, request, asked_by, post_id)
        except Failed as failed:
            yield from _settled(End(receipt, failed.outcome, failed.log_id))
            raise failed.error from failed
        except Exception:
            yield from _settled(End(receipt, Outcome.UNKNOWN))
            raise
        if done.post is None:
            yield from _settled(End(receipt, Outcome.DONE, done.log_id))
        return done


def _settled(end: End) -> Flow[None]:
    """The call was made: that its outcome can't be written doesn't take it back."""
    try:
        yield end
    except Exception:
        logger.exception("an outcome could not be written", extra={"receipt": end.receipt})
