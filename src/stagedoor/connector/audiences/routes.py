"""`/api/ads/audiences`: audiences of customers."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import uuid
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from stagedoor.client.errors import InvalidRequest
from stagedoor.client.identifiers import Identifiers

from .. import bodies
from ..api import CallerIs, NewId, needs, router
from ..documented import raises
from ..errors import unfit
from ..fair_queue import Owner, TooManyAtOnce
from ..idempotency import MAX_KEY, bad_key
from ..media.errors import BadUpload
from ..media.multipart import FirstFile
from ..provided import instance, provided
from ..queries import Cursor
from ..shapes import AccountId
from ..slots import FileBodySlots
from ..tenants.roles import Caller, Role
from ..vault.errors import VaultClosed
from .audience import MembersAction, kinds_of
from .errors import (
    ACCOUNT_ERRORS,
    AudienceBusy,
    NoAudience,
    NothingToRemove,
    TooManyMembersWaiting,
)
from .members import Place, place_of_member, refused
from .schemas import (
    AudienceDetailShown,
    AudienceShown,
    AudiencesShown,
    ChangeAccepted,
    MembersChange,
    NewCustomerAudience,
)
from .service import Accepted, AudiencesService

ROUTER: APIRouter = router("/api/ads/audiences", tags=["ads"])
MAX_JSON = 512 << 10
MAX_CSV = 4 << 20
"""Bytes of a CSV body, which is in memory while it is hashed."""
_CSV, _FORM = "text/csv", "multipart/form-data"
_DENSE = 8
"""A member of `{"email":"a@b.example"}` has two values."""
_CSV_BODIES: dict[str, Any] = {
    "requestBody": {
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "A CSV file of at most 4 MiB: a header (email, "
                            "phone, idfa, gaid, maid) and a row for each member.",
                        },
                        "action": {
                            "type": "string",
                            "enum": [one.value for one in MembersAction],
                            "description": "What to do with the members; default append.",
                        },
                        "more": {
                            "type": "string",
                            "enum": ["true", "false"],
                            "description": "Whether further members follow; default false.",
                        },
                    },
                }
            },
        }
    },
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": {"type": "string", "enum": values, "default": values[default]},
            "description": f"Of a body of text/csv, {said}; JSON and a form have a field for it.",
        }
        for name, values, default, said in (
            ("action", [one.value for one in MembersAction], 0, "what to do with the members"),
            ("more", ["true", "false"], 1, "whether further members follow"),
        )
    ],
}

AudiencesAre = Annotated[AudiencesService, provided(AudiencesService)]
_Limit = Annotated[int, Query(ge=1, le=200)]
_Read = Callable[[], Identifiers]


@ROUTER.get("", dependencies=[needs(Role.VIEWER)])
def list_audiences(
    caller: CallerIs,
    audiences: AudiencesAre,
    account_id: Annotated[AccountId | None, Query(alias="accountId")] = None,
    cursor: Cursor = None,
    limit: _Limit = 50,
) -> AudiencesShown:
    """List the organisation's audiences, of one ad account or of all, newest first."""
    page = audiences.page(caller.org, account_id, cursor, limit)
    return AudiencesShown(
        audiences=[AudienceShown.of(one, pending) for one, pending in page.items],
        next_cursor=page.next_cursor,
    )


@ROUTER.post("", dependencies=[needs(Role.ADMIN)])
@raises(*ACCOUNT_ERRORS)
def create_audience(
    caller: CallerIs, audiences: AudiencesAre, new_id: NewId, body: NewCustomerAudience
) -> AudienceShown:
    """Add an audience of customers to an ad account. TikTok makes it with its first members."""
    made = audiences.create(caller.org, new_id, body.account_id, body.name, body.identifier_type)
    return AudienceShown.of(made, 0)


@ROUTER.get("/{audience_id}", dependencies=[needs(Role.VIEWER)])
@raises(NoAudience)
def show_audience(
    caller: CallerIs, audiences: AudiencesAre, audience_id: str
) -> AudienceDetailShown:
    """Show an audience with its changes; TikTok's side is read by itself while it computes."""
    return AudienceDetailShown.known(audiences.get(caller.org, audience_id))


@ROUTER.delete("/{audience_id}", dependencies=[needs(Role.ADMIN)], status_code=204)
@raises(NoAudience, AudienceBusy, *ACCOUNT_ERRORS)
def delete_audience(caller: CallerIs, audiences: AudiencesAre, audience_id: str) -> Response:
    """Delete an audience here and at TikTok, with its changes that wait. One that an active ad
    group uses stays."""
    audiences.delete(caller.org, audience_id)
    return Response(status_code=204)


