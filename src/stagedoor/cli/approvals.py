"""`stagedoor approvals`: the calls of agents that wait for a person's decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

import stagedoor.agents

from . import terminal
from .gateway import open_gateway, options
from .group import CommandGroup


@click.group("approvals", cls=CommandGroup)
def command() -> None:
    """Approve or refuse what agents ask for first. What is approved is done exactly as shown."""


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that were decided, too.")
@options
def list_approvals(everything: bool, org: str, data: Path | None) -> None:
    """List the calls that wait for a person, newest first."""
    with open_gateway(data) as agents:
        from stagedoor.agents.approvals.approval import CallApprovalState

        cursor, states = None, () if everything else (CallApprovalState.PENDING,)
        found = False
        while True:
            page = agents.approvals.page(org, states, cursor)
            for one in page.items:
                found = True
                shown = one.preview
                words = one.operation if shown is None else shown.sentence
                terminal.say(f"{one.id}  {one.state}  until {_at(one.expires)}  {words}")
            cursor = page.next_cursor
            if cursor is None:
                break
        if not found and everything:
            terminal.note(f"No agent of {org} has asked a person yet.")
        elif not found:
            terminal.note(
                "No agent's call waits for a person; --all lists what was decided, too. Posts of "
                "members that wait: 'stagedoor posts list --waiting'."
            )


@command.command("show")
@click.argument("approval")
@options
def show(approval: str, org: str, data: Path | None) -> None:
    """Show exactly what APPROVAL (its id) would do, and where it stands."""
    with open_gateway(data) as agents:
        found = agents.approvals.get(org, approval)
        for line in _lines(found):
            terminal.say(line)
        if found.state == "pending":
            link = agents.approvals.link(org, found.id)
            terminal.say(f"Decide with 'stagedoor approvals approve' or 'refuse', or at {link}")


@command.command("approve")
@click.argument("approval")
@click.option("--note", help="A word to the agent.")
@options
def approve(approval: str, note: str | None, org: str, data: Path | None) -> None:
    """Approve APPROVAL: the service's worker does it now, if the agent still may."""
    with open_gateway(data) as agents:
        from stagedoor.agents.audit.entry import ApprovalOutcome

        agents.approvals.decide(org, approval, ApprovalOutcome.APPROVED, "cli", note)
        terminal.say("It was approved: the service does it now.")


@command.command("refuse")
@click.argument("approval")
@click.option("--note", help="A word to the agent: why, or what it should do instead.")
@options
def refuse(approval: str, note: str | None, org: str, data: Path | None) -> None:
    """Refuse APPROVAL: it is never done."""
    with open_gateway(data) as agents:
        from stagedoor.agents.audit.entry import ApprovalOutcome

        agents.approvals.decide(org, approval, ApprovalOutcome.REFUSED, "cli", note)
        terminal.say("It was refused: it is never done.")


def _lines(found: stagedoor.agents.Approval) -> Iterator[str]:
    from stagedoor.agents.quoting import LONG, name, quoted

    shown = found.preview
    if shown is not None:
        yield f"{name(shown.agent, 'An agent')} asks: {shown.title}?"
        for line in shown.lines:
            first, *rest = line.value.split("\n")
            yield f"  {line.name}: {first}"
            yield from (f"    {one}" for one in rest)
        for file in shown.files:
            pixels = f", {file.width}x{file.height}" if file.width else ""
            seconds = f", {file.seconds:.1f} s" if file.seconds else ""
            size = terminal.counted(file.size, "byte")
            yield f"  {file.kind} {file.name}: {size}, {file.format}{pixels}{seconds}"
            yield f"    sha256 {file.sha256}"
            if file.source:
                yield f"    fetched from {file.source}"
        yield from (f"  {warning}" for warning in shown.warnings)
    yield f"{found.state}, until {_at(found.expires)}" if found.ended is None else found.state
    if found.verdict is not None and found.decided is not None:
        note = f": {quoted(found.note, LONG)}" if found.note else ""
        by = name(found.decided_by or "", "nobody")
        yield f"{found.verdict} by {by}, {_at(found.decided)}{note}"
    if found.failure is not None:
        yield str(found.failure["message"])


def _at(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}Z"
