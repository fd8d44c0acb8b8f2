"""The manifest of a collection: what its folder holds, for people and other programs."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ..errors import CollectionError
from .job import INCOMPLETE_SECONDS, VERSION, Collection
from .journal import Journal
from .windows import SearchWindow

NAME = "manifest.json"


def incomplete_from(windows: list[SearchWindow]) -> date | None:
    """The first day that was read before TikTok had all of its videos."""
    days = [
        max(window.first, first) for window in windows if (first := _incomplete(window)) is not None
    ]
    return min(days, default=None)


def is_incomplete(window: SearchWindow) -> bool:
    return _incomplete(window) is not None


def today(now: float) -> date:
    """The UTC day, the last that has videos."""
    return datetime.fromtimestamp(now, UTC).date()


def first_incomplete(now: float) -> date:
    """The first day that TikTok doesn't have all videos of."""
    return datetime.fromtimestamp(now - INCOMPLETE_SECONDS, UTC).date()


def is_over(window: SearchWindow, now: float) -> bool:
    """Whether TikTok has all videos of the window by now."""
    return next_midnight(beginning(window.last)) + INCOMPLETE_SECONDS <= now


def beginning(day: date) -> float:
    """The first moment of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _incomplete(window: SearchWindow) -> date | None:
    """The first incomplete day of a window, judged by the time at which it was read."""
    if window.read_at is None:
        return None
    first = first_incomplete(window.read_at)
    return None if window.last < first else first


def write(journal: Journal, now: float, resumes_at: float | None) -> Collection:
    """Write the manifest, and return the state that it describes."""
    job, windows = journal.job, journal.windows()
    done = all(window.state == "done" for window in windows)
    first = incomplete_from([window for window in windows if window.state == "done"])
    gap, tomorrow = journal.gap(job.end), today(now) + timedelta(days=1)
    future = None if gap is None or gap[1] < tomorrow else max(gap[0], tomorrow)
    made = Collection(
        folder=str(journal.folder),
        finished=done and gap is None,
        counts=journal.counts(),
        requests=journal.requests(),
        refused=journal.refused(),
        resumes_at=resumes_at,
        incomplete_from=first,
        missing_from=future,
    )
    by_id = {window.id: window for window in windows}
    content = {
        "version": VERSION,
        **job.stored(),
        "finished": made.finished,
        "counts": dict(made.counts),
        "quota": dict(made.requests),
        "refused": dict(made.refused),
        "incomplete_from": None if first is None else f"{first:%Y%m%d}",
        "missing_from": None if future is None else f"{future:%Y%m%d}",
        "updated": datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
        "files": [
            {
                "path": file.name,
                "rows": file.rows,
                "bytes": file.bytes,
                "incomplete": is_incomplete(by_id[file.window]),
            }
            for file in journal.files()
        ],
    }
    _replace(journal.folder / NAME, content)
    return made


def _replace(path: Path, content: dict[str, Any]) -> None:
    new = path.with_suffix(".json.new")
    try:
        with new.open("w", encoding="utf-8") as out:
            json.dump(content, out, ensure_ascii=False, indent=2)
            out.write("\n")
            out.flush()
            os.fsync(out.fileno())
        new.replace(path)
    except OSError as error:
        raise CollectionError(f"{path} can't be written: {error.strerror}.") from error


def next_midnight(now: float) -> float:
    """The end of the UTC day, at which TikTok's quotas reset."""
    tomorrow = datetime.fromtimestamp(now, UTC).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC).timestamp()
