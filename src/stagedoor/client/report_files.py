"""Reports as files: a task, its download, and the rows of the file."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from stagedoor.platform.products import business_reports
from stagedoor.platform.products.business_reports import (
    OutputFormat,
    ReportDownload,
    ReportTask,
    ReportTaskId,
    TaskStatus,
)

from .effects import Blocking, Emit, Flow, Items, Reply, Send, Sleep
from .errors import ReportFailed
from .report_rows import rows_of
from .session import Session, call
from .sink import BLOCK, Sink, Target

POLL = 10.0
"""Seconds between two looks at a task; TikTok wants no fewer."""
_AT_ONCE = 1_000
_OVER = (TaskStatus.FAILED, TaskStatus.CANCELED)


@dataclass(frozen=True, slots=True)
class SavedReport:
    """A report's file: `size` in bytes, `path` if it was saved to one."""

    task_id: str
    size: int
    path: Path | None = None


class _Target(Sink):
    """The file or stream that a finished report is written to.

    `request_id` is the id of the report's task; empty: there is none yet.
    """

    is_zip = False

    def _unwritable(self, error: OSError) -> ReportFailed:
        where = self.path or "the stream"
        said = f"can't write {where}: {error.strerror or error}. "
        if not self.request_id:
            return ReportFailed(f"{said}No report was asked for.")
        return ReportFailed(
            f"{said}Nothing was kept; report task {self.request_id} is finished, and "
            f"`reports.download(task_id=...)` tells the address of its file."
        )


class _Spool(Sink):
    """Takes a file into a temporary one, which is gone when it is closed."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "", None)
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115

    def begin(self, total: int) -> None:
        self.file.seek(0)
        self.file.truncate()
        self.size = 0

    def take(self, block: bytes) -> None:
        self.file.write(block)
        self.size += len(block)

    def close(self) -> None:
        self.file.close()


def rows(session: Session, asked: dict[str, Any], limit: int | None) -> Items[int]:
    """Emit the rows of a report that TikTok prepares as a file; the result is their number.

    The file is spooled to the disk and read row by row, so memory stays flat.
    """
    values = asked | {
        "output_format": OutputFormat.CSV_DOWNLOAD,
        "enable_report_title_translation": False,
    }
    with closing(_Spool()) as spool:
        yield from _prepared(session, values, spool)
        text = io.TextIOWrapper(spool.file, encoding="utf-8-sig", newline="")
        reader = csv.reader(text)
        header = next(reader, [])
        dimensions: Sequence[str] = asked["dimensions"]
        given = 0
        while lines := (yield Blocking(lambda: list(islice(reader, _AT_ONCE)))):
            for row in rows_of(lines, header, dimensions):
                if limit is not None and given >= limit:
                    return given
                given += 1
                yield Emit(row)
    return given


def save(session: Session, asked: dict[str, Any], to: Target) -> Flow[SavedReport]:
    """Have TikTok prepare a report as a file, and write that to a path or an open stream.

    The target is opened before the task is created, so a wrong path costs no task. The file is
    spooled to the disk, so memory stays flat, and nothing is written before the whole file is
    there.
    """
    target = _Target(to, "", None)
    try:
        yield Blocking(lambda: target.begin(0))
        with closing(_Spool()) as spool:
            task_id = yield from _prepared(session, asked, spool)
            target.request_id = task_id
            yield Blocking(lambda: _copy(spool, target))
    finally:
        target.discard()
    return SavedReport(task_id, target.size, target.path)


def _copy(spool: _Spool, target: _Target) -> None:
    while block := spool.file.read(BLOCK):
        target.take(block)
    target.finish()


def _prepared(session: Session, values: dict[str, Any], spool: _Spool) -> Flow[str]:
    """Create the task, wait for it, and fetch its file; the result is the task's id."""
    made: ReportTaskId = yield from call(session, business_reports.REPORT_TASK_CREATE, values)
    advertiser = values.get("advertiser_id") or next(iter(values.get("advertiser_ids", ())), "")
    named = {"task_id": made.task_id} | ({"advertiser_id": advertiser} if advertiser else {})
    yield from _finished(session, named)
    found: ReportDownload = yield from call(session, business_reports.REPORT_TASK_DOWNLOAD, named)
    yield from _fetched(session, found, spool)
    spool.file.seek(0)
    return made.task_id


def _finished(session: Session, named: dict[str, Any]) -> Flow[None]:
    """Wait until the task is done."""
    while True:
        task: ReportTask = yield from call(session, business_reports.REPORT_TASK_CHECK, named)
        if task.status == TaskStatus.SUCCESS:
            return
        if task.status in _OVER:
            why = f": {task.message}" if task.message else ""
            raise ReportFailed(f"report task {named['task_id']} is {task.status}{why}")
        yield Sleep(POLL)


def _fetched(session: Session, found: ReportDownload, spool: _Spool) -> Flow[None]:
    """Download the file, from an address that is valid without a token."""
    if not found.download_url:
        raise ReportFailed("TikTok told no address of the report's file; create the task again")
    headers = {"user-agent": session.user_agent}
    reply: Reply = yield Send("GET", found.download_url, headers, into=spool)
    if reply.status != 200:
        raise ReportFailed(
            f"the report's file could not be read: HTTP {reply.status}. Its address lives an hour; "
            "read the report again"
        )
