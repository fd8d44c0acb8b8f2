"""Reports that are prepared for a download: their states along the clock, and their files."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from stagedoor.platform.masking import REPORT_FILE
from stagedoor.platform.model import AT_TIKTOK
from stagedoor.platform.products.business_reports import (
    Dimension,
    NewReportTask,
    OutputFormat,
    ReportTaskQuery,
    ReportType,
    TaskStatus,
)

from ...calls import AdmittedCall, Refusal
from ...world import World
from ..business.state import AD_ACCOUNTS
from ..business_ads import checks, regions
from .question import checked, posed
from .rows import Rows, planned
from .spreadsheet import Spreadsheet
from .state import LINKS, TASKS, Link, PreparedReport

FILES = REPORT_FILE
_QUEUED = 0.4
"""The part of a task's time that it waits in the queue."""
_HOUR = 3_600
_KEPT = 30 * 86_400
"""Seconds for which a finished report can be downloaded."""
_ENDINGS: dict[str, str] = {
    OutputFormat.CSV_DOWNLOAD: ".csv",
    OutputFormat.XLSX_DOWNLOAD: ".xlsx",
}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE_BLOCK = 1 << 18
_BLOCK = 1_000
"""Rows that are written at once; other calls are answered in between."""
_FORBIDDEN = re.compile(r"[/\t@#$%^&*()\[\]]")
_IDS_ALONE = ("campaign_ids", "adgroup_ids", "ad_ids")
_COUNTRY_NAMES = {one.country: one.name for one in regions.PLACES if one.level == "COUNTRY"}


def create(call: AdmittedCall) -> dict[str, Any]:
    """Begin a report, whose request is checked as that of a page."""
    request: NewReportTask = call.request
    world = call.world
    if request.report_type == ReportType.PLAYABLE_MATERIAL:
        checks.wrong("report_type", "Not supported for asynchronous reports.")
    checks.choice("output_format", request.output_format, OutputFormat)
    if request.file_name is not None and _FORBIDDEN.search(request.file_name):
        checks.wrong("file_name", "It holds a character that is not allowed.")
    for place, one in enumerate(request.filtering or ()):
        if one.field_name not in _IDS_ALONE:
            checks.wrong(f"filtering.{place}.field_name", f"Not supported: {one.field_name}.")
    question = checked(call, request)
    if any(one.sandbox for one in question.accounts):
        raise Refusal("40009", "Asynchronous reports are unsupported in sandbox environment.")
    task = world[TASKS].add(
        PreparedReport(
            id=world.ids.hexadecimal(32),
            token=call.own_token.value,
            advertiser_ids=tuple(one.id for one in question.accounts),
            created=call.now,
            ready=call.now + world.settings.report_seconds,
            asked=request.model_dump(mode="json", exclude_none=True),
        )
    )
    return {"task_id": task.id}


def check(call: AdmittedCall) -> dict[str, Any]:
    task = _own(call)
    return {"status": _status(task, call.now), "message": ""}


def cancel(call: AdmittedCall) -> dict[str, Any]:
    """Cancel a task that isn't done."""
    task = _own(call)
    status = _status(task, call.now)
    if status not in (TaskStatus.QUEUING, TaskStatus.PROCESSING):
        checks.wrong("task_id", f"The task is {status}.")
    task.cancelled = True
    return {"status": TaskStatus.CANCELED}


def download(call: AdmittedCall) -> bytes | dict[str, Any]:
    """The CSV itself, or a new address of the file."""
    task = _own(call)
    status = _status(task, call.now)
    if status is TaskStatus.CANCELED:
        checks.wrong("task_id", "The task is CANCELED.")
    if status is not TaskStatus.SUCCESS:
        raise Refusal("40201")
    if call.now >= task.ready + _KEPT:
        raise Refusal("40910")
    request = _request(task)
    ending = _ENDINGS.get(request.output_format or "")
    if ending is None:
        return "".join(_blocks(call.world, task)).encode()
    expires = call.now + _HOUR
    link = call.world[LINKS].add(Link(call.world.ids.hexadecimal(40), task.id, expires))
    name = request.file_name or f"report-{task.id[:8]}"
    name = name if name.endswith(ending) else f"{name}{ending}"
    address = f"{call.base_url}{FILES}{link.id}/{quote(name)}?x-expires={int(expires)}"
    return {
        "download_url": address,
        "file_name": name,
        "output_format": request.output_format,
    }


