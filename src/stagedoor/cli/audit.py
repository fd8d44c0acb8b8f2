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
    from stagedoor.agents.audit.entry import Head, Shown

_PAUSE = 0.5
UNPROVEN = 3
"""The exit code where nothing is wrong, and nothing proves that the end is there."""


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
    """Print every decision as a line of JSON, newest first, and at last the head of the chain:
    `verify --since FILE` proves later that nothing before it was cut off."""
    with opened(data) as agents:
        head = agents.audit.head(org)
        for row in agents.audit.all(org):
            told = {**asdict(row), "at": _at(row.at)}
            click.echo(json.dumps(told, ensure_ascii=False))
        click.echo(json.dumps({"head": str(head)}))


@command.command("verify")
@click.option("--since", help="A head that was printed earlier, or a file of an export.")
@options
def verify(since: str | None, org: str, data: Path | None) -> None:
    """Look for every change, gap, reordering and cut, and compare with the witness outside the
    database. Prints the head: kept elsewhere, it proves later that nothing before it was cut off.

    Exits 1 when something is wrong, and 3 when nothing is, but no witness and no head that was
    kept shows that the end is all there.
    """
    with opened(data) as agents:
        kept = None if since is None else _head(since)
        report = agents.audit.verify(org, kept)
    for problem in report.problems:
        click.echo(f"#{problem.seq}: {problem.what}")
    if report.intact:
        click.echo(f"{report.entries} entries, all as they were written.")
    else:
        click.echo(f"{report.found} problems in {report.entries} entries.")
    if report.proven is not None:
        by = "the witness" if report.proven.source == "witness" else "the head that was kept"
        click.echo(f"proven by {by} up to #{report.proven.head.seq}")
    elif report.unproven:
        click.echo(
            "unproven: no witness of this database is here, so nothing shows whether the end was "
            "cut off. Run it where the service runs, or with --since."
        )
    click.echo(f"head {report.head}")
    if not report.intact:
        sys.exit(1)
    if report.unproven:
        sys.exit(UNPROVEN)


@command.command("accept-restore")
@options
def accept_restore(org: str, data: Path | None) -> None:
    """Accept that a restore lost the end of the audit, so that `verify` no longer reports it.

    An entry of the audit says so, with the heads from before. Only for a restore that you know of:
    whoever cut the end off wants the same.
    """
    with opened(data) as agents:
        lost = agents.audit.accept_restore(org, "cli")
    for head in lost:
        click.echo(f"accepted: what led to {head}")
    if not lost:
        click.echo("There is no restore to accept.")


def _head(since: str) -> Head:
    """A head as `verify` prints it, or the last one in a file of an export."""
    from stagedoor.agents.audit.entry import Head

    if Path(since).is_file():
        found = ""
        for line in Path(since).read_text(encoding="utf-8").splitlines():
            if line.startswith('{"head"'):
                found = str(json.loads(line)["head"])
        if not found:
            raise click.BadParameter(f"{since} has no head: is it an export?", param_hint="--since")
        since = found
    seq, _, digest = since.partition(":")
    if not seq.isdecimal() or not digest:
        raise click.BadParameter("it looks like 12:ab34...", param_hint="--since")
    return Head(int(seq), digest)


def _line(row: Shown) -> str:
    who = f" by {row.decided_by}" if row.decided_by else ""
    why = f": {row.note}" if row.note else ""
    log_id = f", log_id {row.log_id}" if row.log_id else ""
    outcome = f"  [{row.outcome}{who}{why}{log_id}]"
    words = row.sentence or f"{row.operation}: {row.decision} (the text was erased)"
    return f"{_at(row.at)}  #{row.seq}  {words}{outcome if row.outcome else ''}"


def _at(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}Z"
