"""`stagedoor research jobs`: long queries that the service runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import click

from stagedoor.client.errors import ConfigurationError
from stagedoor.platform.products.research.query import Term

from . import console
from .account import service
from .group import CommandGroup
from .params import WholeNumber
from .remote import Remote, snaked
from .research_conditions import conditions, days, joined

_JOBS = "/api/research/jobs"
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_dry_option = click.option("--dry-run", is_flag=True, help="Only tell what the job would cost.")


@click.group("jobs", cls=CommandGroup)
def command() -> None:
    """Run long queries on the service, under the app's daily quota.

    It works through the service that STAGEDOOR_SERVICE_URL names, with STAGEDOOR_TOKEN.
    """


@command.command("query")
@conditions
@days("First UTC day.", "Last UTC day.", required=True)
@click.option("--fields", help="Comma separated; without it, all of them.")
@click.option("--max-rows", type=WholeNumber(1), help="The job ends with so many rows.")
@click.option("--name", help="A label for people.")
@_dry_option
@_json_option
def query(
    where: tuple[Term, ...],
    any_of: tuple[Term, ...],
    none_of: tuple[Term, ...],
    start: date,
    end: date,
    fields: str | None,
    max_rows: int | None,
    name: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Begin a job for public videos, or tell what it would cost. Conditions are as those of
    'stagedoor research query'; the range of days may have any length."""
    asked = joined(where, any_of, none_of).model_dump(by_alias=True)
    request: dict[str, Any] = {"query": asked, "startDate": f"{start}", "endDate": f"{end}"}
    if fields is not None:
        request["fields"] = [one.strip() for one in fields.split(",")]
    body: dict[str, Any] = {"kind": "video-query", "requests": [request], "name": name}
    _begin(body | ({} if max_rows is None else {"maxRows": max_rows}), dry_run, as_json)


@command.command("begin")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@_dry_option
@_json_option
def begin(file: TextIO, dry_run: bool, as_json: bool) -> None:
    """Begin the job of FILE: JSON as POST /api/research/jobs takes it, such as
    {"kind": "followers", "requests": [{"username": "maracooks"}]}; - for standard input."""
    try:
        body = json.load(file)
    except ValueError as error:
        raise click.UsageError(f"{file.name} is no JSON: {error}") from None
    if not isinstance(body, dict):
        raise click.UsageError(f"{file.name} holds no JSON object.")
    _begin(body, dry_run or bool(body.get("dryRun")), as_json)


@command.command("list")
@_json_option
def list_jobs(as_json: bool) -> None:
    """List the newest 50 jobs."""
    with _remote() as remote:
        jobs = remote.send("GET", _JOBS)["jobs"]
    if as_json:
        console.print_json(snaked(jobs))
        return
    if not jobs:
        console.say("No research job was begun.")
        return
    rows = [(one["id"], one["name"] or one["kind"], _state(one), one["rows"]) for one in jobs]
    console.print_table("Research jobs", ("Id", "Job", "State", "Rows"), rows)


@command.command("show")
@click.argument("job_id")
@_json_option
def show(job_id: str, as_json: bool) -> None:
    """Show how far a job is."""
    with _remote() as remote:
        _tell(remote.send("GET", _path(job_id)), as_json)


@command.command("data")
@click.argument("job_id")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write CSV to this file, or JSON lines if its name ends with .jsonl.",
)
@_json_option
def data(job_id: str, output: Path | None, as_json: bool) -> None:
    """Print a job's rows as JSON lines, or save them."""
    if output is not None and as_json:
        raise click.UsageError("--output and --json exclude each other.")
    with _remote() as remote:
        if output is not None:
            form = "jsonl" if output.suffix == ".jsonl" else "csv"
            remote.save(f"{_path(job_id)}/data?format={form}", output)
            console.note(f"Written to {output}.")
        elif as_json:
            console.print_json([snaked(row) for row in _rows(remote, job_id)])
        else:
            for row in _rows(remote, job_id):
                console.print_json_line(snaked(row))


@command.command("cancel")
@click.argument("job_id")
@_json_option
def cancel(job_id: str, as_json: bool) -> None:
    """End a job; its rows stay."""
    with _remote() as remote:
        _tell(remote.send("POST", f"{_path(job_id)}/cancel"), as_json)


@command.command("delete")
@click.argument("job_id")
def delete(job_id: str) -> None:
    """Delete a job with its rows."""
    with _remote() as remote:
        remote.send("DELETE", _path(job_id))
    console.say("Deleted the job and its rows.")


def _begin(body: dict[str, Any], dry_run: bool, as_json: bool) -> None:
    with _remote() as remote:
        answer = remote.send("POST", _JOBS, body | {"dryRun": dry_run})
    if as_json:
        console.print_json(snaked(answer))
        return
    cost, job = answer["cost"], answer["job"]
    requests, days = _span(cost["requests"], "request"), _span(cost["days"], "day")
    left = cost["quota"]["leftToday"]
    console.say(f"The job costs {requests} on {days}; {left} are left today.")
    if job is not None:
        console.say(
            f"It has begun: 'stagedoor research jobs show {job['id']}' tells how far it is."
        )


def _span(span: dict[str, int], noun: str) -> str:
    least, most = span["atLeast"], span["atMost"]
    return ("" if least == most else f"{least} to ") + console.counted(most, noun)


def _tell(job: dict[str, Any], as_json: bool) -> None:
    if as_json:
        console.print_json(snaked(job))
        return
    console.say(
        f"{job['name'] or job['kind']}: {_state(job)}, {console.counted(job['rows'], 'row')}"
    )
    for problem in job["problems"]:
        console.say(f"request {problem['request']}: {problem['message']}")
    if job["error"] is not None:
        console.say(job["error"]["message"])


def _state(job: dict[str, Any]) -> str:
    if job["state"] == "completed" and not job["complete"]:
        return "completed in part"
    resumes = job["resumesAt"]
    return str(job["state"]) + (f" until {resumes}" if resumes is not None else "")


def _rows(remote: Remote, job_id: str) -> Iterator[Any]:
    cursor = ""
    while True:
        page = remote.send("GET", f"{_path(job_id)}/data?limit=1000{cursor}")
        yield from page["rows"]
        if page["nextCursor"] is None:
            return
        cursor = f"&cursor={page['nextCursor']}"


def _path(job_id: str) -> str:
    return f"{_JOBS}/{quote(job_id, safe='')}"


def _remote() -> Remote:
    remote = service()
    if remote is None:
        raise ConfigurationError(
            "jobs run on the service: set STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN "
            "('stagedoor token --org ORG' makes one); 'stagedoor research query' asks TikTok itself"
        )
    return remote
