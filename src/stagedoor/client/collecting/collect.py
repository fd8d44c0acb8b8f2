"""Collections as methods of the Research API's service: collect, plan, refresh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

from stagedoor.platform.arguments import AtLeast, Says
from stagedoor.platform.products.research import (
    GENERAL,
    MAX_COMMENTS,
    MAX_PAGE,
    VIDEO_QUERY,
    Video,
    VideoPage,
    VideoQuery,
)
from stagedoor.platform.products.research.fields import PEOPLE, VIDEO_FIELDS
from stagedoor.platform.products.research.query import MAX_DAYS, Query
from stagedoor.platform.products.research.validation import Category

from ..effects import Blocking, Flow, Sleep
from ..errors import CollectionError
from ..research import FirstDay, LastDay, day_named, page_of_videos, still_available
from ..session import Session, build
from . import export, formats, manifest
from .flow import CollectionRun, OnProgress, QuotaDone
from .formats import RowFormat
from .job import Collection, CollectionJob, CollectionPlan, Refreshed, RowKind
from .journal import Journal
from .windows import CollectionFile

Folder = Annotated[str | Path, Says("the folder; it must be empty, or hold this collection")]
Conditions = Annotated[Query | Mapping[str, Any], Says("which videos, made with `Where`")]
Also = Annotated[Iterable[str], Says("further kinds: comments, users, followers")]
FileFormat = Annotated[str, Says("parquet (needs the extra research), csv or jsonl")]
DailyQuota = Annotated[
    int | None,
    AtLeast(1),
    Says("requests a UTC day at most, of each of TikTok's quotas; None: all"),
]
WaitForQuota = Annotated[bool, Says("sleep until the quota begins anew, instead of returning")]
Told = Annotated[OnProgress | None, Says("called with a `CollectionProgress` after each page")]
_PROBES = 8
"""Days that a plan looks at."""
_LONGEST_SLEEP = 900.0


def collect(
    session: Session,
    to: Folder,
    *,
    query: Conditions,
    start_date: FirstDay,
    end_date: LastDay,
    also: Also = (),
    format: FileFormat = RowFormat.PARQUET,
    fields: Sequence[str] = VIDEO_FIELDS,
    quota: DailyQuota = None,
    wait: WaitForQuota = False,
    on_progress: Told = None,
) -> Flow[Collection]:
    """Collect all matching videos of a range of days into a folder, over as many days as TikTok's
    quota takes.

    A call goes on where the one before stopped, also after a crash: no row is lost and none is
    there twice. It returns when all is there, or when the quota is used up (`finished` is False,
    and `resumes_at` says when to call it again). Days that haven't begun are left to a later call
    (`finished` is False, and `missing_from` names the first of them). Files lie in a folder for
    each kind, a file for each search, beside `manifest.json`. Comments are a video's first 1,000,
    without replies.

    Raises `CollectionError` for a folder that holds another collection, or the answers of another
    TikTok (`Hosts`), for one that was damaged, and where the disk is full; `InvalidRequest` for
    wrong arguments; a `TikTokError` for TikTok's refusals.
    """
    job = CollectionJob.made(
        _plain(query),
        day_named(start_date, "start_date"),
        day_named(end_date, "end_date"),
        also,
        format,
        fields,
    )
    formats.check(job.format)
    journal = yield Blocking(_opened, (Path(to), job, session))
    try:
        return (yield from _collected(session, journal, quota, wait, on_progress))
    finally:
        journal.close()


def _collected(
    session: Session,
    journal: Journal,
    quota: int | None,
    wait: bool,
    on_progress: OnProgress | None,
) -> Flow[Collection]:
    run = CollectionRun(session, journal, quota, on_progress)
    while True:
        resumes_at: float | None = None
        try:
            yield from run.go()
        except QuotaDone as done:
            resumes_at = done.resets_at
        collection: Collection = yield Blocking(
            manifest.write, (journal, session.now(), resumes_at)
        )
        if resumes_at is None or not wait:
            return collection
        while (left := resumes_at + 1 - session.now()) > 0:
            yield Sleep(min(left, _LONGEST_SLEEP))


def _plain(query: Query | Mapping[str, Any]) -> dict[str, Any]:
    """The conditions as TikTok's JSON has them. Raises `InvalidRequest`."""
    day = date(2026, 1, 1)
    asked = {"query": query, "start_date": day, "end_date": day}
    checked = build(VIDEO_QUERY, asked)
    assert isinstance(checked, VideoQuery)  # noqa: S101
    plain = checked.query.model_dump(mode="json", by_alias=True)
    return {name: conditions for name, conditions in plain.items() if conditions}


