"""`stagedoor research`: search public videos by conditions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from stagedoor.client import TikTok, Walking, WalkPlace
from stagedoor.platform.products.research import MAX_PAGE, VIDEO_FIELDS, Video
from stagedoor.platform.products.research.query import MAX_DAYS, Query, Term, write_date

from . import console, settings, shortened
from .group import CommandGroup
from .research_client import researching
from .research_collect import chart, collect, refresh
from .research_conditions import conditions, days, joined
from .research_jobs import command as jobs
from .research_lists import comments, followers, quota, user
from .research_output import Output, Saved, list_options, save_walk, with_date

_SHOWN = (
    "id",
    "create_time",
    "username",
    "region_code",
    "video_description",
    "hashtag_names",
    "video_duration",
)
_NONE = "No public video fits."
_COUNTS = ("view_count", "like_count", "comment_count")


@click.group("research", cls=CommandGroup)
def command() -> None:
    """Search public data with the app's own token; TikTok must have approved the app.

    The app is TIKTOK_CLIENT_KEY with TIKTOK_CLIENT_SECRET; jobs run on the service, with its app.
    """


for _command in (collect, refresh, chart, comments, user, followers, quota, jobs):
    command.add_command(_command)


@command.command("query")
@conditions
@days("First UTC day. [default: 30 days before the last]", "Last UTC day. [default: today]")
@click.option("--fields", help=f"Comma separated; of {', '.join(VIDEO_FIELDS)}.")
@list_options
def query(
    where: tuple[Term, ...],
    any_of: tuple[Term, ...],
    none_of: tuple[Term, ...],
    start: date | None,
    end: date | None,
    fields: str | None,
    output: Output,
) -> None:
    """List public videos, newest first.

    A condition is field=value, or field=value,value for any of several; numbers and days also
    take >, >=, < and <=. A range of more than 30 days is asked for in pieces. --csv writes dates as
    2026-08-30T12:00:00+00:00, and with --fields TikTok's own values.

    With --out, a query that was stopped by a quota, a lost connection or Ctrl-C goes on where it
    was with --resume; FILE appears when all is there.

    stagedoor research query --where region_code=DE,FR --where "view_count>=1000" --not keyword=ad
    """
    asked = joined(where, any_of, none_of)
    with settings.load().clock() as now:
        last = end or datetime.fromtimestamp(now(), UTC).date()
    first = start or last - timedelta(days=MAX_DAYS)
    if last < first:
        raise click.UsageError("--start is after --end.")
    named = tuple(name.strip() for name in fields.split(",")) if fields else None
    with researching() as tiktok:
        if output.out is not None:
            given = {"start": start, "end": end}
            _save(tiktok, output, asked, named, given, {"start": first, "end": last})
            return
        shown = named or (VIDEO_FIELDS if output.as_json else _SHOWN + _COUNTS)
        videos = tiktok.research.all_videos(
            query=asked,
            start_date=first,
            end_date=last,
            fields=shown,
        )
        # counting the rest of a page costs no further request
        look = MAX_PAGE - (output.most or 0) % MAX_PAGE
        how = "--all shows all, --limit N more; each 100 are one request of the day's"
        found = shortened.first(videos, output.most, "video", how, look=look)
        if output.as_csv:
            _print_csv(shown, found, dates=not named)
        elif output.as_json:
            console.print_json([_plain(video) for video in found])
        else:
            _print_table(found, named)


def _save(
    tiktok: TikTok,
    output: Output,
    asked: Query,
    named: tuple[str, ...] | None,
    given: Mapping[str, date | None],
    default: Mapping[str, date],
) -> None:
    """Write the videos into the file. Days that weren't given are those of its first command."""
    named = named or VIDEO_FIELDS
    # a search that TikTok has forgotten is repeated by these
    columns = (*(name for name in ("id", "create_time") if name not in named), *named)
    query = asked.model_dump(mode="json", by_alias=True)
    saved = Saved(
        {"command": "query", "query": query, "fields": columns}
        | {name: write_date(day) for name, day in given.items() if day},
        Video,
        columns,
        "video",
        "id",
        {name: write_date(day) for name, day in default.items()},
    )

    def walk(kept: Mapping[str, Any], place: WalkPlace | None) -> Walking[Video]:
        return tiktok.research.all_videos(
            query=asked,
            start_date=kept["start"],
            end_date=kept["end"],
            fields=columns,
            resume=place,
        )

    save_walk(output, saved, walk)


def _plain(video: Video) -> dict[str, Any]:
    return video.model_dump(mode="json", exclude_unset=True)


def _print_csv(names: tuple[str, ...], videos: Iterable[Video], dates: bool) -> None:
    """Write one CSV row per video as pages arrive; lists and objects are written as JSON.

    `dates`: create_time is written as an ISO date, not as TikTok's Unix seconds.
    """
    console.print_csv_row(names)
    found = False
    for video in videos:
        found = True
        values = with_date(_plain(video)) if dates else _plain(video)
        console.print_csv_row(values.get(name) for name in names)
    if not found:
        console.note(_NONE)


def _print_table(videos: Iterable[Video], named: tuple[str, ...] | None) -> None:
    listed = list(videos)
    title = console.counted(len(listed), "video")
    if not listed:
        console.say(_NONE)
    elif named:
        rows = ([_cell(_plain(one).get(name)) for name in named] for one in listed)
        console.print_table(title, named, rows)
    else:
        console.print_listing(title, ((console.when(v.create_time), _about(v)) for v in listed))


def _cell(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def _about(video: Video) -> list[str | list[console.Styled]]:
    """A video in lines for people: creator, text and counts."""
    counts = ", ".join(
        console.counted(number or 0, noun)
        for number, noun in (
            (video.view_count, "view"),
            (video.like_count, "like"),
            (video.comment_count, "comment"),
        )
    )
    if video.video_duration is not None:
        counts += f", {video.video_duration} s"
    text = video.video_description or "(no text)"
    who = f"@{video.username or ''} ({video.region_code or ''}) "
    return [f"{who}{text}", [("dim", f"{video.id}  {counts}")]]
