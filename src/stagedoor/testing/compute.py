"""The Virtual Compute Environment in tests: samples, query tasks, scripts and their review."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .control import Control, ControlRefused
from .parts import APP_KEY

ConditionGroup = Mapping[str, Any]
"""`{"operator": "and", "conditions": [{"field": ..., "operator": ..., "field_values": [...]}]}`"""


@dataclass(frozen=True, slots=True)
class ComputeScript:
    """A submitted script. Times are Unix seconds on the local TikTok's clock."""

    id: str
    client_key: str
    name: str
    status: str
    """`submitted`, `running`, `in_review`, `released`, `rejected` or `failed`."""
    reason: str
    """Why it failed or was rejected; empty: neither."""
    line: int | None
    """The line at which it failed."""
    log: str
    """The end of what it printed, for the test; at TikTok its author sees the files alone."""
    records: int
    """How many records its queries gave."""
    findings: list[str]
    """Places in its files that look like data of single people or posts."""
    files: dict[str, int]
    """The files that it left, with their sizes in bytes."""
    submitted: float
    started: float | None
    ended: float | None
    decided: float | None
    """When the review ended."""
    download_url: str
    """The link to the released files; empty until then."""


class Compute:
    """The Virtual Compute Environment of the Research Tools: off until `allow_scripts`."""

    def __init__(self, control: Control, allow: Callable[[], None]) -> None:
        self._control, self._allow = control, allow

    def allow_scripts(self) -> None:
        """Switch it on until the next reset, as `stagedoor emulator --allow-scripts` does.

        Scripts run as this user. Their limits are no security boundary: submit your own alone.
        """
        self._allow()

    def records_left(self, *, client_key: str = APP_KEY) -> int:
        """The records that the app's organisation still gets today in the test stage."""
        return int(self._control.get("compute", client_key=client_key)["records_left"])

    def query(
        self,
        category: str,
        condition_groups: Sequence[ConditionGroup] | None = None,
        fields: str = "id",
        limit: int | None = None,
        *,
        start_date: str | None = None,
        end_date: str | None = None,
        client_key: str = APP_KEY,
    ) -> list[dict[str, Any]]:
        """The test stage: a random sample of what the query finds, 100 rows unless `limit` says
        otherwise, 5,000 records a day.

        The arguments are those of TikTok's `pyrqs`: `fields` are names with commas between them.
        Raises `ControlRefused` for what is wrong, and when the day's records are used up.
        """
        sent = _sent(category, condition_groups, fields, limit, start_date, end_date, client_key)
        rows: list[dict[str, Any]] = self._control.send("POST", "compute/query", sent)["rows"]
        return rows

    def create_query_task(
        self,
        category: str,
        condition_groups: Sequence[ConditionGroup] | None = None,
        fields: str = "id",
        limit: int | None = None,
        *,
        start_date: str | None = None,
        end_date: str | None = None,
        client_key: str = APP_KEY,
    ) -> int:
        """Begin a query of the test stage; gives its task's id. A wrong query fails later."""
        sent = _sent(category, condition_groups, fields, limit, start_date, end_date, client_key)
        return int(self._control.send("POST", "compute/query_tasks", sent)["task_id"])

    def check_query_task_status(self, task_id: int, *, client_key: str = APP_KEY) -> str:
        """Created, Validating, Processing, Completed, AnalysisFailed or Cancelled: by the clock."""
        return str(self._task(task_id, "status", client_key)["status"])

    def cancel_query_task(self, task_id: int, *, client_key: str = APP_KEY) -> bool:
        """Whether the task was cancelled: one that has ended isn't."""
        return bool(self._task(task_id, "cancel", client_key)["success"])

    def get_query_task_result(
        self, task_id: int, *, client_key: str = APP_KEY
    ) -> list[dict[str, Any]]:
        """The rows of a completed task. Raises `ControlRefused` for others, with the reason."""
        rows: list[dict[str, Any]] = self._task(task_id, "result", client_key)["rows"]
        return rows

    def _task(self, task_id: int, what: str, client_key: str) -> Any:
        path = f"compute/query_tasks/{task_id}/{what}"
        return self._control.send("POST", path, {"client_key": client_key})

    def submit(
        self, script: str | bytes | Path, *, name: str | None = None, client_key: str = APP_KEY
    ) -> ComputeScript:
        """The execution stage: run a Python script on all public data. `script` is its code, or
        the path of its file.

        It runs beside the test: `clock.advance()` waits until it has ended. Raises
        `ControlRefused` for code that isn't UTF-8 or that Python can't parse, with the line.
        """
        code: str | bytes
        if isinstance(script, Path):
            code, name = script.read_bytes(), name or script.name
        else:
            code = script
        if isinstance(code, bytes):
            code = _decoded(code)
        sent = {"code": code, "name": name or "script.py", "client_key": client_key}
        return _script(self._control.send("POST", "compute/scripts", sent))

    def get(self, script_id: str) -> ComputeScript:
        """The script as it is now. Raises `ControlRefused` if there is none."""
        return _script(self._control.get(f"compute/scripts/{script_id}"))

    def all(self) -> list[ComputeScript]:
        """All submitted scripts, the oldest first."""
        return [_script(one) for one in self._control.listed("compute/scripts", "scripts")]

    def approve(self, script_id: str) -> ComputeScript:
        """End a script's review: its files are released."""
        return _script(self._control.send("POST", f"compute/scripts/{script_id}/approve"))

    def reject(self, script_id: str, reason: str) -> ComputeScript:
        """End a script's review: its files aren't released, for this reason."""
        body = {"reason": reason}
        return _script(self._control.send("POST", f"compute/scripts/{script_id}/reject", body))

    def files(self, script_id: str) -> dict[str, bytes]:
        """The files that a script left, as the reviewer sees them. Raises `ControlRefused` if
        there are none."""
        return _unpacked(self._control.content(f"compute/scripts/{script_id}/files"))

    def download(self, script_id: str) -> dict[str, bytes]:
        """The released files, as the researcher gets them. Raises `ControlRefused` for a script
        that wasn't released."""
        return _unpacked(self._control.content(f"compute/scripts/{script_id}/download"))


def _sent(
    category: str,
    condition_groups: Sequence[ConditionGroup] | None,
    fields: str,
    limit: int | None,
    start_date: str | None,
    end_date: str | None,
    client_key: str,
) -> dict[str, Any]:
    return {
        "category": category,
        "condition_groups": condition_groups and [dict(one) for one in condition_groups],
        "fields": fields,
        "limit": limit,
        "start_date": start_date,
        "end_date": end_date,
        "client_key": client_key,
    }


def _decoded(code: bytes) -> str:
    try:
        return code.decode()
    except UnicodeDecodeError as error:
        line = code.count(b"\n", 0, error.start) + 1
        raise ControlRefused(
            f"code: line {line} isn't UTF-8 (byte {error.start}): save the script as UTF-8"
        ) from None


def _script(shown: dict[str, Any]) -> ComputeScript:
    return ComputeScript(**{name: shown[name] for name in ComputeScript.__slots__})


def _unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
