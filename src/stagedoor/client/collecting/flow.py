"""Collecting: search by search, newest days first, so that a run may end at any moment and the next
one goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from stagedoor.platform.model import Answer
from stagedoor.platform.operation import Operation
from stagedoor.platform.paging import CursorStandsStill, items_of
from stagedoor.platform.products import research
from stagedoor.platform.products.research import (
    GENERAL,
    MAX_PAGE,
    USER_FIELDS,
    VideoPage,
)
from stagedoor.platform.products.research.query import MAX_DAYS

from ..effects import Blocking, Flow
from ..error_classes import REFUSALS
from ..errors import BadRequest, QuotaExceeded, ServerError, UnexpectedAnswer
from ..research import is_lost, page_of_videos
from ..session import Session, call
from . import export, manifest
from .job import ADDED, CollectionProgress, RowKind
from .journal import Journal
from .windows import CollectionFile, CollectionTask, SearchWindow

FIRST_DAYS = 7
"""The days of the first search; later ones follow the density of those before."""
ROWS_OF_WINDOW = 20_000
"""The number of videos for which a search's days are chosen."""
PATIENCE = 60.0
"""Seconds for a search id to become ready; one that isn't by then is lost."""
_TOO_WIDE = (ServerError, UnexpectedAnswer)

OnProgress = Callable[[CollectionProgress], object]


class QuotaDone(Exception):
    """The day's share of the quota is used up; it resets at `resets_at`."""

    def __init__(self, resets_at: float) -> None:
        super().__init__()
        self.resets_at = resets_at


