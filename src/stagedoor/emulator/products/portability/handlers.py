"""The operations of Data Portability (`portability.yaml`)."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products import portability
from stagedoor.platform.products.portability import (
    BY_CATEGORY,
    REGIONS,
    ZIP_TYPE,
    Category,
    ExportQuery,
    ExportRequest,
    ExportStatus,
)

from ...calls import AdmittedCall, FileData, Handlers, Refusal
from ...world import Creator, World
from ..oauth import tokens
from . import timers
from .spending import spent_by
from .state import EXPORTS, PENDING_EXPORTS, DataExport

_BAD_ID = "request_id is not valid"
_OPEN = (ExportStatus.PENDING, ExportStatus.DOWNLOADING)


def add(call: AdmittedCall) -> dict[str, Any]:
    """Create a request; the single-use scopes that it consumes are removed from the token."""
    request: ExportRequest = call.request
    world = call.world
    app, grant, creator = call.party
    if creator.region not in REGIONS and world.settings.export_outside_region == "refused":
        raise Refusal("invalid_params", "The user's region is not supported.")
    if world.settings.one_export_at_a_time and _pending(world, app.client_key, creator):
        raise Refusal("invalid_params", "A request of this user is still pending.")
    held = call.token.scopes if call.token is not None else grant.scopes
    counted = BY_CATEGORY.counted(request.category_selection_list)
    spent = spent_by(counted, held, world.settings.export_prefers_ongoing)
    tokens.spend(world, grant, spent)
    export = DataExport(
        id=world.ids.number(call.now),
        client_key=app.client_key,
        creator_id=creator.id,
        categories=tuple(dict.fromkeys(request.category_selection_list)),
        data_format=request.data_format,
        created=call.now,
        base_url=call.base_url,
        spent=tokens.ordered(spent),
    )
    world[EXPORTS].add(export)
    timers.plan(world, export)
    return {"request_id": int(export.id)}


def _pending(world: World, client_key: str, creator: Creator) -> bool:
    return bool(world[EXPORTS].by(PENDING_EXPORTS, (client_key, creator.id)))


def check(call: AdmittedCall) -> dict[str, Any]:
    request: ExportQuery = call.request
    export = _own(call)
    known: dict[str, Any] = {
        "request_id": int(export.id),
        "apply_time": int(export.created),
        # TikTok's value before the collection begins isn't known (portability.yaml data_check).
        "collect_time": int(export.collecting or 0),
        "status": export.status,
        "data_format": export.data_format,
        "category_selection_list": [_shown(category) for category in export.categories],
    }
    return {name: known[name] for name in request.fields}


def _shown(category: Category) -> str:
    # Requested as direct_message, answered as direct_messages (portability.yaml data_check).
    return "direct_messages" if category is Category.DIRECT_MESSAGE else category.value


def cancel(call: AdmittedCall) -> dict[str, Any]:
    export = _own(call)
    if export.status not in _OPEN:
        raise Refusal("invalid_params", "The request can not be cancelled any more.")
    timers.end(call.world, export, ExportStatus.CANCELLED)
    return {}


async def download(call: AdmittedCall) -> FileData:
    export = _own(call)
    if export.status is not ExportStatus.DOWNLOADING:
        raise Refusal("invalid_params", f"{_BAD_ID}: its status is {export.status}")
    return FileData(await timers.archive(call.world, export), ZIP_TYPE)


def _own(call: AdmittedCall) -> DataExport:
    """The request, if this app made it for this person, by any token: the scopes may be spent."""
    app, _, creator = call.party
    export = call.world[EXPORTS].get(call.request.request_id)
    if export is None or (export.client_key, export.creator_id) != (app.client_key, creator.id):
        raise Refusal("invalid_params", _BAD_ID)
    return export


HANDLERS: Handlers = {
    portability.DATA_ADD: add,
    portability.DATA_CHECK: check,
    portability.DATA_CANCEL: cancel,
    portability.DATA_DOWNLOAD: download,
}
