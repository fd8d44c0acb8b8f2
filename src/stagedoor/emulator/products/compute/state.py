"""Query tasks of the test stage, and submitted scripts. Times are Unix seconds on the clock."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import Any

from stagedoor.platform.records import record

from ...world.collection import Entity, EntityCollection, Index


@record
class QueryTask(Entity):
    """A query of the test stage that runs by itself; its status follows from the time."""

    id: str
    client_key: str
    question: dict[str, Any]
    """The query as it was sent."""
    created: float
    problem: str = ""
    """Why the query can't be run; empty: it can."""
    cancelled: float | None = None
    taken: int | None = None
    """The number of records that counted for the day's limit; None: the result wasn't read yet."""


class ScriptStatus(StrEnum):
    """Our names: TikTok documents the steps, but no status of a script."""

    SUBMITTED = "submitted"
    """The script waits for its turn."""
    RUNNING = "running"
    IN_REVIEW = "in_review"
    """The script ran; a reviewer has to look at its output before that is released."""
    RELEASED = "released"
    REJECTED = "rejected"
    FAILED = "failed"
    """The script failed, or exceeded a limit."""


@record
class Script(Entity):
    id: str
    client_key: str
    name: str
    code: str
    submitted: float
    base_url: str
    """The base address of links in rows."""
    status: ScriptStatus = ScriptStatus.SUBMITTED
    ready: bool = False
    """The time in the queue is over: it runs when there is room."""
    started: float | None = None
    ended: float | None = None
    decided: float | None = None
    """When the review ended."""
    reason: str = ""
    """Why it failed or was rejected."""
    line: int | None = None
    """The line of the script at which it failed."""
    log: str = ""
    """The end of what it printed. Its author gets the released files alone."""
    records: int = 0
    """The records that its queries gave."""
    findings: list[str] = field(default_factory=list)
    """Places in its files that look like data of single people or posts."""
    output: dict[str, str] = field(default_factory=dict)
    """The files that it left, as base64."""


QUERY_TASKS = EntityCollection("query_tasks", QueryTask)
SCRIPTS = EntityCollection("scripts", Script)
SCRIPTS_BY_STATUS = Index[Script](on=("status",))
"""The oldest first."""
