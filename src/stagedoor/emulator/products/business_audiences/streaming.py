"""Streaming: people one by one into audiences, without files."""

from __future__ import annotations

import re
from typing import Any

from stagedoor.platform.products import business_audiences as declared
from stagedoor.platform.products.business_audiences import (
    MAX_STREAM_NAME,
    IdSchema,
    MappingAction,
    StreamAction,
    StreamAudience,
    StreamedAudience,
    StreamMapping,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ..business.access import reached
from . import facts
from .audiences import add, check_choice
from .state import AUDIENCES, IDS_STREAMED, STREAMED_IDS, StreamedId

_SHA256, _MD5 = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{32}")


def manage(call: AdmittedCall) -> StreamedAudience:
    """Create or delete a streamed audience."""
    request: StreamAudience = call.request
    check_choice("action", request.action, StreamAction)
    if request.action == StreamAction.DELETE:
        return _deleted(call, request.delete_audience_id)
    name = request.custom_audience_name
    if not name:
        raise Refusal("40002", "custom_audience_name: Missing data for required field.")
    if len(name) > MAX_STREAM_NAME:
        name = f"{name[: MAX_STREAM_NAME - 3]}..."
    return StreamedAudience(audience_id=add(call, name, "stream", "Partner").id)


def _deleted(call: AdmittedCall, audience_id: str | None) -> StreamedAudience:
    if audience_id is None:
        raise Refusal("40002", "delete_audience_id: Missing data for required field.")
    audience = facts.owned(call, audience_id)
    if audience.source != "stream":
        raise Refusal("40002", "delete_audience_id: The audience is not a streamed one.")
    audience.deleted = True
    table = call.world[STREAMED_IDS]
    for one in list(table.by(IDS_STREAMED, audience.id)):
        del table[f"{one.audience_id}:{one.value}"]
    return StreamedAudience(audience_id=audience.id)


def change(call: AdmittedCall) -> dict[str, Any]:
    """Add people to audiences, or take them out; all or none."""
    request: StreamMapping = call.request
    for one in request.advertiser_ids:
        reached(call, one)
    check_choice("action", request.action, MappingAction)
    for schema in request.id_schema:
        check_choice("id_schema", schema.upper(), IdSchema)
    if len(set(map(str.upper, request.id_schema))) < len(request.id_schema):
        raise Refusal("40002", "id_schema: A value is repeated.")
    adding = request.action != MappingAction.DELETE
    rows: dict[tuple[str, str], bool] = {}
    for place, person in enumerate(request.batch_data):
        where = f"batch_data.{place}"
        if len(person) != len(request.id_schema):
            raise Refusal("40002", f"{where}: {len(request.id_schema)} entries are needed.")
        leads: set[str] = set()
        for schema, entry in zip(request.id_schema, person, strict=True):
            if entry.id is None:
                continue
            kind = _MD5 if schema.upper().endswith("MD5") else _SHA256
            if not kind.fullmatch(entry.id.lower()):
                raise Refusal("40002", f"{where}.id: Not a hash of the type {schema}.")
            if not entry.audience_ids:
                raise Refusal("40002", f"{where}.audience_ids: Missing data for required field.")
            for audience_id in entry.audience_ids:
                first = audience_id not in leads
                leads.add(audience_id)
                rows.setdefault((audience_id, entry.id.lower()), first)
    for audience_id in {audience_id for audience_id, _ in rows}:
        audience = call.world[AUDIENCES].get(audience_id)
        if audience is None or audience.deleted or audience.source != "stream":
            raise Refusal("40002", f"audience_ids: {audience_id} is no streamed audience.")
        if audience.advertiser_id not in request.advertiser_ids:
            raise Refusal("40001", f"audience_ids: {audience_id} belongs to another advertiser.")
        audience.used = call.now
    table = call.world[STREAMED_IDS]
    for (audience_id, value), first in rows.items():
        key = f"{audience_id}:{value}"
        if adding and key not in table:
            table.add(StreamedId(audience_id, value, first))
        elif not adding and key in table:
            del table[key]
    return {}


HANDLERS: Handlers = {
    declared.SEGMENT_AUDIENCE: manage,
    declared.SEGMENT_MAPPING: change,
}