class CollectionRun:
    """One run of a collection: from its journal to its files."""

    def __init__(
        self, session: Session, journal: Journal, quota: int | None, on_progress: OnProgress | None
    ) -> None:
        self.session, self.journal, self.job = session, journal, journal.job
        self.quota = quota
        self.requests = 0
        self._on_progress = on_progress

    # the days

    def go(self) -> Flow[None]:
        """Read everything that is still missing. Raises `QuotaDone`."""
        while (window := (yield Blocking(self._next_window))) is not None:
            if window.state == "open":
                yield from self._videos(window)
            yield from self._details(window)
            yield Blocking(self._files, (window,))
            yield from self._tell(window)

    def _next_window(self) -> SearchWindow | None:
        unfinished = self.journal.unfinished()
        if unfinished is not None:
            return unfinished
        gap = self.journal.gap(manifest.today(self.session.now()))
        if gap is None:
            return None
        earliest, last = gap
        first = max(earliest, last - timedelta(days=self._days() - 1))
        # days that TikTok isn't done with are a window of their own: they are read again later
        fresh = manifest.first_incomplete(self.session.now())
        if first < fresh <= last:
            first = fresh
        return self.journal.open_window(first, last)

    def _days(self) -> int:
        """The days of the next search, by the density of the last one's."""
        done = self.journal.windows("done")
        if not done:
            return FIRST_DAYS
        before = done[-1]
        rows = sum(
            file.rows
            for file in self.journal.files()
            if file.window == before.id and file.kind is RowKind.VIDEOS
        )
        length = (before.last - before.first).days + 1
        if rows == 0:
            return MAX_DAYS
        return max(1, min(MAX_DAYS, int(ROWS_OF_WINDOW * length / rows), 4 * length))

    # videos

    def _videos(self, window: SearchWindow) -> Flow[None]:
        while window.state == "open":
            day = self._may_ask(GENERAL.pool)
            try:
                page: VideoPage = yield from page_of_videos(
                    self.session, self._asked(window), self._patience(window)
                )
            except QuotaExceeded as error:
                raise self._over(error) from error
            except BadRequest as error:
                if not is_lost(window.place(), error):
                    raise
                yield Blocking(self._search_anew, (window, False))
            except _TOO_WIDE:
                if window.first == window.until and window.search_id is None:
                    raise
                yield Blocking(self._search_anew, (window, True))
            else:
                self.requests += 1
                yield Blocking(self._keep_videos, (window, page, day))
                yield from self._tell(window)

    def _asked(self, window: SearchWindow) -> dict[str, Any]:
        asked = {
            "query": self.job.query,
            "start_date": window.first,
            "end_date": window.until,
            "fields": self.job.fields,
            "max_count": MAX_PAGE,
        }
        return asked | window.place()

    def _patience(self, window: SearchWindow) -> float:
        """Seconds to wait for the search id: an old one that TikTok refuses is lost."""
        age = self.session.now() - (window.searched_at or self.session.now())
        return PATIENCE if age < 2 * PATIENCE else 0.0

    def _keep_videos(self, window: SearchWindow, page: VideoPage, day: str) -> None:
        now = self.session.now()
        window.read_at = now if window.read_at is None else window.read_at
        window.searched_at = window.searched_at if window.search_id else now
        further = _further(research.VIDEO_QUERY, window.place(), page)
        if further is None:
            window.state = "videos"
        else:
            window.cursor = further["cursor"]
            window.search_id = further["search_id"] or window.search_id
        self.journal.keep_page(
            window, list(_rows(page.videos)), list(self._tasks(page)), GENERAL.pool, day
        )

    def _tasks(self, page: VideoPage) -> Iterator[tuple[RowKind, str]]:
        kinds = self.job.kinds
        for video in page.videos:
            if RowKind.COMMENTS in kinds and video.id and video.comment_count != 0:
                yield RowKind.COMMENTS, video.id
            for kind in (RowKind.USERS, RowKind.FOLLOWERS):
                if kind in kinds and video.username:
                    yield kind, video.username

    def _search_anew(self, window: SearchWindow, narrow: bool) -> None:
        """Begin a new search where the old one stopped: results are newest first, so only the day
        of the last video is read a second time, and its videos are known by their ids.

        With `narrow`, it covers half of the days; the others become a window of their own.
        """
        oldest = min(
            (
                day
                for row in self.journal.rows(RowKind.VIDEOS, window.id)
                if (day := export.day_of(row))
            ),
            default=None,
        )
        if oldest is not None:
            window.until = min(window.until, date.fromisoformat(oldest))
        if narrow:
            window.first += timedelta(days=((window.until - window.first).days + 1) // 2)
        window.cursor, window.search_id = 0, None
        self.journal.keep_window(window)

    # comments, users, followers

    def _details(self, window: SearchWindow) -> Flow[None]:
        while (task := (yield Blocking(self.journal.task, (window.id,)))) is not None:
            yield from self._one(task)
            yield from self._tell(window)

    def _one(self, task: CollectionTask) -> Flow[None]:
        operation, asked = _request(task)
        pool = (operation.quota or GENERAL).pool
        while True:
            day = self._may_ask(pool)
            try:
                page: Answer = yield from call(self.session, operation, asked | task.place())
            except QuotaExceeded as error:
                raise self._over(error) from error
            except REFUSALS:
                yield Blocking(self.journal.keep_task, (task, (), "refused", pool, day))
                return
            self.requests += 1
            further = _further(operation, task.place(), page)
            task.cursor = None if further is None else further["cursor"]
            state = "done" if further is None else "waiting"
            rows = list(_rows_of(task, operation, page))
            yield Blocking(self.journal.keep_task, (task, rows, state, pool, day))
            if further is None:
                return

    # files

    def _files(self, window: SearchWindow) -> None:
        days: dict[str, int] = {}
        files: list[CollectionFile] = []
        for kind in self.job.kinds:
            rows = self.journal.rows(kind, window.id)
            if kind is RowKind.VIDEOS:
                rows = export.counted(rows, days)
            files.append(export.write(self.journal.folder, self.job, kind, window, rows))
        self.journal.keep_files(window.id, files, days)
        for file in files:
            export.settle(self.journal.folder, file)

    # quota and progress

    def _may_ask(self, pool: str) -> str:
        """Today's date in UTC. Raises `QuotaDone` when today's share is used up."""
        now = self.session.now()
        day = datetime.fromtimestamp(now, UTC).date().isoformat()
        if self.quota is not None and self.journal.spent(pool, day) >= self.quota:
            raise QuotaDone(manifest.next_midnight(now))
        return day

    def _over(self, error: QuotaExceeded) -> QuotaDone:
        return QuotaDone(error.resets_at or manifest.next_midnight(self.session.now()))

    def _tell(self, window: SearchWindow) -> Flow[None]:
        if self._on_progress is not None:
            yield Blocking(self._told, (window,))

    def _told(self, window: SearchWindow) -> None:
        assert self._on_progress is not None  # noqa: S101
        done = sum((one.last - one.first).days + 1 for one in self.journal.windows("done"))
        self._on_progress(
            CollectionProgress(
                counts=self.journal.counts(),
                requests=self.requests,
                day=window.first,
                days_done=done,
                days=(self.job.end - self.job.start).days + 1,
            )
        )


def _request(task: CollectionTask) -> tuple[Operation[..., Any], dict[str, Any]]:
    """The operation that reads a task, and the fields of its requests apart from the place."""
    match task.kind:
        case RowKind.COMMENTS:
            return research.COMMENT_LIST, {"video_id": task.key, "max_count": MAX_PAGE}
        case RowKind.FOLLOWERS:
            return research.FOLLOWERS, {"username": task.key, "max_count": MAX_PAGE}
        case _:
            return research.USER_INFO, {"username": task.key, "fields": USER_FIELDS}


def _further(
    operation: Operation[..., Any], place: Mapping[str, Any], page: Answer
) -> dict[str, Any] | None:
    """The place of the next page, by the operation's paging. Raises `UnexpectedAnswer`."""
    paging = operation.paging
    if paging is None:
        return None
    try:
        return paging.after(place, page)
    except CursorStandsStill as error:
        raise UnexpectedAnswer(
            f"{operation.id}: has_more is true, but {error.member} leads to no further page.", 200
        ) from None


def _rows(answers: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for one in answers:
        if one.id is not None:
            yield one.id, one.model_dump_json(exclude_unset=True)


def _rows_of(
    task: CollectionTask, operation: Operation[..., Any], page: Answer
) -> Iterator[tuple[str, str]]:
    """The rows of a page of a task, by their keys in the window."""
    if task.kind is RowKind.COMMENTS:
        return _rows(items_of(operation.paging, page) if operation.paging else ())
    people = items_of(operation.paging, page) if operation.paging else (page,)
    return _of_person(task, people)


def _of_person(task: CollectionTask, people: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for one in people:
        row = {ADDED[task.kind]: task.key} | one.model_dump(mode="json", exclude_unset=True)
        name = "" if task.kind is RowKind.USERS else f"\n{one.username}"
        yield task.key + name, json.dumps(row, ensure_ascii=False)
