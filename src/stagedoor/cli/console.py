"""Tables, styles and progress bars for people. All output goes through `terminal`, or through
rich with text that `terminal.shown` has made safe: markup in foreign text has no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.bar import Bar
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
from rich.text import Text

from stagedoor.client import OnProgress, Stage
from stagedoor.client import Progress as Moment

from .terminal import ask, counted, note, print_csv_row, print_json, print_json_line, say, shown

__all__ = [
    "ask",
    "bar",
    "bars",
    "counted",
    "growing_bar",
    "note",
    "print_bar_chart",
    "print_csv_row",
    "print_json",
    "print_json_line",
    "print_listing",
    "print_table",
    "say",
    "say_styled",
    "shown",
    "spinner",
    "when",
    "width",
]


class _Console(Console):
    """A console that leaves a closed pipe to the command's end, as `terminal` does."""

    def on_broken_pipe(self) -> None:
        raise


_out = _Console(highlight=False, markup=False, emoji=False)
_err = _Console(stderr=True, highlight=False, markup=False, emoji=False)

Styled = tuple[str, object]
"""A style and a text: ("bold", "demo")."""


def say_styled(*parts: str | Styled) -> None:
    """Write one line, parts of which may have a style."""
    _out.print(_line(parts), soft_wrap=True)


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a table with headings; a cell may have several lines.

    Whole numbers such as ids stay on one line, so that they can be copied.
    """
    made = Table(title=_safe(title), title_justify="left", title_style="bold", header_style="bold")
    cells = [tuple(map(_safe, row)) for row in rows]
    for at, name in enumerate(columns):
        whole = bool(cells) and all(str(row[at]).isdecimal() for row in cells)
        made.add_column(_safe(name), overflow="fold", no_wrap=whole)
    for row in cells:
        made.add_row(*row)
    _out.print(made)


def print_bar_chart(title: str, rows: Sequence[tuple[object, float, object]]) -> None:
    """Write a horizontal bar chart: each row has a label, a value from 0, and the value's text.

    A console without block characters gets bars of `#`.
    """
    made = Table.grid(padding=(0, 1))
    made.title, made.title_justify, made.title_style = _safe(title), "left", "bold"
    made.add_column(no_wrap=True, style="dim")
    made.add_column()
    made.add_column(no_wrap=True, justify="right")
    most = max((value for _, value, _ in rows), default=0) or 1
    others = sum(max(len(shown(row[at])) for row in rows) for at in (0, 2)) if rows else 0
    room = max(8, min(60, _out.width - others - 4))
    blocks = _out.encoding.lower().startswith("utf")
    for label, value, text in rows:
        bar = Bar(most, 0, value, width=room, color="cyan") if blocks else None
        made.add_row(_safe(label), bar or Text("#" * round(room * value / most)), _safe(text))
    _out.print(made)


def print_listing(
    title: str, rows: Iterable[tuple[object, Sequence[Sequence[str | Styled] | str]]]
) -> None:
    """Write a list: each row has a first column and, beside it, a few lines of text."""
    made = Table.grid(padding=(0, 2, 0, 0))
    made.title, made.title_justify, made.title_style = _safe(title), "left", "bold"
    made.add_column(no_wrap=True, style="dim")
    made.add_column(overflow="fold")
    for first, lines in rows:
        about = [_safe(one) if isinstance(one, str) else _line(one) for one in lines]
        made.add_row(_safe(first), Text("\n").join(about))
    _out.print(made)


def width() -> int:
    """The terminal's width in columns."""
    return _out.width


def _line(parts: Iterable[str | Styled]) -> Text:
    pieces = (("", part) if isinstance(part, str) else part for part in parts)
    return Text.assemble(*((shown(text), style) for style, text in pieces))


def _safe(text: object) -> Text:
    return Text(shown(text, lines=True))


def when(seconds: float | None) -> str:
    """A time in Unix seconds as local date and time; "unknown" for None."""
    if seconds is None:
        return "unknown"
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


@contextmanager
def bar(description: str, total: float) -> Iterator[Callable[[float], None]]:
    """A progress bar, removed at the end of the block; the yielded function sets its value."""
    columns = (TextColumn(shown(description), markup=False), BarColumn(28), TimeElapsedColumn())
    with Progress(*columns, console=_err, transient=True) as drawn:
        task = drawn.add_task("", total=total)
        yield lambda done: drawn.update(task, completed=done)


@contextmanager
def growing_bar(description: str) -> Iterator[Callable[[float, float | None, str], None]]:
    """A bar of long work, removed at the end of the block; only on a terminal. The yielded function
    sets its value, its total (None: unknown) and the words beside it."""
    if not _err.is_terminal:
        yield lambda done, total, words: None
        return
    columns = (
        TextColumn(shown(description), markup=False),
        BarColumn(28),
        TextColumn("{task.fields[words]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_err, transient=True) as drawn:
        task = drawn.add_task("", total=None, words="")
        yield lambda done, total, words: drawn.update(
            task, completed=done, total=total, words=shown(words)
        )


@contextmanager
def spinner(description: str) -> Iterator[None]:
    """A spinner while the block runs; only on a terminal."""
    with _err.status(Text(shown(description))):
        yield


@contextmanager
def bars() -> Iterator[OnProgress]:
    """Progress of long-running work: a bar of bytes during transfers, a spinner otherwise.

    Only on a terminal: nothing is written to a file or a pipe.
    """
    if not _err.is_terminal:
        yield lambda moment: None
        return
    drawn = _err.encoding.lower().startswith("utf")
    moving, finished = ("dots", "\N{CHECK MARK}") if drawn else ("line", "*")
    waiting = Progress(
        SpinnerColumn(moving),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=_err,
        transient=True,
    )
    upload = Progress(
        SpinnerColumn(moving, finished_text=Text(finished, style="green")),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
        console=_err,
    )
    step = waiting.add_task("", total=None)
    sent = None
    live = waiting

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
            show(waiting)
            more = f": {shown(moment.note)}" if moment.note else ""
            waiting.update(step, description=f"{moment.stage.value}{more}")

    waiting.start()
    try:
        yield tell
    finally:
        live.stop()
