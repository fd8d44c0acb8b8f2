"""`stagedoor emulator`: a local emulator of TikTok."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from stagedoor import emulator

from . import terminal
from .params import PORT, WebAddress, WholeNumber

_HTTPS_PORT = 443


@click.command("emulator")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8701, type=PORT, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--seed", default=1, show_default=True, help="The same seed, the same world.")
@click.option(
    "--now",
    metavar="TIME",
    help="Where the clock begins: 2026-03-01T12:00:00Z, or Unix seconds. With the same --seed and "
    "--now, all ids and tokens are the same in every run.",
)
@click.option(
    "--videos",
    type=WholeNumber(10, 1_000_000),
    metavar="N",
    help="How many videos there are, 10 to 1,000,000.",
)
@click.option(
    "--world",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.yaml",
    help="Add people, posts and apps from this file; docs/emulator.md describes it.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the world in this file over restarts.",
)
@click.option(
    "--allow-host",
    "allow_hosts",
    metavar="NAME",
    multiple=True,
    help="A host name by which /_emulator/ may be used, such as a container's. Repeatable.",
)
@click.option(
    "--webhook",
    metavar="URL",
    type=WebAddress(),
    help="Where the ready-made apps get their webhooks.",
)
@click.option(
    "--allow-scripts",
    is_flag=True,
    help="Switch the Virtual Compute Environment of the Research Tools on. It runs the Python "
    "scripts that it is sent as this user: their limits are no security boundary.",
)
@click.option("--tls", is_flag=True, help="Serve https with a certificate made for this run.")
def command(
    host: str,
    port: int,
    seed: int,
    now: str | None,
    videos: int | None,
    world: Path | None,
    state: Path | None,
    webhook: str | None,
    allow_hosts: tuple[str, ...],
    allow_scripts: bool,
    tls: bool,
) -> None:
    """Run a local TikTok to develop against, until Ctrl-C.

    It answers the paths of all of TikTok's hosts on one port. Point programs at it with
    STAGEDOOR_TIKTOK_URL, or with the address of their TikTok library.
    """
    try:
        from stagedoor.emulator.products.compute.sdk import FOLDER as SDK
        from stagedoor.emulator.server import (
            Ready,
            StateError,
            WorldFileError,
            options,
            serve,
        )
    except ImportError:
        raise click.ClickException(
            "the emulator needs its extra: pip install '/path/to/the/clone[emulator]'"
        ) from None

    if state is not None and not state.resolve().parent.is_dir():
        raise click.BadParameter(f"There is no folder for {state}.", param_hint="--state")

    try:
        beginning = options(now, videos, world)
    except WorldFileError as error:
        raise click.ClickException(str(error)) from error
    except ValueError as error:
        raise click.BadParameter(f"{now!r} {error}.", param_hint="--now") from error

    def tell(ready: Ready) -> None:
        address = ready.url
        terminal.say(f"TikTok emulator on {address}")
        terminal.say(f"  look inside        {address}/_emulator/")
        terminal.say("  ready-made apps    emulator-client-key, emulator-unaudited-key,")
        terminal.say("                     emulator-sandbox-key (secret: emulator-client-secret)")
        terminal.say("  business app       7000000000000000001 (secret: emulator-business-secret)")
        terminal.say(f"  use it             export STAGEDOOR_TIKTOK_URL={address}")
        if webhook:
            terminal.say(f"  webhooks go to     {webhook}")
        if allow_scripts:
            terminal.say(f"  scripts            export PYTHONPATH={SDK}")
            terminal.say(
                "                     they run as you: docs/compute.md says what holds them"
            )
        if ready.certificate is not None:
            _tell_trust(address, ready.certificate)
        terminal.say("Ctrl-C ends it.")

    try:
        serve(
            host=host,
            port=port,
            seed=seed,
            state=state,
            webhook=webhook,
            tls=tls,
            allow_hosts=allow_hosts,
            allow_scripts=allow_scripts,
            ready=tell,
            **beginning,
        )
    except (StateError, WorldFileError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        if error.filename is not None:
            raise
        raise click.ClickException(
            f"can't listen on {host} port {port}: {error.strerror or error}. Does an emulator "
            "run already? --port 0 takes a free one."
        ) from error


def _tell_trust(url: str, certificate: emulator.Certificate) -> None:
    """Print what programs have to trust, and how TikTok's own names lead to the emulator."""
    from stagedoor.emulator.tls import DOMAINS, NAMES

    ca, parts = certificate.ca, urlsplit(url)
    port = parts.port or _HTTPS_PORT
    host = "127.0.0.1" if parts.hostname == "0.0.0.0" else parts.hostname  # noqa: S104
    here = f"{host}:{port}"
    terminal.say(f"  trust              export SSL_CERT_FILE={ca}")
    terminal.say("For programs that call TikTok by its own names:")
    at = "" if port == _HTTPS_PORT else ", with --port 443"
    terminal.say(f"  hosts file{at}, for Python and Node")
    terminal.say(f"    {host} {' '.join(NAMES)}")
    terminal.say("  Python (httpx, requests)")
    terminal.say(f"    export SSL_CERT_FILE={ca} REQUESTS_CA_BUNDLE={ca}")
    terminal.say("  Node")
    terminal.say(f"    export NODE_EXTRA_CA_CERTS={ca}")
    terminal.say("  curl")
    terminal.say(f"    curl --cacert {ca} --connect-to ::{here} https://{NAMES[0]}/")
    rules = ", ".join(f"MAP *.{one} {here}" for one in DOMAINS)
    terminal.say("  browser, in a profile of its own")
    terminal.say(
        f"    chromium --user-data-dir={ca.parent / 'profile'} --host-resolver-rules='{rules}' "
        f"--ignore-certificate-errors-spki-list={certificate.fingerprint} https://{NAMES[1]}/"
    )
