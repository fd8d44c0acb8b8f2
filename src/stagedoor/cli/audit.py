"""`stagedoor audit`: search the agents' audit log and verify its hash chain."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

import stagedoor.agents

from . import shortened, terminal
from .gateway import open_gateway, options
from .group import CommandGroup
from .params import WholeNumber

_PAUSE = 0.5
_DECISIONS = ("allowed", "denied", "pending", "changed", "acted")
_LOOK = 10_000
"""Decisions beyond the limit that are counted."""
UNPROVEN = 3
"""Exit code if nothing is wrong, but nothing proves that the end of the chain is complete."""


@click.group("audit", cls=CommandGroup)
def command() -> None:
    """Search, follow and verify what agents and people did."""


@command.command("search")
@click.argument("words", required=False)
@click.option("--agent", help="Name or id.")
@click.option("--decision", type=click.Choice(_DECISIONS), help="Only these.")
@click.option("--limit", default=50, show_default=True, type=WholeNumber(1), help="How many.")
@options
def search(
    words: str | None,
    agent: str | None,
    decision: str | None,
    limit: int,
    org: str,
    data: Path | None,
) -> None:
    """Print decisions on agents' calls, and what people did, newest first, with WORDS in their
    sentence."""
    with open_gateway(data) as agents:
        from stagedoor.agents.audit.store import EntryFilter

        named = None if agent is None else agents.identity.find(org, agent).id
        wanted = EntryFilter(agent=named, decision=decision, words=words, people=True)
        rows = agents.audit.all(org, wanted)
        found = False
        for row in shortened.first(rows, limit, "decision", "--limit N shows more", look=_LOOK):
            found = True
            terminal.say(_line(row))
        if not found:
            terminal.note(_nothing(org, agents, wanted == EntryFilter(people=True)))


@command.command("follow")
@options
def follow(org: str, data: Path | None) -> None:
    """Print decisions and outcomes as they come, until Ctrl-C."""
    with open_gateway(data) as agents:
        from stagedoor.agents.audit.entry import EntryKind, shown, text_of

        after = agents.audit.head(org).seq
        terminal.note("following; Ctrl-C ends it.")
        while True:
            for row in agents.audit.after(org, after):
                after = row.seq
                if row.kind == EntryKind.APPROVAL:
                    said = (text_of(row) or {}).get("sentence") or row.outcome
                    terminal.say(f"{_at(row.at)}  #{row.about} {said}")
                elif row.kind == EntryKind.OUTCOME:
                    log_id = f" (log_id {row.log_id})" if row.log_id else ""
                    said = (text_of(row) or {}).get("ended") or f"ended: {row.outcome}"
                    terminal.say(f"{_at(row.at)}  #{row.about} {said}{log_id}")
                else:
                    terminal.say(_line(shown(row)))
            time.sleep(_PAUSE)


@command.command("export")
@options
def export(org: str, data: Path | None) -> None:
    """Print what agents and people did as lines of JSON, newest first, and at last the head of the
    chain: `verify --since FILE` proves later that nothing before it was cut off."""
    with open_gateway(data) as agents:
        from stagedoor.agents.audit.store import EntryFilter

        head = agents.audit.head(org)
        found = False
        for row in agents.audit.all(org, EntryFilter(people=True)):
            told = {**asdict(row), "at": _at(row.at)}
            terminal.print_json_line(told)
            found = True
        terminal.print_json_line({"head": str(head)})
        if not found:
            terminal.note(_nothing(org, agents, True))


@command.command("verify")
@click.option("--since", help="A head that was printed earlier, or a file of an export.")
@options
def verify(since: str | None, org: str, data: Path | None) -> None:
    """Look for every change, gap, reordering and cut, and compare with the witness outside the
    database. Prints the head: kept elsewhere, it proves later that nothing before it was cut off.

    Exits 1 when something is wrong, and 3 when nothing is, but no witness and no head that was
    kept shows that the end is all there.
    """
    with open_gateway(data) as agents:
        kept = None if since is None else _head(since)
        report = agents.audit.verify(org, kept)
    for problem in report.problems:
        terminal.say(f"#{problem.seq}: {problem.what}")
    if report.found > len(report.problems):
        how = "the first ones have to be mended before the others mean anything"
        shortened.tell_more(report.found - len(report.problems), "problem", how)
    entries = terminal.counted(report.entries, "entry", "entries")
    if report.intact:
        terminal.say(f"{entries}, all as they were written.")
    else:
        terminal.say(f"{terminal.counted(report.found, 'problem')} in {entries}.")
    if report.proven is not None:
        by = "the witness" if report.proven.source == "witness" else "the head that was kept"
        terminal.say(f"proven by {by} up to #{report.proven.head.seq}")
    elif report.unproven:
        terminal.say(
            "unproven: no witness of this database is here, so nothing shows whether the end was "
            "cut off. Run it where the service runs, or with --since."
        )
    if not report.audited:
        terminal.note(f"{org} has no agents and no audit: see that the name is right.")
    terminal.say(f"head {report.head}")
    if not report.intact:
        sys.exit(1)
    if report.unproven or not report.audited:
        sys.exit(UNPROVEN)


@command.command("accept-restore")
@options
def accept_restore(org: str, data: Path | None) -> None:
    """Accept that a restore lost the end of the audit, so that `verify` no longer reports it.

    An entry of the audit says so, with the heads from before. Only for a restore that you know of:
    whoever cut the end off wants the same.
    """
    with open_gateway(data) as agents:
        lost = agents.audit.accept_restore(org, "cli")
    for head in lost:
        terminal.say(f"accepted: what led to {head}")
    if not lost:
        terminal.say("There is no restore to accept.")


def _head(since: str) -> stagedoor.agents.Head:
    """A chain head as `verify` prints it, or the last one in an exported file."""
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
    return stagedoor.agents.Head(int(seq), digest)


def _nothing(org: str, agents: stagedoor.agents.Agents, everything: bool) -> str:
    """The message when no decision was printed."""
    if agents.audit.head(org).seq == 0:
        return f"The audit of {org} has no decisions: none of its agents has asked for anything."
    return f"The audit of {org} has no decisions." if everything else "No decision fits."


def _line(row: stagedoor.agents.DecisionRecord) -> str:
    from stagedoor.agents.quoting import LONG, name, quoted

    who = f" by {name(row.decided_by, 'somebody')}" if row.decided_by else ""
    why = f": {quoted(row.note, LONG)}" if row.note else ""
    log_id = f", log_id {row.log_id}" if row.log_id else ""
    outcome = f"  [{row.outcome}{who}{why}{log_id}]"
    words = row.sentence or f"{row.operation}: {row.decision} (the text was erased)"
    return f"{_at(row.at)}  #{row.seq}  {words}{outcome if row.outcome else ''}"


def _at(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}Z"
