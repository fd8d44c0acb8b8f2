"""`stagedoor worker`: run an additional worker for the service."""

from __future__ import annotations

from pathlib import Path

import click

from . import terminal
from .params import WholeNumber
from .service import data_option, load, service_extra


@click.command("worker")
@click.option(
    "--health-port",
    type=WholeNumber(1, 65_535),
    help="Answer /healthz and /readyz on this port.",
)
@click.option(
    "--health-host", default="127.0.0.1", show_default=True, help="Where the health port listens."
)
@data_option
def command(health_port: int | None, health_host: str, data: Path | None) -> None:
    """Run a worker beside `serve`, until Ctrl-C. Any number may share one PostgreSQL."""
    with service_extra():
        from stagedoor.agents.extension import extend
        from stagedoor.client.transport import check_proxies
        from stagedoor.connector import logs, serving

        settings = load(data)
        check_proxies(settings.outbound_urls)
        logs.configure()
        try:
            serving.work(
                settings,
                extend=extend,
                ready=lambda worker: terminal.say(f"worker {worker} is at work"),
                health=None if health_port is None else (health_host, health_port),
            )
        except OSError as error:
            if health_port is None:
                raise
            raise click.ClickException(
                f"{health_host}:{health_port} can't be used for --health-port: {error.strerror}."
            ) from None
