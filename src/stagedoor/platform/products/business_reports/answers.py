"""The answers of reports."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...model import OPEN, Answer, says
from ..business.common import PageInfo
from .choices import TaskStatus


class ReportLine(Answer):
    """A row as TikTok sends it: all values are text, and `-` is none."""

    dimensions: dict[str, str] = Field(default_factory=dict)
    metrics: dict[str, str] = Field(default_factory=dict)


class ReportPage(Answer):
    """A page of a report."""

    list: tuple[ReportLine, ...] = ()
    total_metrics: Annotated[
        dict[str, str] | None, says("of all rows, with enable_total_metrics")
    ] = None
    page_info: PageInfo = PageInfo()


class ReportTaskId(Answer):
    """A task that was created."""

    task_id: str


class ReportTask(Answer):
    """The state of a task."""

    status: Annotated[TaskStatus | str, OPEN]
    message: Annotated[str | None, says("the reason of a failure")] = None


class ReportDownload(Answer):
    """A finished report: its text, or the address of its file."""

    text: Annotated[str | None, says("the CSV itself, for CSV_STRING")] = None
    download_url: Annotated[str | None, says("valid for an hour; ask again for a new one")] = None
    file_name: str | None = None
    output_format: str | None = None
