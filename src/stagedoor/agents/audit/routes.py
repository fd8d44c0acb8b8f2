"""/api/audit: what agents and people did; search, follow, verify, erase."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from sqlalchemy import Row

from stagedoor.connector.actions import records_itself
from stagedoor.connector.api import CallerIs, needs, router
from stagedoor.connector.documented import raises
from stagedoor.connector.errors import ObjectNotFound, bad_span, unfit
from stagedoor.connector.jobs import Shutdown
from stagedoor.connector.provided import provided
from stagedoor.connector.queries import Cursor, QueryTime
from stagedoor.connector.shapes import Model, ResponseModel, example, moment
from stagedoor.connector.tenants.roles import Role
from stagedoor.platform.reasons import formed

from .entry import DecisionRecord, EntryKind, Head, shown, text_of
from .errors import AuditUnavailable
from .service import Audit
from .store import EntryFilter

ROUTER = router(prefix="/api/audit", tags=["audit"], dependencies=[needs(Role.ADMIN)])

_EVENTS = "text/event-stream"
_NUMBER = formed(r"^[0-9]{1,18}$", "should be the id of an event, as the stream gave it")
_HEAD = formed(
    r"^[0-9]{1,18}:[0-9a-f]{64}$", "should be a head as a verification gave it: <number>:<hash>"
)
_PAUSE = 0.5
_ALIVE_EVERY = 30


class By(StrEnum):
    """The selection of entries by their originators."""

    AGENTS = "agents"
    """Calls of agents."""
    PEOPLE = "people"
    """Actions of people, by API or CLI."""


class AuditLine(ResponseModel):
    """A decision on an agent's call, or what a person did: a change of an agent (`changed`), or
    anything else (`acted`). Erased texts are null.

    `approved`: a person had approved the call before; `decidedBy` and `note` are of the person who
    decided a pending call, or made the change. `counted`: the number of calls; a summary of denials
    beyond the rate limit stands for many.
    """

    id: str
    """The number of the entry."""
    at: datetime
    """When it was decided, in UTC."""
    agent: str | None
    """The id of the agent."""
    agent_name: str | None
    """The agent's name at the time."""
    account: str | None
    """The id of the connected account."""
    account_name: str | None
    """The account's name at the time."""
    operation: str | None
    """The operation, such as `posting.video_init`; for what a person did the route's, such as
    `publishVideo`."""
    resource: str | None
    """The resource of the operation."""
    decision: str
    """`allowed`, `denied` or `pending`; for what a person did `changed` (an agent) or `acted` (all
    else)."""
    rule: str
    """The rule that decided; the person's role for what a person did."""
    reason: str | None
    """Why it was denied; null: it wasn't, or the text was erased."""
    sentence: str | None
    """The call in words; null: the text was erased."""
    erased: bool
    """Whether its texts were erased."""
    approved: bool
    """Whether a person had approved the call before."""
    outcome: str | None
    """How the call ended; null: not known yet, or it wasn't made."""
    decided_by: str | None
    """The person who decided a pending call, or who did it."""
    note: str | None
    """The note of the person who decided."""
    log_id: str | None
    counted: int = 1
    """The number of calls that the entry stands for."""

    @classmethod
    def of(cls, row: DecisionRecord) -> AuditLine:
        return cls(
            id=str(row.seq),
            at=moment(row.at),
            **{name: getattr(row, name) for name in cls.model_fields if name not in ("id", "at")},
        )


class Lines(ResponseModel):
    """A page of rows. `nextCursor` leads to the next page; a page may have no rows and still
    have a next page."""

    rows: list[AuditLine]
    """The entries of this page, newest first."""
    next_cursor: str | None


class AuditProblemShown(ResponseModel):
    """A problem that a verification found."""

    id: str
    """The number of the entry."""
    what: str
    """The problem with the entry."""


class Verified(ResponseModel):
    """The result of a verification.

    `proof` names the proof that nothing was cut off: the service's `witness`, or the head that was
    given as `since`; null: there is none. `provenUntil` is the last entry that the proof covers.
    `head`, kept elsewhere and given as `since` later, is a proof that doesn't depend on the
    service.
    """

    intact: bool
    """Whether nothing was changed, moved, removed or cut off."""
    proof: str | None
    """The proof that nothing was cut off: `witness` or `since`; null: there is none."""
    proven_until: str | None
    """The last entry that the proof covers."""
    entries: int
    """How many entries there are."""
    head: str
    """The end of the audit: kept elsewhere and given as `since` later, it is a proof of its own."""
    problems: list[AuditProblemShown]
    """The first problems."""
    problems_found: int
    """How many problems there are."""


class Erasure(Model):
    """The texts to erase: those of one account's calls, or `everything`."""

    model_config = example(everything=True)

    integration_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """Erase the texts of this account's calls."""
    everything: bool = False
    """Erase all texts."""


