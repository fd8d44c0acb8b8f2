"""`stagedoor up`: run a local TikTok, the service and a worker together."""

from __future__ import annotations

import dataclasses
import signal
import sys
from pathlib import Path

import click

from . import terminal
from .params import PORT
from .ports import check_free
from .service import data_option, load, service_extra
from .settings import EMULATOR_KEY, EMULATOR_SECRET

_LOOPBACK = "http://127.0.0.1"
_STATE = "emulator.json"
_PULL_HOST = "media.stagedoor.example"


def _end(*_: object) -> None:
    sys.exit(0)


@click.command("up")
@click.option("--port", default=8700, type=PORT, show_default=True, help="Port of the service.")
@click.option(
    "--emulator-port", default=8701, type=PORT, show_default=True, help="Port of the emulator."
)
@click.option(
    "--allow-scripts",
    is_flag=True,
    help="Let the emulator run the scripts of its Virtual Compute Environment as this user.",
)
@data_option
def command(port: int, emulator_port: int, allow_scripts: bool, data: Path | None) -> None:
    """Start emulator, service and worker until Ctrl-C, with the emulator's webhook registered.

    The emulator's world is kept in the data directory, as emulator.json, so that connected
    accounts and posts are still there at the next start.
    """
    with service_extra():
        from stagedoor.agents.extension import extend
        from stagedoor.client.transport import check_proxies
        from stagedoor.connector import logs, serving
        from stagedoor.connector.private_files import private_folder
        from stagedoor.connector.settings import EMULATOR_BUSINESS_APP

        from .demo.processes import DemoFailed, EmulatorProcess

        settings = load(data)
        # `up` always uses its own emulator, whatever the settings say
        check_proxies(dataclasses.replace(settings, tiktok_url=_LOOPBACK).outbound_urls)
        logs.configure()
        # the server re-raises the signal that stopped it, which would leave the emulator running
        signal.signal(signal.SIGTERM, _end)
        public = f"http://127.0.0.1:{port}"
        state = settings.data / _STATE
        check_free("127.0.0.1", port, "--port")
        check_free("127.0.0.1", emulator_port, "--emulator-port")
        if not state.exists() and settings.data.exists():
            terminal.note(
                f"{state} isn't there, so the TikTok emulator begins a new world: accounts that "
                "were connected in an earlier one have to be connected again."
            )
        private_folder(settings.data)
        try:
            webhook = f"{public}/connect/webhook/tiktok"
            emulator = EmulatorProcess(webhook, emulator_port, state, allow_scripts)
        except DemoFailed as error:
            raise click.ClickException(str(error)) from error
        with emulator:
            # photos are fetched from https hosts only: this host name is mapped to the service
            emulator.map_host(_PULL_HOST, public)
            local = dataclasses.replace(
                settings,
                public_url=public,
                pull_url=f"https://{_PULL_HOST}",
                tiktok_url=emulator.url,
                client_key=EMULATOR_KEY,
                client_secret=EMULATOR_SECRET,
                business_app=EMULATOR_BUSINESS_APP,
                clock_url=f"{emulator.url}/_emulator/clock",
            )

            def tell(address: str, _: object) -> None:
                terminal.say(f"Stagedoor on {address}")
                terminal.say(f"  TikTok emulator    {emulator.url}/_emulator/")
                terminal.say(f"  business app       {EMULATOR_BUSINESS_APP.client_key}, ready-made")
                terminal.say(f"  data               {local.data}")
                terminal.say(f"  API reference      {address}/docs")
                terminal.say("  a token            stagedoor token --org ORG")
                terminal.say("Ctrl-C ends all of it.")

            serving.serve(local, "127.0.0.1", port, extend=extend, ready=tell)
