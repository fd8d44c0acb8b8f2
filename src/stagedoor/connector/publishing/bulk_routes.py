"""POST /api/posts/bulk: scheduling posts from a CSV file."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Literal, Self

from fastapi import APIRouter
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from stagedoor.platform import local_times

from ..api import CallerIs, needs, router
from ..bodies import takes
from ..documented import raises
from ..errors import unfit
from ..provided import provided
from ..shapes import Model, ResponseModel, example
from ..tenants.roles import Role
from . import bulk_rows
from .bulk import Bulk, PlannedPost
from .bulk_rows import CsvRefused, RowProblem, Sheet
from .errors import POST_ERRORS, PostMediaRejected
from .scheduled_media import ScheduledMedia
from .states import PostState

ROUTER: APIRouter = router(tags=["posts"])
MAX_PROBED = 100
"""Media of one file that are probed in its request; the others are checked when a post is due."""
SECONDS = 30.0
"""Of real time, for probing a file's media and asking TikTok about its accounts."""
_UNPROBED = (
    "The media weren't looked into, since the file names many: they are checked when the post is "
    "due."
)


class BulkPosts(Model):
    """The file, and how to read it."""

    model_config = example(
        csv="key,mediaId,title,privacyLevel,publishAt\n"
        "1,4a6e8c0d2f1b4d7e9a3c5b7d9f1e3a5c,A dish,SELF_ONLY,2027-05-01T18:00\n",
        timeZone="Europe/Berlin",
    )

    csv: Annotated[str, Field(min_length=1, max_length=400_000)]
    """The file's text, at most 500 rows under a row with the names of the columns."""
    time_zone: Annotated[str, Field(max_length=100)] | None = None
    """The zone of times without an offset, such as Europe/Berlin; a row may name its own."""
    integration_id: Annotated[str, Field(max_length=64)] | None = None
    """The account of rows that name none; it may be left out where one account is connected."""
    dry_run: bool = False
    """Check every row and say what would become of it, and schedule nothing."""


class BulkRowShown(ResponseModel):
    """The outcome of a row."""

    row: int
    """The row's number in the file; the header is row 1."""
    key: str
    """The row's key: a repeated row with this key is the same post."""
    outcome: Literal["scheduled", "waiting", "existing", "fits"]
    """scheduled; waiting for an admin's approval; existing: an earlier file made the post; fits: a
    dry run would schedule it."""
    publish_id: str | None
    """The post's id; null in a dry run for a row that is new."""
    integration_id: str
    """The account that the post is for."""
    state: PostState | None
    """The post's state; null in a dry run for a row that is new."""
    publish_at: datetime | None
    """When the post is due, RFC 3339 in UTC; null: an existing post has no time any more."""
    expected_at: datetime | None
    """When it will go out within TikTok's limits for the account, RFC 3339 in UTC; null: it isn't
    going to, or TikTok has it."""
    warnings: list[str]
    """Warnings about the row, such as a limit that delays it."""

    @classmethod
    def of(cls, planned: PlannedPost) -> Self:
        post = planned.post
        outcome: Literal["scheduled", "waiting", "existing", "fits"] = "scheduled"
        if planned.existed:
            outcome = "existing"
        elif post is None:
            outcome = "fits"
        elif post.state is PostState.DRAFT:
            outcome = "waiting"
        return cls(
            row=planned.row.number,
            key=planned.row.key,
            outcome=outcome,
            publish_id=None if post is None else post.id,
            integration_id=planned.account,
            state=None if post is None else post.state,
            publish_at=_moment(planned.publish_at),
            expected_at=_moment(None if planned.forecast is None else planned.forecast.at),
            warnings=list(planned.warnings),
        )


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)


class BulkShown(ResponseModel):
    """The outcome of each row, in the file's order."""

    dry_run: bool
    """Whether nothing was scheduled, as asked."""
    rows: list[BulkRowShown]
    """One entry for each row that isn't empty."""


@ROUTER.post("/api/posts/bulk", dependencies=[needs(Role.MEMBER)])
@takes(512 << 10)
@raises(CsvRefused, *POST_ERRORS)
async def schedule_bulk(
    caller: CallerIs,
    bulk: Annotated[Bulk, provided(Bulk)],
    media: Annotated[ScheduledMedia, provided(ScheduledMedia)],
    body: BulkPosts,
) -> BulkShown:
    """Schedule the posts of a CSV file, all of them or none. Repeated, it makes nothing twice.

    A problem in any row is an error that names rows and columns.
    """
    try:
        zone = None if body.time_zone is None else local_times.zone(body.time_zone)
    except ValueError as error:
        raise unfit("timeZone", str(error)) from None
    sheet = await run_in_threadpool(bulk_rows.read, body.csv, zone)
    by = time.monotonic() + SECONDS
    await _look_into(caller.org, sheet, media, by)
    planned = await run_in_threadpool(
        partial(bulk.schedule, caller, sheet, body.integration_id, body.dry_run, by)
    )
    return BulkShown(dry_run=body.dry_run, rows=[BulkRowShown.of(one) for one in planned])


@dataclass(frozen=True, slots=True)
class _Probed:
    problem: str | None = None
    warning: str | None = None


async def _look_into(org: str, sheet: Sheet, media: ScheduledMedia, by: float) -> None:
    """Probe each file that rows name, once, before `by` of the monotonic clock."""
    probed: dict[str, _Probed] = {}
    for row in sheet.rows:
        for media_id in row.uploads:
            if media_id not in probed:
                left = by - time.monotonic() if len(probed) < MAX_PROBED else 0.0
                probed[media_id] = await _probe(org, media_id, media, left)
            found = probed[media_id]
            if found.problem is not None:
                sheet.problems.append(RowProblem(row.number, "", found.problem))
            told = sheet.warnings.setdefault(row.number, [])
            if found.warning is not None and found.warning not in told:
                told.append(found.warning)


async def _probe(org: str, media_id: str, media: ScheduledMedia, seconds: float) -> _Probed:
    if seconds <= 0:
        return _Probed(warning=_UNPROBED)
    try:
        async with asyncio.timeout(seconds):
            return _Probed(warning=await media.check_uploads(org, [media_id]))
    except TimeoutError:
        return _Probed(warning=_UNPROBED)
    except PostMediaRejected as error:
        return _Probed(error.message)
