"""/api/audit: agents' calls and their decisions; search, follow, verify, erase."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from sqlalchemy import Row

from stagedoor.connector.api import CallerIs, needs, router
from stagedoor.connector.errors import BadRequest
from stagedoor.connector.provided import provided
from stagedoor.connector.shapes import Model, ResponseModel
from stagedoor.connector.tenants.roles import Role

from ..api import moment
from .changes import CHANGED
from .entry import Head, Kind, Shown
from .service import Audit, shown, text_of
from .store import Filter

ROUTER = router(prefix="/api/audit", tags=["audit"], dependencies=[needs(Role.ADMIN)])

_EVENTS = "text/event-stream"
_PAUSE = 0.5
_ALIVE_EVERY = 30


class Line(ResponseModel):
    """One decision, or with decision=changed a person's change of an agent. Erased texts are null.

    `approved`: a person had approved the call before; `decidedBy` and `note` are of the person who
    decided a pending call, or made the change. `counted`: the number of calls; a summary of denials
    beyond the rate limit stands for many.
    """

    id: str
    at: datetime
    agent: str | None
    agent_name: str | None
    account: str | None
    account_name: str | None
    operation: str | None
    resource: str | None
    decision: str
    rule: str
    reason: str | None
    sentence: str | None
    erased: bool
    approved: bool
    outcome: str | None
    decided_by: str | None
    note: str | None
    log_id: str | None
    counted: int = 1

    @classmethod
    def of(cls, row: Shown) -> Line:
        return cls(
            id=str(row.seq),
            at=moment(row.at),
            **{name: getattr(row, name) for name in cls.model_fields if name not in ("id", "at")},
        )


class Lines(ResponseModel):
    """A page of rows. `nextCursor` leads to the next page; a page may have no rows and still
    have a next page."""

    rows: list[Line]
    next_cursor: str | None


class ProblemShown(ResponseModel):
    id: str
    what: str


class Verified(ResponseModel):
    """The result of a verification.

    `proof` names the proof that nothing was cut off: the service's `witness`, or the head that was
    given as `since`; null: there is none. `provenUntil` is the last entry that the proof covers.
    `head`, kept elsewhere and given as `since` later, is a proof that doesn't depend on the
    service.
    """

    intact: bool
    proof: str | None
    proven_until: str | None
    entries: int
    head: str
    problems: list[ProblemShown]
    problems_found: int


class Erasure(Model):
    """The texts to erase: those of one account's calls, or `everything`."""

    integration_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    everything: bool = False


class Erased(ResponseModel):
    erased: int


_Audit = Annotated[Audit, provided(Audit)]
_Text = Annotated[str | None, Query(max_length=200)]


@ROUTER.get("", responses={200: {"content": {_EVENTS: {}}}}, response_model=Lines)
def read(
    request: Request,
    caller: CallerIs,
    audit: _Audit,
    agent: _Text = None,
    account: _Text = None,
    operation: _Text = None,
    resource: _Text = None,
    decision: Literal["allowed", "denied", "pending", "changed"] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    q: _Text = None,
    follow: bool = False,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,18}$")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    last_event_id: Annotated[str | None, Header(pattern=r"^[0-9]{1,18}$")] = None,
) -> Lines | Response:
    """List decisions, newest first. With follow=true, or Accept: text/event-stream, stream new
    ones."""
    wanted = Filter(
        agent=agent,
        account=account,
        operation=operation,
        resource=resource,
        decision=decision,
        since=None if since is None else since.timestamp(),
        until=None if until is None else until.timestamp(),
        words=q,
        changes=decision == CHANGED,
    )
    if follow or _EVENTS in request.headers.get("accept", ""):
        begin = audit.head(caller.org).seq if last_event_id is None else int(last_event_id)
        events = _followed(request, audit, caller.org, begin)
        return StreamingResponse(events, media_type=_EVENTS, headers={"cache-control": "no-store"})
    page = audit.page(caller.org, wanted, None if cursor is None else int(cursor), limit)
    after = None if page.next_cursor is None else str(page.next_cursor)
    return Lines(rows=[Line.of(row) for row in page.rows], next_cursor=after)


@ROUTER.get("/verify")
def verify(
    caller: CallerIs,
    audit: _Audit,
    since: Annotated[str | None, Query(pattern=r"^[0-9]{1,18}:[0-9a-f]{64}$")] = None,
) -> Verified:
    """Verify that no entry was changed, moved, removed or cut off."""
    kept = None
    if since is not None:
        seq, _, digest = since.partition(":")
        kept = Head(int(seq), digest)
    report = audit.verify(caller.org, kept)
    return Verified(
        intact=report.intact,
        proof=None if report.proven is None else report.proven.source.value,
        proven_until=None if report.proven is None else str(report.proven.head.seq),
        entries=report.entries,
        head=str(report.head),
        problems=[ProblemShown(id=str(one.seq), what=one.what) for one in report.problems],
        problems_found=report.found,
    )


@ROUTER.post("/erasures")
def erase(caller: CallerIs, audit: _Audit, body: Erasure) -> Erased:
    """Erase the personal texts so far. The decisions stay, and verify still succeeds."""
    if (body.integration_id is None) == (not body.everything):
        raise BadRequest("Send integrationId, or everything: true.")
    audit.begin(caller.org)
    return Erased(erased=audit.erase(caller.org, body.integration_id))


async def _followed(request: Request, audit: Audit, org: str, after: int) -> AsyncIterator[bytes]:
    """Stream decisions, outcomes and verdicts as events; resume from an event's id."""
    yield b": following\n\n"
    quiet = 0
    while not await request.is_disconnected():
        rows: Sequence[Row[Any]] = await asyncio.to_thread(audit.after, org, after)
        for row in rows:
            after = row.seq
            yield _event(row)
        quiet = 0 if rows else quiet + 1
        if not rows:
            if quiet % _ALIVE_EVERY == 0:
                yield b": still here\n\n"
            await asyncio.sleep(_PAUSE)


def _event(row: Row[Any]) -> bytes:
    if row.kind == Kind.OUTCOME:
        told = {"id": str(row.about), "outcome": row.outcome, "logId": row.log_id}
        data = json.dumps(told)
    elif row.kind == Kind.APPROVAL:
        said = text_of(row) or {}
        more = {"decidedBy": said.get("by"), "note": said.get("note")}
        data = json.dumps(
            {"id": str(row.about), "outcome": row.outcome, "sentence": said.get("sentence"), **more}
        )
    else:
        data = Line.of(shown(row)).model_dump_json(by_alias=True)
    return f"event: {row.kind}\nid: {row.seq}\ndata: {data}\n\n".encode()
