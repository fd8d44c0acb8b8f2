"""`stagedoor pause`: suspend publishing."""

from __future__ import annotations

from pathlib import Path

import click

from . import terminal
from .service import data_option, on_database


@click.command("pause")
@click.option("--org", help="One organisation; without it, all of them.")
@click.option("--why", help="The reason that callers are told.")
@data_option
def command(org: str | None, why: str | None, data: Path | None) -> None:
    """Let posts wait, in every process of the service. Nothing is lost.

    What TikTok has already goes on. It works while the service is down, too: before the first
    start after a restore, for instance.
    """
    with on_database(data) as services:
        if org is None:
            services.pauses.pause_all(why)
            terminal.say("Publishing is paused for every organisation: 'stagedoor resume' ends it.")
            return
        from stagedoor.agents.container import Agents

        log = Agents(services).people_log
        with log.recorded(org, "pausePosts", "Pause the organisation's posts", stops=True):
            services.pauses.pause(org, "cli", why)
        terminal.say(f"Publishing is paused for {org}: 'stagedoor resume --org {org}' ends it.")