async def file(request: Request) -> Response:
    """The file behind a temporary address; every client that has the address may read it."""
    world: World = request.app.state.world
    link = world[LINKS].get(request.path_params["link"])
    if link is None or link.expires <= world.now():
        return PlainTextResponse("The address is unknown or has expired.", 403)
    task = world[TASKS][link.task_id]
    if _request(task).output_format == OutputFormat.XLSX_DOWNLOAD:
        return await _spreadsheet(world, task)

    async def body() -> AsyncIterator[str]:
        for block in _blocks(world, task):
            yield block
            await asyncio.sleep(0)

    return StreamingResponse(body(), media_type="text/csv")


async def _spreadsheet(world: World, task: PreparedReport) -> Response:
    """The report as an XLSX file, which is written to the disk and sent from there."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        rows, titles = _rows(world, task)
        made = Spreadsheet(file, titles, rows.number_columns)
        for start in range(0, len(rows), _BLOCK):
            made.write(_named(rows, rows.header, start))
            await asyncio.sleep(0)
        await asyncio.to_thread(made.close)
    except BaseException:
        file.close()
        raise
    length = file.tell()
    file.seek(0)

    def blocks() -> Iterator[bytes]:
        with file:
            while block := file.read(_FILE_BLOCK):
                yield block

    headers = {"content-length": str(length)}
    return StreamingResponse(blocks(), media_type=_XLSX, headers=headers)


def _own(call: AdmittedCall) -> PreparedReport:
    """The task, if this token created it for this ad account."""
    request: ReportTaskQuery = call.request
    task = call.world[TASKS].get(request.task_id)
    if task is None or task.token != call.own_token.value:
        checks.wrong("task_id", "The task does not exist.")
    if call.ad_account.id not in task.advertiser_ids:
        checks.wrong("advertiser_id", "The task is of another advertiser.")
    return task


def _status(task: PreparedReport, now: float) -> TaskStatus:
    if task.cancelled:
        return TaskStatus.CANCELED
    if now >= task.ready:
        return TaskStatus.SUCCESS
    waited = now - task.created
    queued = waited < (task.ready - task.created) * _QUEUED
    return TaskStatus.QUEUING if queued else TaskStatus.PROCESSING


def _request(task: PreparedReport) -> NewReportTask:
    return NewReportTask.model_validate(task.asked, context={AT_TIKTOK})


def _rows(world: World, task: PreparedReport) -> tuple[Rows, tuple[str, ...]]:
    """The rows of a task, with the numbers of the moment when it was ready, and their titles."""
    request = _request(task)
    accounts = tuple(world[AD_ACCOUNTS][one] for one in task.advertiser_ids)
    rows = planned(world, posed(request, accounts, bool(request.advertiser_ids)), task.ready)
    if request.enable_report_title_translation is False:
        return rows, rows.header
    return rows, tuple(name.replace("_", " ").capitalize() for name in rows.header)


def _blocks(world: World, task: PreparedReport) -> Iterator[str]:
    """The CSV of a task."""
    rows, titles = _rows(world, task)
    yield _written([titles])
    for start in range(0, len(rows), _BLOCK):
        yield _written(_named(rows, rows.header, start))


def _named(rows: Rows, header: tuple[str, ...], start: int) -> Iterator[list[Any]]:
    """Rows with the names of countries, which files have in place of the codes."""
    at = header.index(Dimension.COUNTRY) if Dimension.COUNTRY in header else None
    for row in rows.page(start, _BLOCK):
        if at is not None:
            row[at] = _COUNTRY_NAMES.get(row[at], row[at])
        yield row


def _written(lines: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
