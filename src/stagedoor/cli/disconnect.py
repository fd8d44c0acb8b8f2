"""`stagedoor disconnect`: revoke an account's tokens, here or at the service."""

from __future__ import annotations

import click

from stagedoor.client import TikTok
from stagedoor.client.errors import StagedoorError

from . import console, settings
from .account import local_settings, service
from .remote import handle


@click.command("disconnect")
@click.argument("account")
@click.option(
    "--local",
    is_flag=True,
    help="Only delete the tokens here: what was granted stays granted at TikTok.",
)
def command(account: str, local: bool) -> None:
    """Disconnect ACCOUNT (its @handle): revoke its tokens at TikTok, and delete them here.

    With STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN set, the service disconnects it.
    """
    remote = service()
    if remote is not None:
        if local:
            raise click.UsageError(
                "--local deletes tokens of this machine, and STAGEDOOR_SERVICE_URL is set: unset "
                "it for this command."
            )
        with remote:
            record = remote.integration(account)
            remote.send("DELETE", f"/api/integrations/{record['id']}")
        console.say(f"Disconnected {handle(record)} from the service at {remote.url}.")
        return
    config = local_settings()
    key, secret = config.app()
    found = settings.chosen(config, account)
    tokens = found.store.load()
    if tokens is not None and not local:
        with TikTok(key, secret, hosts=config.hosts) as tiktok:
            try:
                tiktok.oauth.revoke(client_key=key, client_secret=secret, token=tokens.access_token)
            except StagedoorError as error:
                raise click.ClickException(
                    f"TikTok didn't take the tokens of @{found.name} back: {error} Nothing was "
                    "deleted. --local deletes them here all the same."
                ) from error
    settings.forget(config, found)
    where = "here" if local else f"at {config.where} and here"
    console.say(f"Disconnected @{found.name} {where}.")
    left = settings.accounts(config)
    if left:
        console.note(f"Commands use @{left[0].name} now.")
