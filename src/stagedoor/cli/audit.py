"""`stagedoor audit`: what agents asked for, and whether anybody touched the record of it."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .gateway import opened, options

if TYPE_CHECKING:
    from stagedoor.agents.audit.entry import Shown

_PAUSE = 0.5


@click.group("audit")
def command() -> None:
    """Search, follow and verify what agents did."""


@command.command("search")
@click.argument("words", required=False)
@click.option("--agent", help="Name or id.")
@click.option("--decision", type=click.Choice(["allowed", "denied", "pending"]))
@click.option("--limit", default=50, show_default=True)
@options
def search(
    words: str | None,
    agent: str | None,
    decision: str | None,
    limit: int,
    org: str,
    data: Path | None,
) -> None:
    """Print decisions, newest first, with WORDS in their sentence."""
    with opened(data) as agents:
        from stagedoor.agents.audit.store import Filter

        named = None if agent is None else agents.identity.find(org, agent).id
        wanted = Filter(agent=named, decision=decision, words=words)
        for number, row in enumerate(agents.audit.all(org, wanted)):
            if number == limit:
                break
            click.echo(_line(row))


@command.command("follow")
@options
def follow(org: str, data: Path | None) -> None:
    """Print decisions and outcomes as they come, until Ctrl-C."""
    with opened(data) as agents:
        from stagedoor.agents.audit.entry import Kind
        from stagedoor.agents.audit.service import shown, text_of

        after = agents.audit.head(org).seq
        click.echo("following; Ctrl-C ends it.", err=True)
        while True:
            for row in agents.audit.after(org, after):
                after = row.seq
                if row.kind == Kind.APPROVAL:
                    said = (text_of(row) or {}).get("sentence") or row.outcome
                    click.echo(f"{_at(row.at)}  #{row.about} {said}")
                elif row.kind == Kind.OUTCOME:
                    log_id = f" (log_id {row.log_id})" if row.log_id else ""
                    click.echo(f"{_at(row.at)}  #{row.about} ended: {row.outcome}{log_id}")
                else:
                    click.echo(_line(shown(row)))
            time.sleep(_PAUSE)


@command.command("export")
@options
def export(org: str, data: Path | None) -> None:
    """Print every decision as a line of JSON, newest first."""
    with opened(data) as agents:
        for row in agents.audit.all(org):
            told = {**asdict(row), "at": _at(row.at)}
            click.echo(json.dumps(told, ensure_ascii=False))


@command.command("verify")
@click.option("--since", help="A head that an earlier run printed, kept elsewhere.")
@options
def verify(since: str | None, org: str, data: Path | None) -> None:
    """Look for every change, gap, reordering and cut. Prints the head: kept elsewhere, it proves
    later that nothing before it was cut off. Exits with 1 when something is wrong."""
    with opened(data) as agents:
        from stagedoor.agents.audit.entry import Head

        kept = None
        if since is not None:
            seq, _, digest = since.partition(":")
            if not seq.isdecimal() or not digest:
                raise click.BadParameter("it looks like 12:ab34...", param_hint="--since")
            kept = Head(int(seq), digest)
        report = agents.audit.verify(org, kept)
    for problem in report.problems:
        click.echo(f"#{problem.seq}: {problem.what}")
    if report.intact:
        click.echo(f"{report.entries} entries, all as they were written.")
    else:
        click.echo(f"{report.found} problems in {report.entries} entries.")
    click.echo(f"head {report.head}")
    if not report.intact:
        sys.exit(1)


def _line(row: Shown) -> str:
    who = f" by {row.decided_by}" if row.decided_by else ""
    why = f": {row.note}" if row.note else ""
    log_id = f", log_id {row.log_id}" if row.log_id else ""
    outcome = f"  [{row.outcome}{who}{why}{log_id}]"
    words = row.sentence or f"{row.operation}: {row.decision} (the text was erased)"
    return f"{_at(row.at)}  #{row.seq}  {words}{outcome if row.outcome else ''}"


def _at(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}Z"
