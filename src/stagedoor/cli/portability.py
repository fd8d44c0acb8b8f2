"""`stagedoor portability`: request copies of people's data, and read them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click

from stagedoor.client import Archive, OnProgress, Progress, UnknownKeys, read_archive
from stagedoor.platform.products.portability import Category, DataFormat
from stagedoor.platform.products.portability.archive import BY_NAME, Record

from . import console, interruption, shortened, terminal
from .account import connected
from .group import CommandGroup
from .params import Positive, WholeNumber

_SHOWN = 20
_COLUMN = 14
"""Minimum width of a readable column in characters."""


@click.group("portability", cls=CommandGroup)
def command() -> None:
    """Copies of people's data: ask TikTok for one, read one."""


@command.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--category",
    "categories",
    multiple=True,
    type=click.Choice([one.value for one in Category]),
    default=[Category.ALL_DATA.value],
    show_default=True,
    help="What to ask for; may be repeated.",
)
@click.option(
    "--format",
    "data_format",
    type=click.Choice([one.value for one in DataFormat]),
    default=DataFormat.JSON.value,
    show_default=True,
    help="What is inside the zip.",
)
@click.option(
    "--wait",
    default=3600.0,
    type=Positive(604_800, zero=True),
    show_default=True,
    help="Seconds to wait for TikTok.",
)
@click.option("--request", "request_id", help="Go on with this request, and ask for no other.")
@click.option("--account", help="The connected account to use, by its @handle.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def export(
    file: Path,
    categories: tuple[str, ...],
    data_format: str,
    wait: float,
    request_id: str | None,
    account: str | None,
    as_json: bool,
) -> None:
    """Ask for the connected person's data, wait for them, and save them as FILE.

    The account has to be connected with a scope for it, such as portability.all.single:
    'stagedoor connect --help' lists them. A single-use scope is used up by this. Stopped in the
    middle, the request goes on at TikTok, and --request fetches what it gives.
    """
    following = _Following()
    with (
        connected(account) as (tiktok, who),
        console.bars() as following.show,
        interruption.explained(lambda: following.explanation(file)),
    ):
        if request_id is None:
            made = tiktok.portability.export(
                file, categories, data_format=data_format, wait=wait, progress=following
            )
        else:
            tiktok.portability.wait_for(request_id, wait=wait, progress=following)
            made = tiktok.portability.download(request_id, file, progress=following)
    if as_json:
        console.print_json(
            {"request_id": made.request_id, "file": str(made.path), "bytes": made.size}
        )
        return
    console.say(
        f"Saved the data of @{who.name} as {file}: {console.counted(made.size, 'byte')}. "
        f"'stagedoor portability read {file}' shows what is in it."
    )


class _Following:
    """Follows the reports of an export, to print the request's id on Ctrl-C."""

    def __init__(self) -> None:
        self.show: OnProgress = lambda _: None
        self._request_id: str | None = None

    def __call__(self, moment: Progress) -> None:
        self._request_id = moment.request_id or self._request_id
        self.show(moment)

    def explanation(self, file: Path) -> str:
        if self._request_id is None:
            return ""
        return (
            f"Request {console.shown(self._request_id)} goes on at TikTok: 'stagedoor portability "
            f"export {file} --request {console.shown(self._request_id)}' fetches it."
        )


@command.command("read")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--section", help="Print the records of this section.")
@click.option("--limit", type=WholeNumber(1), help="At most so many records.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; a record a line with --section.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a line of names.")
def read(
    archive: Path, section: str | None, limit: int | None, as_json: bool, as_csv: bool
) -> None:
    """Show what is in ARCHIVE: the zip in either format, its folder, or a file out of it.

    Without --section: the sections and how many records each has. Records are printed as they are
    read, so an archive of any size will do; the table shows 20 unless --limit says otherwise.
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    with _told(), read_archive(archive) as opened:
        if section is None:
            _summary(opened, as_json, as_csv)
        elif as_csv:
            _rows(opened, section, limit)
        elif as_json:
            _lines(_records(opened, section), limit)
        else:
            _table(opened, section, limit or _SHOWN)


@contextmanager
def _told() -> Iterator[None]:
    """Print warnings about unknown parts of an archive on standard error."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UnknownKeys)
        warnings.showwarning = lambda message, *_, **__: terminal.note(f"Note: {message}")
        yield


