"""`stagedoor accounts`: the accounts connected on this machine or to the service."""

from __future__ import annotations

import click

from . import console, settings
from .account import local_settings, service
from .remote import Remote, handle, snaked


@click.command("accounts")
@click.option("--use", metavar="HANDLE", help="Make this account the default.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(use: str | None, as_json: bool) -> None:
    """List the connected accounts. Commands use the default one, unless --account names another.

    These are the accounts that this machine calls TikTok with. With STAGEDOOR_SERVICE_URL and
    STAGEDOOR_TOKEN set, they are the organisation's accounts at the service, which has no default.
    """
    remote = service()
    if remote is not None:
        if use is not None:
            raise click.UsageError(
                "The service has no default account, so --use can't be used with "
                "STAGEDOOR_SERVICE_URL: name the account with --account in each command."
            )
        with remote:
            _list_remote(remote, as_json)
        return
    config = local_settings()
    if use is not None:
        chosen = settings.use(config, use)
        console.note(f"Commands use @{chosen.name} from now on.")
    _list_local(config, as_json)


def _list_local(config: settings.Settings, as_json: bool) -> None:
    known = settings.accounts(config)
    tokens = [(account, account.store.load()) for account in known]
    if as_json:
        console.print_json(
            [
                {
                    "account": account.name,
                    "default": number == 0,
                    "open_id": None if held is None else held.open_id,
                    "scopes": [] if held is None else list(held.scopes),
                    "expires_at": None if held is None else held.expires_at,
                    "refresh_expires_at": None if held is None else held.refresh_expires_at,
                }
                for number, (account, held) in enumerate(tokens)
            ]
        )
        return
    if not known:
        console.note(f"No account is connected to {config.where}: run 'stagedoor connect'.")
    for number, (account, held) in enumerate(tokens):
        mark = "default" if number == 0 else ""
        until = "its tokens are gone" if held is None else ""
        if held is not None:
            until = f"consent until {console.when(held.refresh_expires_at)}"
        console.say_styled(f"{mark:>7}  ", ("bold", f"@{account.name}"), f"  {until}")


def _list_remote(remote: Remote, as_json: bool) -> None:
    listed = list(remote.integrations())
    if as_json:
        console.print_json([snaked(record) for record in listed])
        return
    if not listed:
        console.note(
            f"No account is connected to the service at {remote.url}: run 'stagedoor connect'."
        )
    for record in listed:
        console.say_styled(("bold", handle(record)), f"  {record['status']} ({record['id']})")
