"""What commands print with: tables and bars for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from stagedoor.client import OnProgress, Stage
from stagedoor.client import Progress as Moment

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """One JSON document on standard output, and nothing else."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for name in columns:
        made.add_column(name, overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def when(seconds: float | None) -> str:
    """A moment as people read it."""
    if seconds is None:
        return "unknown"
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


@contextmanager
def bars(console: Console = err) -> Iterator[OnProgress]:
    """Progress of long work: a bar of bytes while they travel, a spinner for the rest.

    Only for who is watching: into a file or a pipe nothing is written.
    """
    if not console.is_terminal:
        yield lambda moment: None
        return
    spinner = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    upload = Progress(
        SpinnerColumn(finished_text="[green]✓[/]"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    step = spinner.add_task("", total=None)
    sent = None
    live = spinner

    def show(wanted: Progress) -> None:
        nonlocal live
        if wanted is not live:
            live.stop()
            live = wanted
            live.start()

    def tell(moment: Moment) -> None:
        nonlocal sent
        if moment.stage in (Stage.UPLOADING, Stage.DOWNLOADING):
            show(upload)
            if sent is None:
                sent = upload.add_task(moment.stage.value, total=moment.total or None)
            upload.update(sent, completed=moment.done)
        else:
            show(spinner)
            note = f": {moment.note}" if moment.note else ""
            spinner.update(step, description=f"{moment.stage.value}{note}")

    spinner.start()
    try:
        yield tell
    finally:
        live.stop()
