"""`stagedoor worker`: one more worker for the service."""

from __future__ import annotations

from pathlib import Path

import click

from . import terminal
from .service import data_option, load, service_extra


@click.command("worker")
@data_option
def command(data: Path | None) -> None:
    """Run a worker beside `serve`, until Ctrl-C. Any number may share one PostgreSQL."""
    with service_extra():
        from stagedoor.agents.above import above
        from stagedoor.client.transport import check_proxies
        from stagedoor.connector import logs, serving

        check_proxies()
        settings = load(data)
        logs.configure()
        serving.work(
            settings,
            above=above,
            ready=lambda worker: terminal.say(f"worker {worker} is at work"),
        )