async def _take_csv(request: Request) -> Response:
    """Take members as a CSV body, or as the file of a form."""
    caller: Caller = request.state.caller
    async with instance(request, FileBodySlots).taken(Owner(caller.org)):
        return await _take_one(request, caller)


async def _take_one(request: Request, caller: Caller) -> Response:
    audiences = instance(request, AudiencesService)
    body = await bodies.read(request.scope, request.receive, MAX_CSV + (64 << 10))
    content_type = request.headers.get("content-type", "")
    query = dict(request.query_params)
    if content_type.lower().startswith(_FORM):
        form = FirstFile(content_type, with_texts=True)
        file = form.feed(body)
        if not form.complete:
            raise BadUpload("The form has no file in it, or it ended before its file did.")
        query |= form.texts
    else:
        file = body
    if len(file) > MAX_CSV:
        raise bodies.too_large(MAX_CSV)
    action, more = _asked(query)
    id = request.path_params["audience_id"]
    change_id = _change_id(request, caller, file, action)
    opened = io.BytesIO(file)
    work = partial(_add, audiences, caller.org, id, change_id, action, more)
    accepted = await _hash(audiences, caller.org, partial(work, partial(Identifiers.csv, opened)))
    return JSONResponse(ChangeAccepted.accepted(accepted).model_dump(mode="json", by_alias=True))


def _asked(query: dict[str, str]) -> tuple[MembersAction, bool]:
    """The action, and whether more members follow. Raises `InvalidInput` for other fields."""
    for name in query:
        if name not in ("action", "more"):
            raise unfit(name[:100], "is no field of this form, which has file, action and more")
    try:
        action = MembersAction(query.get("action", MembersAction.APPEND.value))
    except ValueError:
        raise unfit("action", f"is none of {', '.join(MembersAction)}") from None
    if query.get("more", "false") not in ("true", "false"):
        raise unfit("more", "is neither true nor false")
    return action, query.get("more") == "true"


def _change_id(request: Request, caller: Caller, file: bytes, action: MembersAction) -> str:
    """The id of a change by CSV: a repetition with the same Idempotency-Key is the same change."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return uuid.uuid4().hex
    if not 0 < len(key) <= MAX_KEY:
        raise bad_key()
    digest = hashlib.sha256(file).hexdigest()
    parts = (caller.org, request.url.path, caller.user, key, action.value, digest)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _add(
    audiences: AudiencesService,
    org: str,
    id: str,
    change_id: str,
    action: MembersAction,
    more: bool,
    read: _Read,
    place: Place = str,
) -> Accepted:
    try:
        identifiers = read()
    except InvalidRequest as error:
        raise refused(error, place) from None
    return audiences.change(org, id, change_id, action, identifiers, more, place)


async def _hash(audiences: AudiencesService, org: str, work: Callable[[], Accepted]) -> Accepted:
    return await asyncio.wrap_future(audiences.hashing.submit(Owner(org), work))


@ROUTER.post("/{audience_id}/members", dependencies=[needs(Role.ADMIN)], openapi_extra=_CSV_BODIES)
@bodies.takes_files(_take_csv, _CSV, _FORM)
@bodies.takes(MAX_JSON, densest=_DENSE)
@raises(NoAudience, NothingToRemove, TooManyMembersWaiting, TooManyAtOnce, BadUpload, VaultClosed)
async def change_audience_members(
    caller: CallerIs,
    audiences: AudiencesAre,
    new_id: NewId,
    audience_id: str,
    body: MembersChange,
) -> ChangeAccepted:
    """Add customers to an audience, take them out, or replace all: as JSON, or as a CSV file in a
    form or as a body of text/csv.

    Identifiers are normalised and hashed at once; raw ones are never kept or sent. Broken rows are
    an error that names them by number, and nothing is sent. The change goes to TikTok by itself, in
    its turn: `waitsFor` says what it waits for.
    """
    known = await asyncio.to_thread(audiences.get, caller.org, audience_id)
    kinds = kinds_of(known.audience.identifier_type)
    people = [one.model_dump(exclude_none=True) for one in body.members]
    identifiers = Identifiers.people(people, kinds)  # hides them
    work = partial(
        _add,
        audiences,
        caller.org,
        audience_id,
        new_id,
        body.action,
        body.more,
        lambda: identifiers,
        place_of_member,
    )
    return ChangeAccepted.accepted(await _hash(audiences, caller.org, work))
