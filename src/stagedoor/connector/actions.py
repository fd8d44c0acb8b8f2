"""People's actions by `/api`: each request that may change something is recorded before it is
handled, and its outcome after.

The record is kept by a higher layer, which registers a `Recorder`. Where it can't be written, the
request isn't handled.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError

from .tenants.roles import Caller

logger = logging.getLogger("stagedoor.service")

F = TypeVar("F", bound=Callable[..., Any])
Handle = Callable[[Request], Coroutine[Any, Any, Response]]


_ACCOUNT = "integrationId"
_ID_FIELD = re.compile("[a-zA-Z]{1,30}Id")
_MAX_ID = 64


@dataclass(frozen=True, slots=True)
class RecordedAction:
    """The person, the action and its object. `account` is the connected account that the request
    names, `where` the route with its ids, or the command."""

    org: str
    user: str
    role: str
    name: str
    summary: str
    where: str
    account: str | None = None


class ActionOutcome(StrEnum):
    """The outcome of an action."""

    DONE = "done"
    FAILED = "failed"
    """The action was refused, or failed before anything was done."""
    UNKNOWN = "unknown"
    """The service failed on the way."""


class Recorder(Protocol):
    def begin(self, action: RecordedAction) -> Callable[[ActionOutcome], object]:
        """Record an action before it is done; return the function that records its outcome. Raises
        `ApiError` if it can't be recorded; the action must not be done then."""


@dataclass
class Actions:
    """The recorder of a process; None: nothing is recorded (a service without the gateway)."""

    recorder: Recorder | None = None

    async def recorded(
        self, action: RecordedAction, request: Request, handle: Handle, stops: bool
    ) -> Response:
        """Handle a request between the two records. One that `stops` is handled even if it can't
        be recorded."""
        if self.recorder is None:
            return await handle(request)
        try:
            end = await asyncio.to_thread(self.recorder.begin, action)
        except Exception:
            if not stops:
                raise
            logger.exception("%s of %s couldn't be recorded", action.name, action.user)
            return await handle(request)
        became = ActionOutcome.UNKNOWN
        try:
            response = await handle(request)
            became = _ending(response.status_code)
        except Exception as error:
            became = _ending(_status(error))
            raise
        finally:
            try:
                await asyncio.shield(asyncio.to_thread(end, became))
            except Exception:
                # the action is recorded, without its outcome: that can't be undone any more
                logger.exception("the outcome of %s couldn't be recorded", action.name)
        return response


def _status(error: Exception) -> int:
    if isinstance(error, RequestValidationError):
        return 400
    found: int = getattr(error, "http", getattr(error, "status_code", 500))
    return found


def _ending(status: int) -> ActionOutcome:
    if status < 400:
        return ActionOutcome.DONE
    return ActionOutcome.FAILED if status < 500 else ActionOutcome.UNKNOWN


def records_itself(function: F) -> F:
    """Declare that a route's service records what it does in the same transaction."""
    function.records_itself = True  # type: ignore[attr-defined]
    return function


def stops(function: F) -> F:
    """Declare that a route stops something: it must work even if the audit is broken."""
    function.stops = True  # type: ignore[attr-defined]
    return function


def only_reads(function: F) -> F:
    """Declare that a route changes nothing, whatever its method and role: its requests aren't
    recorded."""
    function.only_reads = True  # type: ignore[attr-defined]
    return function


def is_stop(function: Callable[..., Any]) -> bool:
    return getattr(function, "stops", False)


def is_recorded(function: Callable[..., Any], methods: set[str] | None, reads: bool) -> bool:
    """Whether requests of a route are recorded: those that may change something."""
    reads = reads or getattr(function, "only_reads", False)
    changes = bool((methods or set()) - {"GET", "HEAD"}) and not reads
    return changes and not getattr(function, "records_itself", False)


def action_of(
    request: Request, caller: Caller, body: bytes, name: str, summary: str
) -> RecordedAction:
    """The action of a request: its path, and the objects that ids in its body name."""
    named = _ids(body)
    account = request.path_params.get("integration_id") or named.pop(_ACCOUNT, None)
    ids = ", ".join(f"{name} {value}" for name, value in named.items())
    return RecordedAction(
        org=caller.org,
        user=caller.user,
        role=caller.role.value,
        name=name,
        summary=summary,
        where=f"{request.method} {request.url.path}{': ' if ids else ''}{ids}",
        account=account if account is not None and len(account) <= _MAX_ID else None,
    )


def _ids(body: bytes) -> dict[str, str]:
    """The ids that a body names on its first level, by their fields."""
    try:
        sent = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(sent, Mapping):
        return {}
    return {
        name: value
        for name, value in sent.items()
        if _ID_FIELD.fullmatch(name) and isinstance(value, str) and 0 < len(value) <= _MAX_ID
    }
