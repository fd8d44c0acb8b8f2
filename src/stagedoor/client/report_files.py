"""Reports as files: a task, its download, and the rows of the file."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
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
from .sink import Sink

POLL = 10.0
"""Seconds between two looks at a task; TikTok wants no fewer."""
_AT_ONCE = 1_000
_OVER = (TaskStatus.FAILED, TaskStatus.CANCELED)


class _Spool(Sink):
    """Takes a file into a temporary one, which is gone when it is closed."""

    def __init__(self, task_id: str) -> None:
        super().__init__(io.BytesIO(), task_id, None)
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
    made: ReportTaskId = yield from call(session, business_reports.REPORT_TASK_CREATE, values)
    advertiser = asked.get("advertiser_id") or next(iter(asked.get("advertiser_ids", ())), "")
    named = {"task_id": made.task_id} | ({"advertiser_id": advertiser} if advertiser else {})
    yield from _finished(session, named)
    found: ReportDownload = yield from call(session, business_reports.REPORT_TASK_DOWNLOAD, named)
    with closing(_Spool(made.task_id)) as spool:
        yield from _fetched(session, found, spool)
        spool.file.seek(0)
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
