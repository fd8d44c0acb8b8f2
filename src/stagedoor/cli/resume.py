"""`stagedoor resume`: resume publishing after a pause."""

from __future__ import annotations

from pathlib import Path

import click

from . import terminal
from .gateway import open_gateway
from .service import data_option, on_database


@click.command("resume")
@click.option("--org", help="One organisation; without it, all of them.")
@data_option
def command(org: str | None, data: Path | None) -> None:
    """Publish again, what was due meanwhile at once. Ends a pause after a restore, too."""
    if org is not None:
        with open_gateway(data) as agents:
            with agents.people_log.recorded(org, "resumePosts", "Resume publishing"):
                agents.services.pauses.resume(org, "cli")
            terminal.say(f"Publishing goes on for {org}.")
        return
    with on_database(data) as services:
        waiting = services.pauses.resume_all()
        terminal.say("Publishing goes on.")
        if waiting:
            terminal.say(f"Paused by their own word still: {', '.join(waiting)}.")
