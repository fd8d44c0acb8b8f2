"""Posts per day of a collection, as numbers and as a picture."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from ..errors import CollectionError, ConfigurationError
from .journal import Journal


def posts_per_day(folder: str | Path) -> dict[date, int]:
    """The videos of a collection's finished files by UTC day, days without any included.

    Raises `CollectionError` for a folder without a collection.
    """
    journal = Journal(Path(folder), None, time.time())
    try:
        found = journal.days()
    finally:
        journal.close()
    if not found:
        return {}
    first, last = min(found), max(found)
    listed = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {day: found.get(day, 0) for day in listed}


def draw(posted: Mapping[date, int], to: Path, title: str) -> None:
    """Draw posts per day as a picture, PNG or SVG by the file's name. Needs the extra research.

    Raises `ConfigurationError` without matplotlib, `CollectionError` where it can't be written.
    """
    try:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ConfigurationError(
            "pictures need matplotlib: install Stagedoor's extra 'research'"
        ) from error
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    axes.bar(date2num(list(posted)), list(posted.values()), width=0.9, color="#c2183f")
    axes.xaxis_date()
    locator = AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.set_title(title, loc="left")
    axes.set_ylabel("videos")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01)
    try:
        figure.savefig(to, dpi=150)
    except (OSError, ValueError) as error:
        raise CollectionError(f"{to} can't be written: {error}.") from error
