"""/api/sync: what is read from TikTok, when, and how it goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from ..api import CallerIs, needs, router
from ..documented import raises
from ..integrations.errors import NoIntegration
from ..provided import provided
from ..tenants.roles import Role
from .schemas import (
    PlatformShown,
    PlatformsShown,
    StatusShown,
    SyncProblemShown,
    SyncTypeShown,
    TriggerBody,
    TriggeredShown,
    TriggerShown,
    TypeStatusShown,
)
from .service import SyncService

ROUTER = router("/api/sync", tags=["sync"])

SyncIs = Annotated[SyncService, provided(SyncService)]
_Type = Annotated[str, Path(description="The type, such as `videos`.", examples=["videos"])]
_READS = [needs(Role.VIEWER)]
_WRITES = [needs(Role.MEMBER)]


@ROUTER.post("/trigger", dependencies=_WRITES)
@raises(NoIntegration)
def trigger_sync(caller: CallerIs, sync: SyncIs, body: TriggerBody) -> TriggerShown:
    """Synchronise now, ahead of the cadence. Running ones begin anew when they have ended."""
    start = body.options.start_date
    triggered = sync.trigger(
        caller.org,
        body.names,
        force=body.options.force,
        since=None if start is None else start.timestamp(),
        integration=body.integration_id,
    )
    return TriggerShown(triggered=[TriggeredShown.of(one) for one in triggered])


@ROUTER.get("/status", dependencies=_READS)
def show_sync_status(caller: CallerIs, sync: SyncIs) -> StatusShown:
    """Show for each type what waits, what runs, and when it last succeeded."""
    types, problems = sync.status(caller.org)
    return StatusShown(
        types=[TypeStatusShown.of(one) for one in types],
        problems=[SyncProblemShown.of(row) for row in problems],
    )


@ROUTER.get("/platforms", dependencies=_READS)
def list_sync_platforms(caller: CallerIs, sync: SyncIs) -> PlatformsShown:
    """List what can be synchronised, with its cadence."""
    types = [SyncTypeShown.of(one) for one in sync.types]
    return PlatformsShown(platforms=[PlatformShown(sync_types=types)])


@ROUTER.post("/pause/{sync_type}", dependencies=_WRITES)
def pause_sync(sync_type: _Type, caller: CallerIs, sync: SyncIs) -> TypeStatusShown:
    """Pause a type for the organisation: no run of it starts before it is resumed."""
    return TypeStatusShown.of(sync.pause(caller.org, sync_type, caller.user))


@ROUTER.post("/resume/{sync_type}", dependencies=_WRITES)
def resume_sync(sync_type: _Type, caller: CallerIs, sync: SyncIs) -> TypeStatusShown:
    """Resume a type; what became due meanwhile runs now."""
    return TypeStatusShown.of(sync.resume(caller.org, sync_type, caller.user))
