"""`stagedoor research collect`, `refresh` and `chart`: folders of research data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from stagedoor.client.collecting.flow import OnProgress
from stagedoor.client.collecting.job import Collection, CollectionPlan, CollectionProgress
from stagedoor.platform.products.research.query import Term

from . import console
from .params import WholeNumber
from .research_client import researching
from .research_conditions import conditions, days, joined

_KINDS = ("comments", "users", "followers")
_FOLDER = click.Path(file_okay=False, path_type=Path)
_CHART_DAYS = 60
_QUOTAS = {"general": "requests", "followers_following": "requests of followers"}


@click.command("collect")
@click.argument("out", type=_FOLDER)
@conditions
@days("First UTC day.", "Last UTC day, which counts; it may be in the future.", required=True)
@click.option("--with", "also", help=f"Comma separated; of {', '.join(_KINDS)}.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("parquet", "csv", "jsonl")),
    default="parquet",
    show_default=True,
    help="Of the files.",
)
@click.option("--quota", type=WholeNumber(1), help="Requests a UTC day at most; default: all.")
@click.option("--wait", is_flag=True, help="Wait for the next day when the quota is used up.")
@click.option("--plan", "plan_only", is_flag=True, help="Only say what it will cost (8 requests).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def collect(
    out: Path,
    where: tuple[Term, ...],
    any_of: tuple[Term, ...],
    none_of: tuple[Term, ...],
    start: date,
    end: date,
    also: str | None,
    format_: str,
    quota: int | None,
    wait: bool,
    plan_only: bool,
    as_json: bool,
) -> None:
    """Collect all matching videos into the folder OUT, over as many days as TikTok's quota takes.

    The same command again goes on where it stopped, also after a crash. OUT has a folder for each
    kind (OUT/videos/...) and a manifest.json.

    stagedoor research collect out --start 20260801 --end 20261031 --where hashtag_name=climate
    """
    query = joined(where, any_of, none_of)
    kinds = tuple(one.strip() for one in also.split(",")) if also else ()
    for kind in kinds:
        if kind not in _KINDS:
            raise click.UsageError(f"--with {kind!r} is none of {', '.join(_KINDS)}.")
    common: dict[str, Any] = {"query": query, "start_date": start, "end_date": end, "also": kinds}
    with researching() as tiktok:
        if plan_only:
            plan = tiktok.research.collection_plan(**common, quota=quota)
            _show_plan(plan, as_json)
            return
        with _progress("Collecting") as told:
            made = tiktok.research.collect(
                out, **common, format=format_, quota=quota, wait=wait, on_progress=told
            )
    _show(made, as_json)


@click.command("refresh")
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def refresh(folder: Path, as_json: bool) -> None:
    """Check the collection in FOLDER against TikTok, and drop what was deleted there.

    TikTok's terms ask for it at least every 30 days. Days that were read before TikTok had all of
    their videos are read again.
    """
    with researching() as tiktok, _progress("Refreshing") as told:
        done = tiktok.research.refresh_collection(folder, on_progress=told)
    if as_json:
        console.print_json(
            {"checked": done.checked, "dropped": dict(done.dropped), "read_again": done.read_again}
        )
        return
    dropped = ", ".join(console.counted(n, kind[:-1]) for kind, n in done.dropped.items())
    console.say(f"Checked {done.checked:,} ids; dropped {dropped}.")
    if done.read_again:
        console.say(f"Read {console.counted(done.read_again, 'incomplete search')} again.")


@click.command("chart")
@click.argument("folder", type=_FOLDER)
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="A PNG or SVG.")
def chart(folder: Path, picture: Path | None) -> None:
    """Show how many collected videos were posted on each day: here, or as a picture."""
    from stagedoor.client.collecting import chart as charts

    posted = charts.posts_per_day(folder)
    if picture is not None:
        charts.draw(posted, picture, f"Videos per day in {folder.name}")
        console.say(f"Wrote {picture}.")
        return
    if not posted:
        console.say("No video is in finished files yet.")
        return
    step = 1 + len(posted) // _CHART_DAYS
    listed = list(posted.items())
    rows = []
    for at in range(0, len(listed), step):
        some = listed[at : at + step]
        number = sum(count for _, count in some)
        rows.append((f"{some[0][0]:%Y-%m-%d}", float(number), f"{number:,}"))
    title = "Videos per day" if step == 1 else f"Videos per {step} days"
    console.print_bar_chart(title, rows)


def _show_plan(plan: CollectionPlan, as_json: bool) -> None:
    if as_json:
        console.print_json(
            {
                "rows": dict(plan.rows),
                "requests": dict(plan.requests),
                "days": plan.days,
                "spent": plan.spent,
            }
        )
        return
    console.say(f"About {_counted(plan.rows)}.")
    asked = " and ".join(f"{n:,} {_QUOTAS[pool]}" for pool, n in plan.requests.items())
    console.say(f"That costs about {asked}, on {console.counted(plan.days, 'day')}.")
    console.note(f"This estimate cost {console.counted(plan.spent, 'request')}.")


def _show(made: Collection, as_json: bool) -> None:
    if as_json:
        console.print_json(
            {
                "folder": made.folder,
                "finished": made.finished,
                "counts": dict(made.counts),
                "quota": dict(made.requests),
                "refused": dict(made.refused),
                "resumes_at": made.resumes_at,
                "incomplete_from": made.incomplete_from and f"{made.incomplete_from:%Y%m%d}",
                "missing_from": made.missing_from and f"{made.missing_from:%Y%m%d}",
            }
        )
        return
    said = "Collected" if made.finished else "So far"
    console.say(f"{said}: {_counted(made.counts)}, in {made.folder}.")
    if made.refused:
        told = ", ".join(f"{kind} of {n:,}" for kind, n in made.refused.items())
        console.note(f"TikTok tells nothing of some accounts and videos: {told}.")
    if made.resumes_at is not None:
        at = datetime.fromtimestamp(made.resumes_at, UTC)
        console.note(
            f"The quota is used up. Run the same command again after {at:%Y-%m-%d %H:%M} UTC: it "
            "goes on where it stopped (--wait waits)."
        )
    if made.missing_from is not None:
        console.note(
            f"Days from {made.missing_from:%Y-%m-%d} on aren't there yet: the same command reads "
            "them once they have begun."
        )
    if made.incomplete_from is not None:
        later = made.incomplete_from + timedelta(days=3)
        console.note(
            f"Videos of {made.incomplete_from:%Y-%m-%d} and later are incomplete: TikTok takes up "
            f"to 48 hours. 'stagedoor research refresh' reads them again, from {later:%Y-%m-%d} on."
        )


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(console.counted(number, kind[:-1]) for kind, number in counts.items())


@contextmanager
def _progress(what: str) -> Iterator[OnProgress]:
    """A bar of days, on a terminal."""
    with console.growing_bar(what) as show:

        def told(moment: CollectionProgress) -> None:
            show(moment.days_done, moment.days, f"{_counted(moment.counts)}")

        yield told
