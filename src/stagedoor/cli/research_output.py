"""How research commands give what they find: to people, as JSON or CSV, or into a file that is
filled over several runs (`--out`, `--resume`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import click

from stagedoor.client import Walking, WalkPlace
from stagedoor.client.collecting.formats import TableColumns
from stagedoor.client.collecting.walk_file import WalkFile, format_of
from stagedoor.client.error_classes import REFUSALS
from stagedoor.client.errors import StagedoorError
from stagedoor.platform.model import Answer

from . import console, interruption, settings
from .params import WholeNumber
from .several import Several

F = TypeVar("F", bound=Callable[..., Any])
Row = tuple[str, Mapping[str, Any]]
"""A row of a file with its key."""
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Output:
    """The options of a command that say how many items it gives, and in which form."""

    limit: int | None
    everything: bool
    as_json: bool
    as_csv: bool
    out: Path | None
    resume: bool

    @property
    def most(self) -> int | None:
        """How many items to give at most; None: all. A file has all that aren't limited."""
        if self.everything or (self.out is not None and self.limit is None):
            return None
        return self.limit or _SHOWN


def list_options(function: F) -> F:
    """Adds the options of lists, as the parameter `output`."""
    limit = click.option(
        "--limit", type=WholeNumber(1), help=f"How many. [default: {_SHOWN}; all with --out]"
    )
    every = click.option("--all", "everything", is_flag=True, help="All that there are.")
    made: F = limit(every(output_options(function)))
    return made


def output_options(function: F) -> F:
    """Adds the options for the form of what is given, as the parameter `output`."""

    @wraps(function)
    def command(
        *args: Any,
        as_json: bool,
        as_csv: bool,
        out: Path | None,
        resume: bool,
        limit: int | None = None,
        everything: bool = False,
        **values: Any,
    ) -> Any:
        named = [("--json", as_json), ("--csv", as_csv), ("--out", out is not None)]
        given = [name for name, is_given in named if is_given]
        if len(given) > 1:
            raise click.UsageError(f"{' and '.join(given)} exclude each other.")
        if resume and out is None:
            raise click.UsageError("--resume goes on with a file: name it with --out.")
        output = Output(limit, everything, as_json, as_csv, out, resume)
        return function(*args, output=output, **values)

    options = (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a line of names."),
        click.option(
            "--out",
            type=click.Path(dir_okay=False, path_type=Path),
            callback=_with_known_ending,
            metavar="FILE",
            help="Write a .parquet, .csv or .jsonl file, with TikTok's names and values.",
        ),
        click.option(
            "--resume", is_flag=True, help="With --out: go on with FILE where it was stopped."
        ),
    )
    made: Any = command
    for option in reversed(options):
        made = option(made)
    decorated: F = made
    return decorated


def _with_known_ending(
    ctx: click.Context, param: click.Parameter, value: Path | None
) -> Path | None:
    if value is not None:
        try:
            format_of(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    return value


def with_date(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its time as an ISO date, not as TikTok's Unix seconds."""
    at = row.get("create_time")
    return row if at is None else row | {"create_time": datetime.fromtimestamp(at, UTC).isoformat()}


@dataclass(frozen=True, slots=True)
class Saved:
    """The rows of a command's file, and the request that they belong to."""

    asked: Mapping[str, Any]
    """The command's request, as JSON; a file belongs to one request."""
    model: type[Answer]
    columns: Sequence[str]
    noun: str
    key: str
    """The column by which a row is known."""
    defaults: Mapping[str, Any] | None = None
    """The options that the command wasn't given; a file keeps those that it began with."""


def save_walk(
    output: Output,
    saved: Saved,
    walk: Callable[[Mapping[str, Any], WalkPlace | None], Walking[Any]],
) -> None:
    """Fill the file of `output` with a walk's items; `walk` begins it at a place."""

    def pages(file: WalkFile) -> Iterator[tuple[list[Row], WalkPlace | None, bool]]:
        found = walk(file.asked, file.place)
        before, rows = found.place, list[Row]()
        for item in found:
            rows.append(_row(item, saved.key))
            if found.place is not before:  # this was the last item of a page
                before = found.place
                yield rows, before, before is None
                rows = []
        yield rows, found.place, found.place is None

    _fill(output, saved, pages)


def save_each(
    output: Output, saved: Saved, keys: Sequence[str], read: Callable[[str], Mapping[str, Any]]
) -> None:
    """Fill the file of `output` with one row for each key; `read` asks TikTok for it."""
    several = Several(saved.noun, REFUSALS)

    def rows(file: WalkFile) -> Iterator[tuple[list[Row], None, bool]]:
        for key in keys:
            if file.has(key):
                continue
            with several.trying(key):
                yield [(key, read(key))], None, False
        yield [], None, True

    _fill(output, saved, rows)
    several.end()


def _fill(
    output: Output,
    saved: Saved,
    read: Callable[[WalkFile], Iterable[tuple[list[Row], WalkPlace | None, bool]]],
) -> None:
    """Fill the file with rows that are read part by part: each with the place after it, and
    whether it was the last."""
    path = output.out
    assert path is not None  # noqa: S101
    tiktok = settings.load().hosts.api
    file = WalkFile(path, saved.asked, tiktok=tiktok, defaults=saved.defaults, resume=output.resume)
    count = file.count()

    def left() -> str:
        """The sentence about the rows that a stopped command leaves."""
        number = console.counted(count, saved.noun)
        return f"{number} so far. The same command with --resume goes on." if count else ""

    with file, interruption.explained(left), console.growing_bar("Reading") as show:
        try:
            parts = iter(() if file.complete else read(file))
            for rows, place, complete in parts:
                file.keep(rows, place, complete=complete, most=output.most)
                count = file.count()
                show(count, output.most, console.counted(count, saved.noun))
                if file.complete:
                    break
            number = file.finish(TableColumns.of(saved.model, saved.columns))
        except StagedoorError:
            if told := left():
                console.note(told)
            raise
    console.say(f"Wrote {console.counted(number, saved.noun)} to {path}.")


def _row(item: Answer, key: str) -> Row:
    row = item.model_dump(mode="json", exclude_unset=True)
    return row.get(key) or uuid4().hex, row