def _opened(folder: Path, job: CollectionJob | None, session: Session) -> Journal:
    """The folder's journal, whose files are as they were written."""
    journal = Journal(folder, job, session.now(), session.hosts.api)
    try:
        formats.check(journal.job.format)
        files = journal.files()
        for file in files:
            export.settle(folder, file)
        export.leftovers(folder, files)
    except BaseException:
        journal.close()
        raise
    return journal


# plans


@dataclass(slots=True)
class _Estimate:
    videos: float = 0.0
    comment_pages: float = 0.0
    people: float = 0.0
    requests: float = 0.0


def collection_plan(
    session: Session,
    *,
    query: Conditions,
    start_date: FirstDay,
    end_date: LastDay,
    also: Also = (),
    quota: DailyQuota = None,
) -> Flow[CollectionPlan]:
    """Estimate the rows, requests and days of a collection, by at most 8 requests.

    Videos are estimated from the newest page of a few days, evenly over the range. Accounts are
    counted once a page, so their number is an upper bound; followers can't be known in advance and
    are counted as one page for each account. Days that haven't begun aren't counted.
    """
    start, end = day_named(start_date, "start_date"), day_named(end_date, "end_date")
    job = CollectionJob.made(_plain(query), start, end, also, RowFormat.JSONL, VIDEO_FIELDS)
    end = max(start, min(end, manifest.today(session.now())))
    days = (end - start).days + 1
    probed = sorted({start + timedelta(days=n * days // _PROBES) for n in range(_PROBES)})
    estimate, spent = _Estimate(), 0
    for place, day in enumerate(probed):
        until = probed[place + 1] - timedelta(days=1) if place + 1 < len(probed) else end
        last = min(until, day + timedelta(days=MAX_DAYS))
        asked = {
            "query": job.query,
            "start_date": day,
            "end_date": last,
            "fields": job.fields,
            "max_count": MAX_PAGE,
        }
        page: VideoPage = yield from page_of_videos(session, asked, 0.0)
        spent += 1
        share = ((until - day).days + 1) / ((last - day).days + 1)
        _add(estimate, page, last, (last - day).days + 1, share)
    searches = max(1, -(-days // (MAX_DAYS + 1)))
    general = estimate.videos / MAX_PAGE + searches
    rows = {RowKind.VIDEOS.value: round(estimate.videos)}
    requests: dict[str, float] = {}
    if RowKind.COMMENTS in job.kinds:
        rows[RowKind.COMMENTS.value] = round(estimate.comment_pages * MAX_PAGE)
        general += max(estimate.comment_pages, 0.0)
    if RowKind.USERS in job.kinds:
        rows[RowKind.USERS.value] = round(estimate.people)
        general += estimate.people
    requests[GENERAL.pool] = general
    if RowKind.FOLLOWERS in job.kinds:
        requests[PEOPLE.pool] = estimate.people
    limits = {one.pool: min(one.requests, quota or one.requests) for one in (GENERAL, PEOPLE)}
    return CollectionPlan(
        rows=rows,
        requests={pool: max(1, round(number)) for pool, number in requests.items()},
        days=max(-(-round(number) // limits[pool]) for pool, number in requests.items()) or 1,
        spent=spent,
    )


def _add(estimate: _Estimate, page: VideoPage, last: date, days: int, share: float) -> None:
    videos = [one for one in page.videos if one.create_time]
    if not videos:
        return
    number = float(len(videos))
    if page.has_more:
        newest = manifest.next_midnight(manifest.beginning(last))
        span = max(1.0, newest - min(one.create_time or 0 for one in videos))
        number = max(number, len(videos) * days * 86_400 / span)
    scale = share * number / len(videos)
    estimate.videos += share * number
    estimate.comment_pages += scale * sum(map(_comment_pages, videos))
    estimate.people += scale * len({one.username for one in videos})


def _comment_pages(video: Video) -> int:
    return -(-min(video.comment_count or 0, MAX_COMMENTS) // MAX_PAGE)


# refreshing


def refresh_collection(
    session: Session,
    folder: Annotated[str | Path, Says("the folder of a collection")],
    *,
    on_progress: Told = None,
) -> Flow[Refreshed]:
    """Check a collection against TikTok: drop what was deleted, read incomplete days again.

    TikTok's terms ask researchers to do so at least every 30 days. Videos and comments are checked
    by their ids (10,000 a request); comments of a dropped video are dropped, too. Days that were
    read within 48 hours of their end are read again once that time is over.

    Raises as `collect` does, and `WrongState` if TikTok fails a check. It can be called again.
    """
    journal = yield Blocking(_opened, (Path(folder), None, session))
    try:
        return (yield from _refreshed(session, journal, on_progress))
    finally:
        journal.close()


def _refreshed(
    session: Session, journal: Journal, on_progress: OnProgress | None
) -> Flow[Refreshed]:
    again = [
        window
        for window in (yield Blocking(journal.windows, ("done",)))
        if manifest.is_incomplete(window) and manifest.is_over(window, session.now())
    ]
    for window in again:
        yield Blocking(journal.read_again, (window,))
    resumes_at: float | None = None
    try:
        yield from CollectionRun(session, journal, None, on_progress).go()
    except QuotaDone as done:
        resumes_at = done.resets_at
    checked, dropped, gone = 0, dict.fromkeys((RowKind.VIDEOS, RowKind.COMMENTS), 0), set[str]()
    for file in (yield Blocking(journal.files)):
        if file.kind not in dropped:
            continue
        ids = yield Blocking(_ids, (journal, file))
        category = Category.VIDEO if file.kind is RowKind.VIDEOS else Category.COMMENT
        there = yield from still_available(session, ids, category=category)
        checked += len(ids)
        missing = set(ids) - there
        if file.kind is RowKind.VIDEOS:
            gone |= missing
        dropped[file.kind] += yield Blocking(_dropped, (journal, file, missing, gone))
    yield Blocking(manifest.write, (journal, session.now(), resumes_at))
    found = {kind.value: number for kind, number in dropped.items() if kind in journal.job.kinds}
    return Refreshed(checked=checked, dropped=found, read_again=len(again))


def _ids(journal: Journal, file: CollectionFile) -> list[str]:
    return [row["id"] for row in export.read(journal.folder, journal.job, file)]


def _dropped(journal: Journal, file: CollectionFile, missing: set[str], videos: set[str]) -> int:
    """Write a file without the missing rows; returns their number."""
    window = next(one for one in journal.windows() if one.id == file.window)

    def left() -> Iterator[dict[str, Any]]:
        for row in export.read(journal.folder, journal.job, file):
            if row["id"] not in missing and row.get("video_id") not in videos:
                yield row

    days: dict[str, int] = {}
    rows = export.counted(left(), days) if file.kind is RowKind.VIDEOS else left()
    if not missing and not videos:
        return 0
    made = export.write(journal.folder, journal.job, file.kind, window, rows)
    if made.name != file.name:
        raise CollectionError(f"{file.name} should be named {made.name}: it was renamed.")
    journal.replace_file(made, days if file.kind is RowKind.VIDEOS else None)
    export.settle(journal.folder, made)
    return file.rows - made.rows