class Erased(ResponseModel):
    """The result of an erasure."""

    erased: int
    """How many texts were erased."""


_Audit = Annotated[Audit, provided(Audit)]


def _only(description: str) -> Any:
    return Query(max_length=200, description=description)


@ROUTER.get("", responses={200: {"content": {_EVENTS: {}}}}, response_model=Lines)
def list_audit(
    request: Request,
    caller: CallerIs,
    audit: _Audit,
    shutdown: Annotated[Shutdown, provided(Shutdown)],
    agent: Annotated[str | None, _only("Only entries of the agent with this id.")] = None,
    account: Annotated[str | None, _only("Only entries of this connected account.")] = None,
    operation: Annotated[str | None, _only("Only entries of this operation.")] = None,
    resource: Annotated[str | None, _only("Only entries of this resource.")] = None,
    decision: Annotated[
        Literal["allowed", "denied", "pending", "changed", "acted"] | None,
        Query(description="Only entries with this decision."),
    ] = None,
    since: Annotated[QueryTime | None, Query(description="Only entries from this time on.")] = None,
    until: Annotated[QueryTime | None, Query(description="Only entries before this time.")] = None,
    q: Annotated[str | None, _only("Only entries with this in their texts, in any case.")] = None,
    by: Annotated[By | None, Query(description="Only what agents, or people, did.")] = None,
    follow: Annotated[bool, Query(description="Whether to stream new entries.")] = False,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    last_event_id: Annotated[
        str | None,
        Header(pattern=_NUMBER, description="Stream the entries after this event's id."),
    ] = None,
) -> Lines | Response:
    """List what agents and people did, newest first. With follow=true, or Accept:
    text/event-stream, stream new entries."""
    if since is not None and until is not None and until <= since:
        raise bad_span("since", "until")
    wanted = EntryFilter(
        agent=agent,
        account=account,
        operation=operation,
        resource=resource,
        decision=decision,
        since=None if since is None else since.timestamp(),
        until=None if until is None else until.timestamp(),
        words=q,
        agents=by is not By.PEOPLE,
        people=by is not By.AGENTS,
    )
    if follow or _EVENTS in request.headers.get("accept", ""):
        begin = audit.head(caller.org).seq if last_event_id is None else int(last_event_id)
        events = _followed(request, shutdown, audit, caller.org, begin)
        return StreamingResponse(events, media_type=_EVENTS, headers={"cache-control": "no-store"})
    page = audit.page(caller.org, wanted, cursor, limit)
    return Lines(rows=[AuditLine.of(row) for row in page.items], next_cursor=page.next_cursor)


@ROUTER.get("/verify")
@raises(AuditUnavailable)
def verify_audit(
    caller: CallerIs,
    audit: _Audit,
    since: Annotated[
        str | None,
        Query(
            pattern=_HEAD,
            description="The `head` of an earlier verification: the audit must still contain it.",
        ),
    ] = None,
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
        problems=[AuditProblemShown(id=str(one.seq), what=one.what) for one in report.problems],
        problems_found=report.found,
    )


@ROUTER.post("/erasures")
@raises(ObjectNotFound, AuditUnavailable)
@records_itself
def erase_audit_texts(caller: CallerIs, audit: _Audit, body: Erasure) -> Erased:
    """Erase the personal texts so far. The decisions stay, and verify still succeeds."""
    if (body.integration_id is None) == (not body.everything):
        raise unfit("integrationId", "send it, or everything: true, and not both")
    audit.begin(caller.org)
    erased = audit.erase(caller.org, caller.user, caller.role.value, body.integration_id)
    return Erased(erased=erased)


async def _followed(
    request: Request, shutdown: Shutdown, audit: Audit, org: str, after: int
) -> AsyncIterator[bytes]:
    """Stream decisions, outcomes and verdicts as events; resume from an event's id. A process that
    shuts down ends it: the follower connects again, to another one."""
    yield b": following\n\n"
    quiet = 0
    while not shutdown.begun and not await request.is_disconnected():
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
    if row.kind == EntryKind.OUTCOME:
        told = {"id": str(row.about), "outcome": row.outcome, "logId": row.log_id}
        ended = (text_of(row) or {}).get("ended")
        data = json.dumps(told if ended is None else told | {"sentence": ended})
    elif row.kind == EntryKind.APPROVAL:
        said = text_of(row) or {}
        more = {"decidedBy": said.get("by"), "note": said.get("note")}
        data = json.dumps(
            {"id": str(row.about), "outcome": row.outcome, "sentence": said.get("sentence"), **more}
        )
    else:
        data = AuditLine.of(shown(row)).model_dump_json(by_alias=True)
    return f"event: {row.kind}\nid: {row.seq}\ndata: {data}\n\n".encode()
