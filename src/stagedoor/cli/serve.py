"""`stagedoor serve`: run the service."""

from __future__ import annotations

from pathlib import Path

import click

from stagedoor import connector

from . import terminal
from .params import PORT
from .ports import check_free
from .service import data_option, load, service_extra


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8700, type=PORT, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--no-worker", is_flag=True, help="Serve only; workers run elsewhere.")
@data_option
def command(host: str, port: int, no_worker: bool, data: Path | None) -> None:
    """Run the service, with a worker in it, until Ctrl-C."""
    with service_extra():
        from stagedoor.agents.extension import extend
        from stagedoor.client.transport import check_proxies
        from stagedoor.connector import logs, serving

        logs.configure()
        loaded = load(data)
        check_proxies(loaded.outbound_urls)

        def tell(address: str, settings: connector.Settings) -> None:
            terminal.say(f"Stagedoor on {address}")
            terminal.say(f"  data               {settings.data}")
            terminal.say(f"  speaks to          {settings.tiktok_url or 'TikTok'}")
            terminal.say(f"  reached by         {settings.public_url}")
            terminal.say(f"  described by       {address}/openapi.json")
            terminal.say("Ctrl-C ends it.")

        check_free(host, port, "--port")
        serving.serve(loaded, host, port, with_worker=not no_worker, extend=extend, ready=tell)
