"""/api/activity: videos with their metrics over time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse

from ..api import CallerIs, needs, router
from ..integrations.service import Integrations
from ..provided import provided
from ..publishing.states import Visibility
from ..queries import Cursor, QueryTime
from ..shapes import moment
from ..tenants.roles import Role
from .export import TERMS, ExportFormat
from .schemas import AccountMetrics, AccountShown, ActivitiesShown, ActivityShown
from .service import Activity
from .store import StoredVideoFilter

ROUTER = router("/api/activity", tags=["activity"])

ActivityIs = Annotated[Activity, provided(Activity)]
IntegrationsAre = Annotated[Integrations, provided(Integrations)]
_READS = [needs(Role.VIEWER)]
_MetricsFrom = Annotated[
    QueryTime | None,
    Query(alias="metricsFrom", description="Metrics read since then; 30 days before `metricsTo`"),
]
_MetricsTo = Annotated[
    QueryTime | None, Query(alias="metricsTo", description="Metrics read before then; now")
]
_Daily = Annotated[bool, Query(description="Only the last metrics of each day")]


def _filter(
    integration_id: Annotated[
        str | None, Query(alias="integrationId", max_length=64, description="Of this account")
    ] = None,
    posted_from: Annotated[
        QueryTime | None, Query(alias="postedFrom", description="Posted since then")
    ] = None,
    posted_to: Annotated[
        QueryTime | None, Query(alias="postedTo", description="Posted before then")
    ] = None,
    text: Annotated[
        str | None, Query(max_length=150, description="With this text, in any case")
    ] = None,
    visibility: Annotated[
        Visibility | None, Query(description="With this visibility alone")
    ] = None,
) -> StoredVideoFilter:
    return StoredVideoFilter(
        integration=integration_id,
        since=_seconds(posted_from),
        until=_seconds(posted_to),
        text=text,
        visibility=None if visibility is None else visibility.value,
    )


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


FilterIs = Annotated[StoredVideoFilter, Depends(_filter)]


@ROUTER.get("", dependencies=_READS)
def list_activity(
    caller: CallerIs,
    activity: ActivityIs,
    wanted: FilterIs,
    metrics_from: _MetricsFrom = None,
    metrics_to: _MetricsTo = None,
    daily: _Daily = False,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ActivitiesShown:
    """List the videos of the organisation's accounts, newest first, with their metrics over
    time."""
    span = activity.span(_seconds(metrics_from), _seconds(metrics_to), daily)
    page = activity.page(caller.org, wanted, span, cursor, limit)
    return ActivitiesShown.model_construct(
        activity=[ActivityShown.of(video) for video in page.items], next_cursor=page.next_cursor
    )


_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, which begins before all of it is read",
        "content": {one.media_type: {"schema": {"type": "string"}} for one in ExportFormat},
    }
}


@ROUTER.get("/export", dependencies=_READS, response_class=StreamingResponse, responses=_FILE)
def export_activity(
    caller: CallerIs,
    activity: ActivityIs,
    wanted: FilterIs,
    file_format: Annotated[
        ExportFormat, Query(alias="format", description="The form of the file")
    ] = ExportFormat.CSV,
    metrics_from: _MetricsFrom = None,
    metrics_to: _MetricsTo = None,
    daily: _Daily = False,
) -> StreamingResponse:
    """Export every video of the filter with its metrics, as CSV or as JSON lines.

    TikTok's developer terms limit what the data may be used for.
    """
    span = activity.span(_seconds(metrics_from), _seconds(metrics_to), daily)
    parts = file_format.parts(activity.export(caller.org, wanted, span))
    headers = {
        "content-disposition": f'attachment; filename="activity.{file_format.value}"',
        "x-data-terms": TERMS,
    }
    return StreamingResponse(parts, media_type=file_format.media_type, headers=headers)


@ROUTER.get("/accounts/{integration_id}", dependencies=_READS)
def show_account(
    integration_id: str,
    caller: CallerIs,
    activity: ActivityIs,
    integrations: IntegrationsAre,
    metrics_from: _MetricsFrom = None,
    metrics_to: _MetricsTo = None,
    daily: _Daily = False,
) -> AccountShown:
    """Show an account's profile, and its followers, likes and videos over time."""
    account = integrations.get(caller.org, integration_id)
    span = activity.span(_seconds(metrics_from), _seconds(metrics_to), daily)
    row, points = activity.account(caller.org, account.id, span)
    return AccountShown(
        integration_id=account.id,
        bio=None if row is None else row.bio,
        profile_url=None if row is None else row.profile_url,
        verified=None if row is None else row.verified,
        measured_at=None if row is None else moment(row.measured),
        metrics=AccountMetrics.of(points),
    )