def _summary(archive: Archive, as_json: bool, as_csv: bool) -> None:
    survey = archive.survey()
    if as_csv:
        console.print_csv_row(("section", "records", "unknown"))
        for name, found in survey.items():
            console.print_csv_row((name, found.records, found.unknown))
        return
    unknown = {name: found.unknown for name, found in survey.items() if found.unknown}
    if as_json:
        counts = {name: found.records for name, found in survey.items()}
        console.print_json({"format": archive.format, "sections": counts, "unknown": unknown})
        return
    title = f"{archive.name} ({archive.format} format)"
    if not unknown:
        rows = [(name, f"{found.records:,}") for name, found in survey.items()]
        console.print_table(title, ("section", "records"), rows)
        return
    table = [
        (name, f"{found.records:,}", f"{found.unknown:,}" if found.unknown else "")
        for name, found in survey.items()
    ]
    console.print_table(title, ("section", "records", "unknown"), table)
    console.note(
        f"{console.counted(sum(unknown.values()), 'record')} in "
        f"{console.counted(len(unknown), 'section')} can't be typed: Stagedoor doesn't know the "
        "section or its keys, perhaps since the archive is in another language or of a newer "
        "form. Their values are kept under the keys of the file: --section NAME shows them."
    )


def _records(archive: Archive, section: str) -> Iterator[Record]:
    """The section's records; an unknown section is a usage error that lists the existing ones."""
    found = archive.section(section)
    first = next(found, None)
    if first is not None:
        yield first
        yield from found
    elif section not in BY_NAME and section not in (names := archive.counts()):
        there = ", ".join(names) or "none"
        raise click.UsageError(f"There is no section '{section}' in it. There are: {there}.")


def _lines(records: Iterator[Record], limit: int | None) -> None:
    for record in shortened.first(records, limit, "record", "without --limit all are printed"):
        console.print_json_line(record.model_dump(mode="json", exclude_none=True))


def _rows(archive: Archive, section: str, limit: int | None) -> None:
    """Write a row for each record. The archive is read twice: a header has the names of all."""
    declared = BY_NAME[section].record.model_fields if section in BY_NAME else ()
    names = dict.fromkeys(declared)
    for record in islice(_records(archive, section), limit):
        names |= dict.fromkeys(name for name, value in record if value is not None)
    console.print_csv_row(names)
    how = "without --limit all are printed"
    for record in shortened.first(_records(archive, section), limit, "record", how):
        values = record.model_dump(mode="json")
        console.print_csv_row(values.get(name) for name in names)


def _table(archive: Archive, section: str, limit: int) -> None:
    how = "--limit N shows more, --json all of them"
    records = shortened.first(_records(archive, section), limit, "record", how)
    shown = [record.model_dump(exclude_none=True) for record in records]
    if not shown:
        console.say(f"{archive.name} has no {section}.")
        return
    columns = list(dict.fromkeys(name for record in shown for name in record))
    if len(columns) * _COLUMN <= console.width():
        rows = [[_cell(record.get(name)) for name in columns] for record in shown]
        console.print_table(section, columns, rows)
    else:
        _blocks(shown, max(map(len, columns)))


def _blocks(records: Iterable[dict[str, Any]], width: int) -> None:
    """Print each record as a block of lines, for records with too many columns for the terminal."""
    for record in records:
        for name, value in record.items():
            console.say(f"{name:<{width}}  {_cell(value)}")
        console.say()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.strftime("%Y-%m-%d %H:%M:%S %Z") if isinstance(value, datetime) else str(value)
