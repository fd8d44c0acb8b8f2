"""Timers of a request for data: collection, notification, expiry.

The world is read when the collection ends; the file is written in a thread as a background task,
since it may be large.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from stagedoor.platform.products.portability import EXPIRY_SECONDS, ExportStatus
from stagedoor.platform.products.webhooks import DOWNLOAD_READY

from ...world import World
from ...world.clock import Handlers
from ..oauth import tokens
from ..webhooks.events import announce
from .state import EXPORTS, DataExport

BEGIN = "export.begin"
COLLECT = "export.collect"
EXPIRE = "export.expire"

_PATIENCE = 300.0
"""Real seconds for which `WorldClock.advance` waits for a large archive."""


def handlers(world: World) -> Handlers:
    """Timer handlers: a collection begins, a collection ends, an archive expires."""

    async def begin(request_id: str) -> None:
        if (export := _pending(world, request_id)) is not None:
            export.collecting = world.now()
            world.clock.at(world.now() + world.settings.export_seconds, COLLECT, request_id)

    async def collect(request_id: str) -> None:
        if (export := _pending(world, request_id)) is not None:
            world.clock.start(COLLECT, request_id, _collect(world, export), _PATIENCE)

    async def expire(request_id: str) -> None:
        export = world[EXPORTS].get(request_id)
        if export is not None and export.status is ExportStatus.DOWNLOADING:
            end(world, export, ExportStatus.EXPIRED)

    return {BEGIN: begin, COLLECT: collect, EXPIRE: expire}


def resume(world: World) -> None:
    """Continue the requests that an earlier run left in collection."""
    planned = {timer.ref for timer in world.clock.pending() if timer.kind in (BEGIN, COLLECT)}
    for export in world[EXPORTS].values():
        if export.status is ExportStatus.PENDING and export.id not in planned:
            world.clock.at(world.now(), COLLECT, export.id)


def plan(world: World, export: DataExport) -> None:
    """Schedule the collection after the time in the queue."""
    queue = world.settings.export_queue_seconds
    if queue:
        world.clock.at(world.now() + queue, BEGIN, export.id)
        return
    export.collecting = world.now()
    world.clock.at(world.now() + world.settings.export_seconds, COLLECT, export.id)


async def finish(world: World, export: DataExport) -> None:
    """Finish the collection now; drops its timers."""
    for kind in (BEGIN, COLLECT):
        world.clock.drop(kind, export.id)
    if export.collecting is None:
        export.collecting = world.now()
    await world.clock.handle(COLLECT, export.id)
    await world.clock.finished(COLLECT, export.id)


def end(world: World, export: DataExport, status: ExportStatus) -> None:
    """End a request as cancelled or expired: drop its timers and tasks, delete its file."""
    export.status = status
    for kind in (BEGIN, COLLECT, EXPIRE):
        world.clock.drop(kind, export.id)
    world.clock.stop(COLLECT, export.id)
    _file(world, export).unlink(missing_ok=True)


async def archive(world: World, export: DataExport) -> Path:
    """The finished file; it is packed again if it is missing, as after a restart."""
    file = _file(world, export)
    if not file.exists():
        await _pack(world, export)
    return file


async def _collect(world: World, export: DataExport) -> None:
    await _pack(world, export)
    if export.status is not ExportStatus.PENDING:
        return
    export.status = ExportStatus.DOWNLOADING
    export.ready = world.now()
    world.clock.at(export.ready + EXPIRY_SECONDS, EXPIRE, export.id)
    _tell(world, export)


async def _pack(world: World, export: DataExport) -> None:
    from . import contents, packing  # imported only when an export is packed

    collected = contents.collect(world, export)
    await asyncio.to_thread(packing.pack, _file(world, export), export.data_format, collected)


def _tell(world: World, export: DataExport) -> None:
    """Notify the app if it is still connected; the envelope names no user (`webhooks.yaml`)."""
    app = world.apps[export.client_key]
    if tokens.live_grant(world, app, world.creators[export.creator_id]) is None:
        return
    announce(world, app.client_key, DOWNLOAD_READY, {"request_id": int(export.id)}, None)


def _pending(world: World, request_id: str) -> DataExport | None:
    export = world[EXPORTS].get(request_id)
    return export if export is not None and export.status is ExportStatus.PENDING else None


def _file(world: World, export: DataExport) -> Path:
    return world.media / f"export-{export.id}.zip"
